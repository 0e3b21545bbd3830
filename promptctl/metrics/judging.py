"""Whether one metric of a version is proved worse than its margin, or proved not to be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from promptctl.metrics import eprocess, sequences
from promptctl.metrics.eprocess import Failures
from promptctl.metrics.mixtures import bernoulli_confidence_interval
from promptctl.metrics.sequences import Estimate
from promptctl.metrics.tallies import RATES, Count, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promptctl.metrics.comparison import Comparison, Pair
    from promptctl.metrics.margins import Margin
    from promptctl.metrics.tallies import Moments

NEGLIGIBLE: Final = 0.01  # what a rate may be at most where not one call was a hit
EXPECTED: Final = 1000  # calls at which the interval of a rate is tightest
_ENOUGH: Final = 200  # observations in an arm from which on means are nearly normal
_LEAST: Final = 2
_SMALLEST: Final = 1e-6  # stands for a ratio of 0


class Verdict(StrEnum):
    """What the numbers say of a rollout, or of one metric."""

    STOP = "STOP"
    PROMOTE = "PROMOTE"
    HOLD = "HOLD"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True)
class Levels:
    """The probability of a false alarm that one metric may have, and that of a false promotion."""

    stop: float
    promote: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One metric. `stop` and `promote` are e-values as logarithms: evidence for being worse than the margin, and not.

    `value` and `baseline` are over all pairs, with their numbers: for people; the verdict is made pair by pair.
    """

    metric: str
    margin: Margin
    verdict: Verdict
    value: float | None
    baseline: float | None
    n: int
    n_baseline: int
    stop: float = 0.0
    promote: float = 0.0
    why: str = ""


def judge(metric: str, margin: Margin, comparison: Comparison, levels: Levels, cap: float | None = None) -> Judged:
    """`cap` is the rate that the policy never tolerates, if it names one."""
    new, base = _sums(metric, comparison, of_new=True), _sums(metric, comparison, of_new=False)
    found = {"value": _mean(new), "baseline": _mean(base), "n": new.n, "n_baseline": base.n}
    if not (new.n and base.n):
        whose = "either version" if not (new.n or base.n) else "the version" if not new.n else "the one before it"
        return Judged(metric, margin, Verdict.INCONCLUSIVE, **found, why=f"not measured for {whose}")  # type: ignore[arg-type]
    if metric in RATES and margin.is_ratio:
        stop, promote = _by_ratio(metric, margin, comparison, levels)
    else:
        stop, promote = _by_difference(metric, margin, comparison, levels)
    verdict, why = _verdict(stop, promote, levels)
    if verdict is Verdict.HOLD and isinstance(new, Count) and not margin.at_least:
        verdict, why = _by_limit(new, margin, levels, cap)
    return Judged(metric, margin, verdict, **found, stop=stop, promote=promote, why=why)  # type: ignore[arg-type]


def _verdict(stop: float, promote: float, levels: Levels) -> tuple[Verdict, str]:
    if stop >= math.log(1 / levels.stop):
        return Verdict.STOP, "worse than the margin"
    if promote >= math.log(1 / levels.promote):
        return Verdict.PROMOTE, "not worse than the margin"
    return Verdict.HOLD, ""


def _by_limit(new: Count, margin: Margin, levels: Levels, cap: float | None) -> tuple[Verdict, str]:
    """Where no comparison can prove anything: a rate without a hit, or a margin that leaves no room below a cap."""
    limit = bernoulli_confidence_interval(new.hits, new.n, levels.promote, EXPECTED)[1]
    if new.hits == 0 and limit <= NEGLIGIBLE:
        return Verdict.PROMOTE, f"never seen, so below {limit:.1%}"
    if margin.is_strict and cap is not None and limit <= cap:
        return Verdict.PROMOTE, f"below {limit:.1%}, and the cap is {cap:.1%}"
    if margin.is_strict:
        return Verdict.HOLD, "the margin leaves no room" + ("" if cap is None else ", and the cap is not ruled out")
    return Verdict.HOLD, ""


def _by_ratio(metric: str, margin: Margin, comparison: Comparison, levels: Levels) -> tuple[float, float]:
    """One e-value a stage, multiplied."""
    stop = promote = 0.0
    for stage in comparison.stages:
        failures = [found for pair in stage.pairs if (found := _failures(metric, pair)) is not None]
        swapped = [one.swapped() for one in failures]
        worse, better = (swapped, failures) if margin.at_least else (failures, swapped)
        ratio = max(margin.ratio, _SMALLEST)
        limit = 1 / ratio if margin.at_least else ratio
        stop += eprocess.log_e_value(worse, limit, levels.stop)
        promote += eprocess.log_e_value(better, 1 / limit, levels.promote)
    return stop, promote


def _failures(metric: str, pair: Pair) -> Failures | None:
    new, base = pair.new.tally.rate(metric), pair.base.tally.rate(metric)
    return Failures(new.hits, base.hits, new.n / (new.n + base.n)) if new.n and base.n else None


def _by_difference(metric: str, margin: Margin, comparison: Comparison, levels: Levels) -> tuple[float, float]:
    stop = promote = 0.0
    for stage in comparison.stages:
        estimate = excess(metric, margin, stage.pairs)
        if estimate is not None:
            stop += sequences.log_e_value(estimate, levels.stop)
            promote += sequences.log_e_value(Estimate(-estimate.value, estimate.error, estimate.n), levels.promote)
    return stop, promote


def excess(metric: str, margin: Margin, pairs: Sequence[Pair]) -> Estimate | None:
    """How far a mean lies beyond its margin: the pairs' own differences, weighted by how much each can tell."""
    both = [(moments(metric, pair, of_new=True), moments(metric, pair, of_new=False)) for pair in pairs]
    both = [(new, base) for new, base in both if new.n >= _LEAST and base.n >= _LEAST]
    if min(sum(new.n for new, _ in both), sum(base.n for _, base in both)) < _ENOUGH:
        return None
    weights = [new.n * base.n / (new.n + base.n) for new, base in both]
    value = variance = 0.0
    for (new, base), weight in zip(both, weights, strict=True):
        part = weight / sum(weights)
        value += part * margin.excess(new.mean or 0.0, base.mean or 0.0)
        variance += part**2 * (new.variance / new.n + margin.ratio**2 * base.variance / base.n)
    return Estimate(value, math.sqrt(variance), sum(new.n + base.n for new, base in both))


def moments(metric: str, pair: Pair, *, of_new: bool) -> Moments:
    """A metric of one arm as a mean; a rate is the mean of zeros and ones."""
    tally = (pair.new if of_new else pair.base).tally
    return tally.rate(metric).moments if metric in RATES else tally.mean(metric)


def _sums(metric: str, comparison: Comparison, *, of_new: bool) -> Count | Moments:
    arms = [(pair.new if of_new else pair.base).tally for pair in comparison.pairs]
    if metric in RATES:
        return total(arms).rate(metric)
    return total(arms).mean(metric)


def _mean(value: Count | Moments) -> float | None:
    return value.share if isinstance(value, Count) else value.mean
