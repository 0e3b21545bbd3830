"""Rules about rollouts that go on: by what was recorded of the version's effect, where the policy asks for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from promptctl.core.findings import Severity
from promptctl.core.levels import Level
from promptctl.core.times import parse_moment
from promptctl.core.versions import declared_level, parse_version
from promptctl.rules.base import rule
from promptctl.rules.breaking import why_breaking
from promptctl.rules.environments import at, environments, known, touched_environments
from promptctl.rules.moves import returns
from promptctl.rules.rollouts import entry_for, is_global, rollout_environments, steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from promptctl.core.findings import Finding
    from promptctl.core.refs import Ref
    from promptctl.core.rollouts import Rollout
    from promptctl.rules.base import Context
    from promptctl.tree.selection import Environment

_PROMOTE, _HOLD, _STOP = "PROMOTE", "HOLD", "STOP"
_FINISHED: Final = "finished"


@rule("rollout-without-metrics", family="rollouts", severity=Severity.ERROR, subject="move")
def rollout_without_metrics(context: Context) -> Iterator[Finding]:
    """Everybody moves to a version, and no observation says that it does no harm.

    ## What it does
    Where the policy has `rollout: {observation: required}`, looks at each open rollout that the change finishes, and at
    each move of everybody by a minor step or more. There has to be a recorded observation of the version in the
    environment with the verdict PROMOTE, not older than the rollout; or the rollout says in `unobserved-because` why
    there is none. Going back to what was served before is no fault, nor is an emergency.

    ## Why is this bad?
    The last who could have been spared are moved without a look at those who were moved before.

    ## Example
    ```console
    $ promptctl rollout start qualify-lead@1.2.0 --env production --global -m "It reads better."
    ```

    ## Use instead
    ```console
    $ promptctl rollout start qualify-lead@1.2.0 --env production --tenants acme -m "Pilot."
    $ promptctl observe qualify-lead --env production --source events.jsonl --record
    $ promptctl rollout finish qualify-lead --env production
    ```
    """
    if not _is_required(context):
        return
    told: set[tuple[str, Ref]] = set()
    for environment, rollout, before in _finished(context):
        told.add((environment.name, rollout.target))
        if not rollout.unobserved_because and not _promoted(context, environment, rollout.target, before.started):
            message = f"the rollout of {rollout.target} is finished without an observation that says {_PROMOTE}"
            pointer = ("rollouts", str(rollout.target))
            yield at(environment, pointer, message, ref=rollout.target, hint=_hint(environment, rollout.target))
    for environment, move, old, new in steps(context):
        if (environment.name, new) in told or not is_global(context, environment, move):
            continue
        entry = entry_for(context, environment, old, new)
        excused = entry is not None and entry.unobserved_because
        if excused or not _is_step(context, old, new) or _promoted(context, environment, new, ""):
            continue
        if not returns(context, environment.name, move):
            told.add((environment.name, new))
            message = f"everybody moves from {old} to {new} without an observation that says {_PROMOTE}"
            yield at(environment, move.scope, message, ref=new, hint=_hint(environment, new))


@rule("expansion-unobserved", family="rollouts", severity=Severity.ERROR, subject="move")
def expansion_unobserved(context: Context) -> Iterator[Finding]:
    """A rollout takes its next step, and nobody has looked at the last one.

    ## What it does
    Where the policy has `rollout: {observation: required}`, looks at each open rollout by which more people move. There
    has to be an observation of the version in the environment that was recorded since the last step and, unless it says
    PROMOTE, the policy's `min-observation` after it; or the rollout says in `unobserved-because` why there is none.
    An observation that says STOP is no ground to go on either, which a rule of its own says. Emergencies are exempt.

    ## Why is this bad?
    A pilot that nobody watches is no pilot.

    ## Example
    ```console
    $ promptctl rollout start qualify-lead@1.2.0 --env production --tenants acme -m "Pilot."
    $ promptctl rollout expand qualify-lead --env production --tenants globex
    ```

    ## Use instead
    ```console
    $ promptctl rollout start qualify-lead@1.2.0 --env production --tenants acme -m "Pilot."
    $ promptctl observe qualify-lead --env production --source events.jsonl --record
    $ promptctl rollout expand qualify-lead --env production --tenants globex
    ```
    """
    if not _is_required(context):
        return
    told: set[tuple[str, Ref]] = set()
    for environment, move, old, new in steps(context):
        before = context.change.environment(environment.name, on_base=True).rollouts.get(str(new))
        entry = entry_for(context, environment, old, new)
        is_over = entry is None or entry.state == _FINISHED or entry.unobserved_because
        if before is None or not before.is_open or is_over or (environment.name, new) in told:
            continue
        why = _unobserved(context, environment, before)
        if why is not None and not returns(context, environment.name, move):
            told.add((environment.name, new))
            message = f"the rollout of {new} is expanded, and {why}"
            yield at(environment, move.scope, message, ref=new, hint=_hint(environment, new))


@dataclass(frozen=True, slots=True)
class Observation:
    """What was recorded of a version in an environment; `recorded` is None where that is not said."""

    verdict: str
    recorded: datetime | None


def observation(context: Context, environment: str, ref: Ref) -> Observation | None:
    """The newest observation of exactly this version, as it would be after the merge; None where none counts."""
    change = context.change
    entry = change.after.entry(f"{change.layout.evidence}/{ref.name}/{ref.version}/observation.{environment}.json")
    blob = change.library.blob(entry) if entry else None
    try:
        statement = json.loads(blob.data or b"") if blob else None
    except (ValueError, RecursionError):
        return None
    if statement is None:
        return None
    predicate = _part(statement, "predicate")
    recorded = parse_moment(str(predicate.get("recordedAt", "")))
    is_about = predicate.get("environment", environment) == environment and _behaves(context, statement, ref)
    if not is_about or (recorded is not None and recorded > context.now):
        return None
    return Observation(str(predicate.get("verdict", "")), recorded)


def _part(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _behaves(context: Context, statement: Any, ref: Ref) -> bool:
    """Whether the version still behaves as when it was observed, where the statement says how."""
    subjects = statement.get("subject") if isinstance(statement, dict) else None
    first = subjects[0] if isinstance(subjects, list) and subjects else None
    digest = _part(first, "digest").get("behaviour")
    return digest is None or digest == known(context).digest(ref)


def _is_required(context: Context) -> bool:
    return context.policy.rollout is not None and context.policy.rollout.observation_required


def _finished(context: Context) -> Iterator[tuple[Environment, Rollout, Rollout]]:
    """The rollouts that the change finishes, with what base says of them."""
    names = set(environments(context)) & set(rollout_environments(context)) & touched_environments(context)
    for name in sorted(names):
        environment, base = context.change.environment(name), context.change.environment(name, on_base=True)
        if context.base_document is None or not (environment.is_readable and base.is_readable):
            continue
        for key, rollout in environment.rollouts.items():
            before = base.rollouts.get(key)
            ends = before is not None and before.is_open and rollout.state == _FINISHED
            if not (before and ends and rollout.source is not None):
                continue
            if known(context).is_emergency(rollout.target) is context.emergencies:
                yield environment, rollout, before


def _is_step(context: Context, old: Ref, new: Ref) -> bool:
    """Whether a move is one of a minor step or more, or breaks something."""
    numbers = [number for ref in (old, new) if (number := parse_version(ref.version)) is not None]
    level = declared_level(min(numbers), max(numbers)) if numbers else None
    return (level is not None and level >= Level.MINOR) or why_breaking(context, old, new) is not None


def _promoted(context: Context, environment: Environment, ref: Ref, since: str) -> bool:
    found = observation(context, environment.name, ref)
    start = parse_moment(since)
    if found is None or found.verdict != _PROMOTE:
        return False
    return start is None or found.recorded is None or found.recorded >= start


def _unobserved(context: Context, environment: Environment, before: Rollout) -> str | None:
    """Why the last step of a rollout was not observed; None where it was, or where that says STOP."""
    policy = context.policy.rollout
    found = observation(context, environment.name, before.target)
    step = parse_moment(before.step_at or before.started)
    if found is None or policy is None:
        return "no observation of it is recorded"
    if found.verdict == _STOP:
        return None
    if found.verdict not in {_PROMOTE, _HOLD}:
        return f"its observation says {found.verdict or 'nothing'}"
    if found.recorded is None or (step is not None and found.recorded < step):
        return "no observation is recorded since its last step"
    if found.verdict == _HOLD and step is not None and found.recorded - step < policy.min_observation:
        return "its last step was observed for less time than the policy asks for"
    return None


def _hint(environment: Environment, ref: Ref) -> str:
    command = f"promptctl observe {ref.name} --env {environment.name} --source FILE --record"
    return f"{command}; or --unobserved-because 'why', which stays on record"
