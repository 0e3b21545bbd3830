"""What was counted of some calls, enough for every metric: hits of rates, and the moments of means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RATES: Final = ("error_rate", "refusal_rate", "policy_violation_rate", "slow_rate")
MEANS: Final = ("quality", "cost")
DURATION: Final = "duration"  # shown, and guarded as slow_rate


@dataclass(frozen=True, slots=True)
class Count:
    """How many of `n` calls for which it is known were hits."""

    hits: int = 0
    n: int = 0

    @property
    def share(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def moments(self) -> Moments:
        """As the mean of zeros and ones; one hit and one miss are added, so that none seen is not taken for none."""
        return Moments(self.n, self.hits, self.hits, (self.hits + 1) * (self.n - self.hits + 1) / (self.n + 2) ** 2)


@dataclass(frozen=True, slots=True)
class Moments:
    """Number, sum and sum of squares of a value; `spread` is a variance to use instead of theirs."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    spread: float | None = None

    @property
    def mean(self) -> float | None:
        return self.total / self.n if self.n else None

    @property
    def variance(self) -> float:
        if self.spread is not None or self.n <= 1:
            return self.spread or 0.0
        found = (self.squares - self.total * self.total / self.n) / (self.n - 1)
        noise = _NOISE * self.squares / self.n  # what is left of equal values by rounding
        return found if found > noise else 0.0


_NOISE: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of calls. A metric that is absent was not measured."""

    calls: int = 0
    rates: Mapping[str, Count] = field(default_factory=dict)
    means: Mapping[str, Moments] = field(default_factory=dict)

    def rate(self, name: str) -> Count:
        return self.rates.get(name, Count())

    def mean(self, name: str) -> Moments:
        return self.means.get(name, Moments())


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them together: for usage, and for calls of one arm that differ in nothing that matters."""
    found = list(tallies)
    rates = {name: _count(tally.rate(name) for tally in found) for name in RATES}
    means = {name: _moments(tally.mean(name) for tally in found) for name in (*MEANS, DURATION)}
    return Tally(sum(tally.calls for tally in found), rates, means)


def _count(counts: Iterable[Count]) -> Count:
    found = list(counts)
    return Count(sum(one.hits for one in found), sum(one.n for one in found))


def _moments(moments: Iterable[Moments]) -> Moments:
    found = list(moments)
    return Moments(sum(m.n for m in found), sum(m.total for m in found), sum(m.squares for m in found))
