"""The level that a change of the declared surfaces demands: what front matter says, and whether the body differs.

Where it cannot tell a lesser change from a greater one it takes the greater one: a schema that differs at all counts as
breaking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promptctl.core.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.tree.version_file import VersionFile


@dataclass(frozen=True, slots=True)
class Reason:
    """One surface that changed, and the level that this demands."""

    level: Level
    surface: str
    message: str


def demanded(reasons: list[Reason]) -> Level:
    """The highest level of all reasons."""
    return max((reason.level for reason in reasons), default=Level.NONE)


def compare_surfaces(old: VersionFile, new: VersionFile) -> list[Reason]:
    """Every surface that differs between two versions, in the order of the front matter."""
    return [
        *_changed(old, new, "purpose", Level.MAJOR, "the purpose changed"),
        *_changed(old, new, "template", Level.MAJOR, "the template engine changed"),
        *_schemas(old.data, new.data),
        *_output(_section(old.data, "output"), _section(new.data, "output")),
        *_changed(old, new, "model", Level.MAJOR, "the model changed"),
        *_changed(old, new, "config", Level.MINOR, "the configuration changed"),
        *_listed("regimes", old.data, new.data),
        *([] if old.body == new.body else [Reason(Level.MINOR, "body", "the body changed")]),
    ]


def _changed(old: VersionFile, new: VersionFile, key: str, level: Level, message: str) -> Iterator[Reason]:
    if old.data.get(key) != new.data.get(key):
        yield Reason(level, key, message)


def _schemas(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Reason]:
    for section in ("input", "output"):
        if _section(old, section).get("schema") != _section(new, section).get("schema"):
            yield Reason(Level.MAJOR, f"{section}.schema", f"the {section} schema changed")


def _output(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Reason]:
    if old.get("format") != new.get("format"):
        yield Reason(Level.MAJOR, "output.format", "the output format changed")
    yield from _listed("guarantees", old, new, surface="output.guarantees")


def _listed(key: str, old: dict[str, Any], new: dict[str, Any], surface: str | None = None) -> Iterator[Reason]:
    """Taking an item away breaks a promise; adding one makes a new one."""
    before, after = _items(old, key), _items(new, key)
    for item in before:
        if item not in after:
            yield Reason(Level.MAJOR, surface or key, f"{key} no longer hold: {item}")
    for item in after:
        if item not in before:
            yield Reason(Level.MINOR, surface or key, f"{key} gain: {item}")


def _items(data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def _section(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}
