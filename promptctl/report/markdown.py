"""The comment that reviewers read: what blocks first, then what changed in words, then how to undo it.

Text from the repository is escaped for HTML and for Markdown, so it can neither format, link nor mention anybody.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from promptctl.core.findings import Finding, Severity
from promptctl.core.text import plural, visible, visible_block
from promptctl.report.text import base_sentence, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.report import NewVersion, Report
    from promptctl.core.words import Segment

MARK = "<!-- promptctl -->"  # by which a later run finds the comment that it updates

_OPEN_LINES = 60  # changed lines up to which a word difference is shown open
_LONGEST = 20_000  # characters of one difference: hosts refuse comments over 65,536
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~-])")
_NOTICED = frozenset({"override-in-use", "waiver-in-use", "released-version-restored"})


def markdown_text(report: Report) -> str:
    """The comment, with its mark in the first line."""
    parts = [MARK, f"## promptctl: {_headline(report)}", *_blocking(report), *_added(report)]
    parts += [*_noticed(report), *_warnings(report), *_undo(report)]
    parts.append(f"<sub>{_escaped(base_sentence(report))}</sub>")
    return "\n\n".join(parts)


def _headline(report: Report) -> str:
    if report.errors:
        return f"blocked by {plural(report.errors, 'error')}"
    return f"nothing blocks, {plural(report.warnings, 'warning')}" if report.warnings else "nothing blocks"


def _blocking(report: Report) -> Iterator[str]:
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if errors:
        yield "### What blocks\n\n" + "\n".join(map(_item, errors))


def _warnings(report: Report) -> Iterator[str]:
    rest = [f for f in report.findings if f.severity is not Severity.ERROR and not _is_noticed(f)]
    if rest:
        yield "### Also\n\n" + "\n".join(map(_item, rest))


def _noticed(report: Report) -> Iterator[str]:
    """Levels, then what was overridden, waived or loosened: what a reviewer must agree to."""
    levels = [
        f"- **{_escaped(item.ref)}** is a {item.level} step after {_escaped(item.follows or '')}"
        for item in report.added
        if item.level
    ]
    found = [_item(f) for f in report.findings if _is_noticed(f) and f.severity is not Severity.ERROR]
    if levels or found:
        yield "### Levels, waivers and policy\n\n" + "\n".join([*levels, *found])


def _is_noticed(finding: Finding) -> bool:
    return finding.rule in _NOTICED or finding.rule.startswith("policy-")


def _item(finding: Finding) -> str:
    hint = f"<br>help: <code>{_escaped(finding.hint)}</code>" if finding.hint else ""
    where = f"<code>{_escaped(place(finding))}</code>"
    return f"- **{finding.rule}** {where}: {_escaped(finding.message)}{hint}"


def _added(report: Report) -> Iterator[str]:
    if report.added:
        yield "### What changed\n\n" + "\n\n".join(map(_version, report.added))


def _version(item: NewVersion) -> str:
    lines = _changed_lines(item.segments)
    follows = f" follows {_html(item.follows)}" if item.follows else " is the first version"
    summary = f": {_html(item.summary)}" if item.summary else ""
    title = f"<b>{_html(item.ref)}</b>{follows}{summary} ({plural(lines, 'changed line')})"
    state = " open" if lines <= _OPEN_LINES else ""
    # Behind a blank line `<pre>` is a block of its own, in which Markdown means nothing until `</pre>`. Within that of
    # `<details>` the first blank line of a prompt would end the block.
    return f"<details{state}><summary>{title}</summary>\n\n<pre>{_words(item.segments)}</pre>\n\n</details>"


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


def _words(segments: tuple[Segment, ...]) -> str:
    tags = {"equal": ("", ""), "insert": ("<ins>", "</ins>"), "delete": ("<del>", "</del>")}
    text = ""
    for segment in segments:
        before, after = tags[segment.kind]
        text += before + html.escape(visible_block(segment.text), quote=False) + after
        if len(text) > _LONGEST:
            return f"{text}\n… (cut here; promptctl diff shows all of it)"
    return text


def _undo(report: Report) -> Iterator[str]:
    if report.added:
        yield (
            "### How to undo\n\nBefore the merge: drop the commits. After it a released version stays; "
            "`promptctl new-version` with the old text takes the change back under a new number."
        )


def _escaped(text: str) -> str:
    """Text inside Markdown, that neither Markdown nor HTML takes for its own."""
    return _html(_MARKDOWN.sub(r"\\\1", text))


def _html(text: str) -> str:
    """Text inside an HTML block; `@` is written so that nobody is notified."""
    return html.escape(visible(text), quote=False).replace("@", "&#64;")
