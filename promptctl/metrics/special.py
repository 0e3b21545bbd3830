"""Functions that the statistics need and the standard library lacks, as logarithms."""

from __future__ import annotations

import math

_TINY = 1e-300
_PRECISION = 1e-15
_MOST = 100_000  # terms of the fraction; about the root of the larger argument is needed
_FAR = -30.0  # below it erfc underflows, and the first terms of the tail's expansion are exact enough


def log_beta(a: float, b: float) -> float:
    """The logarithm of the complete beta function."""
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def log_incomplete_beta(a: float, b: float, x: float) -> float:
    """The logarithm of the integral of t^(a-1) (1-t)^(b-1) from 0 to x; not divided by the complete beta function."""
    if x >= 1:
        return log_beta(a, b)
    front = a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return front - math.log(a) + math.log(_fraction(a, b, x))
    rest = front - math.log(b) + math.log(_fraction(b, a, 1 - x))
    whole = log_beta(a, b)
    return whole + math.log(max(-math.expm1(rest - whole), _TINY))


def _fraction(a: float, b: float, x: float) -> float:
    """Continued fraction of the incomplete beta function by Lentz's method (Numerical Recipes, 6.4)."""
    c, d = 1.0, 1.0 / _away(1.0 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _MOST):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / _away(1.0 + term * d)
            c = _away(1.0 + term / c)
            found *= c * d
        if abs(c * d - 1.0) < _PRECISION:
            break
    return found


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def log_normal_cdf(x: float) -> float:
    """The logarithm of the standard normal distribution function."""
    if x > _FAR:
        return math.log(0.5 * math.erfc(-x / math.sqrt(2)))
    return -x * x / 2 - math.log(-x * math.sqrt(2 * math.pi)) + math.log1p(-1 / (x * x))
