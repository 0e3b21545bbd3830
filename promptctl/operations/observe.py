"""Looks at what production does with a version, and asks the guard what to make of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from promptctl.core.errors import UsageError
from promptctl.metrics.guard import Decision, Guard, Seen, decide
from promptctl.metrics.judging import Verdict
from promptctl.metrics.margins import parse_margin, parse_share
from promptctl.metrics.pairing import BEFORE, EVERYBODY, SHARE, TENANTS, Design, Paired, paired
from promptctl.metrics.sources.asking import Ask
from promptctl.metrics.tallies import total
from promptctl.operations.catalog import Catalog
from promptctl.operations.environments import choose_environment, sound_environment
from promptctl.operations.rollout_steps import step_times
from promptctl.plan.rollouts import find_rollout
from promptctl.tree.policy_defaults import completed
from promptctl.tree.policy_values import rollout_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

    from promptctl.core.refs import Ref
    from promptctl.core.rollouts import Rollout
    from promptctl.metrics.pairing import Row
    from promptctl.metrics.sources.asking import Counted, Source
    from promptctl.metrics.tallies import Tally
    from promptctl.operations.compared import Compared
    from promptctl.tree.policy_values import RolloutPolicy
    from promptctl.tree.selection import Environment


@dataclass(frozen=True, slots=True)
class Looking:
    """What was asked for. `name` is a prompt, a slot or a version; `version` is compared with the default."""

    name: str
    environment: str | None
    now: datetime
    since: datetime | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared: `base` is None for a prompt's first version; `steps` are when those of the rollout began."""

    environment: str
    new: Ref
    base: Ref | None
    rollout: Rollout | None
    steps: tuple[datetime, ...]
    design: Design


@dataclass(frozen=True, slots=True)
class Observation:
    """The verdict, and what it was made of. `usage` is all calls since the beginning, by version."""

    subject: Subject
    asked: Ask
    guard: Guard
    policy: RolloutPolicy
    seen: Seen
    decision: Decision
    usage: Mapping[str, Tally]
    counted: Counted
    alone: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        return self.decision.verdict

    @property
    def is_final(self) -> bool:
        """Whether looking again is of no use: something is proved, or time is up."""
        late = self.seen.observed is not None and self.seen.observed > self.guard.timeout
        return self.verdict in {Verdict.STOP, Verdict.PROMOTE} or (self.verdict is Verdict.INCONCLUSIVE and late)


def observe(views: Compared, looking: Looking, source: Source) -> Observation:
    """Raises UsageError where there is nothing to observe, and what the source raises."""
    subject, policy = _subject(views, looking), rollout_policy(views)
    guard = guard_of(policy, views.context.policy.data)
    since = looking.since
    if since is None and subject.steps:
        since = _earlier(subject.steps[0], policy.timeout)
    asked = Ask(subject.new.name, subject.environment, since, looking.now, subject.steps, policy.slow.total_seconds())
    counted = source.count(asked)
    found = _paired(counted.rows, subject)
    current = [row for row in counted.rows if row.step != BEFORE]
    seen = _seen(subject, found, current, looking.now)
    decision = _sticky(views, subject, decide(guard, seen))
    return Observation(subject, asked, guard, policy, seen, decision, _usage(current), counted, found.alone)


def _earlier(moment: datetime, by: timedelta) -> datetime | None:
    """None where there is no such time."""
    try:
        return moment - by
    except OverflowError:
        return None


def rollout_policy(views: Compared) -> RolloutPolicy:
    """What the policy says of rollouts; what holds where it says nothing."""
    data = views.context.policy.data
    found = rollout_of(completed({**data, "rollout": data.get("rollout", {})}))
    if found is None:
        raise UsageError("the policy's section `rollout` cannot be read", hint="promptctl check --all")
    return found


def guard_of(policy: RolloutPolicy, data: Mapping[str, Any]) -> Guard:
    """The margins of a policy as values; `data` is what its file states itself."""
    return Guard(
        margins={name: parse_margin(text) for name, text in policy.guard.items()},
        stated=frozenset(data.get("rollout", {}).get("guard", ())),
        caps={name: parse_share(text) for name, text in policy.caps.items()},
        alpha=policy.alpha,
        min_samples=policy.min_samples,
        min_observation=policy.min_observation,
        timeout=policy.timeout,
    )


def prompt_name(views: Compared, environment: Environment, text: str) -> str:
    """The prompt that a name, a slot or a version speaks of. Raises UsageError where there is none."""
    wanted = text.partition("@")[0]
    pin = environment.selection.slots.get(wanted)
    name = pin.name if pin else wanted
    Catalog(views.change).prompt(name)
    return name


def _subject(views: Compared, looking: Looking) -> Subject:
    environment = sound_environment(views, choose_environment(views, looking.environment))
    name = prompt_name(views, environment, looking.name)
    version = looking.version or looking.name.partition("@")[2] or None
    ref = f"{name}@{version.rpartition('@')[2]}" if version else None
    open_ones = [one for one in environment.rollouts.values() if one.is_open and one.target.name == name]
    if ref is not None and not any(str(one.target) == ref for one in open_ones):
        return _against_default(views, environment, ref)
    if not open_ones:
        message = f"{name} has no open rollout in {environment.name}"
        raise UsageError(message, hint="--version V compares a version with the default")
    rollout = find_rollout(environment, name, ref)
    steps = step_times(views, environment.name, rollout)
    return Subject(environment.name, rollout.target, rollout.source, rollout, steps, _design(environment, rollout))


def _against_default(views: Compared, environment: Environment, ref: str) -> Subject:
    target = Catalog(views.change).version(ref).ref
    default = environment.selection.defaults.get(target.name)
    if default == target:
        message = f"{target} is the default of {environment.name}: there is nothing else to compare it with"
        raise UsageError(message, hint="name another version with --version")
    return Subject(environment.name, target, default, None, (), SHARE)


def _design(environment: Environment, rollout: Rollout) -> Design:
    if rollout.strategy == "flag":
        flags = [flag for flag in environment.selection.flags if flag.use == rollout.target]
        return SHARE if any(flag.percentage is not None for flag in flags) or not flags else TENANTS
    return TENANTS if rollout.strategy == "tenant" else EVERYBODY


def _paired(rows: tuple[Row, ...], subject: Subject) -> Paired:
    return paired(rows, subject.new.version, subject.base.version if subject.base else "", subject.design)


def _seen(subject: Subject, found: Paired, current: Iterable[Row], now: datetime) -> Seen:
    new = [row for row in current if row.version == subject.new.version]
    present = sum(row.tally.calls for row in new if row.step == max(len(subject.steps), 1))
    observed = now - subject.steps[-1] if subject.steps else None
    return Seen(found.comparison, total(row.tally for row in new), present, observed)


def _usage(rows: Iterable[Row]) -> dict[str, Tally]:
    found: dict[str, list[Tally]] = {}
    for row in rows:
        found.setdefault(row.version, []).append(row.tally)
    return {version: total(tallies) for version, tallies in sorted(found.items())}


def observation_path(views: Compared, environment: str, ref: Ref) -> str:
    """Where the observation of a version is recorded."""
    return f"{views.change.layout.evidence}/{ref.name}/{ref.version}/observation.{environment}.json"


def _sticky(views: Compared, subject: Subject, decision: Decision) -> Decision:
    """A STOP that was recorded of this rollout stays: later luck is no answer to it."""
    recorded = _recorded(views, observation_path(views, subject.environment, subject.new))
    if decision.verdict is Verdict.STOP or recorded.get("verdict") != Verdict.STOP:
        return decision
    started = subject.rollout.started if subject.rollout else None
    rollout = recorded.get("rollout")
    same = (rollout.get("started") if isinstance(rollout, dict) else None) == started
    if not same or recorded.get("from") != (str(subject.base) if subject.base else None):
        return decision
    why = f"STOP was recorded at {recorded.get('recordedAt')}, and stays"
    return replace(decision, verdict=Verdict.STOP, reasons=(why, *decision.reasons))


def _recorded(views: Compared, path: str) -> dict[str, Any]:
    entry = views.change.head.entry(path)
    blob = views.change.library.blob(entry) if entry else None
    try:
        statement = json.loads(blob.data) if blob and blob.data else {}
    except (ValueError, RecursionError):
        return {}
    predicate = statement.get("predicate") if isinstance(statement, dict) else None
    return predicate if isinstance(predicate, dict) else {}
