"""What a resolver tells: selections, warnings, reloads, and what became of calls."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from promptctl.runtime.names import PROMPT, PROMPT_VERSION

if TYPE_CHECKING:
    from promptctl.runtime.record import Record


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is `selection`, `deprecated`, `flag-expired`, `reloaded` or `reload-failed`; `time` is in Unix seconds.

    The first three have the record that was given out, and for whom.
    """

    kind: str
    message: str
    time: float
    environment: str
    config_commit: str | None
    record: Record | None = None
    tenant: str | None = None
    key: str | None = None


class Sink(Protocol):
    """Takes usage events, one call each; called by one thread, never by that of a request."""

    def write(self, event: dict[str, Any]) -> None:
        """Keep one event. What it raises is logged."""
        ...


def selection_event(record: Record, kind: str, message: str, tenant: str | None, key: str | None) -> Event:
    """An event about a record that was given out now."""
    return Event(kind, message, time.time(), record.environment, record.config_commit, record, tenant, key)


def usage_event(record: Record, outcome: str, duration: float, **facts: Any) -> dict[str, Any]:
    """What `promptctl observe` reads of one call; facts that are None are left out."""
    event = {
        "timestamp": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "environment": record.environment,
        PROMPT: record.name,
        PROMPT_VERSION: record.version,
        "outcome": outcome,
        "duration_s": round(duration, 6),
        "stage": record.stage,
        **facts,
    }
    return {name: value for name, value in event.items() if value is not None}
