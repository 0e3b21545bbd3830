"""How often each version is used and how it does, for people: shares, rates and means with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from promptctl.metrics.judging import EXPECTED
from promptctl.metrics.mixtures import bernoulli_confidence_interval
from promptctl.metrics.sequences import Estimate, half_width
from promptctl.metrics.tallies import DURATION, MEANS, RATES, Moments, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALPHA: Final = 0.05
_LEAST: Final = 2


@dataclass(frozen=True, slots=True)
class Measure:
    """A value and what holds it with 95 % probability, however often one looks; all None where nothing is known."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Use:
    """One version."""

    version: str
    calls: int
    share: float
    measures: Mapping[str, Measure]


def uses(tallies: Mapping[str, Tally]) -> tuple[Use, ...]:
    """Every version, in the order of the mapping."""
    calls = sum(tally.calls for tally in tallies.values())
    return tuple(
        Use(version, tally.calls, tally.calls / calls if calls else 0.0, _measures(tally))
        for version, tally in tallies.items()
    )


def _measures(tally: Tally) -> dict[str, Measure]:
    found = {name: _rate(tally, name) for name in RATES}
    return {**found, **{name: _mean(tally.mean(name)) for name in (*MEANS, DURATION)}}


def _rate(tally: Tally, name: str) -> Measure:
    count = tally.rate(name)
    if not count.n:
        return Measure(None, None, None, 0)
    return Measure(count.share, *bernoulli_confidence_interval(count.hits, count.n, _ALPHA, EXPECTED), count.n)


def _mean(moments: Moments) -> Measure:
    if moments.mean is None or moments.n < _LEAST:
        return Measure(moments.mean, None, None, moments.n)
    error = math.sqrt(moments.variance / moments.n)
    width = half_width(Estimate(moments.mean, error, moments.n), _ALPHA / 2)
    return Measure(moments.mean, moments.mean - width, moments.mean + width, moments.n)
