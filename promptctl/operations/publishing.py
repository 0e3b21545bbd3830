"""Commits onto the branch as the server has it, and pushes: a lost race is planned again, never merged as text."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.operations.operating import Place, Prepared, draft, judge, prepare
from promptctl.repo.remote import Push, Upstream, push, upstream_of
from promptctl.repo.repository import open_repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from promptctl.operations.compared import Compared
    from promptctl.plan.intents import Intent

_ATTEMPTS = 50  # somebody wins every round, so this many people at once all get through
_PAUSE = 0.1  # seconds: the longest wait before the second attempt


@dataclass(frozen=True, slots=True)
class Published:
    """`branch` has the commit on `remote`. `refused` are the server's words where the wanted branch did not take it."""

    prepared: Prepared
    commit: str
    remote: str
    branch: str
    refused: str = ""


def publish(
    directory: Path, now: datetime, decide: Callable[[Compared], Intent], place: Place, first: Prepared
) -> Published:
    """Push what was prepared. After a lost race the intent is planned and judged again on the new tip.

    Where the branch refuses pushes the commit goes to a branch of its own. Raises what planning raises, and Undecided
    where the server cannot be asked or every race was lost.
    """
    prepared = first
    for attempt in range(1, _ATTEMPTS + 1):
        if prepared.intent.is_empty:
            return Published(prepared, str(prepared.onto), "", prepared.branch)
        judge(prepared)
        with open_repository(directory) as repository:
            made = draft(repository, prepared)
            upstream = upstream_of(repository, prepared.branch)
            pushed = push(repository, upstream, made)
            if pushed.outcome is Push.LANDED:
                return Published(prepared, made, upstream.remote, upstream.branch)
            if pushed.outcome is Push.REFUSED:
                own = Upstream(upstream.remote, f"{_verb(prepared.intent)}/{made[:10]}")
                second = push(repository, own, made)
                if second.outcome is Push.LANDED:
                    return Published(prepared, made, own.remote, own.branch, pushed.words)
                message = f"{upstream.remote} refuses {upstream.branch} and {own.branch}: {second.words}"
                raise Undecided(message, hint="NOT LIVE; nothing was changed on the server")
        time.sleep(random.uniform(0, _PAUSE * attempt))  # noqa: S311 - so that two who lost do not meet again
        prepared = prepare(directory, now, decide, place)
    message = f"{prepared.branch} moved {_ATTEMPTS} times while this was being pushed"
    raise Undecided(message, hint="NOT LIVE; try again")


def _verb(intent: Intent) -> str:
    """`rollback`, `rollout` …: what a job that lets pure rollbacks in goes by."""
    return intent.subject.partition("(")[0]
