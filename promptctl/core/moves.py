"""What a change of the configuration moves: the scopes that resolve to another version than before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.selection import Request, UnknownPrompt, UnlistedTenant, resolve, slot_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.refs import Ref
    from promptctl.core.selection import Flag, Pointer, Selection

_WHOLE = 100


class Move(NamedTuple):
    """A scope, by the keys that lead to it, with what it resolves to before and after; None where to nothing."""

    scope: Pointer
    name: str
    old: Ref | None
    new: Ref | None


def moves(before: Selection, after: Selection) -> Iterator[Move]:
    """The scopes that move through an entry of their own.

    A slot without a version of its own moves with the default, a tenant without an override with what it falls back
    to: those moves are the default's.
    """
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
