"""Holds one statement against what a gate demands today; its own word on the result does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from promptctl.core.text import plural
from promptctl.core.times import spoken
from promptctl.evidence.measures import PASSED
from promptctl.evidence.thresholds import Check, Threshold, check, parse_threshold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from promptctl.core.refs import Ref
    from promptctl.evidence.measures import Metrics
    from promptctl.evidence.statement import Statement, Subject
    from promptctl.tree.policy_values import Gate

_PER_CENT: Final = 100


class Judged(NamedTuple):
    """The outcome, the words for it, the keys that lead to what it is about, and every check."""

    outcome: Literal["passed", "failed", "stale", "mismatch"]
    message: str
    pointer: tuple[str | int, ...] = ("predicate",)
    checks: tuple[Check, ...] = ()


def judged(gate: Gate, statement: Statement, ref: Ref, baseline: Subject | None, now: datetime) -> Judged:
    """What a gate makes of a statement that is about the version; `baseline` is what there is to compare with."""
    bounds = gate.thresholds_for(ref.name)
    thresholds = [parse_threshold(name, text) for name, text in bounds.items()]
    unreadable = [name for name, threshold in zip(bounds, thresholds, strict=True) if threshold is None]
    known = [threshold for threshold in thresholds if threshold is not None]
    if baseline is not None and any(threshold.relative for threshold in known):
        compared = statement.baseline
        if compared is None or compared.behaviour != baseline.behaviour:
            with_what = f"with {compared.name}" if compared else "with nothing"
            message = f"it compares {ref} {with_what}, and the baseline is {baseline.name}"
            return Judged("mismatch", message, ("subject",))
    age = now - statement.moment
    if gate.max_age is not None and age > gate.max_age:
        message = f"it is {spoken(age)} old, and the gate {gate.name} takes {spoken(gate.max_age)}"
        created = statement.source is not None and statement.source.created is not None
        return Judged("stale", message, ("predicate", *(("source", "createdAt") if created else ("recordedAt",))))
    checks = checked(known, statement.metrics, statement.columns, compares=baseline is not None)
    for pointer, message in _failures(gate, statement, checks, unreadable):
        return Judged("failed", message, pointer, checks)
    return Judged("passed", _summary(checks), checks=checks)


def checked(
    thresholds: Iterable[Threshold], metrics: Metrics, columns: Mapping[str, Metrics], *, compares: bool
) -> tuple[Check, ...]:
    """Every threshold held against every column, or against the whole where there is one column only."""
    parts = (columns or {"": metrics}).items()
    return tuple(check(item, part, compares=compares, column=name) for item in thresholds for name, part in parts)


def _failures(
    gate: Gate, statement: Statement, checks: tuple[Check, ...], unreadable: list[str]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What keeps the gate shut, with the keys that lead to it."""
    metric = statement.metrics.get(PASSED)
    tests = statement.tests if statement.tests is not None else metric.n if metric else None
    if tests is None or tests < gate.min_tests:
        count = "an unknown number of tests" if tests is None else plural(tests, "test")
        yield ("predicate", "tests"), f"{count} judged, and the gate {gate.name} asks for {gate.min_tests}"
    for name in unreadable:
        yield ("predicate", "metrics"), f"the threshold of {name} cannot be read"
    for item in checks:
        if item.met is False:
            yield ("predicate", "metrics", item.threshold.metric), explained(item)
    if gate.reviewed and statement.reviewed_by is None:
        yield ("predicate",), f"nobody reviewed it, and the gate {gate.name} requires a reviewer"


def explained(item: Check) -> str:
    """A check in words: what was measured, against what was demanded."""
    column = f"{item.column}: " if item.column else ""
    threshold = item.threshold
    if item.met is None:
        return f"{column}{threshold.name} is not applied: {item.why}"
    if item.why:
        return f"{column}{item.why}, and {threshold.name} must be {threshold.text}"
    must = "meets" if item.met else "must be"
    return f"{column}{threshold.name} is {measured(item)} and {must} {threshold.text}"


def measured(item: Check) -> str:
    """What a bound was held against, in the bound's own unit."""
    value, unit = item.measured, item.threshold.unit
    if value is None:
        return "unknown"
    sign = "+" if item.threshold.relative else ""
    return f"{value * _PER_CENT if unit else value:{sign}.4g}{unit}"


def _summary(checks: tuple[Check, ...]) -> str:
    applied = [item for item in checks if item.met is not None]
    return "; ".join(explained(item) for item in applied) or "no threshold applies"
