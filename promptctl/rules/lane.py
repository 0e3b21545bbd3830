"""The fast lane: whether a change is nothing but lawful moves back, which needs no other proof than its own history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from promptctl.core.findings import Severity
from promptctl.core.moves import standing
from promptctl.core.rollouts import ROLLED_BACK
from promptctl.rules.base import problem
from promptctl.rules.environments import at, touched_environments
from promptctl.rules.moves import history, moved, returns
from promptctl.tree.environments import environment_of, read_environment
from promptctl.tree.selection_values import UNLISTED, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.moves import Move
    from promptctl.core.selection import Pointer
    from promptctl.rules.base import Context
    from promptctl.tree.selection import Environment

RULE = "not-a-rollback"
SUMMARY = "A change is more than moves back to what was served before."
# What holds of every selection, also of one that is put back. Nothing else may stop a rollback.
STANDING = frozenset(
    {
        "default-missing",
        "regime-unmet",
        "retired-selected",
        "selection-invalid",
        "unknown-prompt",
        "unknown-version",
    }
)
_HINT = "such a change goes the usual way: promptctl check"


def beyond_a_rollback(context: Context) -> Iterator[Finding]:
    """What keeps a change out of the fast lane; nothing where it is a pure rollback. May raise Undecided."""
    found = [*_foreign(context)]
    for name in sorted(touched_environments(context)):
        before, after = context.change.environment(name, on_base=True), context.change.environment(name)
        if not (before.is_readable and after.is_readable):
            found.append(problem(after.files[0].path if after.files else name, f"{name} cannot be read", hint=_HINT))
            continue
        found += _unlawful(context, after)
        found += (_at(before, after, *pair) for pair in _other_changes(context, before, after))
    if not found and not any(moved(context, name) for name in touched_environments(context)):
        found.append(problem(context.change.layout.policy, "nothing moves back", hint=_HINT))
    for one in found:
        yield replace(one, rule=RULE, severity=Severity.ERROR)


def _foreign(context: Context) -> Iterator[Finding]:
    """Files that configure no environment, and configuration files that come or go."""
    change = context.change
    for path, places in change.touched.items():
        if environment_of(change.layout, path) is None:
            yield problem(path, "this file does not configure an environment", hint=_HINT)
        elif places.head is None or places.base is None:
            yield problem(path, "a rollback neither makes nor removes files", hint=_HINT)
    if change.facts.changes_elsewhere():
        path = min(change.facts.touched_elsewhere(), default=change.layout.policy)
        yield problem(path, "the change touches files that are no configuration", hint=_HINT)


def _unlawful(context: Context, environment: Environment) -> Iterator[Finding]:
    for move in moved(context, environment.name):
        if move.scope == (UNLISTED,):
            continue  # told as a change of what is no move
        back = (
            _had_nothing(context, environment, move) if move.new is None else returns(context, environment.name, move)
        )
        if not back:
            what = f"{'.'.join(move.scope)} moves from {move.old or 'nothing'} to {move.new or 'nothing'}"
            yield at(environment, move.scope, f"{what}, which it did not serve before", ref=move.new, hint=_HINT)


def _had_nothing(context: Context, environment: Environment, move: Move) -> bool:
    """Whether a scope served nothing before it came to what it has on base."""
    for snapshot in history(context, environment.name):
        state = read_environment(snapshot, context.change.layout, context.change.library, environment.name)
        served = standing(state.selection, move.scope, move.name) if state.is_readable else move.old
        if served != move.old:
            return served is None
    return False


def _other_changes(context: Context, before: Environment, after: Environment) -> Iterator[tuple[Pointer, str]]:
    """Entries that differ by more than a move may change, and what is wrong with that."""
    scopes = {move.scope for move in moved(context, after.name)}
    for pointer in dict.fromkeys((*before.holders, *after.holders)):
        old, new = before.value(*pointer), after.value(*pointer)
        if old == new and (pointer in before.holders) is (pointer in after.holders):
            continue
        if pointer[0] == "rollouts":
            if not _is_closed(old, new):
                yield pointer, "a rollout's entry may only become rolled back"
        elif pointer[0] == "tenants":
            yield from _tenant_changes(scopes, pointer, old, new, listed=pointer in before.holders)
        elif pointer[0] == UNLISTED or pointer not in scopes or (pointer[0] == "flags" and not _only_moves(old, new)):
            yield pointer, "this changes more than which version is served"


def _is_closed(old: Any, new: Any) -> bool:
    """Whether a rollout's entry became that of a rollback, with its reason."""
    kept = _without(old, "state", "because") == _without(new, "state", "because")
    return isinstance(old, dict) and kept and mapping(new).get("state") == ROLLED_BACK


def _tenant_changes(
    scopes: set[Pointer], pointer: Pointer, old: Any, new: Any, *, listed: bool
) -> Iterator[tuple[Pointer, str]]:
    one, other = mapping(old), mapping(new)
    if not listed or new is None or _without(one, "prompts") != _without(other, "prompts"):
        yield pointer, "a rollback leaves tenants and what they are bound to alone"
    overrides = mapping(one.get("prompts")), mapping(other.get("prompts"))
    for key in dict.fromkeys((*overrides[0], *overrides[1])):
        place = (*pointer, "prompts", key)
        if overrides[0].get(key) != overrides[1].get(key) and place not in scopes:
            yield place, "this entry changes, and nobody moves by it"


def _only_moves(old: Any, new: Any) -> bool:
    """Whether a flag went, was switched off, or selects another version, and is otherwise as it was."""
    if new is None:
        return True
    return isinstance(old, dict) and _without(mapping(new), "use", "enabled") == _without(old, "use", "enabled")


def _without(value: Any, *keys: str) -> dict[str, Any]:
    return {key: item for key, item in mapping(value).items() if key not in keys}


def _at(before: Environment, after: Environment, pointer: Pointer, message: str) -> Finding:
    return at(after if after.holder(pointer) else before, pointer, f"{'.'.join(pointer)}: {message}", hint=_HINT)
