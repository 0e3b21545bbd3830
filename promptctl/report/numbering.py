"""Names that must be unique within a report, because what reads it drops all but one of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def numbered(names: Iterable[str]) -> Iterator[str]:
    """The names in their order, those that were there before with an ordinal: `a`, `b`, `a#2`."""
    used: set[str] = set()
    for name in names:
        unique, number = name, 1
        while unique in used:
            number += 1
            unique = f"{name}#{number}"
        used.add(unique)
        yield unique
