"""What can happen to a released version, and in which commit it did."""

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


_VIOLATIONS = (Kind.EDITED, Kind.REPLACED, Kind.REMOVED)


class Commit(NamedTuple):
    """`date` is the author's, ISO 8601 with offset; `committed` is when git wrote the commit, in seconds since 1970.

    Either is empty where the commit states none that git can read.
    """

    oid: str
    author: str
    email: str
    date: str
    committed: str


class Event(NamedTuple):
    """What a commit did to one version; `path` is the file that shows it, which names the version unless told."""

    commit: Commit
    kind: Kind
    path: str
    detail: str = ""
    version: str = ""

    @property
    def lawful(self) -> bool:
        return self.kind not in _VIOLATIONS

    @property
    def name(self) -> str:
        """The prompt."""
        return self.path.split("/")[-2]

    @property
    def ref(self) -> str:
        """`name@version`."""
        return f"{self.name}@{self.version}" if self.version else ref_of(self.path)


class Tombstone(NamedTuple):
    """Why a version was removed; `purge` and `incident` are empty where it was retired in the usual way."""

    reason: str
    purge: str = ""
    incident: str = ""

    @property
    def detail(self) -> str:
        occasion = ", ".join(word for word in (self.purge, self.incident) if word)
        return f"{occasion}: {self.reason}" if occasion else self.reason


def ref_of(path: str) -> str:
    """`name@version` of a version file."""
    *_, folder, file_name = path.split("/")
    return f"{folder}@{file_name.removesuffix('.md')}"
