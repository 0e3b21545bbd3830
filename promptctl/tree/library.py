"""Typed files by object id: each blob is read and parsed at most once, however many rules ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promptctl.tree.manifest import read_manifest
from promptctl.tree.policy import read_policy_file
from promptctl.tree.selection import read_selection
from promptctl.tree.version_file import read_version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promptctl.core.entries import Blob, Entry
    from promptctl.tree.document import Document
    from promptctl.tree.version_file import VersionFile

_READERS = {"manifest": read_manifest, "policy": read_policy_file, "selection": read_selection}


class Blobs(Protocol):
    """Where content comes from."""

    def blob(self, entry: Entry) -> Blob | None:
        """The content of a regular file; raises Undecided where the object cannot be read."""
        ...

    def prefetch(self, entries: Iterable[Entry]) -> None:
        """Read many at once, where that is cheaper than one by one."""
        ...


class Library:
    """Parsed files of one run."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._versions: dict[Entry, VersionFile] = {}
        self._documents: dict[tuple[Entry, str], Document] = {}

    def prefetch(self, entries: Iterable[Entry]) -> None:
        self._blobs.prefetch(entry for entry in entries if entry.is_regular)

    def blob(self, entry: Entry) -> Blob | None:
        return self._blobs.blob(entry) if entry.is_regular else None

    def version(self, entry: Entry) -> VersionFile:
        found = self._versions.get(entry)
        if found is None:
            found = self._versions[entry] = read_version(entry, self.blob(entry))
        return found

    def manifest(self, entry: Entry) -> Document:
        return self._document(entry, "manifest")

    def policy(self, entry: Entry) -> Document:
        return self._document(entry, "policy")

    def selection(self, entry: Entry) -> Document:
        return self._document(entry, "selection")

    def _document(self, entry: Entry, kind: str) -> Document:
        key = (entry, kind)
        found = self._documents.get(key)
        if found is None:
            found = self._documents[key] = _READERS[kind](entry, self.blob(entry))
        return found
