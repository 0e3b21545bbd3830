"""The statistics give the numbers that others have published."""

from __future__ import annotations

import math

import pytest

from promptctl.metrics.eprocess import Failures, _stratified, _theta, log_e_value
from promptctl.metrics.mixtures import (
    bernoulli_confidence_interval,
    best_rho,
    beta_binomial_log_mixture,
    beta_binomial_r,
    normal_log_mixture,
    normal_mixture_bound,
)
from promptctl.metrics.sequences import Estimate, half_width
from promptctl.metrics.sequences import log_e_value as log_e_value_of_mean
from promptctl.metrics.special import log_beta, log_incomplete_beta, log_normal_cdf
from promptctl.metrics.tallies import Moments


def test_confseq_normal_mixture() -> None:
    # confseq, test/uniform_boundaries_unittest.cpp
    assert best_rho(100, 0.05, one_sided=False) == pytest.approx(12.60056, abs=1e-5)
    one, two = best_rho(100, 0.05, one_sided=True), best_rho(100, 0.05, one_sided=False)
    assert normal_log_mixture(10, 100, one, one_sided=True) == pytest.approx(-0.06502391, abs=1e-8)
    assert normal_log_mixture(10, 100, two, one_sided=False) == pytest.approx(-0.6510052, abs=1e-7)
    assert normal_mixture_bound(100, 0.05, one, one_sided=True) == pytest.approx(27.66071, abs=1e-5)
    assert normal_mixture_bound(100, 0.05, two, one_sided=False) == pytest.approx(30.35209, abs=1e-5)


@pytest.mark.parametrize(("one_sided", "value"), [(True, -0.07134019), (False, -0.6941012)])
def test_confseq_beta_binomial_mixture(one_sided: bool, value: float) -> None:  # noqa: FBT001 - a parameter of cases
    # s = 10 and v = 100 with g = 0.2 and h = 0.8 are 135 hits in 625 trials
    r = beta_binomial_r(0.2, 625, 0.05, one_sided=one_sided)
    assert beta_binomial_log_mixture(135, 490, 0.2, r, one_sided=one_sided) == pytest.approx(value, abs=1e-7)


@pytest.mark.parametrize(
    ("hits", "trials", "expected", "interval"),
    [
        (700, 1000, 100, (0.651629, 0.745949)),
        (15, 50, 50, (0.129556, 0.511896)),
        (5, 50, 50, (0.013021, 0.269264)),
        (1, 50, 50, (0.0, 0.13489)),
    ],
)
def test_confseq_bernoulli(hits: int, trials: int, expected: int, interval: tuple[float, float]) -> None:
    found = bernoulli_confidence_interval(hits, trials, 0.05, expected)
    assert found == pytest.approx(interval, abs=2e-6)


def test_gbstats_one_sided_sequential_test() -> None:
    base, new = Moments(3000, 1396.87, 52377.9767), Moments(3461, 2422.7, 134698.29)
    assert base.mean is not None
    assert new.mean is not None
    error = math.sqrt(base.variance / base.n + new.variance / new.n)
    estimate = Estimate(new.mean - base.mean, error, base.n + new.n)
    width = half_width(estimate, 0.05)
    assert estimate.value - width == pytest.approx(-0.12656844172804982, abs=1e-14)
    assert estimate.value + width == pytest.approx(0.5953217750613832, abs=1e-14)


def test_a_sequence_excludes_no_effect_only_where_the_evidence_suffices() -> None:
    for value in (0.02, 0.04, 0.05, 0.06, 0.1):
        estimate = Estimate(value, 0.02, 4000)
        if value - half_width(estimate, 0.05) > 0:
            assert log_e_value_of_mean(estimate, 0.05) >= math.log(20)
    assert log_e_value_of_mean(Estimate(-0.1, 0.02, 4000), 0.05) < 0


@pytest.mark.parametrize(("a", "b", "x"), [(2.0, 3.0, 0.3), (0.5, 0.5, 0.9), (40.0, 7.0, 0.8), (3.0, 900.0, 0.02)])
def test_incomplete_beta_is_an_integral(a: float, b: float, x: float) -> None:
    # substituted t = u^2, which takes the pole at 0 away
    steps = 20_000
    width = math.sqrt(x) / steps
    terms = (2 * u ** (2 * a - 1) * (1 - u * u) ** (b - 1) for u in ((k + 0.5) * width for k in range(steps)))
    assert log_incomplete_beta(a, b, x) == pytest.approx(math.log(sum(terms) * width), abs=1e-6)
    assert log_incomplete_beta(a, b, 1.0) == log_beta(a, b)


def test_the_tail_of_the_normal_distribution_goes_on() -> None:
    assert log_normal_cdf(-29.999) == pytest.approx(log_normal_cdf(-30.001), rel=1e-3)
    assert log_normal_cdf(0.0) == pytest.approx(math.log(0.5))


def test_strata_with_one_share_are_as_good_as_one() -> None:
    whole = log_e_value([Failures(60, 30, 0.5)], 1.5, 0.05)
    halves = [Failures(25, 20, 0.5), Failures(35, 10, 0.5)]
    assert log_e_value(halves, 1.5, 0.05) == pytest.approx(whole)
    by_sum = _stratified([(one, _theta(one.share, 1.5)) for one in halves], 0.05)
    assert by_sum == pytest.approx(whole, abs=0.05)


def test_expected_evidence_is_at_most_one_within_the_margin() -> None:
    # over every way in which 12 and 9 failures may fall on the arms of two strata with shares of their own
    shares, failures, mean = (0.5, 0.2), (12, 9), 0.0
    theta = [_theta(share, 1.5) for share in shares]
    for first in range(failures[0] + 1):
        for second in range(failures[1] + 1):
            hits = (first, second)
            chance = math.prod(
                math.comb(n, k) * t**k * (1 - t) ** (n - k) for n, k, t in zip(failures, hits, theta, strict=True)
            )
            strata = [Failures(k, n - k, w) for n, k, w in zip(failures, hits, shares, strict=True)]
            mean += chance * math.exp(log_e_value(strata, 1.5, 0.05))
    assert mean == pytest.approx(1.0, abs=1e-9)
