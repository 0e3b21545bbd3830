"""The manifest of a prompt, `prompt.yaml`: who owns it and what became of its versions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptctl.tree.document import Document, read_document

if TYPE_CHECKING:
    from promptctl.core.entries import Blob, Entry
    from promptctl.tree.faults import Fault

# What rules of their own report, so that the schema's word for the same fault is dropped.
_NAMED_ELSEWHERE = frozenset({"name", "recommended", "owner"})
_ANNOUNCED = frozenset({"replacement", "reason", "announced", "remove-after"})


def read_manifest(entry: Entry, blob: Blob | None) -> Document:
    """Never raises for any bytes: what is wrong is in `faults`."""
    document = read_document(entry, blob, "manifest")
    return replace(document, faults=tuple(f for f in document.faults if not _has_own_rule(f, document)))


def _has_own_rule(fault: Fault, document: Document) -> bool:
    """Whether `name-mismatch`, `recommended-unfit`, `owner-missing` or `deprecation-incomplete` says the same."""
    section, _, rest = fault.subject.partition(".")
    version, _, key = rest.rpartition(".")
    if section == "deprecated" and key in _ANNOUNCED:
        said = document.section(section).get(version)
        return isinstance(said, dict) and not str(said.get(key) or "").strip()
    if fault.subject == "owner" and document.data.get("owner") is None:
        return True  # an empty owner is none
    return fault.subject in _NAMED_ELSEWHERE and document.string(fault.subject) is not None
