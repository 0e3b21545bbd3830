"""What can happen to a released version in one commit."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """The word for it, as reports print it."""

    RELEASED = "released"
    DEPRECATED = "deprecated"
    UNDEPRECATED = "undeprecated"
    RETIRED = "retired"
    PURGED = "purged"
    RESTORED = "restored"
    WAIVED = "waived"
    EDITED = "edited"
    REPLACED = "replaced"
    REMOVED = "removed"


VIOLATIONS = (Kind.EDITED, Kind.REPLACED, Kind.REMOVED)


class Happening(NamedTuple):
    """What a commit did to one version, `name@version`; `path` is the file that shows it."""

    kind: Kind
    path: str
    ref: str
    detail: str = ""

    @property
    def lawful(self) -> bool:
        return self.kind not in VIOLATIONS


class Tombstone(NamedTuple):
    """Why a version was removed; `purge` and `incident` are empty where it was retired in the usual way."""

    reason: str
    purge: str = ""
    incident: str = ""

    @property
    def detail(self) -> str:
        occasion = ", ".join(word for word in (self.purge, self.incident) if word)
        return f"{occasion}: {self.reason}" if occasion else self.reason
