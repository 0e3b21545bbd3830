"""The base that a CI event names, as far as this clone can show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.repo.git import fetch_command
from promptctl.repo.protected import Base

if TYPE_CHECKING:
    from promptctl.repo.ci import Merge, Push
    from promptctl.repo.repository import Repository


def merge_base_of(repository: Repository, event: Merge) -> Base:
    """What a merge request is compared with; raises Undecided, with the fetch that mends it, where that is not here.

    Where the CI system checked out the merge itself, its first parent is the target as it will be merged. A branch
    into which the target was merged has two parents too, so the second one must be the tip that the event names.
    """
    base = _exact(repository, event) or _checked_out_merge(repository, event) or _target(repository, event)
    if base is None:
        message = f"{event.system} merges into {event.target}, which is not in this clone"
        raise Undecided(message, hint=fetch_command(event.target))
    if base.commit == repository.head and event.head not in {None, base.commit}:
        message = f"the checkout is {event.target} itself and not the change that is to be merged"
        raise Undecided(message, hint=f"check out {event.head}, or name it with --head")
    return base


def push_base_of(repository: Repository, event: Push) -> Base:
    """Where a protected branch stood before a push; raises Undecided where nobody says, or it is not here."""
    if event.before is None:
        message = f"{event.system} does not say where {event.branch} stood before this push"
        raise Undecided(message, hint="name it with --base, or check everything with --all")
    if not event.before.strip("0"):
        return Base(None, f"nothing: {event.branch} is new", replaced=True)
    commit = repository.objects.commit(event.before)
    if commit is None:
        message = f"{event.branch} stood at {event.before} before this push, which is not in this clone"
        raise Undecided(message, hint=f"git fetch origin {event.before}")
    return Base(commit, f"{event.branch} before the push", event.before, replaced=True)


def _exact(repository: Repository, event: Merge) -> Base | None:
    commit = repository.objects.commit(event.base) if event.exact and event.base else None
    return Base(commit, f"{event.target} as {event.system} names it", commit) if commit else None


def _checked_out_merge(repository: Repository, event: Merge) -> Base | None:
    first, second, third = (repository.objects.commit(f"HEAD^{number}") for number in (1, 2, 3))
    if first is None or second is None or third is not None or second != event.head:
        return None
    return Base(first, f"{event.target}, the first parent of the merge", "HEAD^1")


def _target(repository: Repository, event: Merge) -> Base | None:
    tip = repository.objects.commit(f"refs/remotes/origin/{event.target}")
    if tip is not None:
        return Base(tip, f"origin/{event.target}", f"origin/{event.target}")
    known = repository.objects.commit(event.base) if event.base else None
    return Base(known, f"{event.target} as {event.system} knew it", known) if known else None
