"""The versioned JSON report. It is written out field by field, so that no refactoring changes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from promptctl.core.report import REPORT_VERSION
from promptctl.core.text import readable, visible

if TYPE_CHECKING:
    from promptctl.core.findings import Finding
    from promptctl.core.report import Report


def json_text(report: Report) -> str:
    """The report as `schemas/report.json` describes it, ASCII only."""
    document = {
        "version": REPORT_VERSION,
        "tool": {"name": "promptctl", "version": report.tool_version},
        "base": report.base,
        "head": report.head,
        "policy": report.policy,
        "summary": {
            "errors": report.errors,
            "warnings": report.warnings,
            "infos": report.infos,
            "prompts": report.prompts,
            "versions": report.versions,
        },
        "findings": [_finding(finding) for finding in report.findings],
    }
    return json.dumps(document, indent=2)


def _finding(finding: Finding) -> dict[str, Any]:
    span = finding.span
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": visible(finding.message),
        "path": readable(finding.path),
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "ref": _visible(finding.ref),
        "environment": _visible(finding.environment),
        "hint": _visible(finding.hint),
        "fingerprint": finding.fingerprint,
        "related": [
            {"path": readable(item.path), "line": item.line, "column": item.column, "message": visible(item.message)}
            for item in finding.related
        ],
    }


def _visible(text: str | None) -> str | None:
    return None if text is None else visible(text)
