"""Text with roles instead of colours: what it means is said here, how it looks is the console's business."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Role = Literal["plain", "path", "error", "warning", "info", "hint", "dim", "strong", "added", "removed"]


class Part(NamedTuple):
    """A stretch of one line; never markup."""

    text: str
    role: Role = "plain"


Line: TypeAlias = tuple[Part, ...]


def line(*parts: Part | str) -> Line:
    """One line; plain text needs no role."""
    return tuple(part if isinstance(part, Part) else Part(part) for part in parts)
