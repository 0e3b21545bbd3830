"""SARIF 2.1.0, as code scanning services read it (OASIS, 2020)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from promptctl.core.findings import Finding, Severity
from promptctl.core.text import visible

if TYPE_CHECKING:
    from promptctl.core.report import Report, RuleInfo

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif_text(report: Report) -> str:
    """One run. Columns count code points; fingerprints hold no line number, so a result survives edits around it."""
    names = [rule.name for rule in report.rules]
    run = {
        "tool": {
            "driver": {
                "name": "promptctl",
                "version": report.tool_version,
                "rules": [_rule(rule) for rule in report.rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, names) for finding in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: RuleInfo) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": rule.doc, "markdown": rule.doc},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.family]},
    }


def _result(finding: Finding, names: list[str]) -> dict[str, Any]:
    text = visible(finding.message) + (f"\nhelp: {visible(finding.hint)}" if finding.hint else "")
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [_location(finding)],
        "partialFingerprints": {"promptctl/v1": finding.fingerprint},
    }
    if finding.rule in names:
        result["ruleIndex"] = names.index(finding.rule)
    return result


def _location(finding: Finding) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.path), "uriBaseId": "%SRCROOT%"}}
    if finding.span is not None:
        span = finding.span
        physical["region"] = {"startLine": span.line, "startColumn": span.column}
        if (span.end_line, span.end_column) > (span.line, span.column):
            physical["region"] |= {"endLine": span.end_line, "endColumn": span.end_column}
    return {"physicalLocation": physical}


def _uri(path: str) -> str:
    """A path as a relative reference of RFC 3986: unreserved characters and slashes stay, other bytes are escaped."""
    raw = path.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if chr(byte) in _UNRESERVED else f"%{byte:02X}" for byte in raw)
