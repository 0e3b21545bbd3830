"""What a change moves in an environment, and whether a move only goes back to what was served before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.core.moves import Move, moves, standing
from promptctl.core.rollouts import ROLLED_BACK
from promptctl.rules.environments import touched_environments
from promptctl.rules.observed import STOP, observation_path, verdict
from promptctl.tree.environments import environment_files, read_environment
from promptctl.tree.selection import merge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from promptctl.core.refs import Ref
    from promptctl.rules.base import Context
    from promptctl.tree.selection import Environment
    from promptctl.tree.snapshot import Snapshot


def moved(context: Context, environment: str) -> tuple[Move, ...]:
    """The scopes of an environment that head moves; none where it touches no file of it, or one cannot be read."""
    return context.change.once(f"moves in {environment}", lambda: tuple(_moved(context, environment)))


def _moved(context: Context, name: str) -> Iterator[Move]:
    if name not in touched_environments(context):
        return
    before, after = context.change.environment(name, on_base=True), context.change.environment(name)
    if before.is_readable and after.is_readable:
        yield from moves(before.selection, after.selection)


def returns(context: Context, environment: str, move: Move) -> bool:
    """Whether a move goes back to a version that its scope resolved to before, and left by no rollback and no STOP.

    A flag that is widened goes back to nothing; one that is switched off, or taken out, always does, to what everybody
    else gets. So does a tenant that had an override as long as there is the environment, and loses it in a rollback.
    Raises Undecided where history is cut short of the answer.
    """
    ref, before = move.new, context.change.environment(environment, on_base=True)
    if move.scope[0] == "flags" and not _is_on(context.change.environment(environment), move.scope[1]):
        return True
    if ref is None or standing(before.selection, move.scope, move.name) == ref:
        return False
    key = f"{environment} {'/'.join(move.scope)} served {ref}"
    return context.change.once(
        key, lambda: _served(context, environment, move, ref) or _falls_back(context, environment, move)
    )


def _is_on(environment: Environment, key: str) -> bool:
    return any(flag.enabled for flag in environment.selection.flags if flag.key == key)


def _served(context: Context, environment: str, move: Move, ref: Ref) -> bool:
    following: Snapshot | None = None
    for snapshot in history(context, environment, observation_path(context, environment, ref)):
        if names(context, snapshot, environment, {ref}):
            served = _read(context, snapshot, environment)
            if standing(served.selection, move.scope, move.name) == ref:
                return following is None or not _left_as_bad(context, following, environment, ref)
        following = snapshot
    return False


def _falls_back(context: Context, environment: str, move: Move) -> bool:
    """Whether an override goes that was there from the start, and a rollout of its version is rolled back."""
    after = context.change.environment(environment)
    if move.scope[0] != "tenants" or after.value(*move.scope) is not None:
        return False
    rollout = after.rollouts.get(str(move.old))
    if rollout is None or rollout.state != ROLLED_BACK:
        return False
    states = (_read(context, snapshot, environment).selection for snapshot in history(context, environment))
    return all(standing(selection, move.scope, move.name) in {move.old, None} for selection in states)


def history(context: Context, environment: str, *further: str) -> Iterable[Snapshot]:
    """An environment's files, and `further` ones, on base, and before each change to them, the newest first.

    May raise Undecided.
    """
    config = context.change.layout.config
    paths = (f"{config}/{environment}.yaml", f"{config}/{environment}", *further)
    return context.change.once(f"history of {paths}", lambda: _Kept(context.change.facts.history(paths)))


class _Kept:
    """Asks for each state once, and only when somebody gets that far, however many moves are looked up."""

    def __init__(self, source: Iterable[Snapshot]) -> None:
        self._source = iter(source)
        self._seen: list[Snapshot] = []
        self._cut: Undecided | None = None

    def __iter__(self) -> Iterator[Snapshot]:
        number = 0
        while number < len(self._seen) or self._advance():
            yield self._seen[number]
            number += 1

    def _advance(self) -> bool:
        if self._cut is not None:
            raise self._cut
        try:
            self._seen.append(next(self._source))
        except StopIteration:
            return False
        except Undecided as error:
            self._cut = error
            raise
        return True


def names(context: Context, snapshot: Snapshot, environment: str, refs: Collection[Ref]) -> bool:
    """Whether the files of an environment have the text of any of these references: far cheaper than to read them."""
    wanted = [str(ref).encode() for ref in refs]
    for _, entry in environment_files(snapshot, context.change.layout, environment):
        blob = context.change.library.blob(entry)
        if blob is not None and blob.data is not None and any(text in blob.data for text in wanted):
            return True
    return False


def _left_as_bad(context: Context, following: Snapshot, environment: str, ref: Ref) -> bool:
    """Whether a version was left by a rollback, or when its newest observation said STOP."""
    rollout = _read(context, following, environment).rollouts.get(str(ref))
    is_rolled_back = rollout is not None and rollout.state == ROLLED_BACK
    return is_rolled_back or verdict(context, following, environment, ref) == STOP


def _read(context: Context, snapshot: Snapshot, name: str) -> Environment:
    found = read_environment(snapshot, context.change.layout, context.change.library, name)
    return found if found.is_readable else merge(name, ())
