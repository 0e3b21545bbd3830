"""The heads that can be judged: a commit, the index, the work tree, or a commit that is only planned."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from promptctl.core.entries import Blob, Entry
from promptctl.repo.git import decode
from promptctl.repo.index import add_work_tree, scratch_index, store_files
from promptctl.repo.objects import CommitSnapshot
from promptctl.repo.raw import RAW, parse_differences
from promptctl.tree.snapshot import FlatSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from promptctl.repo.git import Git
    from promptctl.repo.objects import Objects
    from promptctl.repo.repository import Repository
    from promptctl.tree.snapshot import Snapshot


class HeadKind(Enum):
    """Where the state to be judged lies."""

    COMMIT = "commit"
    INDEX = "index"
    WORK_TREE = "worktree"


@dataclass
class Head:
    """The state to be judged. `git` and `objects` see its index and its objects.

    `large` holds files of the work tree that are too large to be stored; their object ids are placeholders.
    """

    kind: HeadKind
    git: Git
    objects: Objects
    empty_tree: str
    commit: str | None = None
    large: dict[str, Entry] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """As reports name it: a commit id, `index` or `worktree`."""
        return self.commit or self.kind.value

    def include(self, folders: tuple[str, ...]) -> None:
        """Take in the state of some folders of the work tree; the other kinds of head are complete as they are."""
        if self.kind is HeadKind.WORK_TREE:
            self.large.update(add_work_tree(self.git, folders))

    def entry(self, path: str) -> Entry | None:
        """The file at one path, without listing anything else."""
        if self.commit is not None:
            return CommitSnapshot(self.objects, self.objects.root(self.commit)).entry(path)
        return self.differences(self.empty_tree, (path,)).get(path, (None, None))[1]

    def nested(self, folder: str, name: str) -> list[str]:
        """The tracked files of one name anywhere below a folder."""
        listing = ("ls-tree", "-r", "--name-only", "-z", self.commit) if self.commit else ("ls-files", "-z")
        paths = (decode(path) for path in self.git.run(*listing).split(b"\0"))
        return [path for path in paths if path.startswith(folder) and path.endswith(f"/{name}")]

    def blob(self, entry: Entry) -> Blob:
        if self._is_large(entry):
            return Blob(int(entry.oid, 16), None)
        return self.objects.blob(entry)

    def prefetch(self, entries: Iterable[Entry]) -> None:
        self.objects.prefetch(entry for entry in entries if not self._is_large(entry))

    def _is_large(self, entry: Entry) -> bool:
        return bool(self.large) and any(entry.oid == other.oid for other in self.large.values())

    def differences(self, tree: str, folders: tuple[str, ...]) -> dict[str, tuple[Entry | None, Entry | None]]:
        """What differs between a tree and this head under some folders: (in the tree, in head) by path.

        What is only intended to be added is not there yet: a commit would leave it out.
        """
        if self.commit is not None:
            out = self.git.run("diff-tree", *RAW, tree, self.commit, "--", *folders)
        else:
            out = self.git.run("diff-index", "--cached", "--ita-invisible-in-index", *RAW, tree, "--", *folders)
        found = {path: (old, new) for path, old, new in parse_differences(out)}
        for path, entry in self.large.items():
            found[path] = (found.get(path, (None, None))[0], entry)
        return found

    def everything(self, folders: tuple[str, ...]) -> Snapshot:
        """The whole of head under some folders."""
        if self.commit is not None:
            return CommitSnapshot(self.objects, self.objects.root(self.commit))
        listed = self.differences(self.empty_tree, folders)
        return FlatSnapshot({path: entry for path, (_, entry) in listed.items() if entry is not None})


@contextmanager
def open_head(
    repository: Repository,
    kind: HeadKind,
    *,
    commit: str | None = None,
    planned: Mapping[str, bytes | None] | None = None,
) -> Iterator[Head]:
    """The head to judge. With `planned`, the index once those files were committed onto `commit`, by default HEAD."""
    if kind is HeadKind.COMMIT or (kind is HeadKind.INDEX and planned is None):
        yield Head(kind, repository.git, repository.objects, repository.empty_tree, commit)
        return
    with scratch_index(repository) as git:
        if planned is not None:
            git.run("read-tree", commit or repository.head or repository.empty_tree)
            store_files(git, planned)
        objects = repository.objects.through(git)
        try:
            yield Head(kind, git, objects, repository.empty_tree)
        finally:
            objects.close()
