"""What a post-mortem has to have: four sections that say something, and the name of the incident."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTIONS: Final = ("What happened", "Impact", "Cause", "Actions")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING: Final = re.compile(r" {0,3}(#{1,6})[ \t]+(?P<title>.*?)[ \t]*#*[ \t]*")
_NUMBER: Final = re.compile(r"\d+[.)][ \t]*")
_UNDERLINE: Final = re.compile(r" {0,3}(=+|-+)[ \t]*")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def lacking(text: str, incident: str) -> tuple[str, ...]:
    """What is missing: sections by their name, and the incident; nothing where the post-mortem is complete."""
    shown = _COMMENT.sub("", text)
    filled = {title.casefold() for title, rank, lines in _sections(shown) if any(line.strip() for line in lines)}
    missing = [f"a section `{name}` that says something" for name in SECTIONS if name.casefold() not in filled]
    named = re.search(rf"(?<![\w-]){re.escape(incident)}(?![\w-])", shown, re.IGNORECASE) if incident else None
    return tuple(missing if named else [*missing, f"the incident {incident}"])


def _sections(text: str) -> Iterator[tuple[str, int, list[str]]]:
    """Each heading with its rank and the lines under it, those of the sections within it too, but not their titles."""
    found: list[tuple[str, int, list[str]]] = []
    is_open: list[tuple[str, int, list[str]]] = []
    for heading, line in _lines(text):
        if heading is None:
            for _, _, lines in is_open:
                lines.append(line)
            continue
        rank, title = heading
        is_open = [section for section in is_open if section[1] < rank]
        is_open.append((_NUMBER.sub("", title, count=1).rstrip(":"), rank, []))
        found.append(is_open[-1])
    yield from found


def _lines(text: str) -> Iterator[tuple[tuple[int, str] | None, str]]:
    """Each line, and rank and title where it is a heading of Markdown."""
    rows = text.replace("\r\n", "\n").split("\n")
    fence = ""
    skip = False
    for number, row in enumerate(rows):
        mark = _FENCE.match(row)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and (heading := _HEADING.fullmatch(row)):
            yield (len(heading[1]), heading["title"]), ""
            continue
        elif not fence and not skip and row.strip() and (under := _underline(rows, number)):
            skip = True
            yield (under, row.strip()), ""
            continue
        yield None, "" if skip else row
        skip = False


def _underline(rows: list[str], number: int) -> int:
    """1 or 2 where the next line makes this one a heading, else 0."""
    mark = _UNDERLINE.fullmatch(rows[number + 1]) if number + 1 < len(rows) else None
    return 0 if mark is None else 1 if "=" in mark[1] else 2
