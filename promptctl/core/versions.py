"""Semantic version numbers as promptctl reads them: by the `semver` package, from ASCII text alone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from semver import Version

from promptctl.core.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Version",
    "bumped",
    "declared_level",
    "enough",
    "highest",
    "is_stable",
    "parse_version",
    "raised_level",
    "triple",
]

_LEVELS = (Level.MAJOR, Level.MINOR, Level.PATCH)
_LONGEST = 255  # what fits a file name; longer digits would only serve to slow the parser


@lru_cache(maxsize=4096)
def parse_version(text: str) -> Version | None:
    """The version that `text` spells, or None.

    The package's pattern takes any Unicode digit and a final newline; SemVer 2.0.0 takes neither.
    """
    if len(text) > _LONGEST or not text.isascii() or not text.isprintable():
        return None
    try:
        return Version.parse(text)
    except ValueError:
        return None


def is_stable(version: Version) -> bool:
    """Whether it is no pre-release; build metadata makes no difference."""
    return version.prerelease is None


def triple(version: Version) -> tuple[int, int, int]:
    """Major, minor and patch, without any suffix."""
    return (version.major, version.minor, version.patch)


def bumped(version: Version, level: Level) -> Version:
    """`version` raised by exactly one level, without any suffix.

    Written out because `Version.bump_patch` only finishes a pre-release and leaves its triple as it is.
    """
    major, minor, patch = triple(version)
    if level is Level.MAJOR:
        return Version(major + 1, 0, 0)
    if level is Level.MINOR:
        return Version(major, minor + 1, 0)
    if level is Level.PATCH:
        return Version(major, minor, patch + 1)
    return Version(major, minor, patch)


def raised_level(old: Version, new: Version) -> Level | None:
    """The one level by which the triple of `new` is that of `old` raised, or None when it is no single step."""
    for level in (Level.PATCH, Level.MINOR, Level.MAJOR):
        if triple(new) == triple(bumped(old, level)):
            return level
    return None


def declared_level(origin: Version, version: Version) -> Level | None:
    """The level that a number means after `origin`, even where it skips some; None where it is no step up."""
    if triple(version) <= triple(origin):
        return None
    for level, before, after in zip(_LEVELS, triple(origin), triple(version), strict=True):
        if before != after:
            return level
    return None


def enough(origin: Version, demanded: Level) -> Level:
    """The least bump of `origin` that a demand accepts: in 0.x one level less, as nothing is promised yet."""
    return max(Level.PATCH, Level(demanded - 1)) if origin.major == 0 and demanded else demanded


def highest(versions: Iterable[Version]) -> Version | None:
    """The version a new one starts from: the highest stable one, or the highest when none is stable."""
    every = list(versions)
    stable = [version for version in every if is_stable(version)]
    return max(stable or every, default=None)
