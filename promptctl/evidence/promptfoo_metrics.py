"""Metrics out of the rows of one provider: means, shares and percentiles, beside those of the baseline."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from promptctl.evidence.measures import PASSED, TOKENS, Metric

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from promptctl.evidence.promptfoo_rows import Row, Run

_PERCENTILES = (("latency_p50", 50), ("latency_p95", 95))
_HUNDRED = 100


class Measured(NamedTuple):
    """`tests`: how many different tests were judged."""

    tests: int
    metrics: dict[str, Metric]


class _Value(NamedTuple):
    value: float | None
    n: int


def measure(rows: Sequence[Row], before: Sequence[Row], run: Run) -> Measured:
    """The metrics of a version's rows, and of the baseline's where there are any."""
    noisy = any(row.error for row in (*rows, *before))
    after, old = (_values(side, run, noisy=noisy) for side in (rows, before))
    metrics = {
        name: Metric(item.value, old[name].value if before and name in old else None, item.n)
        for name, item in sorted(after.items())
    }
    return Measured(len({row.test for row in rows if row.judged and not row.error}), metrics)


def _values(rows: Sequence[Row], run: Run, *, noisy: bool) -> dict[str, _Value]:
    judged = [row for row in rows if row.judged]
    answered = [row for row in rows if not row.error]
    refusals = [row.refused for row in answered]
    found = {
        PASSED: _mean([float(row.passed and not row.error) for row in judged]),
        "error_rate": _mean([float(row.error) for row in rows]),
        "score": _mean([row.score for row in judged if not row.error]),
        "cost": _mean([row.cost for row in answered]),
        TOKENS: _mean([row.tokens for row in answered]),
        **_latencies(answered, noisy=noisy),
    }
    if refusals and None not in refusals:
        found["refusal_rate"] = _mean([float(refused or False) for refused in refusals])
    return found | _named(rows) | _derived(rows, run)


def _mean(values: Sequence[float | None]) -> _Value:
    """Unknown as soon as one of the values is: what is left out could be the worst."""
    known = [value for value in values if value is not None]
    if not values or len(known) < len(values):
        return _Value(None, len(known))
    return _Value(math.fsum(known) / len(known), len(known))


def _latencies(rows: Sequence[Row], *, noisy: bool) -> dict[str, _Value]:
    """By nearest rank. Waiting for a provider that fails counts in the answers around it, so errors leave nothing."""
    times = sorted(row.latency for row in rows if row.latency is not None)
    if noisy or not times:
        return {name: _Value(None, len(times)) for name, _ in _PERCENTILES}
    return {
        name: _Value(times[math.ceil(share * len(times) / _HUNDRED) - 1], len(times)) for name, share in _PERCENTILES
    }


def _named(rows: Iterable[Row]) -> dict[str, _Value]:
    """The mean of each named score, by the weights of the assertions that made it."""
    pairs = defaultdict(list)
    for row in rows:
        for name, pair in row.scores.items():
            pairs[f"score.{name}"].append(pair)
    return {name: _weighted(items) for name, items in pairs.items()}


def _weighted(items: list[tuple[float, float]]) -> _Value:
    weight = math.fsum(weight for _, weight in items)
    total = math.fsum(score * weight for score, weight in items)
    return _Value(total / weight if weight else None, len(items))


def _derived(rows: Sequence[Row], run: Run) -> dict[str, _Value]:
    """What promptfoo works out of sums stands as it is, where all rows come from one column."""
    columns = {(row.provider, row.prompt) for row in rows}
    found = [metrics for provider, prompt, metrics in run.derived if (provider, prompt) in columns]
    if len(found) != 1:
        return {}
    return {f"score.{name}": _Value(value, len(rows)) for name, value in found[0].items()}
