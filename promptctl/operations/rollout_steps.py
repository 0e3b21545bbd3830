"""When the steps of a rollout began, from its entry and, where there were more, from the history of the entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.times import parse_moment
from promptctl.repo.past import states
from promptctl.tree.environments import SUFFIX, read_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from promptctl.core.rollouts import Rollout
    from promptctl.operations.compared import Compared


def step_times(views: Compared, environment: str, rollout: Rollout) -> tuple[datetime, ...]:
    """The beginning of each step, the first one first. Raises Undecided where history is cut short before it."""
    found = {rollout.step: rollout.step_at or rollout.started, 1: rollout.started}
    if any(number not in found for number in range(1, rollout.step)):
        for entry in _past(views, environment, rollout):
            found.setdefault(entry.step, entry.step_at or entry.started)
            if entry.step <= 2:  # noqa: PLR2004 - the first step began when the rollout did
                break
    moments = (parse_moment(found[number]) for number in sorted(found))
    return tuple(sorted({moment for moment in moments if moment is not None}))


def _past(views: Compared, environment: str, rollout: Rollout) -> Iterator[Rollout]:
    """The rollout's entry as it was, the newest first, up to where it was started."""
    layout, tip = views.change.layout, views.head.commit or views.repository.head
    if tip is None:
        return
    places = (f"{layout.config}/{environment}{SUFFIX}", f"{layout.config}/{environment}")
    for snapshot in states(views.repository, tip, places):
        old = read_environment(snapshot, layout, views.change.library, environment)
        entry = old.rollouts.get(str(rollout.target))
        if entry is None or entry.started != rollout.started:
            return
        yield entry
