"""Answers from the history of base and from files that promptctl does not manage, only when a rule asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from promptctl.core.entries import EXECUTABLE, REGULAR
from promptctl.repo.attributes import conversions, marked_files
from promptctl.repo.git import decode
from promptctl.repo.grep import Limits, search
from promptctl.repo.heads import HeadKind
from promptctl.repo.history import file_authors, first_entry, stood_at
from promptctl.repo.past import states
from promptctl.repo.raw import unmerged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from promptctl.core.entries import Entry
    from promptctl.repo.heads import Head
    from promptctl.repo.repository import Repository
    from promptctl.tree.layout import Layout
    from promptctl.tree.snapshot import Snapshot


@dataclass(frozen=True)
class HistoryFacts:
    """`forks` are the merge bases of base and head, None where they are unknown; `base` None: nothing is protected."""

    repository: Repository
    base: str | None
    forks: tuple[str, ...] | None
    head: Head
    layout: Layout
    _first: dict[str, Entry | None] = field(default_factory=dict)

    def first_release(self, path: str) -> Entry | None:
        if path not in self._first:
            self._first[path] = None if self.base is None else first_entry(self.repository, self.base, path)
        return self._first[path]

    def was_released(self, path: str, entry: Entry) -> bool:
        return self.base is None or stood_at(self.repository, self.base, path, entry)

    def exists(self, path: str) -> bool:
        self.head.include((path,))
        return self.head.entry(path) is not None

    def changes_elsewhere(self) -> bool:
        return bool(self._elsewhere)

    def touched_elsewhere(self) -> Collection[str]:
        modes = {REGULAR, EXECUTABLE}
        return [path for path, entry in self._elsewhere.items() if entry is not None and entry.mode in modes]

    def outside(self, *, everything: bool) -> Collection[str]:
        if not everything:
            return [path for path, entry in self._elsewhere.items() if entry is not None]
        every = self._whole_head.differences(self.repository.empty_tree, ())
        return [path for path, (_, entry) in every.items() if entry is not None and not self.layout.is_managed(path)]

    def conversions(self, paths: Collection[str], after: Snapshot) -> Mapping[str, str]:
        def entry_after(path: str) -> Entry | None:
            return self._elsewhere[path] if path in self._elsewhere else after.entry(path)

        found = conversions(self.head.git, entry_after, paths)
        before = conversions(self.head.git, self.repository.snapshot(self.base).entry, found)
        return {path: word for path, word in found.items() if path not in before}

    @cached_property
    def _elsewhere(self) -> dict[str, Entry | None]:
        """What head has at the paths that it changed itself, unlike base and every fork, and that are not managed."""
        base = self.repository.empty_tree if self.base is None else self.base
        found, *others = (self._whole_head.differences(tree, ()) for tree in dict.fromkeys((base, *(self.forks or ()))))
        return {
            path: entry
            for path, (_, entry) in found.items()
            if not self.layout.is_managed(path) and all(path in other for other in others)
        }

    @cached_property
    def _whole_head(self) -> Head:
        """Head with every file that is on disk, where it is the work tree."""
        self.head.include((".",))
        return self.head

    def mentions(
        self, names: Collection[str], paths: Collection[str], skip: Iterable[str]
    ) -> Mapping[str, Mapping[int, str]]:
        git = self._whole_head.git
        self._refuse_unmerged()
        return search(git, self._place(), names, Limits(paths, self.layout.managed, tuple(skip)))

    def mentioned_before(
        self, names: Collection[str], paths: Collection[str]
    ) -> Iterator[Mapping[str, Mapping[int, str]]]:
        for commit in dict.fromkeys((self.base, *(self.forks or ()))):
            if commit is not None:
                yield search(self.repository.git, commit, names, Limits(paths, self.layout.managed))

    def history(self, paths: Collection[str]) -> Iterable[Snapshot]:
        return () if self.base is None else states(self.repository, self.base, tuple(paths))

    def authors(self, path: str) -> Collection[str]:
        commit = self.head.commit or self.repository.head
        return file_authors(self.repository, commit, path, self.head.entry(path))

    def generated(self, paths: Collection[str]) -> Collection[str]:
        entry = self.head.entry if self.base is None else self.repository.snapshot(self.base).entry
        return marked_files(self.head.git, entry, paths)

    def _place(self) -> str:
        """Where git has to search for head. A sparse checkout lacks files of the work tree that the index has."""
        if self.head.commit is not None:
            return self.head.commit
        if self.head.kind is HeadKind.INDEX:
            return "--cached"
        sparse = self.head.git.attempt("config", "--bool", "core.sparseCheckout")[1]
        return "--cached" if sparse.strip() == b"true" else ""

    def _refuse_unmerged(self) -> None:
        """A search of an index leaves unmerged files out without a word."""
        if self.head.kind is HeadKind.INDEX:
            listed = self.head.git.run("ls-files", "-u", "-z").partition(b"\0")[0]
            if listed:
                raise unmerged(decode(listed.partition(b"\t")[2]))
