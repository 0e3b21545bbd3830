"""Which evidence counts where several files could, and what is read of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptctl.core.entries import Blob, Entry
from promptctl.core.outcomes import Outcome
from promptctl.core.refs import Ref
from promptctl.evidence.measures import Metric
from promptctl.evidence.shelf import Filed
from promptctl.evidence.statement import Statement, Subject
from promptctl.evidence.statement_reader import read_statement
from promptctl.evidence.statement_writer import write_statement
from promptctl.evidence.verdicts import Case, Found, Verdict, verdicts
from promptctl.tree.policy_values import Gate

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REF = Ref("qualify-lead", "1.1.0")
CASE = Case(REF, "b" * 64, "production", regimes=("gdpr", "hipaa"))
GATE = Gate("evals", thresholds={"pass_rate": ">= 0.9"}, max_age=timedelta(days=30))


def filed(name: str = "evals.json", rate: float = 1.0, *, days: float = 1, **more: object) -> Filed:
    fields = {
        "subject": Subject(str(REF), None, "b" * 64),
        "gate": "evals",
        "passed": True,
        "metrics": {"pass_rate": Metric(rate, n=4)},
        "recorded": NOW - timedelta(days=days),
    }
    data = write_statement(Statement(**(fields | more))).encode()  # type: ignore[arg-type]
    return Filed(f"e/{name}", REF, read_statement(Entry("100644", "0" * 40), Blob(len(data), data)))


def judge(*folders: list[Filed], gate: Gate = GATE, case: Case = CASE) -> Verdict:
    (verdict,) = verdicts(gate, case, Found(folders, lambda _: None), NOW)
    return verdict


def test_the_own_folder_counts_before_that_of_an_older_version() -> None:
    verdict = judge([filed(rate=0.5)], [filed("old.json")])
    assert (verdict.outcome, verdict.filed and verdict.filed.path) == (Outcome.FAILED, "e/evals.json")
    assert judge([], [filed("old.json")]).outcome is Outcome.PASSED
    assert judge([filed(environment="staging")], [filed("old.json")]).outcome is Outcome.PASSED


def test_what_was_made_for_the_environment_counts_before_what_counts_everywhere() -> None:
    here = filed("evals.production.json", 0.5, days=9, environment="production")
    assert judge([filed(), here]).filed == here


def test_two_statements_for_one_place_are_none() -> None:
    verdict = judge([filed(rate=0.5, days=2), filed("evals.b.json", days=1)])
    assert (verdict.outcome, "a second statement" in verdict.message) == (Outcome.INVALID, True)


def test_of_several_files_that_do_not_count_the_worst_is_told() -> None:
    other = filed(subject=Subject("qualify-lead@1.0.0", None, "a" * 64))
    future = filed("evals.b.json", days=-1)
    assert judge([filed(environment="staging"), other]).outcome is Outcome.MISMATCH
    assert judge([other, future]).outcome is Outcome.INVALID
    assert judge([other], [filed("old.json")]).outcome is Outcome.PASSED


@settings(deadline=None)
@given(st.floats(0, 60))
def test_the_age_decides(days: float) -> None:
    assert judge([filed(days=days)]).outcome is (Outcome.PASSED if days <= 30 else Outcome.STALE)


@settings(deadline=None)
@given(st.text("0123456789abcdef", min_size=64, max_size=64))
def test_no_other_digest_is_evidence(digest: str) -> None:
    verdict = judge([filed(subject=Subject(str(REF), "b" * 64, digest))])
    assert verdict.outcome is (Outcome.PASSED if digest == CASE.behaviour else Outcome.MISMATCH)


def test_clocks_may_differ_a_little() -> None:
    assert judge([filed(days=-1 / 24 / 12)]).outcome is Outcome.PASSED
    assert judge([filed(days=-1 / 24)]).outcome is Outcome.INVALID


def test_each_regime_has_a_verdict_of_its_own() -> None:
    gate = Gate("evals", thresholds={}, per_regime=True)
    one = filed("evals.hipaa.json", regimes=("hipaa",))
    found = verdicts(gate, CASE, Found([[one]], lambda _: None), NOW)
    assert [(verdict.regime, verdict.outcome) for verdict in found] == [
        ("gdpr", Outcome.MISSING),
        ("hipaa", Outcome.PASSED),
    ]
    nobody = Case(REF, "b" * 64, "production")
    assert verdicts(gate, nobody, Found([[]], lambda _: None), NOW) == ()


@pytest.mark.parametrize(("per_regime", "outcome"), [(False, Outcome.SKIPPED), (True, Outcome.MISSING)])
def test_an_emergency_skips_what_it_may_and_never_a_gate_per_regime(per_regime: bool, outcome: Outcome) -> None:  # noqa: FBT001
    case = Case(REF, "b" * 64, "production", regimes=("hipaa",), emergency=True, may_skip=("evals",))
    assert judge([], gate=Gate("evals", per_regime=per_regime), case=case).outcome is outcome
    other = Case(REF, "b" * 64, "production", emergency=True, may_skip=("tests",))
    assert judge([], case=other).outcome is Outcome.MISSING


def test_every_column_has_to_meet_every_threshold() -> None:
    columns = {"one": {"pass_rate": Metric(1)}, "two": {"pass_rate": Metric(0.89)}}
    verdict = judge([filed(columns=columns)])
    assert [(check.column, check.met) for check in verdict.checks] == [("one", True), ("two", False)]
    assert verdict.outcome is Outcome.FAILED
