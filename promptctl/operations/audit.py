"""Proves from a branch's whole history that no released version ever changed, or shows the commits that broke it.

Git's object ids are what is compared: a file is the same when mode and id are. A branch that was rewritten shows only
what it is now, and the project is the one that is there today: had it lain in another folder, that is another project.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided, UsageError
from promptctl.core.text import suggest
from promptctl.operations.chronicle import chronicle
from promptctl.operations.shifts import Asked
from promptctl.repo.base import choose_base
from promptctl.repo.protected import Base, protected_tips
from promptctl.repo.repository import find_root, open_repository
from promptctl.tree.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from promptctl.core.events import Event, Shift
    from promptctl.operations.shifts import Interval
    from promptctl.repo.repository import Repository


@dataclass(frozen=True, slots=True)
class AuditQuestion:
    """`name` limits the question to one prompt; `since` and `until` (ISO dates, inclusive, UTC) limit the answer only.

    With an `environment` only what moved there is listed, with a `tenant` only what moved by entries of its own or by
    those that it may share; with a name too, the intervals in which it got each version.
    `progress` is told from time to time how many commits are done.
    """

    directory: Path
    name: str | None = None
    since: str | None = None
    until: str | None = None
    branch: str | None = None
    environment: str | None = None
    tenant: str | None = None
    progress: Callable[[int], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Audit:
    """`events` are those asked for, the oldest first; `violations` counts those outside the dates too."""

    branch: str
    tip: str | None
    commits: int
    events: tuple[Event, ...]
    violations: int
    intervals: tuple[Interval, ...] = ()

    @property
    def clean(self) -> bool:
        return not self.violations


def audit(question: AuditQuestion) -> Audit:
    """Raises Undecided where nothing can be proved: no protected branch, or a history that is not whole."""
    with open_repository(question.directory) as repository:
        root = find_root(repository)
        library = Library(repository.objects)
        base = _base(repository, library, root, question.branch)
        branch = base.label.removeprefix("HEAD on ")
        if base.commit is None:
            return Audit(branch, None, 0, (), 0)
        commits, events, intervals = chronicle(
            repository, library, root, base.commit, question.progress, _asked(question)
        )
    if question.name is not None:
        events = _about(events, question.name)
    violations = sum(not event.lawful for event in events)
    listed = tuple(event for event in events if _is_between(event, question.since, question.until))
    if question.environment is not None:
        listed = tuple(event for event in listed if event.shift and _concerns(event.shift, question))
    return Audit(branch, base.commit, commits, listed, violations, tuple(intervals))


def _asked(question: AuditQuestion) -> Asked | None:
    if question.tenant is not None and question.environment is None:
        raise UsageError("a tenant gets versions in an environment", hint="--env ENV")
    if question.name is None or question.environment is None:
        return None
    return Asked(question.name, question.environment, question.tenant)


def _concerns(shift: Shift, question: AuditQuestion) -> bool:
    own = f"tenants.{question.tenant}."
    mine = question.tenant is None or not shift.scopes
    may = mine or any(scope.startswith(own) or not scope.startswith("tenants.") for scope in shift.scopes)
    return shift.environment == question.environment and may


def _base(repository: Repository, library: Library, root: str, branch: str | None) -> Base:
    if branch is not None:
        tips = protected_tips(repository, (branch,))
        return tips[0] if tips else Base(repository.resolve(branch), branch)
    try:
        return choose_base(repository, library, root, None)
    except Undecided as error:
        hint = error.hint and error.hint.replace("--base REF", "--branch NAME")
        raise Undecided(error.message, hint=hint) from error


def _about(events: list[Event], name: str) -> list[Event]:
    names = {event.name for event in events}
    if name not in names:
        close = suggest(name, names)
        hint = f"did you mean {close}?" if close else "promptctl audit --verbose shows all of them"
        raise UsageError(f"no version of {name} was ever released", hint=hint)
    return [event for event in events if event.name == name]


def _is_between(event: Event, since: str | None, until: str | None) -> bool:
    """By the author's date; a commit whose date cannot be read is shown, whatever is asked for."""
    if since is None and until is None:
        return True
    try:
        day = datetime.fromisoformat(event.commit.date).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        return True
    return (since is None or since <= day) and (until is None or day <= until)
