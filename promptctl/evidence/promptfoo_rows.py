"""The rows of a promptfoo result file: one answer of one provider to one prompt in one test."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promptctl.core.times import parse_moment
from promptctl.evidence.wanted import ProvesNothing, Unreadable, decoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_VERSION = 3
_ERROR = 2  # failureReason: 0 none, 1 an assertion failed, 2 the provider or the tool failed
_HINT = "promptfoo eval -o results.json writes such a file"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as the file has it. `is_template`: `text` is what the tool was given, not what a model got."""

    text: str
    label: str
    is_template: bool


@dataclass(frozen=True, slots=True)
class Row:
    """`judged`: the test has assertions. `scores` has score and weight of each named metric."""

    prompt: Prompt
    provider: str
    names: frozenset[str]
    test: str
    case: dict[str, Any]
    variables: dict[str, Any]
    judged: bool
    passed: bool
    error: bool
    score: float | None
    scores: dict[str, tuple[float, float]]
    latency: float | None
    cost: float | None
    tokens: float | None
    refused: bool | None


@dataclass(frozen=True, slots=True)
class Run:
    """A result file. `derived` has the metrics that promptfoo works out of others, by provider and prompt."""

    rows: tuple[Row, ...]
    tool: str | None = None
    created: datetime | None = None
    derived: tuple[tuple[str, Prompt, dict[str, float]], ...] = ()


def read_run(data: bytes) -> Run:
    """Raises Unreadable for what is no result file of a known version, ProvesNothing for one that is not whole."""
    text = decoded(data)
    try:
        document = _load(text)
    except ValueError:
        return _run_of_lines(text)
    if isinstance(document, dict) and "promptIdx" in document and "results" not in document:
        return _run_of_lines(text)  # a single line
    results = document.get("results") if isinstance(document, dict) else None
    if not isinstance(results, dict):
        raise Unreadable("no result file of promptfoo: it has no `results`", hint=_HINT)
    if results.get("version") != _VERSION:
        message = f"`results.version` is {json.dumps(results.get('version'))}, and only {_VERSION} can be read"
        raise Unreadable(message, hint="evaluate with a release of promptfoo that writes it")
    return _whole(document, results)


def _load(text: str) -> Any:
    """JSON, with NaN for null. Raises ValueError, or Unreadable where it is nested too deeply."""
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except RecursionError as error:
        raise Unreadable("the file is nested too deeply") from error


def _whole(document: dict[str, Any], results: dict[str, Any]) -> Run:
    table = [item for item in _list(results, "prompts") if isinstance(item, dict)]
    prompts = [Prompt(_text(item, "raw"), _text(item, "label"), is_template=True) for item in table]
    ids = _provider_ids(document)
    rows = []
    for number, item in enumerate(_list(results, "results")):
        index = item.get("promptIdx") if isinstance(item, dict) else None
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < len(prompts):
            raise Unreadable(f"`results.results[{number}]` belongs to none of the file's prompts", hint=_HINT)
        rows.append(_row(item, prompts[index], _text(table[index], "provider"), ids))
    _refuse_incomplete(_dict(results, "stats"), len(rows))
    metadata = _dict(document, "metadata")
    created = _text(metadata, "evaluationCreatedAt") or _text(results, "timestamp")
    derived = tuple(
        (_text(item, "provider"), prompt, _derived(_dict(item, "metrics")))
        for item, prompt in zip(table, prompts, strict=True)
    )
    return Run(tuple(rows), _text(metadata, "promptfooVersion") or None, parse_moment(created), derived)


def _refuse_incomplete(stats: dict[str, Any], count: int) -> None:
    counts = [stats.get(key) for key in ("successes", "failures", "errors")]
    stated = sum(item for item in counts if isinstance(item, int))
    if None not in counts and stated != count:
        message = f"the file is not whole: its statistics count {stated} results, and {count} are in it"
        raise ProvesNothing(message, hint="record the file as promptfoo wrote it")


def _run_of_lines(text: str) -> Run:
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = _load(line)
        except ValueError as error:
            raise Unreadable(f"line {number} is not JSON", hint=_HINT) from error
        if not isinstance(item, dict) or "promptIdx" not in item:
            raise Unreadable(f"line {number} is no result of promptfoo", hint=_HINT)
        prompt = _dict(item, "prompt")
        rows.append(_row(item, Prompt(_text(prompt, "raw"), _text(prompt, "label"), is_template=False), "", {}))
    if not rows:
        raise Unreadable("the file is empty", hint=_HINT)
    return Run(tuple(rows))


def _row(item: dict[str, Any], prompt: Prompt, column: str, ids: dict[str, str]) -> Row:
    provider, grading, case = (_dict(item, key) for key in ("provider", "gradingResult", "testCase"))
    response = _dict(item, "response")
    names = {column, _text(provider, "label"), _text(provider, "id")} - {""}
    error = item.get("failureReason") == _ERROR or (item.get("failureReason") is None and not response)
    graded = _list(grading, "componentResults")
    stripped = not isinstance(item.get("gradingResult"), dict)
    refused = response.get("isRefusal")
    return Row(
        prompt=prompt,
        provider=column or _text(provider, "label") or _text(provider, "id") or "unnamed",
        names=frozenset(names | {ids[name] for name in names if name in ids}),
        test=json.dumps(item.get("testIdx")),
        case=case,
        variables=_dict(item, "vars"),
        judged=bool(graded) or (stripped and bool(_list(case, "assert"))),
        passed=item.get("success") is True and item.get("failureReason") in {0, None},
        error=error,
        score=_number(item.get("score")),
        scores=dict(_scores(item, _dict(grading, "namedScoreWeights"))),
        latency=None if error or response.get("cached") is True else _number(item.get("latencyMs")),
        cost=None if error else _number(item.get("cost")),
        tokens=None if error else _number(_dict(item, "tokenUsage").get("total")),
        refused=refused if isinstance(refused, bool) else None,
    )


def _scores(item: dict[str, Any], weights: dict[str, Any]) -> Iterator[tuple[str, tuple[float, float]]]:
    for name, value in _dict(item, "namedScores").items():
        score, weight = _number(value), _number(weights.get(name))
        if score is not None:
            yield name, (score, 1.0 if weight is None else weight)


def _derived(metrics: dict[str, Any]) -> dict[str, float]:
    """What has a score and no count: promptfoo made it out of the sums of others."""
    counted = _dict(metrics, "namedScoresCount")
    pairs = ((name, _number(value)) for name, value in _dict(metrics, "namedScores").items() if name not in counted)
    return {name: value for name, value in pairs if value is not None}


def _provider_ids(document: dict[str, Any]) -> dict[str, str]:
    """The id of each provider that the configuration gives a label."""
    providers = [item for item in _list(_dict(document, "config"), "providers") if isinstance(item, dict)]
    return {_text(item, "label"): _text(item, "id") for item in providers if item.get("label") and item.get("id")}


def _dict(item: dict[str, Any], key: str) -> dict[str, Any]:
    value = item.get(key)
    return value if isinstance(value, dict) else {}


def _list(item: dict[str, Any], key: str) -> list[Any]:
    value = item.get(key)
    return value if isinstance(value, list) else []


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    """A number that is one; JSON has no others, but Python writes them and integers may be larger than any double."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value) if abs(float(value)) != float("inf") else None
    except OverflowError:
        return None
