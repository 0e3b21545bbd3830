"""Commits some paths of the work tree and nothing else, by `git commit` itself: hooks, identity and signing apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, Undecided
from promptctl.repo.git import encode

if TYPE_CHECKING:
    from promptctl.repo.repository import Repository

_SHOWN = 20  # lines of a hook's output that are repeated
_OPERATIONS = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
}


def commit_paths(repository: Repository, paths: tuple[str, ...], message: str) -> str:
    """Commit the work tree's state of `paths` alone; other staged and unstaged work stays as it is.

    Raises Undecided while another operation is in progress, Refused with git's or the hook's words when git does not
    commit; then the index is as before.
    """
    _refuse_in_progress(repository)
    porcelain = repository.porcelain.git
    known = set(repository.git.run("ls-files", "-z", "--", *paths).split(b"\0"))
    added = [path for path in paths if encode(path) not in known and (repository.top / path).exists()]
    if added:
        repository.git.run("add", "--intent-to-add", "--", *added)
    pathspecs = [f":(literal){path}" for path in paths]
    arguments = ["--quiet", "--only", f"--message={message}", "--", *pathspecs]
    status, out, err = porcelain.commit(*arguments, with_extended_output=True, with_exceptions=False)
    if status != 0:
        if added:
            repository.git.run("rm", "--cached", "--quiet", "--ignore-unmatch", "--", *added)
        raise _refused(str(err) or str(out))
    return repository.git.run("rev-parse", "HEAD").decode("ascii").strip()


def _refused(words: str) -> Refused:
    lines = [line for line in words.strip().splitlines() if line.strip()]
    reason = "\n".join(lines[-_SHOWN:]) if lines else "a hook said no"
    message = f"git did not commit: {reason}"
    return Refused(message, hint="nothing was changed; mend what git or the hook says and try again")


def _refuse_in_progress(repository: Repository) -> None:
    for name, what in _OPERATIONS.items():
        if (repository.git_dir / name).exists():
            message = f"{what} is in progress"
            raise Undecided(message, hint="finish or abort it first")
