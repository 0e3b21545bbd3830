"""The comment that reviewers read: what blocks first, then what changed in words, then how to undo it.

Text from the repository stands in code alone (code spans, `<code>`, `<pre>`), where it can neither format, link nor
mention anybody: hosts look for names and addresses in what they have rendered, so that no escaping helps elsewhere.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from promptctl.core.findings import Finding, Severity
from promptctl.core.text import plural, shortened, visible, visible_block
from promptctl.report.text import base_sentence, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.core.report import NewVersion, Report
    from promptctl.core.words import Segment

MARK = "<!-- promptctl -->"  # by which a later run finds the comment that it updates

# Characters. GitHub refuses a comment of more than 65,536; lists take what is theirs, and differences share the rest.
_LONGEST = 65_000
_ERRORS, _NOTICED_LIST, _OTHERS, _FRAME = 16_000, 8_000, 8_000, 4_000
_DIFFERENCES = _LONGEST - _ERRORS - _NOTICED_LIST - _OTHERS - _FRAME
_DIFFERENCE = 20_000  # of one version
_TITLE = 2_000  # more than the frame of one version takes
_TEXT = 500  # of one message or hint
_NAME = 100  # of one name or summary in a title

_OPEN_LINES = 60  # changed lines up to which a word difference is shown open
_CONTEXT = 3  # unchanged lines that are shown beside a change
_NOTICED = frozenset({"override-in-use", "waiver-in-use", "released-version-restored"})
_CUT = "\n<i>… cut here: promptctl diff shows all of it</i>"


def markdown_text(report: Report) -> str:
    """The comment, with its mark in the first line; never longer than GitHub takes."""
    parts = [f"{MARK}\n\n## promptctl: {_headline(report)}", *_blocking(report), *_added(report)]
    parts += [*_noticed(report), *_others(report), *_undo(report)]
    parts.append(f"<sub>{_code(base_sentence(report))}</sub>")
    return "\n\n".join(parts)


def _headline(report: Report) -> str:
    if report.errors:
        return f"blocked by {plural(report.errors, 'error')}"
    return f"nothing blocks, {plural(report.warnings, 'warning')}" if report.warnings else "nothing blocks"


def _blocking(report: Report) -> Iterator[str]:
    errors = (_item(finding) for finding in report.findings if finding.severity is Severity.ERROR)
    yield from _section("What blocks", errors, _ERRORS)


def _others(report: Report) -> Iterator[str]:
    rest = (_item(f) for f in report.findings if f.severity is not Severity.ERROR and not _is_noticed(f))
    yield from _section("Also", rest, _OTHERS)


def _noticed(report: Report) -> Iterator[str]:
    """Levels, then what was overridden, waived or loosened: what a reviewer must agree to."""
    levels = (
        f"- {_code(item.ref)} is a {item.level} step after {_code(item.follows or '')}"
        for item in report.added
        if item.level
    )
    found = (_item(f) for f in report.findings if _is_noticed(f) and f.severity is not Severity.ERROR)
    yield from _section("Levels, waivers and policy", (*levels, *found), _NOTICED_LIST)


def _is_noticed(finding: Finding) -> bool:
    return finding.rule in _NOTICED or finding.rule.startswith("policy-")


def _section(title: str, items: Iterable[str], room: int) -> Iterator[str]:
    """A list under a heading, as far as there is room for it; nothing without items."""
    lines = [f"### {title}", ""]
    left = 0
    for item in items:
        room -= len(item) + 1
        if room < 0:
            left += 1
        else:
            lines.append(item)
    if left:
        lines.append(f"- … and {left} more, cut here: `promptctl check` lists them all")
    if len(lines) > 2:  # noqa: PLR2004 - the heading and a blank line
        yield "\n".join(lines)


def _item(finding: Finding) -> str:
    hint = f"<br>help: {_code(finding.hint)}" if finding.hint else ""
    return f"- **{finding.rule}** {_code(place(finding))}: {_code(finding.message)}{hint}"


def _added(report: Report) -> Iterator[str]:
    if not report.added:
        return
    parts = ["### What changed"]
    room = _DIFFERENCES
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
    follows = f" follows {_html_code(item.follows)}" if item.follows else " is the first version"
    summary = f": {_html_code(item.summary)}" if item.summary else ""
    title = f"{_html_code(item.ref)}{follows}{summary} ({plural(lines, 'changed line')})"
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


def _undo(report: Report) -> Iterator[str]:
    if report.added:
        yield (
            "### How to undo\n\nBefore the merge: drop the commits. After it a released version stays; "
            "`promptctl new-version` with the old text takes the change back under a new number."
        )


def _code(text: str) -> str:
    """Text as a code span: between more backticks than it has in a row."""
    text = _short(text, _TEXT) or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _html_code(text: str) -> str:
    """Text as code inside an HTML block."""
    return f"<code>{html.escape(_short(text, _NAME), quote=False)}</code>"


def _short(text: str, limit: int) -> str:
    """Text on one line; what is far beyond the limit is not even looked at."""
    return shortened(visible(text[: limit + 1]), limit)
