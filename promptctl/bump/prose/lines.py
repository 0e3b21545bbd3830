"""The lines of a prompt, each with what it is: prose, code, or the YAML of a front matter that the body carries."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u2028\u2029\u000b\u000c", " "),
        "\u2026": "...",
        "\t": "    ",
        "\r": "",
    }
)
_FENCE = re.compile(r"[ ]*(?P<mark>`{3,}+|~{3,}+)[ ]*+(?P<info>[^`\s]*+)[^`]*+")
_MARKS = ("```", "~~~")
_BULLET = re.compile(r" *(?:[-*+\u2022]|\d{1,3}[.)]) +")
_CODE_INDENT = 4
_LONGEST_PROSE = 4_000  # characters: what is written by people has line ends
_PROSE_INFO = frozenset({"markdown", "md", "text", "txt", "plaintext"})
_YAML_LINE = re.compile(r" *(?:- +)?[a-z_][\w.-]*:(?: |$)")


class Kind(Enum):
    """How white space and words of a line are read."""

    PROSE = "prose"
    INDENTED = "indented"  # code to Markdown, by four blanks more than the text around it
    CODE = "code"
    YAML = "yaml"
    FENCE = "fence"


TEXT = (Kind.PROSE, Kind.INDENTED)


class Line(NamedTuple):
    """A line without its indentation and without blanks at its end; lines count from 0.

    Within a fenced block the indentation is that from the fence on, as Markdown has it. Of a fence, the indentation is
    how many marks it has, and the text is the name of a language.
    """

    number: int
    kind: Kind
    indent: int
    text: str
    fenced: bool = False

    @property
    def key(self) -> str:
        """What two lines have in common that are the same wherever they stand."""
        return f"{' ' * self.indent}{self.text}"


@lru_cache(maxsize=4)  # several questions are asked about the same two bodies
def read_lines(text: str) -> tuple[Line, ...]:
    """Every line that says something: blank ones count in code alone."""
    return tuple(_lines(text.translate(_LOOKALIKES).rstrip().split("\n")))


def _lines(rows: list[str]) -> Iterator[Line]:
    matter = _front_matter(rows)
    mark, info, margin = "", "", 0
    indented = _indented(rows)
    for number, row in enumerate(rows):
        stripped = row.strip()
        indent = len(row) - len(row.lstrip())
        fence = _FENCE.fullmatch(row) if stripped[:3] in _MARKS else None
        if number < matter:
            kind = Kind.YAML
        elif fence and not mark:
            mark, info, margin = fence["mark"], fence["info"].lower(), indent
            yield Line(number, Kind.FENCE, len(mark), info)
            continue
        elif fence:
            if fence["mark"].startswith(mark) and not fence["info"]:
                mark = ""
            yield Line(number, Kind.FENCE, len(fence["mark"]), fence["info"].lower())
            continue
        elif mark:
            kind = Kind.PROSE if info in _PROSE_INFO else Kind.CODE
            indent = max(indent - margin, 0)
        else:
            kind = Kind.INDENTED if number in indented else Kind.PROSE
            kind = Kind.YAML if indent and _YAML_LINE.match(row) else kind
        if len(row) > _LONGEST_PROSE:
            kind = Kind.CODE
        if stripped or kind is Kind.CODE:
            yield Line(number, kind, indent if stripped else 0, stripped, fenced=bool(mark))


def _front_matter(rows: list[str]) -> int:
    """How many lines the front matter takes that stands at the very top, if any."""
    if not rows or rows[0].rstrip() != "---":
        return 0
    return next((number for number, row in enumerate(rows[1:], 1) if row.rstrip() == "---"), -1) + 1


def _indented(rows: list[str]) -> frozenset[int]:
    """The rows of prompts in Markdown that are code by their indentation: behind a blank row, and in no list.

    A prompt may stand indented as a whole, and a bullet that is far in is as a rule a bullet.
    """
    found = set()
    margin = base = min((len(row) - len(row.lstrip()) for row in rows if row.strip()), default=0)
    opens = True
    for number, row in enumerate(rows):
        indent = len(row) - len(row.lstrip())
        if not row.strip():
            opens = True
        elif bullet := _BULLET.match(row):
            margin, opens = bullet.end(), False
        elif opens and indent >= margin + _CODE_INDENT:
            found.add(number)
        else:
            margin, opens = (margin if indent >= margin else base), False
    return frozenset(found)
