"""Who still uses a version, for those who want to deprecate or retire it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, Undecided
from promptctl.core.text import plural
from promptctl.core.times import spoken, written
from promptctl.metrics.pairing import BEFORE
from promptctl.metrics.sources.asking import Ask
from promptctl.operations.catalog import Catalog
from promptctl.plan.intents import Intent, listed

if TYPE_CHECKING:
    from datetime import timedelta

    from promptctl.core.refs import Ref
    from promptctl.metrics.sources.asking import Source
    from promptctl.operations.compared import Compared


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls of a version since `since`, in every environment; `tenants` has the busiest first.

    `others`: whether the source knows of calls of the prompt since then at all, of this version or of another.
    """

    ref: Ref
    since: datetime
    calls: int
    tenants: tuple[tuple[str, int], ...]
    last: datetime | None
    others: bool
    unreadable: int

    @property
    def sentence(self) -> str:
        """What is known, for people."""
        if not self.calls:
            nobody = "nobody has called any version" if not self.others else f"nobody has called {self.ref}"
            return f"{nobody} since {written(self.since)}"
        by = listed(f"{name or '(no tenant)'} {n}" for name, n in self.tenants)
        last = f", last at {written(self.last)}" if self.last else ""
        return f"{self.ref} was called {plural(self.calls, 'time')} since {written(self.since)} ({by}){last}"


def usage(views: Compared, text: str, source: Source, now: datetime) -> Usage:
    """Within the policy's window. Raises Undecided where the source has never heard of the prompt."""
    ref = Catalog(views.change).version(text).ref
    since = _before(now, views.context.policy.deprecation.unused_for)
    counted = source.count(Ask(ref.name, None, None, now, (since,)))
    if not counted.rows:
        message = f"the source has no calls of {ref.name} at all, so it cannot tell whether {ref} is used"
        raise Undecided(message, hint="name another source, or say --usage-unknown-because TEXT")
    recent = [row for row in counted.rows if row.step != BEFORE]
    mine = [row for row in recent if row.version == ref.version]
    tenants: dict[str, int] = {}
    for row in mine:
        tenants[row.tenant] = tenants.get(row.tenant, 0) + row.tally.calls
    busiest = sorted(tenants.items(), key=lambda item: (-item[1], item[0]))
    last = max((row.last for row in counted.rows if row.version == ref.version), default=None)
    moment = None if last is None else datetime.fromtimestamp(last, UTC)
    return Usage(ref, since, sum(tenants.values()), tuple(busiest), moment, bool(recent), counted.unreadable)


def _before(now: datetime, by: timedelta) -> datetime:
    try:
        return now - by
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def with_usage(intent: Intent, found: Usage) -> Intent:
    """The intent, and what is known of the use of its version."""
    notes = [found.sentence]
    if found.unreadable:
        notes.append(f"{plural(found.unreadable, 'record')} of the source could not be read")
    return replace(intent, notes=(*notes, *intent.notes))


def refuse_used(views: Compared, found: Usage) -> None:
    """Raise Refused for a version that somebody still uses."""
    if found.calls:
        asked = spoken(views.context.policy.deprecation.unused_for)
        raise Refused(found.sentence, hint=f"move them first: it may go when nobody has used it for {asked}")
