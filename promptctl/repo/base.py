"""Chooses what is protected: the commit that a change is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.repo.ci import Merge, Push
from promptctl.repo.ci_base import commit_of, merge_base_of, push_base_of
from promptctl.repo.protected import Base, local_base, protected_at, refuse_unreadable

if TYPE_CHECKING:
    from promptctl.repo.repository import Repository
    from promptctl.tree.library import Library


def choose_base(
    repository: Repository,
    library: Library,
    root: str,
    asked: str | None,
    event: Merge | Push | None = None,
    judged: str | None = None,
) -> Base:
    """What to compare with: what the caller asked for, else what CI says, else the protected branch of this clone.

    `judged` is the commit whose merge CI speaks of, where that is not HEAD. What CI says counts where it is about a
    protected branch; what is merged into or pushed to another one is compared as it would be anywhere else.
    """
    if asked is not None:
        return Base(repository.resolve(asked), asked, asked)
    base = None
    if isinstance(event, Merge):
        base = merge_base_of(repository, event, judged or repository.head)
        if event.target and not _is_protected(repository, library, root, event.target, base.commit):
            base = None
    elif event is not None and _is_protected_push(repository, library, root, event):
        base = push_base_of(repository, event)
    return base or _local_base(repository, library, root)


def _local_base(repository: Repository, library: Library, root: str) -> Base:
    """The protected branch that is here.

    Which branches are protected is read from HEAD's policy; when the policy at that base names others, the choice is
    made once more by that list. Raises Undecided, with the fetch that mends it, where no protected branch is here.
    """
    protected = protected_at(repository, library, root, repository.head)
    try:
        base = local_base(repository, protected)
    except Undecided:
        refuse_unreadable(repository, library, root)
        raise
    if base.commit is None:
        return base
    named = protected_at(repository, library, root, base.commit)
    return base if named == protected else local_base(repository, named)


def _is_protected_push(repository: Repository, library: Library, root: str, event: Push) -> bool:
    """Whether a push is to a protected branch, whatever the push itself makes of the policy.

    Where nobody can say what the branch's policy was, the word of the CI system is taken for it.
    """
    if event.before is None:
        first_parent = next(iter(repository.objects.parents(repository.head)), None) if repository.head else None
        return _is_protected(repository, library, root, event.branch, first_parent)
    before = commit_of(repository, event.before)
    if before is None and event.before.strip("0") and event.guarded:
        return True
    return _is_protected(repository, library, root, event.branch, before)


def _is_protected(repository: Repository, library: Library, root: str, branch: str, before: str | None) -> bool:
    """Whether the policy names a branch: at HEAD, where the branch stood, or on the protected branch of this clone."""
    known = [commit for commit in (repository.head, before) if commit is not None]
    if any(branch in protected_at(repository, library, root, commit) for commit in known):
        return True
    local = _local_base(repository, library, root)
    return local.commit is not None and branch in protected_at(repository, library, root, local.commit)
