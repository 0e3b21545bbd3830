"""Mixture supermartingales for sums observed again and again, and what follows from them at any time.

After Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of
Statistics 49(2), 2021, with the names of their package confseq: `s` is the sum less its mean, `v` its intrinsic time,
`v_opt` where a bound is to be tightest.
"""

from __future__ import annotations

import math

from promptctl.metrics.special import log_incomplete_beta, log_normal_cdf

_HALVINGS = 100
_LEAST = 1e-3


def best_rho(v: float, alpha: float, *, one_sided: bool) -> float:
    """The mixture's variance for the tightest bound at intrinsic time `v`."""
    lead = 2 * math.log(1 / (2 * alpha if one_sided else alpha))
    return v / (lead + math.log1p(lead))


def normal_log_mixture(s: float, v: float, rho: float, *, one_sided: bool) -> float:
    """The logarithm of the mixture for sums that are sub-Gaussian, or nearly so."""
    root = math.sqrt(v + rho)
    log_value = 0.5 * math.log((4 if one_sided else 1) * rho / (v + rho)) + (s / root) ** 2 / 2
    return log_value + (log_normal_cdf(s / root) if one_sided else 0.0)


def normal_mixture_bound(v: float, alpha: float, rho: float, *, one_sided: bool) -> float:
    """What the sum exceeds at any time with probability `alpha` at most."""
    wanted = math.log(1 / alpha)
    low, high = 0.0, 1.0
    while normal_log_mixture(high, v, rho, one_sided=one_sided) < wanted:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = normal_log_mixture(middle, v, rho, one_sided=one_sided) < wanted
        low, high = (middle, high) if below else (low, middle)
    return high


def beta_binomial_r(theta: float, trials: float, alpha: float, *, one_sided: bool) -> float:
    """The weight of the prior for the tightest bound after so many trials with probability `theta`."""
    variance = theta * (1 - theta)
    return max(best_rho(variance * trials, alpha, one_sided=one_sided) - variance, _LEAST * variance)


def beta_binomial_log_mixture(hits: float, misses: float, theta: float, r: float, *, one_sided: bool) -> float:
    """The logarithm of the mixture for trials that hit with probability `theta`; one-sided against a greater one.

    In confseq's terms g is theta, h is 1 - theta, v is g h n and s is `hits` - theta n.
    """
    x = 1 - theta if one_sided else 1.0
    posterior = log_incomplete_beta(r / theta + misses, r / (1 - theta) + hits, x)
    prior = log_incomplete_beta(r / theta, r / (1 - theta), x)
    return posterior - prior - hits * math.log(theta) - misses * math.log1p(-theta)


def bernoulli_confidence_interval(
    hits: int, trials: int, alpha: float, expected: float, alpha_opt: float = 0.05
) -> tuple[float, float]:
    """The probabilities that cannot be ruled out at any time, tightest after `expected` trials."""
    if trials == 0:
        return 0.0, 1.0
    share = hits / trials
    return _edge(hits, trials, (0.0, share), (alpha, expected, alpha_opt)), _edge(
        hits, trials, (1.0, share), (alpha, expected, alpha_opt)
    )


def _edge(hits: int, trials: int, between: tuple[float, float], wanted: tuple[float, float, float]) -> float:
    """Where evidence against a probability sinks below 1/alpha: `between` a limit and the observed share."""
    outside, inside = between
    alpha, expected, alpha_opt = wanted
    if outside == inside:
        return outside
    for _ in range(_HALVINGS):
        p = (outside + inside) / 2
        if not 0 < p < 1 or p in between:
            break
        r = beta_binomial_r(p, expected, alpha_opt, one_sided=False)
        ruled_out = beta_binomial_log_mixture(hits, trials - hits, p, r, one_sided=False) >= math.log(1 / alpha)
        outside, inside = (p, inside) if ruled_out else (outside, p)
    return inside
