"""What makes no sense in an environment although every part of it has the right form."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from promptctl.core.refs import parse_ref
from promptctl.core.text import suggest
from promptctl.tree.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.selection import Pointer
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
        wide = [other for other in environment.rollouts.values() if other.is_open and other.strategy == "global"]
        overlap = [other for other in wide if other.target.name == rollout.target.name and other is not rollout]
        if rollout.is_open and overlap:
            message = f"the open rollouts of {key} and of {overlap[0].target} overlap: one of them moves everybody"
            yield ("rollouts", key), message, "finish one of them, or roll it back"


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
