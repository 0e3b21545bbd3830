"""What bump a version declares by its number, and what level its content demands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.bump.reasons import Analysis, Reason
from promptctl.core.levels import Level
from promptctl.core.versions import declared_level, enough
from promptctl.rules.chain import baseline, parent, tombstone_version

if TYPE_CHECKING:
    from promptctl.core.versions import Version
    from promptctl.rules.base import Context
    from promptctl.rules.chain import Link
    from promptctl.tree.prompts import Numbered
    from promptctl.tree.version_file import VersionFile


_LEVELS = ("patch", "minor", "major")


@dataclass(frozen=True, slots=True)
class Step:
    """From `origin`, the last stable version before it, to a version. `declared` is None where no number is raised."""

    origin: Version
    declared: Level | None
    analysis: Analysis

    def least(self, demanded: Level, override: Level | None) -> Level:
        """The least bump that is enough; an override lowers what is demanded, but not below what a witness proves."""
        if override is not None:
            demanded = max(self.analysis.witnessed, min(demanded, override))
        return enough(self.origin, demanded)

    def is_too_small(self, demanded: Level, override: Level | None) -> bool:
        """Whether the number raises less than that."""
        return self.declared is not None and self.declared < self.least(demanded, override)


def override_of(file: VersionFile) -> Level | None:
    """The level that the author gives the change against the analysis, where there is one with a reason."""
    section = file.data.get("bump-override")
    level = section.get("level") if isinstance(section, dict) else None
    known = isinstance(section, dict) and level in _LEVELS and section.get("reason")
    return Level[str(level).upper()] if known else None


def step_of(context: Context, link: Link) -> Step | None:
    """The step that a version makes after the one that it supersedes; None where there is nothing to step from."""
    change, folder = context.change, link.place.folder
    older = parent(change, link)
    if older is not None and older.text != link.own.text:
        return step_after(context, folder, older, link.file, link.own.version)
    retired = tombstone_version(change, folder, link.file.string("supersedes") or "")
    return _step(context, folder, retired, link.file, link.own.version) if retired else None


def step_after(context: Context, folder: str, older: Numbered, file: VersionFile, version: Version | None) -> Step:
    """The step from the last stable version of the chain that `older` ends, or from `older` where there is none."""
    found = baseline(context.change, folder, older)
    return _step(context, folder, found or older.version, file, version)


def _step(context: Context, folder: str, origin: Version, file: VersionFile, version: Version | None) -> Step:
    declared = declared_level(origin, version) if version else None
    before = _released_or_draft(context, folder, origin)
    if before is None:
        message = f"{origin} is retired and its file is gone, so nothing proves what changed since"
        return Step(origin, declared, Analysis((Reason(Level.MAJOR, "supersedes", message),)))
    from promptctl.bump.analyze import analyze  # most checks have no new version to look at

    return Step(origin, declared, analyze(before, file, context.policy))


def _released_or_draft(context: Context, folder: str, version: Version) -> VersionFile | None:
    """A version as base has it, else head, else as it was first released; None where no history goes back to that.

    What base had and lost is taken from where head began: head's own copy may have been edited since.
    """
    change, path = context.change, f"{folder}/{version}.md"
    places = change.differing.get(path)
    lost = places.fork if places else None
    entry = change.base.entry(path) or lost or change.after.entry(path) or change.facts.first_release(path)
    return change.library.version(entry) if entry else None
