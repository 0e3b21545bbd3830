"""What a metric must meet: a bound on its value, or on how far it moved from the baseline."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.evidence.measures import is_unpriced, known

if TYPE_CHECKING:
    from promptctl.evidence.measures import Metrics

_FORM = re.compile(r"(>=|<=) *([+-]?[0-9]+(?:\.[0-9]+)?|(?P<change>[+-][0-9]+(?:\.[0-9]+)?)(?P<unit>%|pp))")
_CHANGE = ".change"
_PER_CENT = 100.0
_SLACK = 1e-9  # what sums of decimal fractions are off by


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound. `unit` is empty for a plain number, `%` for a share of the baseline, `pp` for percentage points.

    `metric` is the name without `.change`; `relative`: it compares with the baseline.
    """

    name: str
    metric: str
    text: str
    at_least: bool
    bound: float
    unit: str
    relative: bool


@dataclass(frozen=True, slots=True)
class Check:
    """A threshold and what was measured. `met` is None where there is no baseline to compare with.

    `measured` is what the bound is held against: the value, or the change. `why` says why a check could not be met at
    all; `column` is the provider it is about, empty where all are taken together.
    """

    threshold: Threshold
    met: bool | None
    measured: float | None = None
    why: str = ""
    column: str = ""


def parse_threshold(name: str, text: str) -> Threshold | None:
    """The threshold that a policy states for a metric, or None where it is none."""
    match = _FORM.fullmatch(text)
    if match is None or not text.isascii():
        return None
    unit = match["unit"] or ""
    bound = float(match["change"] or match[2])
    relative = bool(unit) or name.endswith(_CHANGE)
    metric = name.removesuffix(_CHANGE)
    return Threshold(name, metric, text, match[1] == ">=", bound, unit, relative) if math.isfinite(bound) else None


def check(threshold: Threshold, metrics: Metrics, *, compares: bool, column: str = "") -> Check:
    """Hold a threshold against what was measured; `compares`: whether there is a baseline to compare with."""
    if threshold.relative and not compares:
        return Check(threshold, None, why="there is no baseline", column=column)
    value = known(metrics, threshold.metric)
    if value is None:
        return Check(threshold, met=False, why=_unknown(threshold, metrics, of_baseline=False), column=column)
    if not threshold.relative:
        return Check(threshold, _holds(threshold, value, threshold.bound), value, column=column)
    before = known(metrics, threshold.metric, of_baseline=True)
    if before is None:
        return Check(threshold, met=False, why=_unknown(threshold, metrics, of_baseline=True), column=column)
    change, bound = _change(threshold.unit, value, before), _scaled(threshold)
    return Check(threshold, _holds(threshold, change, bound), change, column=column)


def _change(unit: str, value: float, before: float) -> float:
    """How far a value moved: as a share of the baseline for `%`, where zero is the baseline by no or infinite share."""
    difference = value - before
    if unit != "%" or difference == 0:
        return difference
    return difference / abs(before) if before else math.copysign(math.inf, difference)


def _scaled(threshold: Threshold) -> float:
    return threshold.bound / _PER_CENT if threshold.unit else threshold.bound


def _holds(threshold: Threshold, value: float, bound: float) -> bool:
    slack = _SLACK * max(1.0, abs(bound)) if threshold.relative else 0.0
    return value >= bound - slack if threshold.at_least else value <= bound + slack


def _unknown(threshold: Threshold, metrics: Metrics, *, of_baseline: bool) -> str:
    whose = "the baseline's " if of_baseline else ""
    if is_unpriced(metrics, threshold.metric, of_baseline=of_baseline):
        return f"{whose}{threshold.metric} is zero although tokens were used, so it was not measured"
    return f"{whose}{threshold.metric} was not measured"
