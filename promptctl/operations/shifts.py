"""Follows a configuration through a history: which commit moved what, derived from content, never from messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.events import Event, Kind, Shift
from promptctl.core.moves import moves
from promptctl.core.rollouts import ROLLED_BACK
from promptctl.core.selection import Request, UnknownPrompt, UnlistedTenant, resolve
from promptctl.tree.environments import environment_of, read_environment
from promptctl.tree.selection import merge
from promptctl.tree.snapshot import FlatSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.core.entries import Entry
    from promptctl.core.events import Commit
    from promptctl.core.moves import Move
    from promptctl.core.refs import Ref
    from promptctl.core.rollouts import Rollout
    from promptctl.core.selection import Pointer
    from promptctl.tree.layout import Layout
    from promptctl.tree.library import Library
    from promptctl.tree.selection import Environment

_STATES = {"paused": Kind.PAUSED, "running": Kind.RESUMED, "finished": Kind.FINISHED, ROLLED_BACK: Kind.ROLLED_BACK}


class Asked(NamedTuple):
    """Whose intervals are wanted: those of a tenant, or (None) of everybody else."""

    name: str
    environment: str
    tenant: str | None


class Interval(NamedTuple):
    """From `since` on a request got `ref`; None is nothing. The next interval ends it."""

    ref: str | None
    reason: str
    since: Commit


class Shifts:
    """The environments after each commit. One that cannot be read is passed over: nobody can tell what it served."""

    def __init__(self, library: Library, asked: Asked | None = None) -> None:
        self._library = library
        self._asked = asked
        self._entries: dict[str, Entry] = {}
        self._environments: dict[str, Environment] = {}
        self._served: dict[tuple[str, Pointer], set[Ref | None]] = {}
        self.intervals: list[Interval] = []

    def apply(self, commit: Commit, layout: Layout, changed: Iterable[tuple[str, Entry | None]]) -> Iterator[Event]:
        """Take in what a commit put at paths of the configuration, None where it removed a file."""
        names = dict[str, str]()
        for path, entry in changed:
            self._entries.pop(path, None)
            if entry is not None:
                self._entries[path] = entry
            name = environment_of(layout, path)
            if name is not None:
                names.setdefault(name, path)
        snapshot = FlatSnapshot(dict(self._entries))
        for name, path in names.items():
            after = read_environment(snapshot, layout, self._library, name)
            if after.is_readable:
                before = self._environments.get(name) or merge(name, ())
                yield from self._events(commit, path, before, after)
                self._environments[name] = after
                self._follow(commit, after)

    def _events(self, commit: Commit, path: str, before: Environment, after: Environment) -> Iterator[Event]:
        """One event for all scopes that move alike; then rollouts that change without moving anybody."""
        alike: dict[tuple[Kind, str, Ref | None, Ref | None], list[Pointer]] = {}
        for move in moves(before.selection, after.selection):
            served = self._served.setdefault((after.name, move.scope), set())
            kind = _kind(before, after, move, returns=move.new in served)
            alike.setdefault((kind, move.name, move.old, move.new), []).append(move.scope)
            served.add(move.old)
        for (kind, name, old, new), scopes in alike.items():
            shift = Shift(after.name, name, tuple(map(".".join, scopes)), _text(old), _text(new))
            yield Event(commit, kind, path, _because(after, kind, scopes, old, new), shift=shift)
        told = {ref for kind, _, old, new in alike for ref in (old, new) if kind in _STATES.values() or kind in _BEGUN}
        for key, rollout in after.rollouts.items():
            step = _step(before.rollouts.get(key), rollout)
            if step is not None and rollout.target not in told:
                shift = Shift(after.name, rollout.target.name, (), _text(rollout.source), key)
                yield Event(commit, step, path, rollout.because, shift=shift)

    def _follow(self, commit: Commit, environment: Environment) -> None:
        if self._asked is None or self._asked.environment != environment.name:
            return
        try:
            found = resolve(environment.selection, Request(self._asked.name, self._asked.tenant))
            ref, reason = str(found.ref), found.reason
        except (UnknownPrompt, UnlistedTenant):
            ref, reason = None, "nothing"
        if not self.intervals or (self.intervals[-1].ref, self.intervals[-1].reason) != (ref, reason):
            self.intervals.append(Interval(ref, reason, commit))


_BEGUN = (Kind.STARTED, Kind.EXPANDED)


def _kind(before: Environment, after: Environment, move: Move, *, returns: bool) -> Kind:
    """What a move was, by what the configuration records of it; without a record, a hand edit."""
    old, new = str(move.old), str(move.new)
    if _step(before.rollouts.get(old), after.rollouts.get(old)) is Kind.ROLLED_BACK:
        return Kind.ROLLED_BACK
    step = _step(before.rollouts.get(new), after.rollouts.get(new))
    if step is not None and step is not Kind.ROLLED_BACK:
        return step
    if move.scope[0] == "flags":
        on = [any(f.key == move.scope[1] and f.enabled for f in side.selection.flags) for side in (before, after)]
        if on[0] is not on[1]:
            return Kind.FLAG_ON if on[1] else Kind.FLAG_OFF
    return Kind.ROLLED_BACK if returns and move.new is not None else Kind.HAND_EDIT


def _step(before: Rollout | None, after: Rollout | None) -> Kind | None:
    """What became of a rollout's entry."""
    if after is None:
        return None
    if before is None or before.started != after.started:
        return Kind.STARTED if after.state != ROLLED_BACK else Kind.ROLLED_BACK
    if before.state != after.state:
        return _STATES.get(after.state)
    return Kind.EXPANDED if after.step > before.step else None


def _because(after: Environment, kind: Kind, scopes: list[Pointer], old: Ref | None, new: Ref | None) -> str:
    """The reason that stands in the content: the rollout's, else the default's."""
    rollout = after.rollouts.get(str(old if kind is Kind.ROLLED_BACK else new))
    if rollout is not None and kind not in {Kind.HAND_EDIT, Kind.FLAG_ON, Kind.FLAG_OFF}:
        return rollout.because
    defaults = (after.text(*scope, "because") for scope in scopes if scope[0] == "defaults")
    return next(filter(None, defaults), "")


def _text(ref: Ref | None) -> str:
    return str(ref) if ref else ""
