"""Immutable views of a repository's files: what stands at a path, without ever reading content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.core.entries import Entry


class Snapshot(Protocol):
    """One state of a repository. Paths are relative to the repository; undecodable bytes are surrogate escapes."""

    def entry(self, path: str) -> Entry | None:
        """The file at `path`; a folder is no entry."""
        ...

    def files(self, folder: str) -> Mapping[str, Entry]:
        """The files directly in a folder, by name; empty where there is no such folder."""
        ...

    def folders(self, folder: str) -> frozenset[str]:
        """The names of the folders directly in a folder. One of them may turn out to hold nothing."""
        ...


def walk(snapshot: Snapshot, folder: str) -> Iterator[tuple[str, Entry]]:
    """Every file under a folder, in path order within each folder."""
    for name, entry in sorted(snapshot.files(folder).items()):
        yield f"{folder}/{name}", entry
    for name in sorted(snapshot.folders(folder)):
        yield from walk(snapshot, f"{folder}/{name}")


def walk_folders(snapshot: Snapshot, folder: str) -> Iterator[str]:
    """Every folder under a folder, the outer before the inner."""
    for name in sorted(snapshot.folders(folder)):
        path = f"{folder}/{name}"
        yield path
        yield from walk_folders(snapshot, path)


class FlatSnapshot:
    """A snapshot made of a complete list of entries."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = entries
        self._files: dict[str, dict[str, Entry]] = {}
        self._folders: dict[str, set[str]] = {}
        for path, entry in entries.items():
            folder, _, name = path.rpartition("/")
            if folder not in self._files:
                self._add_folder(folder)
            self._files[folder][name] = entry

    def _add_folder(self, folder: str) -> None:
        self._files[folder] = {}
        while folder:
            parent, _, name = folder.rpartition("/")
            siblings = self._folders.setdefault(parent, set())
            if name in siblings:
                return
            siblings.add(name)
            folder = parent

    def entry(self, path: str) -> Entry | None:
        return self._entries.get(path)

    def files(self, folder: str) -> Mapping[str, Entry]:
        return self._files.get(folder, {})

    def folders(self, folder: str) -> frozenset[str]:
        return frozenset(self._folders.get(folder, ()))


class Overlay:
    """A snapshot with some paths changed; None removes a path."""

    def __init__(self, below: Snapshot, changes: Mapping[str, Entry | None]) -> None:
        self._below = below
        self._changes = changes
        self._removed: dict[str, set[str]] = {}
        for path, entry in changes.items():
            if entry is None:
                folder, _, name = path.rpartition("/")
                self._removed.setdefault(folder, set()).add(name)
        self._added = FlatSnapshot({path: entry for path, entry in changes.items() if entry is not None})

    def entry(self, path: str) -> Entry | None:
        return self._changes[path] if path in self._changes else self._below.entry(path)

    def files(self, folder: str) -> Mapping[str, Entry]:
        below, added = self._below.files(folder), self._added.files(folder)
        removed = self._removed.get(folder, set())
        if not added and not removed:
            return below
        return {**{name: entry for name, entry in below.items() if name not in removed}, **added}

    def folders(self, folder: str) -> frozenset[str]:
        return self._below.folders(folder) | self._added.folders(folder)
