"""JUnit XML as CI systems read it: a test case a finding, a failure for each error.

Systems know a case by class and name, so no two cases have both in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from promptctl.core.findings import Finding, Severity
from promptctl.core.text import visible
from promptctl.report.numbering import numbered
from promptctl.report.text import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.report import Report


def junit_text(report: Report) -> str:
    """One suite; a clean report has one case that passes, because some systems take an empty suite for a mistake."""
    cases = list(_cases(report))
    counts = f'tests="{len(cases)}" failures="{report.errors}" errors="0" skipped="0"'
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="promptctl" {counts}>\n'
    body = "".join(f"    {case}\n" for case in cases)
    return f'{head}  <testsuite name="promptctl" {counts}>\n{body}  </testsuite>\n</testsuites>'


def _cases(report: Report) -> Iterator[str]:
    if not report.findings:
        yield '<testcase classname="promptctl" name="no findings"/>'
    names = numbered(f"{finding.rule} {place(finding)}" for finding in report.findings)
    for finding, name in zip(report.findings, names, strict=True):
        shown = name.removeprefix(f"{finding.rule} ")
        about = f"classname={_attribute(finding.rule)} name={_attribute(shown)} file={_attribute(finding.path)}"
        yield f"<testcase {about}>{_outcome(finding)}</testcase>"


def _outcome(finding: Finding) -> str:
    text = visible(finding.message) + (f" | help: {visible(finding.hint)}" if finding.hint else "")
    if finding.severity is Severity.ERROR:
        return f'<failure type="error" message={_attribute(finding.message)}>{escape(text)}</failure>'
    return f"<system-out>{escape(f'{finding.severity}: {text}')}</system-out>"


def _attribute(text: str) -> str:
    return quoteattr(visible(text))
