"""Which branches of a push are protected, on the server that gets it and in the clone that sends it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.alike import folded
from promptctl.core.errors import Undecided
from promptctl.repo.base import choose_base
from promptctl.repo.git import decode
from promptctl.repo.protected import protected_at, protected_tips
from promptctl.repo.pushes import BRANCH
from promptctl.repo.repository import find_root
from promptctl.tree.library import Library
from promptctl.tree.policy import POLICY_FILE, Policy, parse_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.repo.pushes import Update
    from promptctl.repo.repository import Repository


@dataclass(frozen=True, slots=True)
class Protection:
    """`named` are the branches that the policies on protected branches name.

    `folds`: the refs lie on a file system to which names that differ only by case are one.
    """

    repository: Repository
    library: Library
    root: str
    named: frozenset[str]
    folds: bool = False

    def covers(self, update: Update) -> bool:
        """Whether a ref is a protected branch: a named one, or one whose own policy names it."""
        if update.branch is None or self._holds(self.named, update.branch):
            return update.branch is not None
        commit = self.repository.objects.commit(update.old or update.new or "")
        if commit is None:
            return False
        return self._holds(protected_at(self.repository, self.library, self.root, commit), update.branch)

    def _holds(self, names: Iterable[str], branch: str) -> bool:
        if self.folds:
            return folded(branch) in {folded(name) for name in names}
        return branch in names


def server_protection(repository: Repository, updates: Iterable[Update]) -> Protection:
    """What a server protects before a push: by the policy at HEAD and those on the branches that it names."""
    library, root, current = Library(repository.objects), find_root(repository), current_branch(repository)
    policies = _policies(repository, library, root, _first_commits(repository, current, updates))
    first = next(policies, Policy())
    # A policy that cannot be read protects the branch that it stands on, so that breaking it frees nobody.
    names = set(first.protected if first else (*Policy.protected, *([current] if current else [])))
    for tip in protected_tips(repository, tuple(names)):
        names.update(protected_at(repository, library, root, tip.commit))
    folds = repository.git.attempt("config", "--type=bool", "core.ignoreCase")[1].strip() == b"true"
    return Protection(repository, library, root, frozenset(names), folds)


def clone_protection(repository: Repository) -> Protection:
    """What a clone takes for protected: by the policy at HEAD and the one at the base of its changes."""
    library, root = Library(repository.objects), find_root(repository)
    names = set(protected_at(repository, library, root, repository.head))
    with suppress(Undecided):  # where a ref needs the base, its own question says that the base is not here
        base = choose_base(repository, library, root, None)
        names.update(protected_at(repository, library, root, base.commit) if base.commit else ())
    return Protection(repository, library, root, frozenset(names))


def current_branch(repository: Repository) -> str | None:
    """The branch that HEAD names, with or without commits; None where HEAD names a commit."""
    code, out, _ = repository.git.attempt("symbolic-ref", "-q", "HEAD")
    name = decode(out).removesuffix("\n")
    return name.removeprefix(BRANCH) if code == 0 and name.startswith(BRANCH) else None


def _first_commits(repository: Repository, current: str | None, updates: Iterable[Update]) -> Iterator[str]:
    """Where the first policy may be: at HEAD, else in what is pushed to the branch that HEAD names."""
    if repository.head is not None:
        yield repository.head
    for update in updates:
        commit = repository.objects.commit(update.new) if update.new and update.branch == current else None
        if commit is not None:
            yield commit


def _policies(repository: Repository, library: Library, root: str, commits: Iterable[str]) -> Iterator[Policy | None]:
    """The policies at some commits that have one; None for one that cannot be read."""
    for commit in commits:
        entry = repository.snapshot(commit).entry(root + POLICY_FILE)
        if entry is not None:
            yield parse_policy(library.policy(entry))
