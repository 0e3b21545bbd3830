"""What a source is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from promptctl.metrics.pairing import Row

OUTCOMES: Final = ("ok", "error", "refusal")


@dataclass(frozen=True, slots=True)
class Ask:
    """The calls of a prompt, in one environment or (None) in all, from `since` up to `until`.

    `steps` are the times at which the steps of a rollout began: earlier calls are of step 0. Without any, all are of
    step 1. A call that took longer than `slow` seconds is slow.
    """

    name: str
    environment: str | None
    since: datetime | None
    until: datetime
    steps: tuple[datetime, ...] = ()
    slow: float = 5.0


@dataclass(frozen=True, slots=True)
class Counted:
    """The calls by version, tenant, step and stage; `unreadable` is how many records were not understood."""

    rows: tuple[Row, ...]
    unreadable: int = 0
    notes: tuple[str, ...] = ()


class Source(Protocol):
    """Answers one question with one look at what it has."""

    def count(self, ask: Ask) -> Counted:
        """Raises UsageError where there is no such source, Undecided where it does not answer."""
