"""How the gates stand for one version in one environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.times import spoken
from promptctl.evidence.judging import measured
from promptctl.operations.environments import planned_environment
from promptctl.operations.gate_subject import examined
from promptctl.rules.next_steps import next_step
from promptctl.rules.owed import case_of, judge

if TYPE_CHECKING:
    from promptctl.evidence.thresholds import Check
    from promptctl.evidence.verdicts import Verdict
    from promptctl.operations.compared import Compared


@dataclass(frozen=True, slots=True)
class Measured:
    """One threshold: `met` is None where it is not applied, `value` where it was not measured."""

    metric: str
    threshold: str
    value: str | None
    met: bool | None
    provider: str | None


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate, for one regime where it is asked for each. `age_seconds` counts from the result file."""

    gate: str
    regime: str | None
    required: bool
    result: str
    message: str
    checks: tuple[Measured, ...]
    age_seconds: int | None
    age: str | None
    evidence: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class GateStatus:
    """`owed`: whether the environment may not newly select the version as things stand."""

    ref: str
    environment: str
    baseline: str | None
    owed: bool
    gates: tuple[GateRow, ...]


def gate_status(views: Compared, text: str, environment: str | None) -> GateStatus:
    """Raises UsageError where the version or the environment is not there, or cannot be relied on."""
    version = examined(views, text)
    found = planned_environment(views, environment)
    case = case_of(views.context, found, version.ref)
    verdicts = judge(views.context, case)
    rows = tuple(_row(verdict, next_step(case, verdict)) for verdict in verdicts)
    baseline = case.baseline.name if case.baseline else None
    return GateStatus(str(version.ref), found.name, baseline, not all(v.is_met for v in verdicts), rows)


def _row(verdict: Verdict, step: str | None) -> GateRow:
    return GateRow(
        gate=verdict.gate.name,
        regime=verdict.regime,
        required=verdict.outcome.value != "skipped",
        result=verdict.outcome.value,
        message=verdict.message,
        checks=tuple(map(_measured, verdict.checks)),
        age_seconds=None if verdict.age is None else int(verdict.age.total_seconds()),
        age=None if verdict.age is None else spoken(verdict.age),
        evidence=verdict.filed.path if verdict.filed else None,
        next=step,
    )


def _measured(check: Check) -> Measured:
    value = None if check.measured is None else measured(check)
    return Measured(check.threshold.name, check.threshold.text, value, check.met, check.column or None)
