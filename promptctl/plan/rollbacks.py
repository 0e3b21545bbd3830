"""Rollbacks: everything that serves a bad version through an entry of its own goes back to what it served before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError
from promptctl.core.reach import selecting
from promptctl.plan.edits import Put, Take
from promptctl.plan.rollouts import set_default

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from promptctl.core.refs import Ref
    from promptctl.core.selection import Pointer
    from promptctl.plan.edits import Edit
    from promptctl.tree.selection import Environment


@dataclass(frozen=True, slots=True)
class Was:
    """What an entry held before: `ref` is None where there was no entry, or a flag that was off (`off`)."""

    ref: Ref | None
    off: bool = False


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
    """What each entry held in the newest state in which it did not select `bad`; `history` has the newest state first.

    Raises Refused for an entry that never held anything else.
    """
    wanted = list(scopes)
    found: dict[Pointer, Was] = {}
    for environment in history:
        for scope in [scope for scope in wanted if scope not in found]:
            was = _entry(environment, scope)
            if was.ref != bad:
                found[scope] = was
        if len(found) == len(wanted):
            return found
    missing = next(scope for scope in wanted if scope not in found)
    message = f"{'.'.join(missing)} has selected nothing but {bad} as far as history goes"
    raise Refused(message, hint="say what it is to select with --to VERSION")


def _entry(environment: Environment, scope: Pointer) -> Was:
    selection = environment.selection
    if scope[0] == "flags":
        flag = next((flag for flag in selection.flags if flag.key == scope[1]), None)
        return Was(flag.use if flag and flag.enabled else None, off=flag is not None)
    ref = next((reached.ref for reached in selecting(selection) if reached.scope == scope), None)
    return Was(ref)


def roll_back(
    environment: Environment, bad: Ref, moves: Mapping[Pointer, Was], because: str, *, all_scopes: bool
) -> list[Edit]:
    """The edits that take every scope in `moves` back; with `all_scopes` nobody is left on the bad version."""
    edits = [
        edit for scope, was in moves.items() for edit in _back(environment, scope, was, f"Back from {bad}: {because}")
    ]
    rollout = environment.rollouts.get(str(bad))
    if moves and all_scopes and rollout is not None and rollout.state != "rolled-back":
        edits.append(Put(("rollouts", str(bad), "state"), "rolled-back"))
    return without_empty(environment, edits)


def _back(environment: Environment, scope: Pointer, was: Was, because: str) -> Iterator[Edit]:
    if scope[0] == "flags":
        if was.ref is not None:
            yield Put((*scope, "use"), str(was.ref))
        else:
            yield Put((*scope, "enabled"), value=False) if was.off else Take(scope)
    elif was.ref is None:
        yield Take(scope)
    elif scope[0] == "defaults":
        yield from set_default(environment, was.ref, because)
    else:
        yield Put(scope, str(was.ref))


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
    """What those who are moved get; who has no entry of their own any more follows the default."""
    default = moves.get(("defaults", name), Was(environment.selection.defaults.get(name))).ref
    return sorted({str(was.ref or default or "nothing") for was in moves.values()})
