"""Thresholds against a plain reading of what they say, over every kind of number."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from promptctl.evidence.measures import Metric
from promptctl.evidence.thresholds import Check, check, parse_threshold

signs = st.sampled_from([">=", "<="])
numbers = st.decimals(-1000, 1000, places=3, allow_nan=False).map(lambda number: f"{number:f}")
units = st.sampled_from(["", "%", "pp"])
values = st.integers(-1_000_000, 1_000_000).map(lambda number: number / 1000)


def judge(name: str, text: str, metric: Metric | None, *, compares: bool = True, tokens: float = 0) -> Check:
    threshold = parse_threshold(name, text)
    assert threshold is not None, text
    metrics = {"tokens": Metric(tokens, tokens)} | ({"x": metric} if metric else {})
    return check(threshold, metrics, compares=compares)


def signed(number: str) -> str:
    return number if number.startswith("-") else f"+{number}"


@given(signs, numbers, values)
def test_a_plain_bound_is_about_the_value(sign: str, number: str, value: float) -> None:
    met = judge("x", f"{sign} {number}", Metric(value)).met
    assert met == (value >= float(number) if sign == ">=" else value <= float(number))


@given(signs, numbers, units, values, values)
def test_a_change_is_about_the_distance_to_the_baseline(
    sign: str, number: str, unit: str, value: float, before: float
) -> None:
    change = Fraction(str(value)) - Fraction(str(before))
    bound = Fraction(number) / (100 if unit else 1)
    if unit == "%":
        assume(before != 0)
        change /= abs(Fraction(str(before)))
    assume(change == bound or abs(change - bound) > 1e-6 * max(1, abs(bound)))
    met = judge("x.change", f"{sign} {signed(number)}{unit}", Metric(value, before)).met
    assert met == (change >= bound if sign == ">=" else change <= bound)


@given(signs, numbers, st.sampled_from(["%", "pp"]), values, values)
def test_a_unit_compares_with_or_without_the_suffix(
    sign: str, number: str, unit: str, value: float, old: float
) -> None:
    text = f"{sign} {signed(number)}{unit}"
    assert judge("x", text, Metric(value, old)).met == judge("x.change", text, Metric(value, old)).met


@given(signs, numbers, units, values)
def test_without_a_baseline_no_change_is_judged(sign: str, number: str, unit: str, value: float) -> None:
    found = judge("x.change", f"{sign} {signed(number)}{unit}", Metric(value), compares=False)
    assert (found.met, found.why) == (None, "there is no baseline")


@given(signs, numbers, st.sampled_from([math.nan, math.inf, -math.inf, None]))
def test_what_is_no_number_meets_nothing(sign: str, number: str, value: float | None) -> None:
    assert judge("x", f"{sign} {number}", Metric(value)).met is False
    assert judge("x.change", f"{sign} {number}", Metric(1, value)).met is False
    assert judge("x.change", f"{sign} {number}", Metric(value, 1)).met is False
    assert judge("x", f"{sign} {number}", None).met is False


@pytest.mark.parametrize(
    ("text", "value", "met"),
    [
        ("<= +10%", 0, True),
        (">= -10%", 0, True),
        (">= +10%", 0, False),
        ("<= +10%", 0.001, False),
        (">= +10%", 0.001, True),
        ("<= -10%", -0.001, True),
    ],
)
def test_a_baseline_of_zero(text: str, value: float, met: bool) -> None:  # noqa: FBT001
    assert judge("x.change", text, Metric(value, 0)).met is met


def test_a_share_that_sums_round_is_not_a_hair_too_far() -> None:
    assert judge("x.change", ">= -0.02", Metric(0.88, 0.9)).met is True
    assert judge("x.change", "<= +10%", Metric(1.1 * 3, 3)).met is True


@pytest.mark.parametrize("name", ["cost", "latency_p95"])
def test_zero_with_tokens_used_was_not_measured(name: str) -> None:
    threshold = parse_threshold(f"{name}.change", "<= +10%")
    assert threshold is not None
    for metric in (Metric(0, 1), Metric(1, 0)):
        found = check(threshold, {name: metric, "tokens": Metric(30, 30)}, compares=True)
        assert (found.met, "is zero although tokens were used" in found.why) == (False, True)
    assert check(threshold, {name: Metric(0, 0), "tokens": Metric(0, 0)}, compares=True).met is True


@pytest.mark.parametrize(
    "text", ["", "0.95", "=> 1", ">= nan", ">= 1e3", ">= ", "<= 10%", "<= 1pp", ">= +1 pp", ">= ٣", "> 1", ">= 1\n"]
)
def test_what_is_no_threshold(text: str) -> None:
    assert parse_threshold("x", text) is None


@given(st.text())
def test_any_text_is_a_threshold_or_is_not(text: str) -> None:
    parse_threshold("x", text)
    parse_threshold("x.change", f">= {text}")
