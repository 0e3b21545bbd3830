"""How two environments differ in what they select, and which differences an open rollout explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.reach import selecting
from promptctl.core.versions import parse_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.core.refs import Ref
    from promptctl.core.rollouts import Rollout
    from promptctl.core.selection import Selection


class Side(NamedTuple):
    """One environment of a comparison."""

    selection: Selection
    rollouts: Iterable[Rollout]


class Difference(NamedTuple):
    """What is not alike, in words; `explained` names the open rollout that accounts for it."""

    message: str
    explained: Ref | None


def differences(name: str, earlier: Side, later: Side) -> Iterator[Difference]:
    """How the environments differ in one prompt: in the default, and in what only the later one selects besides.

    That some tenants of the later one keep an older version than the default of the earlier one is no difference.
    """
    sides = earlier.selection.environment, later.selection.environment
    defaults = earlier.selection.defaults.get(name), later.selection.defaults.get(name)
    rollouts = [one for side in (earlier, later) for one in side.rollouts if one.is_open and one.target.name == name]
    if defaults[0] != defaults[1]:
        words = (f"{side} has {ref or 'no default'}" for side, ref in zip(sides, defaults, strict=True))
        yield Difference(", ".join(words), _between(rollouts, *defaults))
    there = {one.ref for one in selecting(earlier.selection)}
    for ref in dict.fromkeys(one.ref for one in selecting(later.selection) if one.ref.name == name):
        if ref not in there and ref != defaults[1] and not _is_older(ref, defaults[0]):
            targets = (one.target for one in rollouts if ref in {one.target, one.source})
            yield Difference(f"only {sides[1]} selects {ref}", next(targets, None))


def _between(rollouts: Iterable[Rollout], *defaults: Ref | None) -> Ref | None:
    return next((one.target for one in rollouts if {one.target, one.source}.issuperset(defaults)), None)


def _is_older(ref: Ref, default: Ref | None) -> bool:
    numbers = parse_version(ref.version), parse_version(default.version) if default else None
    return numbers[0] is not None and numbers[1] is not None and numbers[0] < numbers[1]
