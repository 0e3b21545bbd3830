"""Signs that a body asks for an answer of another structure, or is filled in by other means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from promptctl.bump.prose.lines import read_lines
from promptctl.bump.prose.lists import CHOICES, PARTS
from promptctl.bump.prose.outline import heading_of
from promptctl.bump.prose.promises import FORMATS, OUTPUTS, OWN_VERSION, READ_BY_PROGRAMS, Promise, promises
from promptctl.bump.prose.skeletons import COLUMNS, TOP
from promptctl.bump.prose.spelling import is_misspelled
from promptctl.core.text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEPT_UP = (CHOICES, OUTPUTS, OWN_VERSION)  # to state one for the first time, or no more, changes nothing
_MOST_PAIRS = 10_000  # of a fact that is gone and one that is new; where there are more, none was misspelled
_SHOWN = (PARTS, COLUMNS)
_MOST = 4  # values that a message names
_LONGEST = 40
_FEWEST_HEADINGS = 3
_SHARE_OF_HEADINGS = 0.2


class Sign(NamedTuple):
    """What changed, and the line of the new text, counted from 0."""

    message: str
    line: int


def signs(old: str, new: str, *, braces: bool) -> Iterator[Sign]:
    """One sign for each kind of fact that the two do not share."""
    before, after = promises(old, braces=braces), promises(new, braces=braces)
    gone = [fact for fact in before if fact not in after and not _is_named(fact, new)]
    come = [fact for fact in after if fact not in before and not _is_named(fact, old)]
    if len(gone) * len(come) <= _MOST_PAIRS:
        respelled = [(one, other) for one in gone for other in come if _is_respelled(one, other)]
        gone = [fact for fact in gone if all(fact is not one for one, _ in respelled)]
        come = [fact for fact in come if all(fact is not other for _, other in respelled)]
    for kind in dict.fromkeys(fact.kind for fact in (*gone, *come)):
        lost = [before[fact][0] for fact in gone if fact.kind == kind]
        new_here = [after[fact] for fact in come if fact.kind == kind]
        parts = [f"gone: {_listed(lost)}"] if lost else []
        parts += [f"new: {_listed([text for text, _ in new_here])}"] if new_here else []
        line = min((number for _, number in new_here), default=_last_shared(kind, before, after))
        if kind == TOP and not (lost and new_here):
            continue  # an example more is no other shape
        if kind not in _KEPT_UP or all(any(fact.kind == kind for fact in facts) for facts in (before, after)):
            yield Sign(f"the {kind} changed ({'; '.join(parts)})", line)
    yield from _headings(old, new)


def _is_named(fact: Promise, text: str) -> bool:
    """A format is no news where the other version speaks of it elsewhere, nor is a part that it shows elsewhere."""
    if fact.kind == FORMATS:
        return fact.value in text.casefold()
    return fact.kind in _SHOWN and bool(re.search(rf"[`\"'*#|<,:-]\s*{re.escape(fact.value)}\b", text, re.IGNORECASE))


def _is_respelled(one: Promise, other: Promise) -> bool:
    return one.kind == other.kind and one.kind not in READ_BY_PROGRAMS and is_misspelled(one.value, other.value)


def _listed(values: list[str]) -> str:
    shown = ", ".join(shortened(value, _LONGEST) for value in values[:_MOST])
    return f"{shown}, and {len(values) - _MOST} more" if len(values) > _MOST else shown


def _last_shared(kind: str, before: dict[Promise, tuple[str, int]], after: dict[Promise, tuple[str, int]]) -> int:
    """Where the new text has a fact of the same kind that the old one has too; else its first line."""
    return next((line for fact, (_, line) in after.items() if fact.kind == kind and fact in before), 0)


def _headings(old: str, new: str) -> Iterator[Sign]:
    """A prompt most of whose parts have other headings works in other steps."""
    before, after = _titles(old), _titles(new)
    gone = [title for title in before if title not in after]
    if len(gone) >= _FEWEST_HEADINGS and len(gone) >= _SHARE_OF_HEADINGS * len(before):
        first = next((line for title, line in after.items() if title not in before), 0)
        yield Sign(f"{len(gone)} of {len(before)} headings are gone ({_listed(gone)})", first)


def _titles(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in read_lines(text):
        heading = heading_of(line)
        if heading is not None and not line.fenced and line.text.startswith("#"):
            found.setdefault(heading.title.casefold(), line.number)
    return found
