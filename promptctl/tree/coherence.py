"""What makes no sense in an environment although every part of it has the right form."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from promptctl.core.refs import parse_ref
from promptctl.core.text import suggest
from promptctl.tree.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.rollouts import Rollout
    from promptctl.core.selection import Pointer, Selection
    from promptctl.tree.selection import Environment

_FLAG_DATES = ("started", "expires")
_MOMENTS = (("started",), ("step", "at"))


def incoherences(environment: Environment) -> Iterator[tuple[Pointer, Fault]]:
    """Each fault with the keys that lead to it."""
    for pointer, message, hint in (
        *_defaults(environment),
        *_overrides(environment),
        *_rollouts(environment),
        *_times(environment),
    ):
        spot = environment.spot(*pointer)
        if spot is not None:
            yield pointer, Fault("selection-invalid", message, spot.start, spot.end, ".".join(pointer), hint)


def _defaults(environment: Environment) -> Iterator[tuple[Pointer, str, str | None]]:
    for pointer in environment.holders:
        if pointer[0] == "defaults":
            place = (*pointer, "use") if isinstance(environment.value(*pointer), dict) else pointer
            ref = parse_ref(environment.text(*place))
            if ref is not None and ref.name != pointer[1]:
                yield place, f"the default of {pointer[1]} cannot be {ref}, which is another prompt", None


def _overrides(environment: Environment) -> Iterator[tuple[Pointer, str, str | None]]:
    slots = environment.selection.slots
    for name, tenant in environment.selection.tenants.items():
        for key, ref in tenant.overrides.items():
            pointer = ("tenants", name, "prompts", key)
            pin = slots.get(key)
            if "." in key and pin is None:
                close = suggest(key, slots)
                yield pointer, f"no agent has the slot {key}", f"did you mean {close}?" if close else None
            elif ref.name != (pin.name if pin else key):
                wanted = pin.name if pin else key
                yield pointer, f"{key} of tenant {name} cannot be {ref}: it needs a version of {wanted}", None


def _rollouts(environment: Environment) -> Iterator[tuple[Pointer, str, str | None]]:
    for key, rollout in environment.rollouts.items():
        source = rollout.source
        if source is not None and (source.name != rollout.target.name or source == rollout.target):
            yield ("rollouts", key, "from"), f"a rollout of {key} cannot start from {source}", None
        for other in environment.rollouts.values():
            shared = _shared(environment.selection, rollout, other) if other is not rollout else None
            if shared is not None:
                message = f"the open rollouts of {key} and of {other.target} overlap: {shared}"
                yield ("rollouts", key), message, "finish one of them, or roll it back"
                break


def _shared(selection: Selection, one: Rollout, other: Rollout) -> str | None:
    """What two rollouts of one prompt have in common, where both are open."""
    if one.target.name != other.target.name or not (one.is_open and other.is_open):
        return None
    if other.strategy == "global":
        return "one of them moves everybody"
    tenants = _moved(selection, one).intersection(_moved(selection, other))
    if tenants:
        return f"both of them are for {min(tenants)}"
    flags = [_open_flag(selection, rollout) for rollout in (one, other)]
    return f"both flags, {flags[0]} and {flags[1]}, are for everybody" if all(flags) else None


def _moved(selection: Selection, rollout: Rollout) -> set[str]:
    """The tenants that have the target of a rollout by an override, or that a flag with it names."""
    found = {name for name, tenant in selection.tenants.items() if rollout.target in tenant.overrides.values()}
    named = (flag.tenants or frozenset() for flag in selection.flags if flag.enabled and flag.use == rollout.target)
    return found.union(*named)


def _open_flag(selection: Selection, rollout: Rollout) -> str | None:
    """The flag that gives a rollout's target to any tenant."""
    flags = (flag for flag in selection.flags_of.get(rollout.target.name, ()) if flag.enabled)
    return next((flag.key for flag in flags if flag.use == rollout.target and flag.tenants is None), None)


def _times(environment: Environment) -> Iterator[tuple[Pointer, str, str | None]]:
    for flag in environment.selection.flags:
        for key in _FLAG_DATES:
            yield from _not_a_time(environment, ("flags", flag.key, key))
    for rollout in environment.rollouts:
        for keys in _MOMENTS:
            yield from _not_a_time(environment, ("rollouts", rollout, *keys))


def _not_a_time(environment: Environment, pointer: Pointer) -> Iterator[tuple[Pointer, str, str | None]]:
    """The schema knows the form of a date, and not how many days a month has."""
    text = environment.text(*pointer)
    try:
        datetime.fromisoformat(text or "2000-01-01")
    except ValueError:
        yield pointer, f"there is no such date: {text}", None
