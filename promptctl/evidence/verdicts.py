"""Whether a version meets a gate, by the evidence that was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from promptctl.core.outcomes import Outcome
from promptctl.evidence.judging import Judged, judged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from promptctl.core.refs import Ref
    from promptctl.evidence.shelf import Filed
    from promptctl.evidence.statement import Statement, Subject
    from promptctl.evidence.thresholds import Check
    from promptctl.tree.policy_values import Gate

SKEW: Final = timedelta(minutes=10)  # by which the clocks of two machines may differ


@dataclass(frozen=True, slots=True)
class Case:
    """A version that an environment selects, or would.

    `baseline` is what it is compared with, None where the environment serves nothing else. `regimes` are those that
    tenants in reach demand. `emergency`: it may skip the gates in `may_skip`.
    """

    ref: Ref
    behaviour: str
    environment: str
    baseline: Subject | None = None
    regimes: tuple[str, ...] = ()
    emergency: bool = False
    may_skip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one gate stands for a case, for one regime where the gate is per regime.

    `filed` is the file that decided, or that does not count; `offset` a place in it. `unbased` names the thresholds
    that were not applied because there is no baseline.
    """

    gate: Gate
    outcome: Outcome
    message: str
    regime: str | None = None
    filed: Filed | None = None
    offset: int = 0
    checks: tuple[Check, ...] = ()
    age: timedelta | None = None

    @property
    def is_met(self) -> bool:
        return self.outcome in {Outcome.PASSED, Outcome.SKIPPED}

    @property
    def unbased(self) -> tuple[str, ...]:
        return tuple(check.threshold.name for check in self.checks if check.met is None)


class Found(NamedTuple):
    """The evidence for a gate, folder by folder, the version's own first; `proof` says what is false in a file."""

    folders: Sequence[Sequence[Filed]]
    proof: Callable[[Filed], str | None]


class _Unfit(NamedTuple):
    filed: Filed
    outcome: Outcome
    message: str
    offset: int = 0


def verdicts(gate: Gate, case: Case, found: Found, now: datetime) -> tuple[Verdict, ...]:
    """How a gate stands: once, or once for each regime that is demanded where the gate asks for each."""
    if not gate.per_regime:
        return (_verdict(gate, case, found, now, None),)
    return tuple(_verdict(gate, case, found, now, regime) for regime in case.regimes)


def _verdict(gate: Gate, case: Case, found: Found, now: datetime, regime: str | None) -> Verdict:
    if case.emergency and gate.name in case.may_skip and not gate.per_regime:
        return Verdict(gate, Outcome.SKIPPED, f"{case.ref} is an emergency version, which may skip the gate")
    unfit: list[_Unfit] = []
    for folder in found.folders:
        fit = []
        for filed in folder:
            problem = _unfit(filed, gate, case, found, now, regime)
            if problem is None:
                fit.append(filed)
            else:
                unfit.append(problem)
        twice = _twice(fit)
        if twice is not None:
            return Verdict(gate, Outcome.INVALID, twice[1], regime, twice[0])
        if fit:
            return _decided(gate, case, max(fit, key=_rank), now, regime)
    order = list(Outcome)
    worst = min(unfit, key=lambda item: order.index(item.outcome), default=None)
    if worst is not None:
        return Verdict(gate, worst.outcome, worst.message, regime, worst.filed, worst.offset)
    about = f" about {regime}" if regime else ""
    message = f"{case.ref} has no evidence{about} for the gate {gate.name}"
    return Verdict(gate, Outcome.MISSING, message, regime)


def _decided(gate: Gate, case: Case, filed: Filed, now: datetime, regime: str | None) -> Verdict:
    statement = _statement(filed)
    found: Judged = judged(gate, statement, case.ref, case.baseline, now)
    return Verdict(
        gate=gate,
        outcome=Outcome(found.outcome),
        message=found.message,
        regime=regime,
        filed=filed,
        offset=filed.file.locate(*found.pointer)[0],
        checks=found.checks,
        age=now - statement.moment,
    )


def _unfit(filed: Filed, gate: Gate, case: Case, found: Found, now: datetime, regime: str | None) -> _Unfit | None:
    """Why a file does not count for a gate at all."""
    statement = filed.statement
    if statement is None:
        fault = filed.file.faults[0]
        return _Unfit(filed, Outcome.INVALID, f"no statement: {fault.message}", fault.start)
    for pointer, outcome, message in _objections(statement, gate, case, now, regime):
        return _Unfit(filed, outcome, message, filed.file.locate(*pointer)[0])
    false = found.proof(filed)
    return None if false is None else _Unfit(filed, Outcome.INVALID, false)


def _objections(
    statement: Statement, gate: Gate, case: Case, now: datetime, regime: str | None
) -> Iterable[tuple[tuple[str | int, ...], Outcome, str]]:
    """The keys that lead to what is wrong, what it amounts to, and the words for it."""
    subject, source = statement.subject, statement.source
    if statement.gate != gate.name:
        message = f"it was recorded for the gate {statement.gate}, and is filed as if it were for {gate.name}"
        yield ("predicate", "gate"), Outcome.INVALID, message
    if subject.behaviour != case.behaviour:
        yield ("subject", 0, "digest"), Outcome.MISMATCH, _mismatch(subject, case)
    if statement.recorded > now + SKEW:
        yield ("predicate", "recordedAt"), Outcome.INVALID, f"it is dated {statement.recorded:%Y-%m-%d}, in the future"
    if statement.moment > now + SKEW:
        message = f"its results are dated {statement.moment:%Y-%m-%d}, in the future"
        yield ("predicate", "source", "createdAt"), Outcome.INVALID, message
    if source is not None and source.format != gate.format:
        message = f"it was made from a {source.format} file, and the gate {gate.name} asks for {gate.format}"
        yield ("predicate", "source", "format"), Outcome.INVALID, message
    if statement.environment not in {None, case.environment}:
        message = f"it is for {statement.environment} and does not count in {case.environment}"
        yield ("predicate", "environment"), Outcome.MISSING, message
    if regime is not None and regime not in statement.regimes:
        have = ", ".join(statement.regimes) or "no regime"
        yield ("predicate", "regimes"), Outcome.MISSING, f"it is about {have} and does not count for {regime}"


def _mismatch(subject: Subject, case: Case) -> str:
    if subject.behaviour is None:
        return "it names no behaviour digest, so nobody can tell what it is about"
    if subject.name != str(case.ref):
        return f"it is about {subject.name}, which behaves otherwise than {case.ref}"
    return f"it is about other content of {case.ref}: the version was changed after it was examined"


def _twice(fit: Sequence[Filed]) -> tuple[Filed, str] | None:
    """Two statements that say the same place of themselves: the better one would be picked."""
    seen: dict[tuple[str | None, frozenset[str]], Filed] = {}
    for filed in fit:
        statement = _statement(filed)
        other = seen.setdefault((statement.environment, frozenset(statement.regimes)), filed)
        if other is not filed:
            return filed, f"it is a second statement for the same gate, beside {other.path}: keep one of the two"
    return None


def _rank(filed: Filed) -> tuple[bool, datetime, str]:
    """What was made for the environment counts before what counts everywhere, and the newer before the older."""
    statement = _statement(filed)
    return statement.environment is not None, statement.moment, filed.path


def _statement(filed: Filed) -> Statement:
    if filed.statement is None:
        raise ValueError(f"{filed.path} holds no statement")
    return filed.statement
