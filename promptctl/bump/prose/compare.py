"""The level that a changed body demands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.bump.prose.structure import signs
from promptctl.bump.prose.surface import has_same_fences, is_surface_edit
from promptctl.bump.reasons import Certainty, Reason
from promptctl.core.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.tree.version_file import VersionFile


_BRACES_ARE_TEXT = ("python", "none")


def compare_bodies(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    """Surface, structure of the output, or anything else; nothing where the bodies are the same."""
    before, after = old.body or "", new.body or ""
    if before == after:
        return
    first = new.lines.position(new.body_start).line
    line = first + _first_change(before, after)
    found = tuple(signs(before, after, braces=new.template in _BRACES_ARE_TEXT))
    # A fence that is mended makes code of prose, so that other facts are read out of the same words.
    if is_surface_edit(before, after) and not (found and has_same_fences(before, after)):
        yield Reason(Level.PATCH, "body", "the body changed in spelling or layout alone", line)
        return
    for sign in found:
        yield Reason(Level.MAJOR, "body", sign.message, first + sign.line, Certainty.LIKELY)
    yield Reason(Level.MINOR, "body", "the body changed", line)


def _first_change(old: str, new: str) -> int:
    """How many lines stand before the first one that differs; where some were taken off the end, before the last."""
    rows = new.split("\n")
    pairs = enumerate(zip(old.split("\n"), rows, strict=False))
    return next((number for number, (one, other) in pairs if one != other), len(rows) - 1)
