"""Follows version files through a history and says what became of each: lawful, or a violation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from promptctl.core.happenings import Happening, Kind

if TYPE_CHECKING:
    from promptctl.core.entries import Entry
    from promptctl.core.happenings import Tombstone

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
        self._released: dict[str, Entry] = {}
        self._touched: dict[str, _File] = {}  # what is no longer, or was not always, as it was released
        self._gone: dict[str, _File] = {}  # by ref: a number may return in another folder

    def __contains__(self, path: str) -> bool:
        return path in self._released

    def record(self, path: str, ref: str, entry: Entry | None, law: Law) -> Happening | None:
        """Enter what a commit left at a path, and say what that means; None where nothing changed.

        Of one commit the removals come first, so that a number which moved is known to have been taken.
        """
        if path not in self._released:
            if entry is None:
                return None
            self._released[path] = entry
            if ref not in self._gone:
                return Happening(Kind.RELEASED, path, ref, "" if entry.is_regular else f"as {entry.kind}")
            self._touched[path] = replace(self._gone[ref])
        return self._touch(path, ref, entry, law)

    def _touch(self, path: str, ref: str, entry: Entry | None, law: Law) -> Happening | None:
        first = self._released[path]
        file = self._touched.setdefault(path, _File(first, first, first))
        before, file.now = file.now, entry
        if entry == before:
            return None
        if entry is None:
            self._gone[ref] = file
            return _removed(path, ref, before, law)
        self._gone.pop(ref, None)
        return _changed(path, ref, file, before, entry, law)


def _removed(path: str, ref: str, before: Entry | None, law: Law) -> Happening:
    tombstone = law.tombstone(path)
    if tombstone is not None:
        return Happening(Kind.PURGED if tombstone.purge else Kind.RETIRED, path, ref, tombstone.detail)
    target = law.moved_to(path, before) if before else None
    detail = f"moved to {target}" if target else "without a tombstone in its manifest"
    waiver = law.waiver(_RULES[Kind.REMOVED], path, "gone")
    return _unless_waived(Happening(Kind.REMOVED, path, ref, detail), waiver)


def _changed(path: str, ref: str, file: _File, before: Entry | None, entry: Entry, law: Law) -> Happening:
    if entry in (file.first, file.accepted):
        whose = "that it was released with" if entry == file.first else "that a waiver allowed"
        return Happening(Kind.RESTORED, path, ref, f"{'has again' if before else 'returned with'} the bytes {whose}")
    kind, detail = Kind.EDITED, f"blob {entry.oid[:_DIGITS]} in place of {file.accepted.oid[:_DIGITS]}"
    if entry.mode != (before or file.accepted).mode:
        kind, detail = Kind.REPLACED, f"became {entry.kind}"
    if before is None:
        detail = f"returned after its removal: {detail}"
    waiver = law.waiver(_RULES[kind], path, entry.oid)
    if waiver is not None:
        file.accepted = entry
    return _unless_waived(Happening(kind, path, ref, detail), waiver)


def _unless_waived(violation: Happening, waiver: str | None) -> Happening:
    if waiver is None:
        return violation
    detail = f"{violation.kind.value}: {violation.detail}; waived {waiver}"
    return violation._replace(kind=Kind.WAIVED, detail=detail)
