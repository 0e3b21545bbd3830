"""The size of a step between two versions."""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """Ordered, so that the level a change demands is the maximum over its reasons."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()
