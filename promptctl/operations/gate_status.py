"""How the gates stand for one version in one environment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from promptctl.core.findings import Finding, Severity
from promptctl.core.outcomes import Outcome
from promptctl.core.times import spoken
from promptctl.evidence.judging import measured
from promptctl.operations.environments import planned_environment
from promptctl.operations.gate_subject import examined
from promptctl.rules.next_steps import next_step
from promptctl.rules.owed import case_of, judge
from promptctl.rules.registry import REGISTRY
from promptctl.rules.waivers import match_waivers
from promptctl.tree.environments import environment_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.evidence.thresholds import Check
    from promptctl.evidence.verdicts import Case, Verdict
    from promptctl.operations.compared import Compared
    from promptctl.tree.policy import Waiver

_RULES: Final = {
    Outcome.INVALID: "evidence-invalid",
    Outcome.MISMATCH: "evidence-mismatch",
    Outcome.MISSING: "gate-missing",
    Outcome.STALE: "evidence-stale",
    Outcome.FAILED: "gate-failed",
}
_NOT_REQUIRED: Final = "not-required"


@dataclass(frozen=True, slots=True)
class Waived:
    """The waiver in force that lets a version pass a gate all the same."""

    reason: str
    until: str


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
    checks: tuple[Measured, ...] = ()
    age_seconds: int | None = None
    age: str | None = None
    evidence: str | None = None
    next: str | None = None
    waived: Waived | None = None


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
    rows = tuple(_rows(views, case))
    baseline = case.baseline.name if case.baseline else None
    owed = any(row.required and row.result != Outcome.PASSED.value and row.waived is None for row in rows)
    return GateStatus(str(version.ref), found.name, baseline, owed, rows)


def _rows(views: Compared, case: Case) -> Iterator[GateRow]:
    """Every gate that guards the environment, also one that demands nothing of the version."""
    verdicts = judge(views.context, case)
    for gate in views.context.policy.gates or ():
        if gate.guards(case.environment):
            found = [verdict for verdict in verdicts if verdict.gate == gate]
            yield from (_row(views, case, verdict) for verdict in found)
            if not found:
                message = f"no tenant in reach of {case.ref} demands a regime"
                yield GateRow(gate.name, None, required=False, result=_NOT_REQUIRED, message=message)


def _row(views: Compared, case: Case, verdict: Verdict) -> GateRow:
    waiver = _waiver(views, case, verdict)
    return GateRow(
        gate=verdict.gate.name,
        regime=verdict.regime,
        required=verdict.outcome is not Outcome.SKIPPED,
        result=verdict.outcome.value,
        message=verdict.message,
        checks=tuple(map(_measured, verdict.checks)),
        age_seconds=None if verdict.age is None else int(verdict.age.total_seconds()),
        age=None if verdict.age is None else spoken(verdict.age),
        evidence=verdict.filed.path if verdict.filed else None,
        next=None if waiver else next_step(case, verdict),
        waived=Waived(waiver.reason, waiver.until) if waiver else None,
    )


def _waiver(views: Compared, case: Case, verdict: Verdict) -> Waiver | None:
    """The waiver in force of what `check` would find where the version is newly selected."""
    name = _RULES.get(verdict.outcome)
    if name is None:
        return None
    change, context = views.change, replace(views.context, registry=REGISTRY)
    at_evidence = verdict.filed is not None and verdict.outcome not in {Outcome.MISSING, Outcome.FAILED}
    files = [path for path, _ in environment_files(change.after, change.layout, case.environment)]
    paths = [verdict.filed.path] if verdict.filed and at_evidence else files or [change.layout.config]
    ref, where = str(case.ref), case.environment
    findings = [Finding(name, Severity.ERROR, verdict.message, path, ref=ref, environment=where) for path in paths]
    matches = match_waivers(context, findings)
    return next((match.waiver for match in matches if not match.expired), None)


def _measured(check: Check) -> Measured:
    value = None if check.measured is None else measured(check)
    return Measured(check.threshold.name, check.threshold.text, value, check.met, check.column or None)
