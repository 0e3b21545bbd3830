"""Patterns for paths, read as git reads `glob` pathspecs, so that git may leave out early what a pattern excludes."""

from __future__ import annotations

import re
from functools import lru_cache

_STARS = re.compile(r"[*?]")
_WILD = {"*": "[^/]*", "?": "[^/]"}


def glob_matches(patterns: tuple[str, ...], path: str, *, fold: bool = False) -> bool:
    """Whether any pattern names a path or one of the folders that it lies in.

    `*` and `?` stay within one part of a path, `**` stands for any number of parts, and everything else for itself. A
    pattern without a slash may match in any folder. `fold`: letter case does not matter.
    """
    return _compiled(patterns, fold).fullmatch(path) is not None


def git_globs(pattern: str, root: str = "") -> tuple[str, ...]:
    """The pattern as git has to be given it; `root` is the folder that it counts from, empty or ending in a slash.

    None for a pattern with parts that git would take out, and that no path has.
    """
    if {"", ".", ".."} & {*_anchored(pattern).split("/")}:
        return ()
    escaped = re.sub(r"[\\*?\[]", r"\\\g<0>", root) + re.sub(r"[\\\[]", r"\\\g<0>", _anchored(pattern))
    return escaped, f"{escaped}/**"


def names_something(pattern: str) -> bool:
    """Whether a pattern consists of more than stars in its last part: `docs/*.md` does, `docs/**` does not."""
    return _STARS.sub("", _anchored(pattern).rpartition("/")[2]) != ""


def _anchored(pattern: str) -> str:
    """The pattern counted from the top, without a slash at either end."""
    stripped = pattern.removeprefix("./").rstrip("/")
    return stripped.lstrip("/") if "/" in stripped else f"**/{stripped}"


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...], fold: bool) -> re.Pattern[str]:  # noqa: FBT001 - part of a cache's key
    every = "|".join(f"(?:{_expression(_anchored(pattern))})" for pattern in patterns)
    return re.compile(every or r"(?!)", re.DOTALL | (re.IGNORECASE if fold else 0))


def _expression(pattern: str) -> str:
    *folders, last = pattern.split("/")
    parts = ["(?:[^/]+/)*" if part == "**" else _part(part) + "/" for part in folders]
    parts.append(".+" if last == "**" else _part(last) + "(?:/.*)?")
    return "".join(parts)


def _part(pattern: str) -> str:
    pieces = re.split(r"([*?])", pattern)
    return "".join(_WILD.get(piece, re.escape(piece)) for piece in pieces)


def star_matches(patterns: tuple[str, ...], text: str) -> bool:
    """Whether any pattern spells the text; `*` stands for anything, and everything else for itself."""
    return any(re.fullmatch(_spelt(pattern), text, re.DOTALL) for pattern in patterns)


def _spelt(pattern: str) -> str:
    return ".*".join(re.escape(piece) for piece in pattern.split("*"))
