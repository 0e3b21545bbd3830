"""Result files as promptfoo 0.123 writes them, made for tests: a few rows, and every key that is read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

PASS, FAIL, ERROR, UNJUDGED = "pass", "fail", "error", "unjudged"


@dataclass
class Column:
    """One prompt with one provider; `rows` are outcomes, test by test. `latency` and `cost` are those of each row."""

    label: str
    raw: str
    rows: list[str]
    provider: str = "stub-provider"
    latency: list[float] = field(default_factory=list)
    cost: float = 0.01
    tokens: int = 30
    scores: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    cached: bool = False


def run_of(*columns: Column, created: str = "2026-11-20T10:00:00.000Z") -> dict[str, Any]:
    rows = [row for index, column in enumerate(columns) for row in _rows(index, column)]
    outcomes = [outcome for column in columns for outcome in column.rows]
    return {
        "evalId": "eval-1",
        "results": {
            "version": 3,
            "timestamp": created,
            "prompts": [
                {"raw": column.raw, "label": column.label, "provider": column.provider, "metrics": {}}
                for column in columns
            ],
            "results": rows,
            "stats": {
                "successes": sum(outcome in {PASS, UNJUDGED} for outcome in outcomes),
                "failures": outcomes.count(FAIL),
                "errors": outcomes.count(ERROR),
            },
        },
        "config": {"providers": [{"id": "file://stub.mjs", "label": "stub-provider"}]},
        "metadata": {"promptfooVersion": "0.123.1", "evaluationCreatedAt": created},
    }


def _rows(index: int, column: Column) -> list[dict[str, Any]]:
    return [_row(index, number, outcome, column) for number, outcome in enumerate(column.rows)]


def _row(index: int, number: int, outcome: str, column: Column) -> dict[str, Any]:
    case = {"vars": {"lead": f"Lead {number}"}, "assert": [{"type": "contains", "value": str(number)}]}
    if outcome == UNJUDGED:
        case.pop("assert")
    error, passed = outcome == ERROR, outcome in {PASS, UNJUDGED}
    grading: dict[str, Any] = {
        "pass": passed,
        "score": float(passed),
        "reason": "No assertions",
        "namedScoreWeights": {},
    }
    if outcome != UNJUDGED:
        grading["componentResults"] = [{"pass": passed, "score": float(passed), "assertion": case["assert"]}]
    scores = {}
    for name, pairs in column.scores.items():
        scores[name], grading["namedScoreWeights"][name] = pairs[number]
    row: dict[str, Any] = {
        "promptIdx": index,
        "testIdx": number,
        "promptId": "the same for every text of a label",
        "provider": {"id": "stub-1", "label": column.provider},
        "prompt": {"raw": column.raw.replace("{{lead}}", f"Lead {number}"), "label": column.label},
        "vars": case["vars"],
        "testCase": case,
        "success": passed,
        "score": float(passed),
        "failureReason": {PASS: 0, UNJUDGED: 0, FAIL: 1, ERROR: 2}[outcome],
        "gradingResult": None if error else grading,
        "namedScores": {} if error else scores,
        "latencyMs": 0 if error else (column.latency[number] if column.latency else 100 + number),
        "cost": 0 if error else column.cost,
        "tokenUsage": {"total": 0 if error else column.tokens},
    }
    if not error:
        row["response"] = {"output": "x", "cached": column.cached}
    return row


def as_json(run: dict[str, Any]) -> bytes:
    return json.dumps(run).encode()


def as_lines(run: dict[str, Any]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in run["results"]["results"]).encode()
