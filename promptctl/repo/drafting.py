"""Makes a commit that no branch has yet, by `git commit` itself: hooks, identity and signing apply.

It is made in a git directory of its own that shares the objects, the settings and the hooks of the repository, and has
its own HEAD, index and branch. So whatever happens meanwhile, a kill included, the repository is as it was.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused
from promptctl.repo.git import decode, encode
from promptctl.repo.index import staged_entry, store_files
from promptctl.repo.raw import RAW, parse_differences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promptctl.core.entries import Entry
    from promptctl.repo.git import Git
    from promptctl.repo.repository import Repository

_SHOWN = 20  # lines of a hook's output that are repeated
_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
# Refs below it belong to one work tree alone, see gitglossary. Hooks that look at the branch's name still find it.
_BRANCH = "refs/worktree/"


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit, and what it has at the paths that it is about (None: nothing)."""

    commit: str
    entries: Mapping[str, Entry | None]


def draft_commit(
    repository: Repository,
    tip: str | None,
    branch: str,
    files: Mapping[str, bytes | None],
    message: str,
    *,
    checkout: bool,
) -> Draft:
    """A commit on top of `tip` that changes `files` and nothing else.

    Hooks run in the work tree; without `checkout`, which asks for the commit that is checked out there, they run in a
    folder that has the files of the top folder and those that are changed. Raises Refused, with git's or the hook's
    words, when there is no commit, or when a hook changed what it holds.
    """
    with tempfile.TemporaryDirectory(prefix="promptctl-") as name:
        folder = Path(name)
        work_tree = repository.top if checkout else folder / "files"
        git = _private_git(repository, folder / "git", work_tree, tip, branch)
        if checkout:
            _copy_index(repository, folder / "git/index")
        git.run("read-tree", "--reset", tip or repository.empty_tree)
        store_files(git, files)
        if checkout:
            git.attempt("update-index", "-q", "--refresh")
        else:
            _check_out(git, work_tree, files)
        planned = _differences(repository, git, tip, git.run("write-tree").decode("ascii").strip())
        commit = _commit(git, folder / "message", message)
        _refuse_changed(planned, _differences(repository, git, tip, commit))
        return Draft(commit, {path: staged_entry(git, path) for path in files})


def _private_git(repository: Repository, directory: Path, work_tree: Path, tip: str | None, branch: str) -> Git:
    head = directory / _BRANCH / branch
    head.parent.mkdir(parents=True)
    work_tree.mkdir(exist_ok=True)
    if tip is not None:
        head.write_text(f"{tip}\n", encoding="ascii")
    (directory / "HEAD").write_bytes(encode(f"ref: {_BRANCH}{branch}\n"))
    (directory / "commondir").write_bytes(os.fsencode(repository.common_dir) + b"\n")
    own = repository.git_dir / "config.worktree"
    if own.exists():
        shutil.copyfile(own, directory / own.name)
    places = (directory, work_tree, directory / "index")
    return repository.git.at(work_tree).with_environment(dict(zip(_PLACES, map(str, places), strict=True)))


def _copy_index(repository: Repository, target: Path) -> None:
    """With what git knows of the files on disk, so that it need not read them all again."""
    source = repository.index
    if source.exists():
        shutil.copy2(source, target)


def _check_out(git: Git, work_tree: Path, files: Mapping[str, bytes | None]) -> None:
    """The files of the top folder, where tools keep their settings, and the changed ones; git is told of no others."""
    listed = [path for path in git.run("ls-files", "-z").split(b"\0") if path]
    shown = [path for path in listed if b"/" not in path or decode(path) in files]
    hidden = set(listed) - set(shown)
    git.run("update-index", "-z", "--skip-worktree", "--stdin", stdin=b"".join(path + b"\0" for path in hidden))
    git.run("checkout-index", "--quiet", "-u", "-z", "--stdin", stdin=b"".join(path + b"\0" for path in shown))
    work_tree.joinpath(".git").write_bytes(b"gitdir: " + os.fsencode(git.environment["GIT_DIR"]) + b"\n")


def _commit(git: Git, file: Path, message: str) -> str:
    """The new commit; the message goes through a file, because it may name thousands of tenants."""
    file.write_text(message, encoding="utf-8")
    hooked = git.for_hooks({name: git.environment[name] for name in _PLACES})
    code, out, err = hooked.attempt("commit", "--quiet", f"--file={file}")
    if code != 0:
        lines = [line for line in (err or out).decode("utf-8", "replace").strip().split("\n") if line.strip()]
        reason = "\n".join(lines[-_SHOWN:]) if lines else "a hook said no"
        message = f"git did not commit: {reason}"
        raise Refused(message, hint="nothing was changed; mend what git or the hook says and try again")
    return git.run("rev-parse", "HEAD").decode("ascii").strip()


def _differences(repository: Repository, git: Git, tip: str | None, commit: str) -> dict[str, Entry | None]:
    out = git.run("diff-tree", *RAW, tip or repository.empty_tree, commit)
    return {difference.path: difference.new for difference in parse_differences(out)}


def _refuse_changed(planned: Mapping[str, Entry | None], made: Mapping[str, Entry | None]) -> None:
    other = sorted(path for path in {*planned, *made} if planned.get(path) != made.get(path))
    if other:
        message = f"a hook changed what was to be committed: {', '.join(other[:3])}"
        raise Refused(message, hint="nothing was changed; what a command writes is checked, and must stay as it is")
