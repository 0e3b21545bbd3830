"""Steps of a rollout that look first: they observe, go on only where the policy lets them, and keep what they saw."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, Undecided
from promptctl.metrics.guard import enough
from promptctl.metrics.judging import Verdict
from promptctl.operations.observe import Looking, observe
from promptctl.operations.observe_record import record

if TYPE_CHECKING:
    from promptctl.metrics.sources.asking import Source
    from promptctl.operations.compared import Compared
    from promptctl.operations.observe import Observation
    from promptctl.operations.rollout import Step
    from promptctl.plan.intents import Intent


def look_first(views: Compared, step: Step, source: Source, *, finishes: bool) -> Observation:
    """Raises Refused where the numbers forbid the step, Undecided where there are none."""
    found = observe(views, Looking(step.name, step.environment, step.now), source)
    why = "; ".join(found.decision.reasons)
    target = found.subject.new
    if found.verdict is Verdict.STOP:
        raise Refused(f"{target}: STOP: {why}", hint=f"promptctl rollback {target} --env {found.subject.environment}")
    if found.verdict is Verdict.INCONCLUSIVE:
        raise Undecided(f"{target}: INCONCLUSIVE: {why}", hint="--unobserved-because TEXT goes on all the same")
    if finishes and found.verdict is not Verdict.PROMOTE:
        raise Refused(f"{target}: {found.verdict}, and finishing needs PROMOTE: {why}", hint=_LATER)
    lacking = enough(found.guard, found.seen)
    if lacking:
        raise Refused(f"{target} was not observed enough: {'; '.join(lacking)}", hint=_LATER)
    return found


_LATER = "look again later, or say --unobserved-because TEXT"


def with_observation(views: Compared, intent: Intent, found: Observation, source: str) -> Intent:
    """The intent, which also keeps the observation."""
    if intent.is_empty:
        return intent
    files = {path: data for path, data in record(views, found, source).files.items() if data is not None}
    note = f"{found.subject.new}: {found.verdict}"
    return replace(intent, written={**intent.written, **files}, notes=(note, *intent.notes))
