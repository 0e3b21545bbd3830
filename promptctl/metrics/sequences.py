"""One-sided asymptotic confidence sequences for means.

After Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, arXiv 2103.06476. They hold however often one looks, from some
hundred observations on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from promptctl.metrics.mixtures import normal_log_mixture

EXPECTED = 5000  # observations, of both arms together, at which the sequence is tightest; fixed before any rollout
_CERTAIN = 1000.0  # finite, so that stages can be multiplied


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference, the standard error of it, and of how many observations it is made."""

    value: float
    error: float
    n: int


def rho(alpha: float, expected: float = EXPECTED) -> float:
    """The parameter that makes the one-sided sequence tightest after `expected` observations."""
    lead = -2 * math.log(2 * alpha)
    return math.sqrt((lead + math.log(lead + 1)) / expected)


def half_width(estimate: Estimate, alpha: float, expected: float = EXPECTED) -> float:
    """How far one bound lies from the estimate: one side is missed with probability `alpha` at most, at any time."""
    if estimate.n == 0:
        return math.inf
    squared, n = rho(alpha, expected) ** 2, estimate.n
    spread = n * squared + 1
    sigma = estimate.error * math.sqrt(n)
    return sigma * math.sqrt(2 * spread / (n * n * squared) * math.log1p(math.sqrt(spread) / (2 * alpha)))


def log_e_value(estimate: Estimate, alpha: float, expected: float = EXPECTED) -> float:
    """The logarithm of the evidence that the true value is greater than 0.

    The sequence excludes 0 only where this has reached 1/alpha: it is the mixture that the sequence is a bound of.
    """
    if estimate.error == 0:
        return _CERTAIN if estimate.value > 0 else -_CERTAIN
    s = estimate.value / (estimate.error * math.sqrt(estimate.n)) * estimate.n
    return normal_log_mixture(s, estimate.n, rho(alpha, expected) ** -2, one_sided=True)
