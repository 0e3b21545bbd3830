"""The base that a CI event names, as far as this clone can show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.repo.git import fetch_command
from promptctl.repo.protected import Base

if TYPE_CHECKING:
    from promptctl.repo.ci import Merge, Push
    from promptctl.repo.repository import Repository


def merge_base_of(repository: Repository, event: Merge, judged: str | None) -> Base:
    """What the commit `judged` of a merge request is compared with.

    Raises Undecided, with the fetch that mends it, where that is not here, or where `judged` is not the change.
    """
    base = _exact(repository, event) or _first_parent(repository, event, judged) or _target(repository, event)
    if base is None or base.commit is None:
        message = f"{event.system} merges into {event.target}, which is not in this clone"
        raise Undecided(message, hint=fetch_command(str(event.target)))
    if event.head is not None and judged is not None and not _holds(repository, judged, event.head):
        _refuse_target(repository, event, judged, base.commit)
    return base


def push_base_of(repository: Repository, event: Push) -> Base:
    """Where a protected branch stood before a push; raises Undecided where nobody says, or it is not here."""
    if event.before is None:
        message = f"{event.system} does not say where {event.branch} stood before this push"
        raise Undecided(message, hint="name it with --base, or check everything with --all")
    if not event.before.strip("0"):
        return Base(None, f"nothing: {event.branch} is new", replaced=True)
    commit = commit_of(repository, event.before)
    if commit is None:
        message = f"{event.branch} stood at {event.before} before this push, which is not in this clone"
        raise Undecided(message, hint=f"git fetch origin {event.before}")
    return Base(commit, f"{event.branch} before the push", event.before, replaced=True)


def commit_of(repository: Repository, oid: str | None) -> str | None:
    """The commit of an id that a CI system gave, where it is here; a branch of that name is not meant."""
    commit = repository.objects.commit(oid) if oid else None
    return commit if commit is not None and commit.startswith(str(oid)) else None


def _exact(repository: Repository, event: Merge) -> Base | None:
    if not event.exact:
        return None
    commit = commit_of(repository, event.base)
    if commit is None and event.queued:
        message = f"{event.system} merges onto {event.base}, which is not in this clone"
        raise Undecided(message, hint=f"git fetch origin {event.base}")
    return Base(commit, f"{event.target or 'the target'} as {event.system} names it", commit) if commit else None


def _first_parent(repository: Repository, event: Merge, judged: str | None) -> Base | None:
    """Where the CI system checked out the merge itself: the target as it will be merged.

    A branch into which the target was merged has two parents too, so the second must be the tip that the event names.
    """
    parents = repository.objects.parents(judged) if judged else ()
    if len(parents) != 2 or event.head is None or parents[1] != event.head:  # noqa: PLR2004 - a merge of two
        return None
    first = repository.objects.commit(parents[0])
    return Base(first, f"{event.target}, the first parent of the merge", first) if first else None


def _target(repository: Repository, event: Merge) -> Base | None:
    tip = repository.objects.commit(f"refs/remotes/origin/{event.target}")
    if tip is not None:
        return Base(tip, f"origin/{event.target}", f"origin/{event.target}")
    known = commit_of(repository, event.base)
    return Base(known, f"{event.target} as {event.system} knew it", known) if known else None


def _holds(repository: Repository, judged: str, head: str) -> bool:
    """Whether what is judged is the change, or a merge of it, or something built on it."""
    if judged == head or head in repository.objects.parents(judged):
        return True
    return repository.git.attempt("merge-base", "--is-ancestor", head, judged)[0] == 0


def _refuse_target(repository: Repository, event: Merge, judged: str, base: str) -> None:
    """Refuse to judge what the target has already, as a run for the target checks out; in a shallow clone, a guess."""
    if repository.shallow or repository.git.attempt("merge-base", "--is-ancestor", judged, base)[0] == 0:
        message = f"the checkout is not the change that is to be merged into {event.target}"
        raise Undecided(message, hint=f"git fetch origin {event.head} && promptctl check --head {event.head}")
