"""Evidence that failures come from one arm more often than its share allows: a conditional beta-binomial e-process.

Given that a call failed, it was one of the new version with a probability that depends on the arms' shares and on the
ratio of their failure rates alone; the rates themselves may swing as they like. See Lindon and Malek, "Anytime-valid
inference for multinomial count data", NeurIPS 2022.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.metrics.mixtures import beta_binomial_log_mixture, beta_binomial_r

if TYPE_CHECKING:
    from collections.abc import Sequence

EXPECTED = 100  # failures, of both arms together, at which the evidence grows fastest
_NODES = 128
_LEAST, _GREATEST = 0.005, 8.0  # logarithms of the ratios that the alternatives span
_CLOSE = 1e-12


@dataclass(frozen=True, slots=True)
class Failures:
    """What failed in the arm under suspicion and in the other; `share` is the former's part of the calls."""

    suspect: int
    other: int
    share: float

    def swapped(self) -> Failures:
        """The same with the other arm under suspicion."""
        return Failures(self.other, self.suspect, 1 - self.share)


def log_e_value(strata: Sequence[Failures], ratio: float, alpha: float) -> float:
    """The logarithm of the evidence that the suspect's failure rate is more than `ratio` times the other's.

    Strata, such as tenants, have shares of their own and one ratio in common. Where that ratio is within the margin,
    the expected value of the evidence is at most 1 at any time.
    """
    sound = [(one, _theta(one.share, ratio)) for one in strata if 0 < one.share < 1]
    if not sound:
        return 0.0
    thetas = [theta for _, theta in sound]
    if max(thetas) - min(thetas) < _CLOSE:
        suspect, other = sum(one.suspect for one, _ in sound), sum(one.other for one, _ in sound)
        r = beta_binomial_r(thetas[0], EXPECTED, alpha, one_sided=True)
        return beta_binomial_log_mixture(suspect, other, thetas[0], r, one_sided=True)
    return _stratified(sound, alpha)


def _theta(share: float, ratio: float) -> float:
    """The probability that a failure is the suspect's where its rate is `ratio` times the other's."""
    theta = ratio * share / (ratio * share + 1 - share)
    return min(max(theta, _CLOSE), 1 - _CLOSE)


def _stratified(strata: Sequence[tuple[Failures, float]], alpha: float) -> float:
    """A mixture over ratios that all strata have in common, with the weights of the closed form at a middle share."""
    middle = sum(theta for _, theta in strata) / len(strata)
    terms = [weight + sum(_log_likelihood(*one, excess) for one in strata) for excess, weight in _prior(middle, alpha)]
    highest = max(terms)
    return highest + math.log(sum(math.exp(term - highest) for term in terms))


def _prior(theta: float, alpha: float) -> list[tuple[float, float]]:
    """Logarithms of excess ratios, each with the logarithm of its weight; the weights add up to 1."""
    r = beta_binomial_r(theta, EXPECTED, alpha, one_sided=True)
    step = (_GREATEST / _LEAST) ** (1 / (_NODES - 1))
    found = []
    for number in range(_NODES):
        excess = _LEAST * step**number
        p = _shifted(theta, excess)
        # the beta density, times how fast p grows with the logarithm of the excess
        found.append((excess, r / (1 - theta) * math.log(p) + r / theta * math.log1p(-p) + math.log(excess)))
    highest = max(weight for _, weight in found)
    whole = highest + math.log(sum(math.exp(weight - highest) for _, weight in found))
    return [(excess, weight - whole) for excess, weight in found]


def _shifted(theta: float, excess: float) -> float:
    """The probability whose odds are e^excess times those of theta."""
    odds = theta / (1 - theta) * math.exp(excess)
    return min(odds / (1 + odds), 1 - _CLOSE)


def _log_likelihood(failures: Failures, theta: float, excess: float) -> float:
    p = _shifted(theta, excess)
    return failures.suspect * math.log(p / theta) + failures.other * math.log((1 - p) / (1 - theta))
