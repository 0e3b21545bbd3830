"""GitLab Code Quality: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format ."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from promptctl.core.findings import Finding, Severity
from promptctl.core.text import visible
from promptctl.report.numbering import numbered

if TYPE_CHECKING:
    from promptctl.core.report import Report

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def gitlab_text(report: Report) -> str:
    """A list of issues. GitLab drops all but one issue of a fingerprint, so ours are unique within a report."""
    fingerprints = numbered(finding.fingerprint for finding in report.findings)
    return json.dumps([_issue(*pair) for pair in zip(report.findings, fingerprints, strict=True)], indent=2)


def _issue(finding: Finding, fingerprint: str) -> dict[str, Any]:
    hint = f" ({visible(finding.hint)})" if finding.hint else ""
    return {
        "description": f"{visible(finding.message)}{hint}",
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": visible(finding.path), "lines": {"begin": finding.line or 1}},
    }
