"""What the steps of a rollout mean in a repository: which versions, tenants and owners there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.errors import UsageError
from promptctl.core.text import suggest
from promptctl.operations.catalog import Catalog
from promptctl.operations.environments import choose_environment, planned_environment, sound_environment
from promptctl.plan.edits import Put
from promptctl.plan.intents import Intent, by_file, listed
from promptctl.plan.rollouts import NewFlag, Start, expand, find_rollout, finish, set_state, start
from promptctl.rules.environments import known
from promptctl.tree.environments import SUFFIX, configured

if TYPE_CHECKING:
    from datetime import datetime

    from promptctl.core.refs import Ref
    from promptctl.core.rollouts import Rollout
    from promptctl.operations.compared import Compared
    from promptctl.plan.edits import Edit
    from promptctl.tree.selection import Environment


@dataclass(frozen=True, slots=True)
class Step:
    """What was asked of a rollout. `name` is a prompt, a slot or a version of either; the rest is as in `Start`."""

    name: str
    environment: str | None
    now: datetime
    reason: str = ""
    tenants: tuple[str, ...] = ()
    new_tenants: bool = False
    percentage: int | None = None
    unobserved_because: str | None = None


@dataclass(frozen=True, slots=True)
class FlagOptions:
    """A flag to be made; without an owner the prompt's owner has it."""

    key: str
    expires: str
    owner: str | None = None


def decide_start(views: Compared, step: Step, flag: FlagOptions | None, *, default_only: bool) -> Intent:
    """Raises UsageError for names that there are not, Refused where another rollout is in the way."""
    environment = _environment(views, step.environment, make=True)
    wanted, target = _target(views, environment, step.name)
    _refuse_unknown(environment, step)
    made = None
    if flag is not None:
        if wanted != target.name:
            message = f"a flag moves {target.name} in every slot, not {wanted} alone"
            raise UsageError(message, hint=f"promptctl rollout start {target} --flag {flag.key} …")
        manifest = Catalog(views.change).manifest(Catalog(views.change).prompt(target.name))
        owner = flag.owner or (manifest.string("owner") if manifest else None) or ""
        made = NewFlag(flag.key, owner, flag.expires, step.percentage)
    edits = start(
        environment,
        Start(target, wanted, step.reason, step.tenants, made, default_only, step.unobserved_because),
        step.now,
    )
    whom = f"behind {flag.key}" if flag else f"for {listed(step.tenants)}" if step.tenants else "for everybody"
    return _intent(views, environment, edits, f"start {target} {whom}", "rollout-start", target, step)


def decide_expand(views: Compared, step: Step) -> Intent:
    """Raises UsageError where no rollout is open or nobody is added, Refused where it is paused."""
    environment, rollout = _open(views, step)
    _refuse_unknown(environment, step)
    edits = expand(
        environment,
        rollout,
        step.now,
        wanted=step.name.partition("@")[0],
        tenants=step.tenants,
        percentage=step.percentage,
        unobserved_because=step.unobserved_because,
    )
    whom = listed(step.tenants) if step.tenants else f"{step.percentage} %"
    return _intent(
        views, environment, edits, f"expand {rollout.target} to {whom}", "rollout-expand", rollout.target, step
    )


def decide_state(views: Compared, step: Step, state: str) -> Intent:
    """`state`: paused or running."""
    environment, rollout = _open(views, step)
    verb = "pause" if state == "paused" else "resume"
    edits = set_state(rollout, state)
    return _intent(views, environment, edits, f"{verb} {rollout.target}", f"rollout-{verb}", rollout.target, step)


def decide_finish(views: Compared, step: Step) -> Intent:
    """Raises UsageError where no rollout is open."""
    environment, rollout = _open(views, step)
    edits = finish(environment, rollout, step.reason or rollout.because, step.unobserved_because)
    return _intent(views, environment, edits, f"finish {rollout.target}", "rollout-finish", rollout.target, step)


def _environment(views: Compared, name: str | None, *, make: bool = False) -> Environment:
    """An environment without a fault; with `make` also one that the policy names and nothing configures yet."""
    if make:
        return planned_environment(views, name)
    return sound_environment(views, choose_environment(views, name))


def _target(views: Compared, environment: Environment, text: str) -> tuple[str, Ref]:
    """The prompt or slot that moves, and the version that it moves to."""
    wanted, at, version = text.partition("@")
    pin = environment.selection.slots.get(wanted)
    if not at:
        message = f"{text} names no version"
        raise UsageError(message, hint=f"promptctl rollout start {text}@VERSION")
    found = Catalog(views.change).version(f"{pin.name if pin else wanted}@{version}")
    return wanted, found.ref


def _open(views: Compared, step: Step) -> tuple[Environment, Rollout]:
    environment = _environment(views, step.environment)
    wanted, at, version = step.name.partition("@")
    pin = environment.selection.slots.get(wanted)
    name = pin.name if pin else wanted
    Catalog(views.change).prompt(name)
    return environment, find_rollout(environment, name, f"{name}@{version}" if at else None)


def _refuse_unknown(environment: Environment, step: Step) -> None:
    known = environment.selection.tenants
    unknown = [tenant for tenant in step.tenants if tenant not in known]
    if unknown and not step.new_tenants:
        close = suggest(unknown[0], known)
        message = f"{environment.name} lists no tenant {unknown[0]}"
        raise UsageError(message, hint=f"did you mean {close}?" if close else "add --new-tenant to list it")


def _intent(
    views: Compared, environment: Environment, edits: list[Edit], what: str, event: str, target: Ref, step: Step
) -> Intent:
    if not edits:
        return Intent("", {}, notes=(f"nothing to do: {environment.name} is so already",))
    facts = {
        "Event": event,
        "Prompt": target.name,
        "Environment": environment.name,
        "From": _source(environment, edits, target),
        "To": str(target),
        "Tenants": ", ".join(step.tenants),
        "Reason": step.reason,
    }
    fallback = f"{views.change.layout.config}/{environment.name}{SUFFIX}"
    return Intent(f"rollout({environment.name}): {what}", facts, by_file(environment, edits, fallback))


def _source(environment: Environment, edits: list[Edit], target: Ref) -> str:
    """What a rollout moves from: as its new entry says, else as the entry that is there."""
    for edit in edits:
        if isinstance(edit, Put) and edit.pointer == ("rollouts", str(target)) and isinstance(edit.value, dict):
            return str(edit.value.get("from", ""))
    rollout = environment.rollouts.get(str(target))
    return str(rollout.source) if rollout and rollout.source else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One rollout on record."""

    environment: str
    target: str
    source: str | None
    strategy: str
    state: str
    started: str
    step: int
    because: str
    tenants: tuple[str, ...]
    emergency: bool


def status(views: Compared, environment: str | None) -> list[Row]:
    """The rollouts on record, in the order of the file."""
    found = configured(views.change.head, views.change.layout)
    names = [choose_environment(views, environment)] if environment else found
    environments = (sound_environment(views, name) for name in names)
    return [_row(views, each, rollout) for each in environments for rollout in each.rollouts.values()]


def _row(views: Compared, environment: Environment, rollout: Rollout) -> Row:
    tenants = (n for n, tenant in environment.selection.tenants.items() if rollout.target in tenant.overrides.values())
    source = str(rollout.source) if rollout.source else None
    facts = (rollout.strategy, rollout.state, rollout.started, rollout.step, rollout.because)
    emergency = known(views.context).is_emergency(rollout.target)
    return Row(environment.name, str(rollout.target), source, *facts, tuple(tenants), emergency)
