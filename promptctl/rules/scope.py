"""Which files are searched for versions: none that promptctl looks after, no lock files, and what the policy says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from promptctl.core.globs import git_globs, glob_matches, names_something
from promptctl.tree.policy import POLICY_FILE

if TYPE_CHECKING:
    from promptctl.rules.base import Context
    from promptctl.tree.layout import Layout
    from promptctl.tree.snapshot import Snapshot

# Package managers write these, with names and versions of packages that may be called like a prompt.
_LOCKS = (
    "*.lock",
    "*.lockfile",
    "*-lock.json",
    "*-lock.yaml",
    "*.lock.json",
    "*.lock.hcl",
    "npm-shrinkwrap.json",
    "bun.lockb",
    "go.sum",
    "Package.resolved",
)
_HISTORIES = ("changelog", "changes", "history", "news", "releases", "release-notes", "release_notes")
_TEXTS = ("", ".txt", ".rst", ".adoc", ".org", ".html")

# Prose speaks about versions. It is searched where a pattern of `include` names such files and not just their folder.
_PROSE = ("*.md", "*.mdx", "*.markdown", *(name + text for name in _HISTORIES for text in _TEXTS))
_PROSE_FOLDERS = ("changelog.d", "newsfragments")


@dataclass(frozen=True)
class Scope:
    """The patterns count from the project's root; a file outside it is matched by its path in the repository."""

    layout: Layout
    base: Snapshot
    include: tuple[str, ...]
    exclude: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Whether a file is searched."""
        folder, _, name = path.rpartition("/")
        if self.layout.is_managed(path) or glob_matches(_LOCKS, name, fold=True):
            return False
        if self._project(folder) != self.layout.root or self._named(self.exclude, path):
            return False
        is_prose = glob_matches(_PROSE, name, fold=True) or glob_matches(_PROSE_FOLDERS, folder, fold=True)
        named = tuple(filter(names_something, self.include)) if is_prose else self.include
        return self._named(named, path)

    @property
    def skipped(self) -> tuple[str, ...]:
        """Patterns, from the top of the repository, of what need not even be read."""
        roots = {"", self.layout.root}
        return tuple(glob for pattern in self.exclude for root in roots for glob in git_globs(pattern, root))

    def _named(self, patterns: tuple[str, ...], path: str) -> bool:
        return any(glob_matches(patterns, form) for form in {path, path.removeprefix(self.layout.root)})

    def _project(self, folder: str) -> str:
        """The root of the project that a folder belongs to: what another project looks after is its own business."""
        found = self._projects.get(folder)
        if found is None:
            root = f"{folder}/" if folder else ""
            if root == self.layout.root or (root and self.base.entry(root + POLICY_FILE)):
                found = root
            else:
                found = self._project(folder.rpartition("/")[0]) if folder else self._outside
            self._projects[folder] = found
        return found

    @cached_property
    def _projects(self) -> dict[str, str]:
        return {}

    @cached_property
    def _outside(self) -> str:
        """Whose business a file is that lies in no project: everybody's, unless the top is one of its own."""
        return "" if self.base.entry(POLICY_FILE) else self.layout.root


def scope_of(context: Context) -> Scope:
    """The scope that the policy in force sets."""
    stated = context.policy.data.get("hardcoded", {})
    change = context.change
    return Scope(change.layout, change.base, tuple(stated.get("include", ("**",))), tuple(stated.get("exclude", ())))
