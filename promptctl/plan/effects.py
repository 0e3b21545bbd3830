"""Who gets which version before and after an edit of the configuration, and who is not moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.reach import reachable
from promptctl.plan.rollouts import slots_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.core.selection import Selection

EVERYBODY_ELSE = "everybody else"


@dataclass(frozen=True, slots=True)
class Effect:
    """Who moves, for one prompt or slot, from what to what; both are words for a chain of versions by precedence.

    `before` and `after` are equal for those who are not moved. `who` holds tenants, and `everybody else` last.
    """

    wanted: str
    who: tuple[str, ...]
    before: str
    after: str

    @property
    def moves(self) -> bool:
        return self.before != self.after


def effects(old: Selection, new: Selection) -> tuple[Effect, ...]:
    """By prompt and slot: those who move first. Prompts that nobody is moved for are left out."""
    one, other = _by_prompt(old), _by_prompt(new)
    names = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    found = [effect for name in names for effect in _of_prompt(old, new, name)]
    moved = {effect.wanted for effect in found if effect.moves}
    return tuple(sorted((e for e in found if e.wanted in moved), key=lambda e: (e.wanted, not e.moves)))


def _by_prompt(selection: Selection) -> dict[str, list[object]]:
    """All that a selection says of each prompt."""
    found: dict[str, list[object]] = {}
    for name, ref in selection.defaults.items():
        found.setdefault(name, []).append(ref)
    for slot, pin in selection.slots.items():
        found.setdefault(pin.name, []).append((slot, pin))
    for flag in selection.flags:
        found.setdefault(flag.use.name, []).append(flag)
    for tenant, entry in selection.tenants.items():
        for key, ref in entry.overrides.items():
            found.setdefault(ref.name, []).append((tenant, key, ref))
    return found


def _of_prompt(old: Selection, new: Selection, name: str) -> Iterator[Effect]:
    tenants: list[str | None] = [*dict.fromkeys((*old.tenants, *new.tenants)), None]
    places = dict.fromkeys((name, *slots_of(old, name), *slots_of(new, name)))
    single = _singled_out(old, name, places) | _singled_out(new, name, places)
    for wanted in places:
        groups: dict[tuple[str, str], list[str]] = {}
        usual = _words(old, wanted, None), _words(new, wanted, None)
        for tenant in tenants:
            chains = (_words(old, wanted, tenant), _words(new, wanted, tenant)) if tenant in single else usual
            groups.setdefault(chains, []).append(EVERYBODY_ELSE if tenant is None else tenant)
        yield from (Effect(wanted, tuple(who), *chains) for chains, who in groups.items())


def _singled_out(selection: Selection, name: str, places: Iterable[str]) -> set[str]:
    """The tenants that may get another version of a prompt than those whom the configuration does not list.

    A slot of one selection may belong to another prompt in the other, with flags of its own.
    """
    names = {name, *(selection.slots[place].name for place in places if place in selection.slots)}
    keys = names.union(places)
    own = {tenant for tenant, entry in selection.tenants.items() if not keys.isdisjoint(entry.overrides)}
    return own.union(*(flag.tenants or () for each in names for flag in selection.flags_of.get(each, ())))


def _words(selection: Selection, wanted: str, tenant: str | None) -> str:
    """A chain of versions: those behind flags, then what everybody gets who meets none of them."""
    shares = {flag.key: flag.percentage for flag in selection.flags}
    parts = []
    for found in reachable(selection, wanted, tenant):
        share = shares.get(found.scope[1]) if found.scope[0] == "flags" else None
        limited = f" ({share} %)" if share is not None else ""
        parts.append(f"{found.ref} by flag {found.scope[1]}{limited}" if found.scope[0] == "flags" else str(found.ref))
    return ", else ".join(parts) or "nothing"
