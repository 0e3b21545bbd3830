"""Statements as text: the same statement is the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from promptctl.core.times import written
from promptctl.evidence.statement import PREDICATE, STATEMENT

if TYPE_CHECKING:
    from promptctl.evidence.measures import Metrics
    from promptctl.evidence.statement import Source, Statement


def write_statement(statement: Statement) -> str:
    """The statement as the text of a file: keys sorted, what is not stated left out."""
    subjects = [statement.subject, *([statement.baseline] if statement.baseline else [])]
    tool, source = statement.tool, statement.source
    predicate = {
        "gate": statement.gate,
        "environment": statement.environment,
        "regimes": list(statement.regimes) or None,
        "result": "pass" if statement.passed else "fail",
        "metrics": _metrics_data(statement.metrics),
        "columns": {name: _metrics_data(column) for name, column in statement.columns.items()} or None,
        "providers": list(statement.providers) or None,
        "tests": statement.tests,
        "thresholds": dict(statement.thresholds) or None,
        "binding": statement.binding,
        "tool": _stated({"name": tool.name, "version": tool.version}) if tool else None,
        "source": _source_data(source) if source else None,
        "suite": statement.suite,
        "attempts": statement.attempts,
        "recordedAt": written(statement.recorded),
        "recordedBy": statement.recorded_by,
        "reviewedBy": statement.reviewed_by,
    }
    document = {
        "_type": STATEMENT,
        "subject": [
            {"name": item.name, "digest": _stated({"sha256": item.sha256, "behaviour": item.behaviour})}
            for item in subjects
        ],
        "predicateType": PREDICATE,
        "predicate": _stated(predicate),
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _stated(items: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in items.items() if value is not None}


def _metrics_data(metrics: Metrics) -> dict[str, Any]:
    return {
        name: {"value": item.value, **_stated({"baseline": item.baseline, "n": item.n})}
        for name, item in metrics.items()
    }


def _source_data(source: Source) -> dict[str, Any]:
    created = written(source.created) if source.created else None
    return _stated({"format": source.format, "sha256": source.sha256, "path": source.path, "createdAt": created})
