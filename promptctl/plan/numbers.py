"""Which number the next version gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError
from promptctl.core.levels import Level
from promptctl.core.versions import Version, bumped, parse_version, raised_level, triple

if TYPE_CHECKING:
    from collections.abc import Iterable


class NumberTaken(Refused):
    """Another version has the number."""


def with_suffix(version: Version, suffix: str | None) -> Version:
    """A version with a descriptive suffix: `rc.1` (pre-release) or `+formal-tone` (build metadata).

    Raises UsageError where the suffix is neither.
    """
    if not suffix:
        return version
    joined = suffix if suffix.startswith("+") else f"-{suffix.removeprefix('-')}"
    found = parse_version(f"{'.'.join(map(str, triple(version)))}{joined}")
    if found is None:
        message = f"{suffix} is no SemVer suffix"
        raise UsageError(message, hint="write --suffix rc.1 for a pre-release, or --suffix +formal-tone for a label")
    return found


def next_version(origin: Version, parent: Version, level: Level | None, suffix: str | None) -> Version:
    """The version `level` above `origin`, the last stable one in the chain of `parent`.

    Without a level a pre-release stays within its triple: the next candidate with a suffix, else the finished version.
    """
    if level is None or (origin.prerelease is not None and triple(origin) == triple(parent)):
        return with_suffix(parent.finalize_version(), suffix)
    return with_suffix(bumped(origin, level), suffix)


def refuse_skipped(wanted: Version, parent: Version, origin: Version) -> None:
    """Raise Refused for a number that no successor of `parent` may have.

    `origin` is the last stable version in its chain.
    """
    within = parent.prerelease is not None and triple(wanted) == triple(parent)
    if wanted > parent and (within or raised_level(origin, wanted) is not None):
        return
    steps = ", ".join(str(bumped(origin, level)) for level in (Level.PATCH, Level.MINOR, Level.MAJOR))
    message = f"{wanted} is not one step after {parent}"
    raise Refused(message, hint=f"one of {steps}; or follow another version with --from")


def refuse_taken(wanted: Version, taken: Iterable[tuple[str, str]]) -> None:
    """Raise NumberTaken when a number is taken; `taken` holds versions and where they are."""
    for text, where in taken:
        version = parse_version(text)
        if version is not None and version == wanted:
            equal = "" if text == str(wanted) else f" by {text}, which has equal precedence,"
            message = f"{wanted} is already taken{equal} on {where}"
            raise NumberTaken(message, hint="take another step with --bump, or follow another version with --from")
