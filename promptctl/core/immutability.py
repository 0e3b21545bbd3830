"""The table that decides what became of a released version file, given where it stands in three views."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promptctl.core.entries import Entry


class Verdict(Enum):
    """What the table says of one path."""

    FINE = "fine"
    DRAFT = "draft"
    EDITED = "released-version-edited"
    REMOVED = "released-version-removed"
    REPLACED = "released-version-replaced"
    COLLISION = "version-collision"
    TAMPERED = "base-tampered"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True, slots=True)
class Places:
    """Where one path stands: `forks` holds its entry in every merge base, or is None when those are unknown."""

    forks: tuple[Entry | None, ...] | None
    base: Entry | None
    head: Entry | None

    @property
    def fork(self) -> Entry | None:
        """The entry that counts as forked: base's own where any merge base has that one, else any there is."""
        known = [entry for entry in self.forks or () if entry is not None]
        return self.base if self.base in known else next(iter(known), None)

    @property
    def touched(self) -> bool:
        """Whether head itself changed the path, rather than being behind base there."""
        return self.head != self.base and (self.forks is None or self.head not in self.forks)


def judge(places: Places, *, tombstoned: bool = False) -> Verdict:
    """Read the table for one version file; `tombstoned`: base's manifest records that the number was retired."""
    if places.base is None:
        return _gone_from_base(places, tombstoned=tombstoned)
    if places.forks is None:
        return _unknown_fork(places)
    if places.fork is None:
        behind = places.head is None or places.head == places.base
        return Verdict.FINE if behind else Verdict.COLLISION
    if places.fork != places.base:
        return Verdict.TAMPERED
    return _changed(places.base, places.head)


def _gone_from_base(places: Places, *, tombstoned: bool) -> Verdict:
    if places.fork is not None:
        return Verdict.FINE if tombstoned else Verdict.TAMPERED
    if places.head is None:
        return Verdict.FINE
    return Verdict.COLLISION if tombstoned else Verdict.DRAFT


def _unknown_fork(places: Places) -> Verdict:
    if places.head is None:
        return Verdict.UNDECIDABLE
    return _changed(places.base, places.head)


def _changed(base: Entry | None, head: Entry | None) -> Verdict:
    if head == base:
        return Verdict.FINE
    if head is None or base is None:
        return Verdict.REMOVED
    return Verdict.REPLACED if head.mode != base.mode else Verdict.EDITED
