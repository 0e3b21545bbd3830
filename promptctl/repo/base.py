"""Chooses what is protected: the commit that a change is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.repo.ci import Merge, Push
from promptctl.repo.ci_base import merge_base_of, push_base_of
from promptctl.repo.protected import Base, local_base, protected_at

if TYPE_CHECKING:
    from promptctl.repo.repository import Repository
    from promptctl.tree.library import Library


def choose_base(
    repository: Repository, library: Library, root: str, asked: str | None, event: Merge | Push | None = None
) -> Base:
    """What to compare with: what the caller asked for, else what CI says, else the protected branch of this clone.

    Which branches are protected is read from HEAD's policy; when the policy at that base names others, the choice is
    made once more by that list. Raises Undecided, with the fetch that mends it, where no protected branch is here.
    """
    if asked is not None:
        return Base(repository.resolve(asked), asked, asked)
    if event is not None:
        base = _event_base(repository, library, root, event)
        if base is not None:
            return base
    protected = protected_at(repository, library, root, repository.head)
    base = local_base(repository, protected)
    if base.commit is None:
        return base
    named = protected_at(repository, library, root, base.commit)
    return base if named == protected else local_base(repository, named)


def _event_base(repository: Repository, library: Library, root: str, event: Merge | Push) -> Base | None:
    """The base of a CI event; None for a push to a branch that is protected neither before nor after it."""
    if isinstance(event, Merge):
        return merge_base_of(repository, event)
    before = repository.objects.commit(event.before) if event.before else None
    commits = [commit for commit in (repository.head, before) if commit is not None]
    if not any(event.branch in protected_at(repository, library, root, commit) for commit in commits):
        return None
    return push_base_of(repository, event)
