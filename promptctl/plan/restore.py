"""Puts an environment back to an earlier state, entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promptctl.core.reach import selecting
from promptctl.core.rollouts import ROLLED_BACK
from promptctl.core.selection import slot_pointer
from promptctl.plan.edits import Put, Take
from promptctl.plan.rollbacks import close, without_empty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from promptctl.core.refs import Ref
    from promptctl.core.rollouts import Rollout
    from promptctl.core.selection import Pointer, Selection
    from promptctl.plan.edits import Edit
    from promptctl.tree.selection import Environment


def restored(
    now: Environment,
    old: Environment,
    missing: Callable[[Ref], str | None],
    regimes: Callable[[Ref], frozenset[str]],
    because: str,
) -> tuple[list[Edit], dict[Pointer, str]]:
    """The edits that give every entry its old value, and the entries that stay, with the reason.

    An entry stays where its old version cannot be selected any more (`missing` says why), or does not meet what its
    tenant is bound to now. What tenants are bound to, and who is listed, is not taken back.
    """
    edits: list[Edit] = []
    stays: dict[Pointer, str] = {}
    before, after = dict(_entries(old)), dict(_entries(now))
    for scope in dict.fromkeys((*after, *before)):
        if before.get(scope) == after.get(scope):
            continue
        why = _obstacle(now.selection, scope, _ref(old, scope), missing, regimes)
        if why is not None:
            stays[scope] = why
        elif scope in before:
            edits += _rewritten(scope, after.get(scope), before[scope])
        else:
            edits.append(Take(scope))
    return [*without_empty(now, edits), *_left(now, old, edits, because), *_resumed(now, old, edits)], stays


def _rewritten(scope: Pointer, now: Any, old: Any) -> Iterator[Edit]:
    """The keys of an entry that differ, so that what stands beside the others stays."""
    if not (isinstance(now, dict) and isinstance(old, dict) and now and old):
        yield Put(scope, old)
        return
    yield from (Take((*scope, key)) for key in now if key not in old)
    for key, value in old.items():
        if key not in now or now[key] != value:
            yield Put((*scope, key), value)


def _left(now: Environment, old: Environment, edits: Iterable[Edit], because: str) -> Iterator[Edit]:
    """The rollouts whose target an entry selects no longer become rolled back."""
    own, other = dict(selecting(now.selection)), dict(selecting(old.selection))
    places = {edit.pointer[:length] for edit in edits for length in range(len(edit.pointer) + 1)}
    left = {str(ref) for scope, ref in own.items() if scope in places and other.get(scope) != ref}
    for key, rollout in now.rollouts.items():
        if key in left and rollout.state != ROLLED_BACK:
            yield from close(rollout, because)


def _resumed(now: Environment, old: Environment, edits: Iterable[Edit]) -> Iterator[Edit]:
    """Rollouts that were rolled back since, and whose target is selected again: on record they are what they were."""
    places = {edit.pointer[:length] for edit in edits for length in range(len(edit.pointer) + 1)}
    back = {str(ref) for scope, ref in selecting(old.selection) if scope in places}
    for key, rollout in now.rollouts.items():
        was = old.rollouts.get(key)
        if key in back and was is not None and rollout.state == ROLLED_BACK != was.state:
            yield from (Put(("rollouts", key, name), text) for name, text in _said(was).items())


def _said(rollout: Rollout) -> dict[str, str]:
    return {"state": rollout.state} | ({"because": rollout.because} if rollout.because else {})


def _entries(environment: Environment) -> Iterator[tuple[Pointer, Any]]:
    """Every entry that selects something, with its value in the file; a flag that is off counts too."""
    selection = environment.selection
    scopes = [reached.scope for reached in selecting(selection)]
    followed = [slot_pointer(slot) for slot in selection.slots]
    flags = [("flags", flag.key) for flag in selection.flags]
    for scope in dict.fromkeys((*scopes, *followed, *flags)):
        yield scope, environment.value(*scope)


def _ref(environment: Environment, scope: Pointer) -> Ref | None:
    return next((reached.ref for reached in selecting(environment.selection) if reached.scope == scope), None)


def _obstacle(
    selection: Selection,
    scope: Pointer,
    ref: Ref | None,
    missing: Callable[[Ref], str | None],
    regimes: Callable[[Ref], frozenset[str]],
) -> str | None:
    if ref is None:
        return None
    why = missing(ref)
    if why is not None:
        return f"{ref}: {why}"
    tenant = selection.tenants.get(scope[1]) if scope[0] == "tenants" else None
    lacks = sorted(tenant.regimes - regimes(ref)) if tenant else []
    return f"{ref} is not fit for {', '.join(lacks)}" if lacks else None
