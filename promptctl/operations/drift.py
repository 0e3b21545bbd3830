"""Compares what environments select, prompt by prompt."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from promptctl.core.drift import Difference, Side, differences
from promptctl.core.errors import UsageError
from promptctl.core.reach import selecting
from promptctl.operations.environments import choose_environment, sound_environment
from promptctl.tree.environments import configured, environment_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promptctl.operations.compared import Compared
    from promptctl.tree.selection import Environment


@dataclass(frozen=True, slots=True)
class Row:
    """One prompt: its default and everything else that is selected, by environment, and how those differ."""

    name: str
    defaults: Mapping[str, str | None]
    others: Mapping[str, Mapping[str, str]]
    differences: tuple[Difference, ...]

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        return tuple(one for one in self.differences if one.explained is None)


@dataclass(frozen=True, slots=True)
class Drift:
    """`environments` in promotion order; each is compared with the one before it."""

    environments: tuple[str, ...]
    rows: tuple[Row, ...]


def drift(views: Compared, names: tuple[str, ...]) -> Drift:
    """All environments, or those named. Raises UsageError for fewer than two names, and for one there is not."""
    change = views.change
    if names and len(set(names)) == 1:
        raise UsageError(
            "one environment alone has nothing to drift from", hint="name two: --env staging --env production"
        )
    found = configured(change.head, change.layout)
    wanted = {choose_environment(views, name) for name in names} if names else set(found)
    order = [name for name in environment_order(change.head, change.layout, views.context.policy) if name in wanted]
    environments = [sound_environment(views, name) for name in order]
    prompts = sorted({name for one in environments for name in one.selection.names})
    return Drift(tuple(order), tuple(_row(name, environments) for name in prompts))


def _row(name: str, environments: list[Environment]) -> Row:
    sides = [Side(one.selection, one.rollouts.values()) for one in environments]
    found = [one for pair in pairwise(sides) for one in differences(name, *pair)]
    defaults = {one.name: _text(one, name) for one in environments}
    return Row(name, defaults, {one.name: _others(one, name) for one in environments}, tuple(found))


def _text(environment: Environment, name: str) -> str | None:
    ref = environment.selection.defaults.get(name)
    return str(ref) if ref else None


def _others(environment: Environment, name: str) -> dict[str, str]:
    return {
        ".".join(one.scope): str(one.ref)
        for one in selecting(environment.selection)
        if one.ref.name == name and one.scope[0] != "defaults"
    }
