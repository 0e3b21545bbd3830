"""Simulates rollouts and counts how often the guard stops them, beside naive peeking and a plain threshold.

`python -m benchmarks.guard [--runs N] [ROW…]`: each rollout has 20,000 calls and is looked at after every hundred.
"""

from __future__ import annotations

import argparse
import math
import random
from dataclasses import dataclass
from statistics import NormalDist, median
from typing import TYPE_CHECKING

from promptctl.metrics.comparison import Arm, Comparison, Pair, Stage, Stratum
from promptctl.metrics.judging import Levels, Verdict, judge
from promptctl.metrics.margins import parse_margin
from promptctl.metrics.tallies import Count, Moments, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promptctl.metrics.margins import Margin

CALLS, LOOK = 20_000, 100
ALPHA, METRICS = 0.05, 6
_Z = NormalDist().inv_cdf(1 - ALPHA)
_HERE = Stratum("1", "")
_POOL = 2_000  # batches of a skewed value that are drawn from


@dataclass
class Seen:
    """Running counts of both arms: number, sum and sum of squares."""

    new: tuple[int, float, float] = (0, 0.0, 0.0)
    base: tuple[int, float, float] = (0, 0.0, 0.0)


@dataclass(frozen=True)
class Row:
    """A kind of rollout. `new` and `base` draw a batch of each version; `before`: the old one ran first."""

    title: str
    metric: str
    margin: str
    share: float
    new: Callable[[random.Random, int], tuple[float, float]]
    base: Callable[[random.Random, int], tuple[float, float]]
    before: bool = False


def failures(rate: float) -> Callable[[random.Random, int], tuple[float, float]]:
    """Hits among so many calls."""

    def draw(generator: random.Random, n: int) -> tuple[float, float]:
        hits = float(sum(generator.random() < rate for _ in range(n)))
        return hits, hits

    return draw


def values(one: Callable[[random.Random], float]) -> Callable[[random.Random, int], tuple[float, float]]:
    """Sum and sum of squares of so many values, each drawn from a pool that is made once."""
    generator = random.Random(0)  # noqa: S311 - a simulation
    pool = [one(generator) for _ in range(_POOL * LOOK)]

    def draw(generator: random.Random, n: int) -> tuple[float, float]:
        found = generator.choices(pool, k=n)
        return math.fsum(found), math.fsum(value * value for value in found)

    return draw


def looks(row: Row, generator: random.Random) -> Iterator[Seen]:
    seen = Seen()
    if row.before:
        seen.base = _plus(seen.base, CALLS // 2, row.base(generator, CALLS // 2))
    for _ in range(CALLS // 2 // LOOK if row.before else CALLS // LOOK):
        mine = LOOK if row.before else sum(generator.random() < row.share for _ in range(LOOK))
        seen.new = _plus(seen.new, mine, row.new(generator, mine))
        if not row.before:
            seen.base = _plus(seen.base, LOOK - mine, row.base(generator, LOOK - mine))
        yield seen


def _plus(side: tuple[int, float, float], n: int, drawn: tuple[float, float]) -> tuple[int, float, float]:
    return side[0] + n, side[1] + drawn[0], side[2] + drawn[1]


def guard(row: Row, margin: Margin, seen: Seen, alpha: float) -> bool:
    pair = Pair(Arm(_HERE, _tally(row.metric, seen.new)), Arm(_HERE, _tally(row.metric, seen.base)))
    found = judge(row.metric, margin, Comparison((Stage("1", (pair,)),)), Levels(alpha, alpha))
    return found.verdict is Verdict.STOP


def _tally(metric: str, side: tuple[int, float, float]) -> Tally:
    if metric == "error_rate":
        return Tally(side[0], {metric: Count(round(side[1]), side[0])})
    return Tally(side[0], means={metric: Moments(*side)})


def naive(margin: Margin, seen: Seen) -> bool:
    """A z-test that knows of no other look."""
    (n, total, squares), (m, total_, squares_) = seen.new, seen.base
    if min(n, m) < LOOK // 2:
        return False
    variance = (squares / n - (total / n) ** 2) / n + margin.ratio**2 * (squares_ / m - (total_ / m) ** 2) / m
    return variance > 0 and margin.excess(total / n, total_ / m) / math.sqrt(variance) > _Z


def threshold(margin: Margin, seen: Seen) -> bool:
    """From 500 calls on: half as far again beyond the margin as the old version's value is large."""
    (n, total, _), (m, total_, _) = seen.new, seen.base
    return min(n, m) >= LOOK and n + m >= 5 * LOOK and margin.excess(total / n, total_ / m) > 0.5 * abs(total_ / m)


def simulate(row: Row, runs: int) -> str:
    margin, generator = parse_margin(row.margin), random.Random(row.title)  # noqa: S311 - a simulation
    stopped: dict[str, list[int]] = {"alone": [], "of six": [], "naive": [], "threshold": []}
    for _ in range(runs):
        tests: dict[str, Callable[[Seen], bool]] = {
            "alone": lambda seen: guard(row, margin, seen, ALPHA),
            "of six": lambda seen: guard(row, margin, seen, ALPHA / METRICS),
            "naive": lambda seen: naive(margin, seen),
            "threshold": lambda seen: threshold(margin, seen),
        }
        for number, seen in enumerate(looks(row, generator), 1):
            for name in [name for name, test in tests.items() if test(seen)]:
                stopped[name].append(number * LOOK)
                del tests[name]
            if not tests:
                break
    cells = [f"{len(found) / runs:.1%}" + (f" @{median(found):.0f}" if found else "") for found in stopped.values()]
    return f"| {row.title} | `{row.margin}` | {' | '.join(cells)} |"


def rows() -> dict[str, Row]:
    cost = values(lambda generator: generator.lognormvariate(0, 1))
    quality = values(lambda generator: generator.betavariate(8, 2))
    one, two = failures(0.01), failures(0.02)
    return {
        "rate": Row("error rate 1 %, equal, half each", "error_rate", "<= x1", 0.5, one, one),
        "rate-tenth": Row("error rate 1 %, equal, a tenth on the new", "error_rate", "<= x1", 0.1, one, one),
        "rate-before": Row(
            "error rate 1 %, equal, before and after", "error_rate", "<= x1", 1.0, one, one, before=True
        ),
        "rate-points": Row("error rate 1 %, equal, in points", "error_rate", "<= +0pp", 0.5, one, one),
        "cost": Row("cost, log-normal, equal", "cost", "<= +0%", 0.5, cost, cost),
        "quality": Row("quality, beta(8, 2), equal", "quality", ">= -0", 0.5, quality, quality),
        "doubled": Row("error rate 1 % to 2 %, half each", "error_rate", "<= x1", 0.5, two, one),
        "doubled-tenth": Row("error rate 1 % to 2 %, a tenth on the new", "error_rate", "<= x1", 0.1, two, one),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    known = rows()
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(known))
    asked = parser.parse_args()
    print("Rollouts that are stopped, @ the calls at which half of those were.\n")
    print("| rollout | margin | guard, one metric | guard, one of six | naive peeking | threshold |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for name in asked.rows or known:
        print(simulate(known[name], asked.runs), flush=True)


if __name__ == "__main__":
    main()
