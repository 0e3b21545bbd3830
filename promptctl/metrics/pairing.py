"""Puts counted calls into pairs: a version against the one before it, for the same tenant in the same stage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.metrics.comparison import Arm, Comparison, Pair, Stage, Stratum
from promptctl.metrics.tallies import total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from promptctl.metrics.tallies import Tally

BEFORE = 0  # the step of calls from before the rollout
_SPLIT = 0.1  # a tenant with a smaller part on the other version is switched over; the rest are stragglers


@dataclass(frozen=True, slots=True)
class Row:
    """Calls of one version by one tenant (empty: not said) in one step, from 1 on; `stage` is what the calls say.

    `last` is when the last one was, in seconds since 1970.
    """

    version: str
    tenant: str
    step: int
    stage: str
    tally: Tally
    last: float = 0.0


@dataclass(frozen=True, slots=True)
class Paired:
    """`alone`: tenants with calls of the new version that there is nothing to compare with."""

    comparison: Comparison
    alone: tuple[str, ...]


def paired(rows: Sequence[Row], new: str, base: str, *, by_tenant: bool) -> Paired:
    """Each tenant against itself: inside a step where it gets both versions, else against what it had before.

    `by_tenant`: tenants were chosen, so calls that do not say whose they are can stand in no pair.
    """
    tenants: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.version in {new, base} and (row.tenant or not by_tenant):
            tenants[row.tenant].append(row)
    stages: dict[str, list[Pair]] = defaultdict(list)
    for tenant in sorted(tenants):
        for pair in _pairs(tenant, tenants[tenant], new, chosen=by_tenant):
            stages[pair.stratum.stage].append(pair)
    found = {pair.stratum.tenant for pairs in stages.values() for pair in pairs}
    alone = {row.tenant for row in rows if row.version == new and row.step != BEFORE} - found
    comparison = Comparison(tuple(Stage(name, tuple(stages[name])) for name in sorted(stages)))
    return Paired(comparison, tuple(sorted(alone)))


def _pairs(tenant: str, rows: Iterable[Row], new: str, *, chosen: bool) -> Iterator[Pair]:
    news: dict[Stratum, list[Tally]] = defaultdict(list)
    bases: dict[Stratum, list[Tally]] = defaultdict(list)
    kept = [row for row in rows if row.version != new or row.step != BEFORE]
    for row in kept:
        side = news if row.version == new else bases
        side[_stratum(tenant, row)].append(row.tally)
    if not news:
        return
    both = [stratum for stratum in sorted(news) if stratum in bases]
    beside = sum(tally.calls for stratum in both for tally in bases[stratum])
    mine = sum(tally.calls for tallies in news.values() for tally in tallies)
    if beside >= _SPLIT * (beside + mine) or (beside and not chosen):
        for stratum in both:
            yield Pair(Arm(stratum, total(news[stratum])), Arm(stratum, total(bases[stratum])))
        return
    yield from _before_and_after(tenant, kept, new)


def _before_and_after(tenant: str, rows: Sequence[Row], new: str) -> Iterator[Pair]:
    """A tenant that was switched over: its share went from nothing to all, whatever the steps of the others."""
    joined = min(row.step for row in rows if row.version == new)
    before = [row.tally for row in rows if row.version != new and row.step < joined]
    if before:
        stratum = Stratum(_name(joined, ""), tenant)
        after = total(row.tally for row in rows if row.version == new)
        yield Pair(Arm(stratum, after), Arm(stratum, total(before)))


def _stratum(tenant: str, row: Row) -> Stratum:
    return Stratum(_name(row.step, row.stage), tenant)


def _name(step: int, stage: str) -> str:
    return f"{step:06d}:{stage}"
