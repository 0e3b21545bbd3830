"""What the new versions of a change say otherwise than those before them, word by word."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from promptctl.core.text import plural, visible_block
from promptctl.report.markup import html_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.report import NewVersion, Report
    from promptctl.core.words import Segment

_DIFFERENCE = 20_000  # characters of one version
_TITLE = 2_000  # more than the frame of one version takes

_OPEN_LINES = 60  # changed lines up to which a word difference is shown open
_CONTEXT = 3  # unchanged lines that are shown beside a change
_CUT = "\n<i>… cut here: promptctl diff shows all of it</i>"


def word_differences(report: Report, room: int) -> Iterator[str]:
    """One folded part a version, in at most `room` characters but for a word on what is missing."""
    if not report.added:
        return
    parts = ["### What changed"]
    for number, item in enumerate(report.added):
        if room < _TITLE:
            left = plural(len(report.added) - number, "more version")
            parts.append(f"… and {left}, cut here: `promptctl diff` shows each")
            break
        part = _version(item, min(room - _TITLE, _DIFFERENCE))
        room -= len(part) + 2
        parts.append(part)
    yield "\n\n".join(parts)


def _version(item: NewVersion, room: int) -> str:
    """What one version changes. A blank line before `<pre>` makes it a block that other blank lines do not end."""
    lines = _changed_lines(item.segments)
    follows = f" follows {html_code(item.follows)}" if item.follows else " is the first version"
    summary = f": {html_code(item.summary)}" if item.summary else ""
    title = f"{html_code(item.ref)}{follows}{summary} ({plural(lines, 'changed line')})"
    state = " open" if lines <= _OPEN_LINES else ""
    return f"<details{state}>\n<summary>{title}</summary>\n\n<pre>{_words(item.segments, room)}</pre>\n\n</details>"


def _changed_lines(segments: tuple[Segment, ...]) -> int:
    """Lines of either side that hold a change."""
    changed: set[tuple[str, int]] = set()
    old = new = 0
    for segment in segments:
        breaks = segment.text.count("\n")
        if segment.kind != "equal":
            side, start = ("new", new) if segment.kind == "insert" else ("old", old)
            last = breaks - segment.text.endswith("\n")
            changed |= {(side, start + number) for number in range(last + 1)}
        old += breaks if segment.kind != "insert" else 0
        new += breaks if segment.kind != "delete" else 0
    return len({number for side, number in changed if side == "new"} | {n for s, n in changed if s == "old"})


def _words(segments: tuple[Segment, ...], room: int) -> str:
    """The text with its changes marked, in at most `room` characters and a word on what is missing."""
    tags = {"equal": ("", ""), "insert": ("<ins>", "</ins>"), "delete": ("<del>", "</del>")}
    shown = ""
    for segment in segments:
        before, after = tags[segment.kind]
        for piece, is_text in _pieces(segment):
            start, end = (before, after) if is_text else ("<i>", "</i>")
            left = room - len(shown) - len(start) - len(end)
            text = _fitting(piece, left)
            if text is None:
                return f"{shown}{start}{_fitting(piece, left, cut=True)}{end}{_CUT}" if left > 0 else shown + _CUT
            shown += start + text + end
    return shown


def _pieces(segment: Segment) -> Iterator[tuple[str, bool]]:
    """A segment, and where it is long and unchanged only its ends; whether a piece is text of the prompt."""
    lines = segment.text.split("\n")
    hidden = len(lines) - 2 * (_CONTEXT + 1)  # at either end a line may be part of a changed one
    if segment.kind != "equal" or hidden <= _CONTEXT:
        yield segment.text, True
        return
    yield "\n".join([*lines[: _CONTEXT + 1], ""]), True
    yield f"… {plural(hidden, 'unchanged line')} …", False
    yield "\n".join(["", *lines[-_CONTEXT - 1 :]]), True


def _fitting(text: str, room: int, *, cut: bool = False) -> str | None:
    """Text for HTML, or None where that is longer than `room`, or with `cut` as much of it as fits."""
    if not cut:
        shown = html.escape(visible_block(text), quote=False) if len(text) <= room else None
        return shown if shown is not None and len(shown) <= room else None
    shown = ""
    for character in text:
        more = html.escape(visible_block(character), quote=False)
        if len(shown) + len(more) > room:
            break
        shown += more
    return shown
