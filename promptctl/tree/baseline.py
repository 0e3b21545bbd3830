"""The file that lists which versions were in code already when the rules came, so that a team can adopt them today.

One line a rule, file and version, without line numbers or dates: two branches that mend different places merge cleanly.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.core.entries import Blob

BASELINE_FILE = "promptctl-hardcoded.txt"

_HEADER = """\
# Versions of prompts that stood in code when the rules about them came: rule, file, version, how often.
# Lines and numbers only go down; `promptctl check --all --write-baseline` takes out what was mended.
"""


class Key(NamedTuple):
    """What a line of the file is about."""

    path: str
    rule: str
    ref: str


class Line(NamedTuple):
    """A line that says something; `key` is None where it cannot be read."""

    number: int
    key: Key | None
    times: int = 0


def read_baseline(blob: Blob | None) -> tuple[Line, ...]:
    """The lines of a file, comments left out. What is no text has one line that cannot be read."""
    try:
        text = blob.data.decode("utf-8") if blob is not None and blob.data is not None else None
    except UnicodeDecodeError:
        text = None
    return (Line(1, None),) if text is None else tuple(_lines(text))


def _lines(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield _line(number, line.strip())


def _line(number: int, line: str) -> Line:
    rule, _, rest = line.partition(" ")
    path, *counted = rest.rsplit(" ", 2)
    if len(counted) != 2 or not counted[1].isdecimal() or not path:  # noqa: PLR2004 - a version and how often
        return Line(number, None)
    try:
        path = json.loads(path) if path.startswith('"') else path
    except ValueError:
        return Line(number, None)
    return Line(number, Key(str(path), rule, counted[0]), int(counted[1]))


def allowed_by(lines: tuple[Line, ...]) -> Counter[Key]:
    """How often each thing may stand in code."""
    allowed: Counter[Key] = Counter()
    for line in lines:
        if line.key is not None:
            allowed[line.key] += line.times
    return allowed


def baseline_text(counts: Mapping[Key, int]) -> str:
    """The file that allows this, in path order; paths are relative to the project's root."""
    lines = (f"{key.rule} {_shown(key.path)} {key.ref} {times}\n" for key, times in sorted(counts.items()))
    return _HEADER + "".join(lines)


def _shown(path: str) -> str:
    plain = path.isprintable() and path == path.strip() and path[:1] != '"'
    return path if plain else json.dumps(path)
