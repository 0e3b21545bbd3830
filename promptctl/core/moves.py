"""What a change of the configuration moves: the scopes that resolve to another version than before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.reach import reachable
from promptctl.core.selection import Request, UnknownPrompt, UnlistedTenant, resolve, slot_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.refs import Ref
    from promptctl.core.selection import Flag, Pointer, Selection

_WHOLE = 100
_UNLISTED = "unlisted-tenants"


class Move(NamedTuple):
    """A scope, by the keys that lead to it, with what it resolves to before and after; None where to nothing."""

    scope: Pointer
    name: str
    old: Ref | None
    new: Ref | None


def moves(before: Selection, after: Selection) -> Iterator[Move]:
    """The scopes that move through an entry of their own.

    A slot without a version of its own moves with the default, a tenant without an override with what it falls back
    to: those moves are the default's. A flag that comes before another one now moves whom both are for, and whether
    unlisted tenants are refused moves those.
    """
    found = list(_own(before, after))
    yield from found
    yield from _taken_over(before, after, found)
    if before.refuses_unlisted is not after.refuses_unlisted:
        for name in sorted(before.names | after.names):
            old, new = (standing(side, (_UNLISTED,), name) for side in (before, after))
            if old != new:
                yield Move((_UNLISTED,), name, old, new)


def _own(before: Selection, after: Selection) -> Iterator[Move]:
    for scope, name in dict.fromkeys((*_scopes(before, after), *_scopes(after, before))):
        old, new = standing(before, scope, name), standing(after, scope, name)
        if scope[0] == "flags" and old == new and _widened(before, after, scope[1]):
            old = _answer(before, Request(name))
        if old != new:
            yield Move(scope, name, old, new)


def standing(selection: Selection, scope: Pointer, name: str) -> Ref | None:
    """The version of prompt `name` that a scope resolves to.

    A flag that is off, or not there, and a tenant without an override resolve to what they fall back to.
    """
    section = scope[0]
    if section == _UNLISTED:
        return None if selection.refuses_unlisted else _answer(selection, Request(name))
    if section == "defaults":
        return selection.defaults.get(name)
    if section == "tenants":
        return _answer(selection, Request(scope[-1], scope[1]))
    if section == "flags":
        flag = _flag(selection, scope[1])
        return flag.use if flag is not None and flag.enabled else _answer(selection, Request(name))
    pin = selection.slots.get(f"{scope[0]}.{scope[-1]}")
    return None if pin is None else pin.ref or selection.defaults.get(pin.name)


def _answer(selection: Selection, request: Request) -> Ref | None:
    try:
        return resolve(selection, request).ref
    except (UnknownPrompt, UnlistedTenant):
        return None


def _scopes(one: Selection, other: Selection) -> Iterator[tuple[Pointer, str]]:
    """The scopes of one selection with an entry that the other does not have so."""
    for name, ref in one.defaults.items():
        if other.defaults.get(name) != ref:
            yield ("defaults", name), name
    for slot, pin in one.slots.items():
        if other.slots.get(slot) != pin:
            yield slot_pointer(slot), pin.name
    for tenant, entry in one.tenants.items():
        there = other.tenants.get(tenant)
        for key, ref in entry.overrides.items():
            if there is None or there.overrides.get(key) != ref:
                yield ("tenants", tenant, "prompts", key), ref.name
    for flag in one.flags:
        if flag.enabled and _flag(other, flag.key) != flag:
            yield ("flags", flag.key), flag.use.name


def _taken_over(before: Selection, after: Selection, found: list[Move]) -> Iterator[Move]:
    """What comes of the order of flags, told once for each flag and version."""
    own = {move.scope for move in found}
    names = [name for name, flags in after.flags_of.items() if before.flags_of.get(name) != flags]
    tenants: list[str | None] = [None, *dict.fromkeys((*before.tenants, *after.tenants, *_named(before, after)))]
    told: set[tuple[Pointer, Ref]] = set()
    for name in names:
        slots = [slot for side in (before, after) for slot, pin in side.slots.items() if pin.name == name]
        for wanted in dict.fromkeys((name, *slots)):
            for tenant in tenants:
                if not any(("tenants", str(tenant), "prompts", key) in own for key in (name, wanted)):
                    for scope, old, new in _exchanged(before, after, wanted, tenant):
                        if scope not in own and (scope, old) not in told:
                            told.add((scope, old))
                            yield Move(scope, name, old, new)


def _named(*sides: Selection) -> Iterator[str]:
    """The tenants that flags name, unless who is not listed gets nothing anyway."""
    if not any(side.refuses_unlisted for side in sides):
        for side in sides:
            for flag in side.flags:
                yield from sorted(flag.tenants or ())


def _exchanged(
    before: Selection, after: Selection, wanted: str, tenant: str | None
) -> Iterator[tuple[Pointer, Ref, Ref]]:
    """Each flag that comes before another one now which came before it, with what that one has; both as they were.

    Who falls back because a flag went, or is for fewer, is no matter of order.
    """
    kept = {("flags", flag.key) for flag in before.flags if flag.enabled and _flag(after, flag.key) == flag}
    earlier = [found for found in reachable(before, wanted, tenant) if found.scope in kept]
    chain = [found for found in reachable(after, wanted, tenant) if found.scope in kept]
    places = {found.scope: number for number, found in enumerate(chain)}
    for number, (scope, ref) in enumerate(chain):
        at = next((place for place, found in enumerate(earlier) if found.scope == scope), len(earlier))
        first = next((found for found in earlier[:at] if places.get(found.scope, len(chain)) > number), None)
        if first is not None and first.ref != ref:
            yield scope, first.ref, ref


def _flag(selection: Selection, key: str) -> Flag | None:
    return next((flag for flag in selection.flags if flag.key == key), None)


def _widened(before: Selection, after: Selection, key: str) -> bool:
    """Whether a flag matches requests that it did not match before."""
    old, new = _flag(before, key), _flag(after, key)
    if old is None or new is None:
        return False
    grown = new.tenants is None if new.tenants is None or old.tenants is None else bool(new.tenants - old.tenants)
    return (
        (old.tenants is not None and grown)
        or _share(new) > _share(old)
        or (old.by_application and not new.by_application)
    )


def _share(flag: Flag) -> float:
    """A share of everything is less than no share at all, which takes requests without a targeting key too."""
    return _WHOLE + 1 if flag.percentage is None else flag.percentage
