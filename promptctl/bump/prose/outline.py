"""Which lines of a prompt speak of its answer: those under a heading about it, and those behind a sentence about it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from promptctl.bump.prose.lines import TEXT, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promptctl.bump.prose.lines import Line

_NOUNS = r"(?:outputs?|responses?|answers?|repl(?:y|ies)|reports?|deliverables?)"
_ABOUT_ANSWER = re.compile(rf"\b{_NOUNS}\b|^format$", re.IGNORECASE)
_CUE = re.compile(
    rf"\b(?:{_NOUNS}|respond|returns?|looks? like|(?:following|this) (?:format|structure|schema|json|template))\b",
    re.IGNORECASE,
)
_EXACTLY = re.compile(r"\b(?:exactly|verbatim|word for word)\b", re.IGNORECASE)
_MAY_BE_HEADING = re.compile(r"#|\**[A-Z]")
_HASHES = re.compile(r"(#{1,6})\s*(?P<title>[^\s#].*)")
_CAPITALS = re.compile(r"\**(?P<title>[A-Z][A-Z0-9 ,'?&/()-]+[A-Z0-9)?])\s*:?\**:?")
_LABEL = re.compile(r"\**(?P<title>[A-Z][\w ,'&/()-]{2,60}):\**")
_LONGEST = 150  # characters of a heading
_CAPITALS_RANK, _LABEL_RANK = 7, 8  # below the six of Markdown
_REMEMBERED = 2_000  # lines: the same ones stand in both versions, and often many times in one
_REACH = 4  # lines of prose that a sentence about the answer goes on for


class Heading(NamedTuple):
    """`rank` is 1 to 6 for those of Markdown, more for a line in capitals and for a label that ends with a colon."""

    rank: int
    title: str


class Spot(NamedTuple):
    """A line and what it is about. `exact`: the answer is to have this very line."""

    line: Line
    heading: Heading | None
    in_output: bool
    near_output: bool
    exact: bool


def heading_of(line: Line) -> Heading | None:
    """What a line of prose is the heading of, if it is one."""
    return _heading(line.text) if line.kind in TEXT and len(line.text) <= _LONGEST else None


@lru_cache(maxsize=_REMEMBERED)
def _heading(text: str) -> Heading | None:
    if not _MAY_BE_HEADING.match(text):
        return None
    if hashes := _HASHES.fullmatch(text):
        return Heading(len(hashes[1]), hashes["title"].rstrip(" #:"))
    if capitals := _CAPITALS.fullmatch(text):
        return Heading(_CAPITALS_RANK, capitals["title"])
    label = _LABEL.fullmatch(text)
    return Heading(_LABEL_RANK, label["title"]) if label else None


def outline(lines: Sequence[Line]) -> Iterator[Spot]:
    """Every line that is no fence, with what the lines before it say that it is about."""
    about: int | None = None  # the rank of the heading about the answer that the line is under
    cue = exact = -_REACH - 1
    prose = 0
    for line in lines:
        if line.kind is Kind.FENCE:
            continue
        heading = heading_of(line)
        if heading is not None and not line.fenced:
            about = _section(about, heading)
        if line.kind in TEXT and not line.fenced:
            prose += 1
            is_cue, is_exact = _announces(line.text)
            cue = prose if is_cue else cue
            exact = prose if is_exact else exact
        near = about is not None or prose - cue <= _REACH
        yield Spot(line, heading, about is not None, near, line.fenced and exact == prose)


@lru_cache(maxsize=_REMEMBERED)
def _announces(text: str) -> tuple[bool, bool]:
    """Whether a line speaks of the answer, and whether of its very words."""
    return bool(_CUE.search(text)), bool(_EXACTLY.search(text))


def _section(about: int | None, heading: Heading) -> int | None:
    if _ABOUT_ANSWER.search(heading.title):
        return heading.rank
    if about is None or heading.rank > about:
        return about
    # Lines in capitals and labels under one another are as a rule the parts of the answer.
    return about if heading.rank >= _CAPITALS_RANK else None
