"""What was measured: one metric of a version beside its baseline, and what a result file yields."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PASSED: Final = "pass_rate"
TOKENS: Final = "tokens"
_PRICED: Final = ("cost", "latency_p50", "latency_p95")  # nothing that used tokens was free, or took no time


@dataclass(frozen=True, slots=True)
class Metric:
    """`value` is None where it is not known, `baseline` also where nothing was compared; `n`: made of how many."""

    value: float | None
    baseline: float | None = None
    n: int | None = None


Metrics: TypeAlias = "Mapping[str, Metric]"


@dataclass(frozen=True, slots=True)
class Tool:
    """What made a result file."""

    name: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """What a result file says of one version.

    `tests` is how many tests were judged, in the column that has the fewest. `columns` has the metrics by provider,
    where there is more than one; `metrics` are over all of them. `binding` says what ties the file to the version:
    `body` (its text), `digest` (its behaviour digest) or `asserted` (nothing but the word of whoever recorded it).
    `compared`: whether the baseline ran beside it. `suite` is a sha256 of the tests.
    `environment` and `regimes` are what the file says it holds for.
    """

    tests: int
    metrics: Metrics
    binding: str
    tool: Tool
    compared: bool = False
    columns: Mapping[str, Metrics] = field(default_factory=dict)
    providers: tuple[str, ...] = ()
    created: datetime | None = None
    suite: str | None = None
    environment: str | None = None
    regimes: tuple[str, ...] = ()


def known(metrics: Metrics, name: str, *, of_baseline: bool = False) -> float | None:
    """A value that can be relied on; None where it is missing, not finite, or zero although tokens were used."""
    value, tokens = (_side(metrics.get(key), of_baseline=of_baseline) for key in (name, TOKENS))
    if value is None or not math.isfinite(value):
        return None
    return None if name in _PRICED and value == 0 and tokens else value


def is_unpriced(metrics: Metrics, name: str, *, of_baseline: bool = False) -> bool:
    """Whether a value is there, but says nothing, because it is zero although tokens were used."""
    value = _side(metrics.get(name), of_baseline=of_baseline)
    return value == 0 and known(metrics, name, of_baseline=of_baseline) is None


def _side(metric: Metric | None, *, of_baseline: bool) -> float | None:
    return None if metric is None else metric.baseline if of_baseline else metric.value
