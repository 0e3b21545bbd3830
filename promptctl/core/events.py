"""What can happen to a released version, and to who gets which, and in which commit it did."""

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
    STARTED = "rollout-start"
    EXPANDED = "rollout-expand"
    PAUSED = "rollout-pause"
    RESUMED = "rollout-resume"
    FINISHED = "rollout-finish"
    ROLLED_BACK = "rollback"
    FLAG_ON = "flag-enable"
    FLAG_OFF = "flag-disable"
    HAND_EDIT = "hand-edit"


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


class Shift(NamedTuple):
    """What a commit moved in an environment: scopes of one prompt, all from one version to one other.

    Versions are references, empty for nothing. Without scopes nobody moved: the state of a rollout changed.
    """

    environment: str
    name: str
    scopes: tuple[str, ...]
    old: str
    new: str


class Event(NamedTuple):
    """What a commit did to one version; `path` is the file that shows it, which names the version unless told.

    With a `shift` it is about who gets which version.
    """

    commit: Commit
    kind: Kind
    path: str
    detail: str = ""
    version: str = ""
    shift: Shift | None = None

    @property
    def lawful(self) -> bool:
        return self.kind not in _VIOLATIONS

    @property
    def name(self) -> str:
        """The prompt."""
        return self.shift.name if self.shift else self.path.split("/")[-2]

    @property
    def ref(self) -> str:
        """`name@version`; of a shift, the version that is got by it, else the one that is left."""
        if self.shift:
            return self.shift.new or self.shift.old
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
