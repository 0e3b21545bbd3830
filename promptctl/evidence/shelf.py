"""Where evidence lies: the folder of a version, and those of the versions before it that behave alike."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promptctl.core.refs import Ref
from promptctl.evidence.statement_reader import StatementFile, read_statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promptctl.core.entries import Entry
    from promptctl.evidence.statement import Statement
    from promptctl.tree.layout import Layout
    from promptctl.tree.library import Library
    from promptctl.tree.prompts import Numbered
    from promptctl.tree.snapshot import Snapshot

_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class Filed:
    """A file in the evidence folder of `owner`."""

    path: str
    owner: Ref
    file: StatementFile

    @property
    def statement(self) -> Statement | None:
        return self.file.statement


@dataclass(frozen=True)
class Shelf:
    """The evidence of a snapshot. Only the files of versions that are asked about are read, each once."""

    snapshot: Snapshot
    layout: Layout
    library: Library
    _read: dict[Entry, StatementFile] = field(default_factory=dict, repr=False)

    def folder(self, ref: Ref) -> str:
        return f"{self.layout.evidence}/{ref.name}/{ref.version}"

    def filed(self, ref: Ref, gate: str) -> list[Filed]:
        """What lies in a version's own folder for a gate, in the order of the file names."""
        folder = self.folder(ref)
        return [
            Filed(f"{folder}/{name}", ref, self._file(entry))
            for name, entry in sorted(self.snapshot.files(folder).items())
            if name.endswith(_SUFFIX) and name.partition(".")[0] == gate
        ]

    def _file(self, entry: Entry) -> StatementFile:
        found = self._read.get(entry)
        if found is None:
            found = self._read[entry] = read_statement(entry, self.library.blob(entry))
        return found

    def source(self, filed: Filed, path: str) -> tuple[bool, bytes | None]:
        """Whether the result file that a statement names is there, and its bytes where they can be read."""
        entry = self.snapshot.entry(posixpath.join(posixpath.dirname(filed.path), path))
        if entry is None:
            return False, None
        blob = self.library.blob(entry)
        return True, blob.data if blob is not None else None


def lineage(versions: Mapping[str, Numbered], library: Library, ref: Ref) -> tuple[Ref, ...]:
    """A version, and the versions up its `supersedes` chain for as long as they behave as it does."""
    found: list[Ref] = []
    item, digest = versions.get(ref.version), None
    while item is not None and Ref(ref.name, item.text) not in found:
        file = library.version(item.entry)
        digest = digest if found else file.digest
        if file.digest is None or file.digest != digest:
            break
        found.append(Ref(ref.name, item.text))
        item = versions.get(file.string("supersedes") or "")
    return tuple(found)
