"""Verdicts of the guard, from counts."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from promptctl.metrics.comparison import Arm, Comparison, Pair, Stage, Stratum
from promptctl.metrics.guard import Guard, Seen, decide, enough
from promptctl.metrics.judging import Judged, Verdict
from promptctl.metrics.margins import parse_margin
from promptctl.metrics.pairing import SHARE, TENANTS, Row, paired
from promptctl.metrics.tallies import Count, Moments, Tally, total

GUARD = Guard(
    margins={
        "error_rate": parse_margin("<= x1.5"),
        "cost": parse_margin("<= +10%"),
        "quality": parse_margin(">= -0.02"),
    },
    stated=frozenset({"error_rate"}),
    caps={"error_rate": 0.2},
    alpha=0.05,
    min_samples=500,
    min_observation=timedelta(hours=24),
    timeout=timedelta(days=14),
)
DAY = timedelta(days=1)


def calls(errors: int, n: int, *, cost: float = 0.01, quality: float | None = None) -> Tally:
    means = {"cost": Moments(n, cost * n, cost * cost * n * 1.2)}
    if quality is not None:
        means["quality"] = Moments(n, quality * n, (quality * quality + 0.01) * n)
    return Tally(n, {"error_rate": Count(errors, n)}, means)


def seen(new: Tally, base: Tally, observed: timedelta = DAY) -> Seen:
    rows = [Row("2.0.0", "acme", 1, "", new), Row("1.0.0", "acme", 1, "", base)]
    return Seen(paired(rows, "2.0.0", "1.0.0", TENANTS).comparison, new, new.calls, observed)


def metric(found: tuple[Judged, ...], name: str) -> Judged:
    return next(one for one in found if one.metric == name)


@pytest.mark.parametrize(
    ("new", "base", "verdict"),
    [
        (calls(250, 5000), calls(250, 5000), Verdict.PROMOTE),
        (calls(0, 5000), calls(0, 5000), Verdict.PROMOTE),
        (calls(600, 5000), calls(250, 5000), Verdict.STOP),
        (calls(2, 100), calls(1, 100), Verdict.HOLD),
        (calls(250, 5000, cost=0.02), calls(250, 5000), Verdict.STOP),
        (calls(250, 5000, quality=0.8), calls(250, 5000, quality=0.9), Verdict.STOP),
        (calls(250, 5000, quality=0.9), calls(250, 5000, quality=0.9), Verdict.PROMOTE),
        (calls(250, 5000), calls(250, 5000, quality=0.9), Verdict.HOLD),
        (calls(0, 0), calls(250, 5000), Verdict.INCONCLUSIVE),
        (calls(15, 60), calls(0, 0), Verdict.STOP),
        (calls(0, 60), calls(0, 0), Verdict.INCONCLUSIVE),
    ],
    ids=[
        *("equal", "never-seen", "more-errors", "too-few", "dearer", "worse", "as-good", "quality-no-longer-told"),
        *("nobody-calls", "over-the-cap-with-nothing-to-compare", "nothing-to-compare"),
    ],
)
def test_verdict(new: Tally, base: Tally, verdict: Verdict) -> None:
    found = seen(new, base)
    if not (new.calls and base.calls):
        found = Seen(Comparison(()), new, new.calls, DAY)
    assert decide(GUARD, found).verdict is verdict


def test_a_promotion_waits_for_samples_and_time() -> None:
    good = seen(calls(250, 5000), calls(250, 5000), timedelta(hours=3))
    decision = decide(GUARD, good)
    assert decision.verdict is Verdict.HOLD
    assert decision.reasons == ("the step has lasted 3 hours, and the policy asks for 1 day",)
    few = replace(good, samples=10, observed=DAY)
    assert enough(GUARD, few) == ("10 calls in this step, and the policy asks for 500",)
    assert decide(GUARD, few).verdict is Verdict.HOLD


def test_a_stop_waits_for_nothing() -> None:
    assert decide(GUARD, seen(calls(90, 300), calls(0, 300), timedelta(0))).verdict is Verdict.STOP


def test_past_the_timeout_a_human_decides() -> None:
    late = decide(GUARD, seen(calls(2, 100), calls(1, 100), timedelta(days=15)))
    assert late.verdict is Verdict.INCONCLUSIVE
    assert late.reasons[0] == "14 days have passed without an answer: a human decides"


def test_a_metric_that_the_policy_names_must_be_measured() -> None:
    asked = replace(GUARD, stated=frozenset({"quality"}))
    decision = decide(asked, seen(calls(250, 5000), calls(250, 5000)))
    assert decision.verdict is Verdict.HOLD
    assert decision.reasons == ("quality: not measured for either version",)


def test_a_margin_without_room_is_promoted_below_its_cap_alone() -> None:
    strict = replace(GUARD, margins={"error_rate": parse_margin("<= x1")}, caps={})
    equal = seen(calls(250, 5000), calls(250, 5000))
    assert decide(strict, equal).verdict is Verdict.HOLD
    assert decide(replace(strict, caps={"error_rate": 0.07}), equal).verdict is Verdict.PROMOTE
    assert decide(replace(strict, caps={"error_rate": 0.051}), equal).verdict is Verdict.HOLD


@pytest.mark.parametrize(
    ("margin", "new", "base", "verdict"),
    [
        ("<= +1pp", 400, 100, Verdict.STOP),
        ("<= +5pp", 110, 100, Verdict.PROMOTE),
        ("<= 0.05", 110, 100, Verdict.PROMOTE),
        ("<= +50%", 400, 100, Verdict.STOP),
        ("<= x0", 400, 100, Verdict.STOP),
    ],
)
def test_margins_of_rates(margin: str, new: int, base: int, verdict: Verdict) -> None:
    guard = replace(GUARD, margins={"error_rate": parse_margin(margin)}, caps={})
    assert decide(guard, seen(calls(new, 5000), calls(base, 5000))).verdict is verdict


def test_alpha_is_shared_by_the_metrics_for_a_stop_alone() -> None:
    assert GUARD.levels.stop == pytest.approx(0.05 / 3)
    assert GUARD.levels.promote == 0.05


def test_what_is_of_different_strata_makes_no_pair() -> None:
    tally = calls(1, 10)
    here, there, later = Stratum("1", "acme"), Stratum("1", "globex"), Stratum("2", "acme")
    for other in (there, later):
        with pytest.raises(ValueError, match="cannot be compared"):
            Pair(Arm(here, tally), Arm(other, tally))
    pair = Pair(Arm(here, tally), Arm(here, tally))
    with pytest.raises(ValueError, match="another stage"):
        Stage("2", (pair,))
    with pytest.raises(ValueError, match="twice"):
        Comparison((Stage("1", (pair,)), Stage("1", ())))


def test_a_tenant_that_was_switched_over_is_compared_with_what_it_had() -> None:
    rows = [
        Row("1.0.0", "acme", 0, "", calls(5, 500)),
        Row("1.0.0", "acme", 1, "", calls(0, 3)),  # stragglers
        Row("2.0.0", "acme", 1, "", calls(4, 400)),
        Row("2.0.0", "acme", 2, "", calls(4, 400)),
        Row("1.0.0", "globex", 1, "", calls(9, 900)),
        Row("2.0.0", "globex", 2, "", calls(8, 800)),
        Row("2.0.0", "initech", 1, "", calls(1, 10)),
        Row("1.0.0", "umbrella", 1, "", calls(700, 1000)),
    ]
    found = paired(rows, "2.0.0", "1.0.0", TENANTS)
    sizes = [(pair.stratum.tenant, pair.new.tally.calls, pair.base.tally.calls) for pair in found.comparison.pairs]
    assert sizes == [("acme", 800, 500), ("globex", 800, 900)]
    assert found.alone == ("initech",)


def test_trap_shares_that_grow_while_everything_gets_better() -> None:
    # The rate falls from 5 % to 1 % while the share grows from 1 % to 50 %, and the versions are the same. All calls
    # taken together, the new version looks far better; an e-value a stage sees that nothing is proved.
    generator = random.Random(3)  # noqa: S311 - a simulation
    rows: list[Row] = []
    wrong = 0
    guard = replace(GUARD, margins={"error_rate": parse_margin("<= x1")}, caps={}, min_samples=0)
    for _ in range(200):
        rows = []
        for step, (rate, share) in enumerate(((0.05, 0.01), (0.03, 0.1), (0.01, 0.5)), 1):
            for version, n in (("2.0.0", int(6000 * share)), ("1.0.0", int(6000 * (1 - share)))):
                rows.append(Row(version, "", step, "", calls(_errors(generator, n, rate), n)))
        pair = paired(rows, "2.0.0", "1.0.0", SHARE)
        assert len(pair.comparison.stages) == 3
        decision = decide(guard, Seen(pair.comparison, total([]), 0, DAY))
        wrong += metric(decision.metrics, "error_rate").verdict is not Verdict.HOLD
    assert wrong <= 10
    pooled = {v: total(row.tally for row in rows if row.version == v) for v in ("1.0.0", "2.0.0")}
    assert metric(decide(guard, seen(pooled["2.0.0"], pooled["1.0.0"])).metrics, "error_rate").promote > 3


def test_trap_pilot_tenants_that_have_always_been_different() -> None:
    # 10 of 40 tenants get the new version, tenants differ, and the version changes nothing.
    generator = random.Random(4)  # noqa: S311 - a simulation
    guard = replace(GUARD, margins={"error_rate": parse_margin("<= x1")}, caps={})
    wrong = against_others = 0
    for _ in range(200):
        rates = [generator.betavariate(0.5, 49.5) for _ in range(40)]
        rows = []
        for number, rate in enumerate(rates):
            for step in (0, 1):
                version = "2.0.0" if step and number < 10 else "1.0.0"
                rows.append(Row(version, f"t{number}", step, "", calls(_errors(generator, 500, rate), 500)))
        found = paired(rows, "2.0.0", "1.0.0", TENANTS)
        assert {pair.stratum.tenant for pair in found.comparison.pairs} == {f"t{number}" for number in range(10)}
        wrong += decide(guard, Seen(found.comparison, total([]), 5000, DAY)).verdict is Verdict.STOP
        new, base = (total(r.tally for r in rows if r.step and r.version == v) for v in ("2.0.0", "1.0.0"))
        against_others += decide(guard, seen(new, base)).verdict is Verdict.STOP
    assert wrong <= 10
    assert against_others >= 15  # the trap is one


def _errors(generator: random.Random, n: int, rate: float) -> int:
    return sum(generator.random() < rate for _ in range(n))
