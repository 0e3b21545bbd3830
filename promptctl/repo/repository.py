"""One repository as promptctl finds it: where it is, what kind it is, and where the project in it lies."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from promptctl.core.errors import Undecided
from promptctl.repo.git import Git, decode, fetch_command
from promptctl.repo.objects import CommitSnapshot, Objects
from promptctl.tree.policy import POLICY_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from git import Repo

_QUESTIONS = (
    "--is-bare-repository",
    "--is-inside-work-tree",
    "--is-shallow-repository",
    "--show-object-format",
    "--absolute-git-dir",
    "--git-common-dir",
    "--git-path",
    "index",
    "--git-path",
    "objects",
    "--show-cdup",
    "--show-prefix",
)

# Where git looks for a short name, in its order: whoever can make a tag must not be able to move a base.
_NAMESPACES = ("refs/tags/", "refs/heads/", "refs/remotes/")

_OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCH = re.compile(r"(?!HEAD$)\w[\w./-]*")  # of what git allows, what people use

# By object format. Git knows them without having them, see `git hash-object -t tree /dev/null`.
_EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


@dataclass
class Repository:
    """`top` is the work tree's root, or the git directory of a bare repository.

    `prefix` is the path from `top` to where the command was called, empty or ending with a slash. `index` is the user's
    own, in a hook the one that is about to be committed; `object_dir` is where new objects go.
    """

    git: Git
    objects: Objects
    top: Path
    git_dir: Path
    common_dir: Path
    index: Path
    object_dir: Path
    empty_tree: str
    prefix: str
    bare: bool
    shallow: bool

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.objects.close()
        if "porcelain" in self.__dict__:
            self.porcelain.close()

    @cached_property
    def head(self) -> str | None:
        """The commit of HEAD, or None on a branch without commits; raises Undecided where HEAD is broken."""
        commit = self.objects.commit("HEAD")
        if commit is None:
            code, out, _ = self.git.attempt("symbolic-ref", "-q", "HEAD")
            name = out.decode("utf-8", "replace").strip()
            if code != 0 or self.git.attempt("show-ref", "--verify", "-q", name)[0] == 0:
                raise Undecided("HEAD does not name a readable commit", hint="git fsck")
        return commit

    @cached_property
    def porcelain(self) -> Repo:
        """GitPython's view of the repository, for what is not on the path of every commit."""
        from git import Repo

        return Repo(self.top)

    def snapshot(self, commit: str | None) -> CommitSnapshot:
        """The files of a commit, or of the empty tree."""
        return CommitSnapshot(self.objects, self.empty_tree if commit is None else self.objects.root(commit))

    def resolve(self, name: str) -> str:
        """The commit that a user's name for it stands for; raises Undecided where there is none, or more than one."""
        commit = None if name.startswith("-") else self.objects.commit(name)
        if commit is None:
            raise Undecided(f"there is no commit {name!r} in this clone", hint=self._where_from(name))
        named = {self.objects.commit(place + name) for place in _NAMESPACES} - {None}
        if len(named) > 1:
            message = f"{name!r} is the name of a branch and of a tag, which are different commits"
            raise Undecided(message, hint=f"name it in full: {' or '.join(place + name for place in _NAMESPACES)}")
        return commit

    def _where_from(self, name: str) -> str:
        """The fetch that may bring a commit in; of a name that no remote could know, only that it is none."""
        if _OBJECT_ID.fullmatch(name):
            return f"git fetch origin {name}"
        if _BRANCH.fullmatch(name):
            branch = name.removeprefix("origin/")
            again = "" if branch != name else f", and name it origin/{branch}"
            return fetch_command(branch) + again
        return "git fetch --unshallow" if self.shallow else "git branch --all lists what can be named"


def open_repository(directory: Path, known: Objects | None = None) -> Repository:
    """The repository that a directory is in. Raises Undecided where there is none, or git refuses it.

    `known` are objects of it that were read before.
    """
    git = _anchored(Git(directory))
    lines = decode(git.run("rev-parse", *_QUESTIONS)).removesuffix("\n").split("\n", 9)
    bare, inside, shallow = (line == "true" for line in lines[:3])
    git_dir = directory / lines[4]
    if not bare and not inside:
        message = f"{directory} is inside a git directory, not in a work tree"
        raise Undecided(message, hint="run promptctl in the work tree")
    here = directory.resolve()
    top, prefix = (git_dir, "") if bare else ((here / lines[8]).resolve(), lines[9])
    git = git.at(top)
    return Repository(
        git=git,
        objects=Objects(git) if known is None else known.through(git),
        top=top,
        git_dir=git_dir,
        common_dir=(directory / lines[5]).resolve(),
        index=top / os.environ.get("GIT_INDEX_FILE", here / lines[6]),
        object_dir=(directory / lines[7]).resolve(),
        empty_tree=_EMPTY_TREES[lines[3]],
        prefix=prefix,
        bare=bare,
        shallow=shallow,
    )


def _anchored(git: Git) -> Git:
    """A git that takes the repository which a hook's environment names as seen from where the program was started.

    Git takes any directory for the root of the work tree where GIT_DIR is set and GIT_WORK_TREE is not, as in the
    hooks of a linked work tree.
    """
    if not os.environ.get("GIT_DIR") or git.directory == Path.cwd():
        return git
    here = git.at(Path.cwd())
    lines = here.run("rev-parse", "--absolute-git-dir", "--is-inside-work-tree", "--show-cdup").split(b"\n")
    found = {"GIT_DIR": decode(lines[0])}
    if lines[1] == b"true":
        found["GIT_WORK_TREE"] = str((Path.cwd() / decode(lines[2])).resolve())
    return git.with_environment(found)


def find_root(repository: Repository) -> str:
    """The root of the project: the nearest folder upwards that holds a policy on disk or in HEAD; else the top.

    The answer is a repository path, empty or ending with a slash.
    """
    head = repository.snapshot(repository.head)
    return _nearest(repository.prefix, lambda path: _on_disk(repository, path) or head.entry(path) is not None) or ""


def base_root(repository: Repository, base: str | None) -> str | None:
    """The root of the project by the policies on base alone; None where base has none above."""
    snapshot = repository.snapshot(base)
    return _nearest(repository.prefix, lambda path: snapshot.entry(path) is not None)


def _on_disk(repository: Repository, path: str) -> bool:
    return os.path.lexists(repository.top / path)


def _nearest(folder: str, has: Callable[[str], bool]) -> str | None:
    while not has(folder + POLICY_FILE):
        if not folder:
            return None
        folder = folder.rstrip("/").rpartition("/")[0]
        folder += "/" if folder else ""
    return folder
