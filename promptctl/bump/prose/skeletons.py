"""What an answer looks like where it is shown and not told: headings, tags, bullets, tables and JSON behind a colon."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promptctl.bump.prose.lines import TEXT, Kind
from promptctl.bump.prose.lists import NOUNS, SECTIONS, is_about_answer
from promptctl.bump.prose.outline import heading_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promptctl.bump.prose.lines import Line
    from promptctl.bump.prose.outline import Heading, Spot

    Found = Iterator[tuple[str, str, int]]

COLUMNS = "columns of the answer"
TAGS = "tags of the answer"
TOP = "top level of the JSON answer"

_SHAPED = re.compile(
    r"\b(?:headings|headers|sections|structured?|format(?:ted)?|template|skeleton|layout|looks? like)\b"
    r"|\b(?:as|like|with|in|using)(?: this| follows)?\W*$",
    re.IGNORECASE,
)
_ABOUT_FORMAT = re.compile(r"\b(?:output|response|answer|report)\b.*\b(?:format|structure|template)\b", re.IGNORECASE)
_OWN = re.compile(
    r"^steps\b|\b(?:rules?|instructions?|tasks?|roles?|context|examples?|guidelines?|constraints?|notes?|inputs?|outputs?|"
    r"tools?|process|workflow|goals?|objectives?|requirements|principles|important|reminders?|format|style|tone)\b",
    re.IGNORECASE,
)
_TEXT_INFO = frozenset({"", "markdown", "md", "text", "txt", "plaintext"})
_HASHES = re.compile(r"(#{1,6})\s*([^\s#].*)")
_TAG = re.compile(r"</?([A-Za-z][\w-]*)>")
_BULLET = re.compile(
    r"(?:[-*+\u2022]|\d{1,2}[.)])\s+[`\"'*_]*(?P<name>[^`\"'*:\n]{1,60}?)[`\"'*_]*(?:\s*(?::|\s-\s|\().*)?"
)
_MOST_WORDS = 4
_ROW = re.compile(r"\|?(?P<cells>[^|]+(?:\|[^|]+)+)\|?")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?")
_OPENING = re.compile(r"(?:[^\"'{}\[\]]*[:\s])?(?P<mark>[\[{])\s*(?:[\[{\"'\d]|$)")
_REACH = 200  # lines that a colon speaks of at most
_LONGEST_SECTION = 3  # lines under a heading that stands as high as those of the prompt itself


def skeletons(lines: Sequence[Line], spots: Sequence[Spot]) -> Found:
    """Each kind of fact, the name and the line."""
    rank = last = 0
    for place, line in enumerate(lines):
        heading = heading_of(line) if line.text.startswith("#") and not line.fenced else None
        rank = heading.rank if heading else rank
        if line.number >= last:  # what stands within a skeleton begins no other one
            for fact in _begun(line, heading, lines[place + 1 : place + _REACH], rank):
                last = fact[2]
                yield fact
    yield from _tables(spots)
    yield from _tops(lines, spots)


def _begun(line: Line, heading: Heading | None, rest: Sequence[Line], rank: int) -> Found:
    if heading:
        if _ABOUT_FORMAT.search(heading.title):
            yield from _headings(rest, rank, only=rank)
    elif line.kind in TEXT and not line.fenced and line.text.rstrip("*_ ").endswith(":"):
        yield from _behind(line.text, rest, rank)


def _behind(text: str, rest: Sequence[Line], rank: int) -> Found:
    if not rest or not is_about_answer(text):
        return
    first = rest[0]
    if not _SHAPED.search(text):
        yield from _bullets(text, rest)
    elif first.kind is Kind.FENCE and first.text in _TEXT_INFO:
        yield from _fenced(rest[1:])
    elif first.text.startswith("#"):
        yield from _headings(rest, rank)
    elif first.text.startswith("<"):
        yield from _tags(rest)
    else:
        yield from _bullets(text, rest)


def _headings(rest: Sequence[Line], rank: int, only: int | None = None) -> Found:
    """Headings from the first of `rest` on; those as high as the prompt's own end with what looks like one of these."""
    first = heading_of(rest[0]) if rest and rest[0].text.startswith("#") else None
    if first is None or (only is not None and first.rank != only):
        return
    under = 0
    for line in rest:
        heading = heading_of(line) if line.text.startswith("#") and not line.fenced else None
        if heading is None:
            under += 1
            continue
        is_below = heading.rank > rank > 0
        if heading.rank < first.rank or (not is_below and (_OWN.search(heading.title) or under > _LONGEST_SECTION)):
            return
        under = 0
        yield SECTIONS, heading.title, line.number


def _fenced(rest: Sequence[Line]) -> Found:
    for line in rest:
        if line.kind is Kind.FENCE:
            return
        if match := _HASHES.fullmatch(line.text):
            yield SECTIONS, match[2].rstrip(" #:"), line.number
        if line.text.startswith("<"):
            yield from ((TAGS, name, line.number) for name in _TAG.findall(line.text))


def _tags(rest: Sequence[Line]) -> Found:
    """The tags of a block, which may hold blank lines within its tags."""
    depth, number = 0, rest[0].number
    for line in rest:
        if line.kind is Kind.FENCE or (depth <= 0 and line.number > number + 1 and not line.text.startswith("<")):
            return
        number = line.number
        for match in _TAG.finditer(line.text):
            depth += -1 if match[0].startswith("</") else 1
            yield TAGS, match[1], line.number


def _bullets(text: str, rest: Sequence[Line]) -> Found:
    kind = next((kind for kind, noun in NOUNS if noun.search(text)), None)
    indent = rest[0].indent
    for line in rest:
        if kind is None or line.indent < indent:
            return
        match = _BULLET.fullmatch(line.text)
        if line.indent > indent:
            continue
        if match is None:
            return
        if len(match["name"].split()) <= _MOST_WORDS:
            yield kind, match["name"].rstrip(" .,;"), line.number


def _tables(spots: Sequence[Spot]) -> Found:
    """The columns of a table right behind a line about the answer, or under a heading about it."""
    for cue, head, rule in zip(spots, spots[1:], spots[2:], strict=False):
        if not (head.in_output or (cue.line.text.endswith(":") and is_about_answer(cue.line.text))):
            continue
        if _RULE.fullmatch(rule.line.text) and (row := _ROW.fullmatch(head.line.text)):
            for cell in row["cells"].split("|"):
                yield COLUMNS, cell.strip(" *_`"), head.line.number


def _tops(lines: Sequence[Line], spots: Sequence[Spot]) -> Found:
    """Whether an example of JSON is an object or an array, told by the first line of each."""
    near = {spot.line.number for spot in spots if spot.near_output}
    depth = 0
    for line in lines:
        if line.kind is Kind.FENCE:
            depth = 0
            continue
        if depth <= 0 and line.number in near and (match := _OPENING.match(line.text)):
            yield TOP, "an object" if match["mark"] == "{" else "an array", line.number
        depth = max(depth, 0) + sum(line.text.count(mark) for mark in "[{") - sum(map(line.text.count, "]}"))
