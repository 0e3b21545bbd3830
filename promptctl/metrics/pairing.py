"""Puts counted calls into pairs: a version against the one before it, for the same tenant in the same stage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.metrics.comparison import Arm, Comparison, Pair, Stage, Stratum
from promptctl.metrics.tallies import total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
class Design:
    """How a rollout chooses who gets the new version.

    `split`: by chance, call by call or conversation by conversation, so a tenant gets both. `anonymous`: calls that do
    not say whose they are were chosen like all others, and may be compared with each other.
    """

    split: bool
    anonymous: bool


TENANTS = Design(split=False, anonymous=False)
SHARE = Design(split=True, anonymous=True)
EVERYBODY = Design(split=False, anonymous=True)


@dataclass(frozen=True, slots=True)
class Paired:
    """`alone`: tenants with calls of the new version that there is nothing to compare with."""

    comparison: Comparison
    alone: tuple[str, ...]


def paired(rows: Sequence[Row], new: str, base: str, design: Design) -> Paired:
    """Each tenant against itself: inside a step where it gets both versions, else against what it had before."""
    tenants: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        is_new = row.version == new and row.step != BEFORE
        if (is_new or row.version == base) and (row.tenant or design.anonymous):
            tenants[row.tenant].append(row)
    stages: dict[str, list[Pair]] = defaultdict(list)
    for tenant in sorted(tenants):
        for pair in _pairs(tenant, tenants[tenant], new, design):
            stages[pair.stratum.stage].append(pair)
    found = {pair.stratum.tenant for pairs in stages.values() for pair in pairs}
    alone = {row.tenant for row in rows if row.version == new and row.step != BEFORE} - found
    comparison = Comparison(tuple(Stage(name, tuple(stages[name])) for name in sorted(stages)))
    return Paired(comparison, tuple(sorted(alone)))


def _pairs(tenant: str, rows: Sequence[Row], new: str, design: Design) -> Iterator[Pair]:
    news: dict[Stratum, list[Tally]] = defaultdict(list)
    bases: dict[Stratum, list[Tally]] = defaultdict(list)
    for row in rows:
        (news if row.version == new else bases)[_stratum(tenant, row)].append(row.tally)
    both = [stratum for stratum in sorted(news) if stratum in bases]
    beside = sum(tally.calls for stratum in both for tally in bases[stratum])
    mine = sum(tally.calls for tallies in news.values() for tally in tallies)
    if beside and (design.split or beside >= _SPLIT * (beside + mine)):
        for stratum in both:
            yield Pair(Arm(stratum, total(news[stratum])), Arm(stratum, total(bases[stratum])))
    elif news:
        yield from _before_and_after(tenant, rows, new)


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
