"""The word difference between two versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.bump.analyze import analyze
from promptctl.bump.reasons import Analysis
from promptctl.core.errors import Refused, UsageError
from promptctl.core.words import Segment, diff_words
from promptctl.operations.catalog import Catalog, Found

if TYPE_CHECKING:
    from promptctl.operations.compared import Compared


@dataclass(frozen=True, slots=True)
class Difference:
    """`old` is None where a version supersedes nothing: all of it is new."""

    old: str | None
    new: str
    segments: tuple[Segment, ...]
    analysis: Analysis


def diff_versions(views: Compared, text: str, other: str | None) -> Difference:
    """From what a version supersedes to it, or from the first to the second of two. Raises UsageError, Refused."""
    catalog = Catalog(views.change)
    new = catalog.version(other or text)
    old = catalog.version(text) if other else _parent(catalog, new)
    before = _text(old) if old else ""
    segments = diff_words(before, _text(new))
    if old is None:
        return Difference(None, str(new.ref), segments, Analysis())
    return Difference(str(old.ref), str(new.ref), segments, analyze(old.file, new.file, views.context.policy))


def _parent(catalog: Catalog, new: Found) -> Found | None:
    text = new.file.string("supersedes")
    found = catalog.parent(new)
    if text is not None and found is None:
        message = f"{new.ref} supersedes {text}, which is not here"
        raise UsageError(message, hint=f"name the version to compare with: promptctl diff OTHER {new.ref}")
    return found


def _text(found: Found) -> str:
    if found.file.text is None:
        fault = next(iter(found.file.faults), None)
        message = f"{found.item.path} cannot be read: {fault.message if fault else 'no text'}"
        raise Refused(message, hint=f"promptctl check {found.item.path}")
    return found.file.text
