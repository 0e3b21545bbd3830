"""The comment that reviewers read: what blocks first, then who moves, what changed in words, what is proved.

Each section has room of its own, so that no text, however long, pushes out what blocks; the differences in words get
what the others leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Finding, Severity
from promptctl.core.text import plural
from promptctl.report.markdown_review import gates, undo, who_moves
from promptctl.report.markdown_words import word_differences
from promptctl.report.markup import NAME, code, codes, section
from promptctl.report.text import base_sentence, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.report import NewVersion, Report

MARK = "<!-- promptctl -->"  # by which a later run finds the comment that it updates

# Characters. GitHub refuses a comment of more than 65,536.
_LONGEST = 65_000
_ERRORS, _NOTICED_LIST, _OTHERS, _FRAME = 16_000, 8_000, 8_000, 2_000
_REASONS = 5  # why a level is demanded, of one version
_NOTICED = frozenset({"override-in-use", "waiver-in-use", "released-version-restored"})


def markdown_text(report: Report) -> str:
    """The comment, with its mark in the first line; never longer than GitHub takes."""
    before = [f"{MARK}\n\n## promptctl: {_headline(report)}", *_blocking(report), *who_moves(report)]
    after = [*gates(report), *_noticed(report), *_others(report), *undo(report)]
    after.append(f"<sub>{code(base_sentence(report))}</sub>")
    room = _LONGEST - _FRAME - sum(len(part) + 2 for part in (*before, *after))
    return "\n\n".join([*before, *word_differences(report, room), *after])


def _headline(report: Report) -> str:
    if report.errors:
        return f"blocked by {plural(report.errors, 'error')}"
    return f"nothing blocks, {plural(report.warnings, 'warning')}" if report.warnings else "nothing blocks"


def _blocking(report: Report) -> Iterator[str]:
    errors = (_item(finding) for finding in report.findings if finding.severity is Severity.ERROR)
    yield from section("What blocks", errors, _ERRORS)


def _others(report: Report) -> Iterator[str]:
    rest = (_item(f) for f in report.findings if f.severity is not Severity.ERROR and not _is_noticed(f))
    yield from section("Also", rest, _OTHERS)


def _noticed(report: Report) -> Iterator[str]:
    """Levels, then what was overridden, waived or loosened: what a reviewer must agree to."""
    levels = [line for item in report.added for line in _level(item)]
    found = (_item(f) for f in report.findings if _is_noticed(f) and f.severity is not Severity.ERROR)
    keys = report.review.policy if report.review else ()
    policy = [f"- The policy changes: {codes(keys)}"] if keys else []
    yield from section("Levels, waivers and policy", (*levels, *found, *policy), _NOTICED_LIST)


def _level(item: NewVersion) -> Iterator[str]:
    """What the number declares, and what the change demands and why."""
    ref, follows = code(item.ref, NAME), code(item.follows or "", NAME)
    if item.emergency:
        yield f"- {ref} is an **emergency** version: {code(item.emergency)}"
    if item.level is None and item.demanded is None:
        return
    declared = f"is a {item.level} step after {follows}" if item.level else f"raises no number after {follows}"
    demanded = f"; its change demands {item.demanded}" if item.demanded else ""
    more = len(item.reasons) - _REASONS
    reasons = [*item.reasons[:_REASONS], *([f"… and {more} more reasons"] if more > 0 else [])]
    yield "\n".join([f"- {ref} {declared}{demanded}", *(f"  - {code(reason)}" for reason in reasons)])


def _is_noticed(finding: Finding) -> bool:
    return finding.rule in _NOTICED or finding.rule.startswith("policy-")


def _item(finding: Finding) -> str:
    hint = f"<br>help: {code(finding.hint)}" if finding.hint else ""
    return f"- **{finding.rule}** {code(place(finding))}: {code(finding.message)}{hint}"
