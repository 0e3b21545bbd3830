"""Follows version files through a history and says what became of each: lawful, or a violation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

from promptctl.core.events import Kind

if TYPE_CHECKING:
    from promptctl.core.entries import Entry
    from promptctl.core.events import Tombstone

Verdict: TypeAlias = tuple[Kind, str]  # with a detail

_DIGITS = 12  # of an object id that people compare


# The rules whose waiver allows each violation. Two branches that take one number collide; merged, one edits the other.
_RULES = {
    Kind.EDITED: frozenset({"released-version-edited", "version-collision"}),
    Kind.REPLACED: frozenset({"released-version-replaced", "version-collision"}),
    Kind.REMOVED: frozenset({"released-version-removed"}),
}


class Law(Protocol):
    """What one commit's own tree, and the policy of its first parent, say about it."""

    def tombstone(self, path: str) -> Tombstone | None:
        """What the manifest beside a version file records of its retirement."""
        ...

    def waiver(self, rules: frozenset[str], path: str, blob: str) -> str | None:
        """Until when and why one of these rules may be broken so; `blob` is the new object id, or `gone`."""
        ...

    def moved_to(self, path: str, entry: Entry) -> str | None:
        """Where the same commit put the bytes that it took from a path."""
        ...


@dataclass(slots=True)
class _File:
    """`first` is what was released, `accepted` what a waiver allowed since (else the same), `now` what stands there."""

    first: Entry
    accepted: Entry
    now: Entry | None


class Ledger:
    """Every path that ever held a released version stays in the book, whatever becomes of it or of the policy."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._gone: dict[str, _File] = {}  # by ref: a number may return in another folder

    def __contains__(self, path: str) -> bool:
        return path in self._files

    @property
    def misses_any(self) -> bool:
        """Whether any number is gone, so that a new file may be one that returns."""
        return bool(self._gone)

    def enter(self, path: str, entry: Entry) -> None:
        """A file as it was released."""
        self._files[path] = _File(entry, entry, entry)

    def record(self, path: str, ref: str, entry: Entry | None, law: Law) -> Verdict | None:
        """What a commit left at a path; None where nothing changed.

        Of one commit the removals come first, so that a number which moved is known to have been taken.
        """
        file = self._files.get(path)
        if file is None:
            if entry is None:
                return None
            if ref not in self._gone:
                self.enter(path, entry)
                return Kind.RELEASED, "" if entry.is_regular else f"as {entry.kind}"
            file = self._files[path] = replace(self._gone[ref])
        before, file.now = file.now, entry
        if entry == before:
            return None
        if entry is None:
            self._gone[ref] = file
            return _removed(path, before, law)
        self._gone.pop(ref, None)
        return _changed(path, file, before, entry, law)


def _removed(path: str, before: Entry | None, law: Law) -> Verdict:
    tombstone = law.tombstone(path)
    if tombstone is not None:
        return Kind.PURGED if tombstone.purge else Kind.RETIRED, tombstone.detail
    target = law.moved_to(path, before) if before else None
    detail = f"moved to {target}" if target else "without a tombstone in its manifest"
    return _unless_waived(Kind.REMOVED, detail, law.waiver(_RULES[Kind.REMOVED], path, "gone"))


def _changed(path: str, file: _File, before: Entry | None, entry: Entry, law: Law) -> Verdict:
    if entry in (file.first, file.accepted):
        whose = "that it was released with" if entry == file.first else "that a waiver allowed"
        return Kind.RESTORED, f"{'has again' if before else 'returned with'} the bytes {whose}"
    kind, detail = Kind.EDITED, f"blob {entry.oid[:_DIGITS]} in place of {file.accepted.oid[:_DIGITS]}"
    if entry.mode != (before or file.accepted).mode:
        kind, detail = Kind.REPLACED, f"became {entry.kind}"
    if before is None:
        detail = f"returned after its removal: {detail}"
    waiver = law.waiver(_RULES[kind], path, entry.oid)
    if waiver is not None:
        file.accepted = entry
    return _unless_waived(kind, detail, waiver)


def _unless_waived(kind: Kind, detail: str, waiver: str | None) -> Verdict:
    return (kind, detail) if waiver is None else (Kind.WAIVED, f"{kind.value}: {detail}; waived {waiver}")
