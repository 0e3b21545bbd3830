"""Rollbacks: everything that serves a bad version through an entry of its own goes back to what it served before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from promptctl.core.errors import Refused, UsageError
from promptctl.core.moves import standing
from promptctl.core.reach import selecting
from promptctl.core.rollouts import ROLLED_BACK
from promptctl.core.selection import Pin
from promptctl.plan.edits import Put, Take
from promptctl.plan.rollouts import set_default

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from promptctl.core.refs import Ref
    from promptctl.core.rollouts import Rollout
    from promptctl.core.selection import Flag, Pointer, Selection
    from promptctl.plan.edits import Edit
    from promptctl.tree.selection import Environment

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Was:
    """What an entry held before, and what its scope resolved to by it (`served`).

    `ref` is its own version: None where there was no entry, where a flag was off (`off`), and where a slot followed the
    default of a prompt (`follows`).
    """

    ref: Ref | None
    served: Ref | None
    off: bool = False
    follows: str | None = None


def bad_version(environment: Environment, name: str) -> Ref:
    """The version that a rollback of a prompt is about: its open rollout's target, else that of the last one.

    The last one may be rolled back already: then there is nothing left to move. Raises UsageError, naming the
    candidates, where that is not one version.
    """
    rollouts = [rollout for rollout in environment.rollouts.values() if rollout.target.name == name]
    last = sorted(rollouts, key=lambda rollout: (rollout.step_at or rollout.started, rollout.started))[-1:]
    found = [rollout for rollout in rollouts if rollout.is_open] or last
    if len(found) == 1:
        return found[0].target
    selected = (str(reached.ref) for reached in selecting(environment.selection) if reached.ref.name == name)
    candidates = sorted({*selected, *(str(rollout.target) for rollout in found)})
    message = f"which version of {name} is bad? {environment.name} records no single rollout that says so"
    raise UsageError(message, hint=f"name it: {' or '.join(candidates)}" if candidates else None)


def scopes_of(environment: Environment, bad: Ref, tenant: str | None = None) -> list[Pointer]:
    """The entries that select a version themselves; those of one tenant alone where one is given."""
    found = [reached.scope for reached in selecting(environment.selection) if reached.ref == bad]
    return [scope for scope in found if tenant is None or scope[:2] == ("tenants", tenant)]


def before(scopes: Iterable[Pointer], bad: Ref, history: Iterable[Environment]) -> dict[Pointer, Was]:
    """What each entry held in the newest state in which its scope did not resolve to `bad`.

    `history` has the newest state first. What a scope left by a rollback is bad as well; a state that cannot be read
    tells nothing. Raises Refused for a scope that never resolved to anything else.
    """
    wanted = list(scopes)
    found: dict[Pointer, Was] = {}
    left: frozenset[str] = frozenset()
    for environment in history:
        if environment.is_readable:
            own = dict(selecting(environment.selection))
            for scope in [scope for scope in wanted if scope not in found]:
                was = _was(environment, own, scope, bad.name)
                if was is not None and was.served != bad and str(was.served) not in left:
                    found[scope] = was
            left = frozenset(key for key, one in environment.rollouts.items() if one.state == ROLLED_BACK)
        if len(found) == len(wanted):
            return {scope: found[scope] for scope in wanted}
    missing = next(scope for scope in wanted if scope not in found)
    message = f"{'.'.join(missing)} has served nothing but {bad} as far as history goes"
    raise Refused(message, hint="say what it is to select with --to VERSION")


def _was(environment: Environment, own: Mapping[Pointer, Ref], scope: Pointer, name: str) -> Was | None:
    """None where there is an entry that cannot be read."""
    selection, ref = environment.selection, own.get(scope)
    served = standing(selection, scope, name)
    if scope[0] == "flags":
        return Was(ref, served, off=ref is None and environment.value(*scope) is not None)
    pin = selection.slots.get(f"{scope[0]}.{scope[-1]}")
    if scope[0] not in {"defaults", "tenants"} and pin is not None and ref is None:
        return Was(None, served, follows=pin.name)
    return None if ref is None and environment.value(*scope) is not None else Was(ref, served)


def after(selection: Selection, moves: Mapping[Pointer, Was]) -> Selection:
    """The selection once every scope in `moves` is what it was."""
    defaults, slots, flags = dict(selection.defaults), dict(selection.slots), list(selection.flags)
    overrides = {scope[1]: dict(selection.tenants[scope[1]].overrides) for scope in moves if scope[0] == "tenants"}
    for scope, was in moves.items():
        if scope[0] == "flags":
            flags = [_flag_after(flag, was) if flag.key == scope[1] else flag for flag in flags]
        elif scope[0] in {"defaults", "tenants"}:
            _set(defaults if scope[0] == "defaults" else overrides[scope[1]], scope[-1], was.ref)
        else:
            slot = f"{scope[0]}.{scope[-1]}"
            pin = Pin(slots[slot].name, was.ref) if was.ref or was.follows else None
            _set(slots, slot, pin)
    tenants = {name: replace(selection.tenants[name], overrides=held) for name, held in overrides.items()}
    tenants = {**selection.tenants, **tenants}
    return replace(selection, defaults=defaults, slots=slots, flags=tuple(flags), tenants=tenants)


def _flag_after(flag: Flag, was: Was) -> Flag:
    return replace(flag, use=was.ref) if was.ref else replace(flag, enabled=False)


def _set(entries: dict[str, T], key: str, value: T | None) -> None:
    if value is None:
        del entries[key]
    else:
        entries[key] = value


def held_fast(environment: Environment, name: str, moves: Mapping[Pointer, Was]) -> dict[Pointer, Was]:
    """The moves with a version of its own for each scope that would fall back to another than it had before.

    Who had no entry followed something else, and that may have moved since.
    """
    selection = after(environment.selection, moves)
    return {
        scope: replace(was, ref=was.served, follows=None)
        if scope[0] != "flags" and was.ref is None and standing(selection, scope, name) != was.served
        else was
        for scope, was in moves.items()
    }


def roll_back(
    environment: Environment, bad: Ref, moves: Mapping[Pointer, Was], because: str, *, all_scopes: bool
) -> list[Edit]:
    """The edits that take every scope in `moves` back; with `all_scopes` nobody is left on the bad version."""
    edits = [
        edit for scope, was in moves.items() for edit in _back(environment, scope, was, f"Back from {bad}: {because}")
    ]
    rollout = environment.rollouts.get(str(bad))
    if moves and all_scopes and rollout is not None and rollout.state != ROLLED_BACK:
        edits += close(rollout, because)
    return without_empty(environment, edits)


def close(rollout: Rollout, because: str) -> list[Edit]:
    """A rollout's entry as the record of its rollback: messages of commits get lost, so the reason stands here too."""
    place = ("rollouts", str(rollout.target))
    return [Put((*place, "state"), ROLLED_BACK), Put((*place, "because"), because)]


def _back(environment: Environment, scope: Pointer, was: Was, because: str) -> Iterator[Edit]:
    if was.ref is None and was.follows is None:
        yield Put((*scope, "enabled"), value=False) if was.off else Take(scope)
    elif scope[0] == "flags":
        yield Put((*scope, "use"), str(was.ref))
    elif scope[0] == "defaults" and was.ref is not None:
        yield from set_default(environment, was.ref, because)
    else:
        yield Put(scope, str(was.ref or was.follows))


def without_empty(environment: Environment, edits: list[Edit]) -> list[Edit]:
    """Takes of all overrides of a tenant as one take of the whole."""
    taken: dict[Pointer, int] = {}
    for edit in edits:
        if isinstance(edit, Take) and edit.pointer[0] == "tenants":
            taken[edit.pointer[:3]] = taken.get(edit.pointer[:3], 0) + 1
    tenants = environment.selection.tenants
    whole = {place for place, count in taken.items() if count == len(tenants[place[1]].overrides)}
    kept = [edit for edit in edits if not (isinstance(edit, Take) and edit.pointer[:3] in whole)]
    return [*kept, *(Take(place) for place in whole)]


def refuse_unfit(
    environment: Environment,
    moves: Mapping[Pointer, Was],
    exists: Callable[[Ref], str | None],
    regimes: Callable[[Ref], frozenset[str]],
) -> None:
    """Raise Refused where a target is gone (`exists` says why), or does not meet a tenant's regimes."""
    for scope, was in moves.items():
        if was.ref is None:
            continue
        why = exists(was.ref)
        if why is not None:
            raise Refused(
                f"{'.'.join(scope)} cannot go back to {was.ref}: {why}", hint="name another version with --to"
            )
        tenant = environment.selection.tenants.get(scope[1]) if scope[0] == "tenants" else None
        missing = sorted(tenant.regimes - regimes(was.ref)) if tenant else []
        if missing:
            message = f"{scope[1]} cannot go back to {was.ref}, which is not fit for {', '.join(missing)}"
            raise Refused(message, hint="name a version that is with --to")


def served_after(environment: Environment, name: str, moves: Mapping[Pointer, Was]) -> list[str]:
    """What those who are moved get."""
    selection = after(environment.selection, moves)
    return sorted({str(standing(selection, scope, name) or "nothing") for scope in moves})
