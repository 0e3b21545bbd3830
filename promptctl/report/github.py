"""Annotations of GitHub Actions, by workflow commands.

GitHub shows ten annotations a step, so the most severe come first and one line says how many there are.
The escapes are those of `@actions/core` (`escapeData`, `escapeProperty`). The runner also obeys `##[command]` anywhere
in a line that is no command of the newer kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Finding, Severity
from promptctl.core.text import plural, visible
from promptctl.report.text import base_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.report import Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_RANK = list(_COMMANDS)


def github_text(report: Report) -> str:
    """One workflow command a finding, then the sum."""
    base = visible(base_sentence(report)).replace("##[", "## [")
    return "\n".join([*_annotations(report), f"promptctl: {_sum(report)}; {base}"])


def _annotations(report: Report) -> Iterator[str]:
    for finding in sorted(report.findings, key=lambda found: _RANK.index(found.severity)):
        properties = ",".join(f"{key}={_property(str(value))}" for key, value in _properties(finding).items())
        hint = f"\nhelp: {finding.hint}" if finding.hint else ""
        yield f"::{_COMMANDS[finding.severity]} {properties}::{_data(finding.message + hint)}"


def _properties(finding: Finding) -> dict[str, object]:
    """Columns only within one line: GitHub takes no others."""
    found: dict[str, object] = {"title": f"promptctl: {finding.rule}", "file": visible(finding.path)}
    span = finding.span
    if span is not None:
        found |= {"line": span.line, "endLine": span.end_line}
        found |= {"col": span.column, "endColumn": span.end_column} if span.line == span.end_line else {}
    return found


def _data(text: str) -> str:
    """Escaped so that no text can start a command of its own; other control characters are shown."""
    lines = [visible(line) for line in text.split("\n")]
    return "%0A".join(line.replace("%", "%25").replace("\r", "%0D") for line in lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sum(report: Report) -> str:
    return ", ".join((plural(report.errors, "error"), plural(report.warnings, "warning"), plural(report.infos, "info")))
