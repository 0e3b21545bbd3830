"""Commits planned files and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.repo.drafting import draft_commit
from promptctl.repo.git import decode
from promptctl.repo.landing import land

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promptctl.repo.repository import Repository

_HEADS = "refs/heads/"
_OPERATIONS = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "BISECT_LOG": "a bisection",
}


def commit_on_head(repository: Repository, files: Mapping[str, bytes | None], message: str) -> str:
    """Commit files onto HEAD, and take them over into the index and the work tree; the new commit's id.

    What these files hold there is overwritten; everything else stays as it is. Raises Undecided while another operation
    is in progress, Refused with git's or the hook's words when git does not commit; then nothing was changed.
    """
    refuse_in_progress(repository)
    draft = draft_commit(repository, repository.head, branch_name(repository), files, message, checkout=True)
    land(repository, draft, message.partition("\n")[0])
    return draft.commit


def branch_name(repository: Repository) -> str:
    """The branch that is checked out; `detached` where none is."""
    code, out, _ = repository.git.attempt("symbolic-ref", "-q", "HEAD")
    return decode(out).rstrip("\n").removeprefix(_HEADS) if code == 0 else "detached"


def is_branch_name(repository: Repository, name: str) -> bool:
    """Whether git lets a branch have this name; `@{-1}` and the like, which stand for a name, are none."""
    code, out, _ = repository.git.attempt("check-ref-format", "--branch", name)
    return code == 0 and decode(out).rstrip("\n") == name


def refuse_in_progress(repository: Repository) -> None:
    """Raise Undecided while a merge, a rebase or the like waits for its end."""
    for name, what in _OPERATIONS.items():
        if (repository.git_dir / name).exists():
            message = f"{what} is in progress"
            raise Undecided(message, hint="finish or abort it first")
