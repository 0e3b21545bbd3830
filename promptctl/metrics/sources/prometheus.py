"""Counts from Prometheus: raw counters at the ends of each step, subtracted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from promptctl.core.errors import UsageError
from promptctl.metrics.pairing import BEFORE, Row
from promptctl.metrics.sources.asking import Counted
from promptctl.metrics.sources.counters import increase
from promptctl.metrics.tallies import DURATION, Count, Moments, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from promptctl.metrics.sources.asking import Ask
    from promptctl.metrics.sources.prometheus_api import Api

NAMES: Final = {
    "calls": "promptctl_calls_total",
    "violations": "promptctl_violating_calls_total",
    "duration": "promptctl_call_duration_seconds",
    "cost": "promptctl_cost_usd",
    "quality": "promptctl_quality",
}
LABELS: Final = {name: name for name in ("environment", "prompt", "version", "stage", "tenant", "outcome")}
_SUMS: Final = ("sum_total", "squares_total", "count_total")
_LOOKBACK: Final = timedelta(hours=1)  # how old a counter's value before a step may be
_LONGEST: Final = timedelta(days=30)
_CLOSE: Final = 1e-6

Group = tuple[str, str, str]  # version, tenant, stage
Grown = dict[Group, float]


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A server, with the names of the policy's `metrics.prometheus` where they differ from the usual."""

    api: Api
    names: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def count(self, ask: Ask) -> Counted:
        """Raises Undecided where the server does not answer."""
        start = ask.since or min((ask.until, *ask.steps)) - _LONGEST
        edges = sorted({start, *(step for step in ask.steps if start < step < ask.until), ask.until})
        slow = self._limit(ask)
        measured = self.api.exposes(self._name("violations"))
        rows: list[Row] = []
        for begin, end in pairwise(edges):
            step = sum(moment <= begin for moment in ask.steps) if ask.steps else BEFORE + 1
            rows += self._rows(ask, step, (begin, end), slow, violations_measured=measured)
        told = "" if slow else f"slow_rate is not measured: no histogram has a bucket at {ask.slow:g} s"
        return Counted(tuple(rows), notes=(told,) if told else ())

    def _rows(
        self, ask: Ask, step: int, between: tuple[datetime, datetime], slow: str | None, *, violations_measured: bool
    ) -> Iterator[Row]:
        def grown(metric: str, **labels: str) -> Grown:
            return self._grown(self._selector(metric, ask, labels), between)

        calls, duration = self._name("calls"), self._name("duration")
        of_all = grown(calls)
        errors, refusals = grown(calls, outcome="error"), grown(calls, outcome="refusal")
        violations = grown(self._name("violations"))
        timed, seconds = grown(f"{duration}_count"), grown(f"{duration}_sum")
        fast = grown(f"{duration}_bucket", le=slow) if slow else {}
        sums = {name: [grown(f"{self._name(name)}_{part}") for part in _SUMS] for name in ("cost", "quality")}
        for group in sorted(group for group, n in of_all.items() if n > 0):
            n, told = round(of_all[group]), round(timed.get(group, 0))
            rates = {
                "error_rate": Count(round(errors.get(group, 0)), n),
                "refusal_rate": Count(round(refusals.get(group, 0)), n),
                "policy_violation_rate": Count(round(violations.get(group, 0)), n if violations_measured else 0),
                "slow_rate": Count(max(told - round(fast.get(group, 0)), 0), told) if slow else Count(),
            }
            means = {name: _moments(*(part.get(group, 0.0) for part in parts)) for name, parts in sums.items()}
            means[DURATION] = Moments(told, seconds.get(group, 0.0), 0.0, 0.0)
            version, tenant, stage = group
            yield Row(version, tenant, step, stage, Tally(n, rates, means), between[1].timestamp())

    def _name(self, metric: str) -> str:
        return self.names.get(metric, NAMES[metric])

    def _label(self, label: str) -> str:
        return self.labels.get(label, LABELS.get(label, label))

    def _selector(self, metric: str, ask: Ask, labels: Mapping[str, str]) -> str:
        wanted = {"prompt": ask.name, **({"environment": ask.environment} if ask.environment else {}), **labels}
        inside = ", ".join(f'{self._label(name)}="{_escaped(value)}"' for name, value in wanted.items())
        return f"{metric}{{{inside}}}"

    def _limit(self, ask: Ask) -> str | None:
        """The bucket whose bound is what counts as slow, as the label has it; None where there is none."""
        length = min(ask.until - (ask.since or ask.until - _LONGEST), _LONGEST)
        window = f"{self._selector(self._name('duration') + '_bucket', ask, {})}[{_seconds(length)}s]"
        ranged = f"group by (le) (last_over_time({window}))"
        found = (str(series.get("metric", {}).get("le", "")) for series in self.api.query(ranged, ask.until))
        return next((le for le in found if _is_number(le) and abs(float(le) - ask.slow) < _CLOSE), None)

    def _grown(self, selector: str, between: tuple[datetime, datetime]) -> Grown:
        """How much each group's counters grew. Raw samples are fetched only where a counter began anew."""
        begin, end = between
        window = f"{selector}[{_seconds(end - begin)}s]"
        before = _values(self.api.query(f"last_over_time({selector}[{_seconds(_LOOKBACK)}s])", begin))
        after = {key: [value] for key, value in _values(self.api.query(f"last_over_time({window})", end)).items()}
        if any(_values(self.api.query(f"resets({window})", end)).values()):
            after = _samples(self.api.query(window, end))
        found: Grown = defaultdict(float)
        for key, values in after.items():
            labels = dict(key)
            version, tenant, stage = (labels.get(self._label(name), "") for name in ("version", "tenant", "stage"))
            group = (version, tenant, stage)
            found[group] += increase(before.get(key), values)
        return dict(found)


def _moments(total: float, squares: float, n: float) -> Moments:
    return Moments(round(n), total, squares)


def _seconds(length: timedelta) -> int:
    return max(1, round(length.total_seconds()))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


Key = tuple[tuple[str, str], ...]


def _key(series: dict[str, Any]) -> Key:
    """The labels of a series without its name, which functions take off."""
    return tuple(sorted((name, str(value)) for name, value in series["metric"].items() if name != "__name__"))


def _values(result: list[dict[str, Any]]) -> dict[Key, float]:
    return {_key(series): float(series["value"][1]) for series in result}


def _samples(result: list[dict[str, Any]]) -> dict[Key, list[float]]:
    return {_key(series): [float(value) for _, value in series["values"]] for series in result}


def checked_names(stated: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The names of metrics and of labels that a policy's `metrics.prometheus` gives. Raises UsageError."""
    found = stated if isinstance(stated, dict) else {}
    names, labels = found.get("names", {}), found.get("labels", {})
    for given, known, what in ((names, NAMES, "names"), (labels, LABELS, "labels")):
        unknown = [key for key in given if key not in known] if isinstance(given, dict) else [str(given)]
        if unknown:
            message = f"the policy's metrics.prometheus.{what} has {unknown[0]}, which is nothing that is read"
            raise UsageError(message, hint=f"there are {', '.join(known)}")
    return {key: str(value) for key, value in names.items()}, {key: str(value) for key, value in labels.items()}
