"""Rollouts: what each step changes in an environment's configuration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError
from promptctl.core.reach import reachable
from promptctl.core.selection import Request, UnknownPrompt, resolve, slot_pointer
from promptctl.plan.edits import Put, Take

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from promptctl.core.refs import Ref
    from promptctl.core.rollouts import Rollout
    from promptctl.core.selection import Flag, Pointer, Selection
    from promptctl.plan.edits import Edit
    from promptctl.plan.yaml_text import Data
    from promptctl.tree.selection import Environment


@dataclass(frozen=True, slots=True)
class NewFlag:
    """`percentage` None is everybody; `expires` is an ISO date."""

    key: str
    owner: str
    expires: str
    percentage: int | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """A move to `target`: for some tenants, behind a flag, or (neither is given) for all.

    `wanted` is the prompt's name, or the one slot that is to move. `because` is the reason that stays on record.
    """

    target: Ref
    wanted: str
    because: str
    tenants: tuple[str, ...] = ()
    flag: NewFlag | None = None
    default_only: bool = False
    unobserved_because: str | None = None

    @property
    def strategy(self) -> str:
        return "flag" if self.flag else "tenant" if self.tenants else "global"


def start(environment: Environment, wanted: Start, now: datetime) -> list[Edit]:
    """The edits that start a rollout; none where everybody concerned has the version already.

    Raises Refused where another rollout is in the way, UsageError where those who move come from different versions.
    """
    selection = environment.selection
    _refuse_open(environment, wanted)
    if wanted.flag is not None:
        moves, source = [_flag(selection, wanted, wanted.flag, now)], served(selection, wanted.wanted, None)
    elif wanted.tenants:
        moves, source = _tenants(selection, wanted.target, wanted.wanted, wanted.tenants)
    else:
        source = _left(environment, wanted)
        moves = list(_everybody(environment, wanted.target, source, wanted))
    if not moves:
        return []
    entry: dict[str, Data] = {"from": str(source)} if source else {}
    state = "running" if wanted.strategy != "global" else "finished"
    entry |= {"strategy": wanted.strategy, "started": now, "step": {"number": 1, "at": now}, "state": state}
    entry |= {"because": wanted.because}
    entry |= {"unobserved-because": wanted.unobserved_because} if wanted.unobserved_because else {}
    done = _older(environment, wanted.target) if state == "finished" else []
    return [*moves, *done, Put(("rollouts", str(wanted.target)), entry)]


def _left(environment: Environment, wanted: Start) -> Ref | None:
    """The version that a rollout for everybody leaves; where the default has moved already, what its entry says."""
    name, recorded = wanted.target.name, environment.rollouts.get(str(wanted.target))
    if wanted.wanted != name:
        return served(environment.selection, wanted.wanted, None)
    default = environment.selection.defaults.get(name)
    return default if default != wanted.target else recorded.source if recorded else None


def expand(
    environment: Environment,
    rollout: Rollout,
    now: datetime,
    *,
    wanted: str,
    tenants: tuple[str, ...] = (),
    percentage: int | None = None,
    unobserved_because: str | None = None,
) -> list[Edit]:
    """The edits of one more step: to more tenants, or to a larger share. `wanted` is as in `Start`."""
    if rollout.state == "paused":
        raise Refused(f"the rollout of {rollout.target} is paused", hint=f"promptctl rollout resume {rollout.target}")
    if tenants:
        moves, source = _tenants(environment.selection, rollout.target, wanted, tenants)
        if source is not None and source != rollout.source:
            message = f"they are on {source}, and this rollout moves from {rollout.source or 'nothing'}"
            raise Refused(
                message, hint="finish or roll back this rollout first, or move those tenants in one of their own"
            )
    else:
        moves = [_share(environment.selection, rollout, percentage)]
    if not moves:
        return []
    place = ("rollouts", str(rollout.target))
    why = [Put((*place, "unobserved-because"), unobserved_because)] if unobserved_because else []
    return [*moves, Put((*place, "step", "number"), rollout.step + 1), Put((*place, "step", "at"), now), *why]


def set_state(rollout: Rollout, state: str) -> list[Edit]:
    """Pause or resume; nothing where that is so already."""
    return [] if rollout.state == state else [Put(("rollouts", str(rollout.target), "state"), state)]


def finish(
    environment: Environment, rollout: Rollout, because: str, unobserved_because: str | None = None
) -> list[Edit]:
    """The target becomes what everybody gets; overrides and flags go where that moves nobody."""
    target = rollout.target
    wanted = Start(target, target.name, because)
    moves = list(_everybody(environment, target, rollout.source, wanted))
    after = _moved(environment.selection, target, rollout.source)
    place = ("rollouts", str(target))
    why = [Put((*place, "unobserved-because"), unobserved_because)] if unobserved_because else []
    return [*moves, *_needless(after, target), Put((*place, "state"), "finished"), *why, *_older(environment, target)]


def find_rollout(environment: Environment, name: str, ref: str | None) -> Rollout:
    """The open rollout of a prompt, or of the one version that `ref` names. Raises UsageError."""
    found = [
        rollout
        for rollout in environment.rollouts.values()
        if rollout.is_open and rollout.target.name == name and ref in {None, str(rollout.target)}
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(str(rollout.target) for rollout in found)
        raise UsageError(f"{name} has several open rollouts in {environment.name}", hint=f"name one of {names}")
    message = f"{ref or name} has no open rollout in {environment.name}"
    raise UsageError(message, hint=f"promptctl rollout status --env {environment.name} lists them")


def served(selection: Selection, wanted: str, tenant: str | None) -> Ref | None:
    """What a tenant gets of a prompt or a slot who meets no further condition of a flag; None where that is nothing."""
    try:
        return resolve(replace(selection, refuses_unlisted=False), Request(wanted, tenant)).ref
    except UnknownPrompt:
        return None


def slots_of(selection: Selection, name: str) -> list[str]:
    """The slots that want a prompt, in the order of the file."""
    return [slot for slot, pin in selection.slots.items() if pin.name == name]


def _refuse_open(environment: Environment, wanted: Start) -> None:
    for rollout in environment.rollouts.values():
        if not rollout.is_open or rollout.target.name != wanted.target.name:
            continue
        if rollout.target == wanted.target:
            hint = f"promptctl rollout expand {rollout.target} --env {environment.name}"
            raise Refused(f"the rollout of {rollout.target} is open already", hint=hint)
        overlap = _holders(environment.selection, rollout).intersection(wanted.tenants)
        if overlap or "global" in {wanted.strategy, rollout.strategy}:
            about = f"for {min(overlap)}" if overlap else f"for {wanted.target.name}"
            hint = f"finish it or roll it back first: promptctl rollback {rollout.target} --env {environment.name}"
            raise Refused(f"the rollout of {rollout.target} is open {about}", hint=hint)


def _holders(selection: Selection, rollout: Rollout) -> set[str]:
    return {name for name, tenant in selection.tenants.items() if rollout.target in tenant.overrides.values()}


def _tenants(selection: Selection, target: Ref, wanted: str, tenants: tuple[str, ...]) -> tuple[list[Edit], Ref | None]:
    """Overrides for tenants that have another version, and the one version that they come from."""
    moves: list[Edit] = []
    sources: dict[Ref | None, str] = {}
    for tenant in dict.fromkeys(tenants):
        for key in _keys(selection, target.name, wanted, tenant):
            old = _others(selection, key, tenant, target)
            if old:
                sources.setdefault(old[0], tenant)
                moves.append(Put(("tenants", tenant, "prompts", key), str(target)))
    if len(sources) > 1:
        groups = ", ".join(f"{tenant} is on {source or 'nothing'}" for source, tenant in sources.items())
        raise UsageError(
            f"not everybody comes from the same version: {groups}", hint="start one rollout for each version"
        )
    return moves, next(iter(sources), None)


def _others(selection: Selection, wanted: str, tenant: str, target: Ref) -> list[Ref | None]:
    """What a tenant can get now that is not the target, also in the slots of a prompt: first what it usually gets."""
    places = [wanted, *slots_of(selection, wanted)]
    chains = (reachable(selection, place, tenant) for place in places)
    found = [served(selection, wanted, tenant), *(one.ref for chain in chains for one in chain)]
    return [ref for ref in found if ref != target]


def _keys(selection: Selection, name: str, wanted: str, tenant: str) -> list[str]:
    """Where a tenant's override belongs: the prompt, and the slots for which the tenant has one of its own."""
    entry = selection.tenants.get(tenant)
    own = [slot for slot in slots_of(selection, name) if entry and slot in entry.overrides]
    return [wanted] if wanted != name else [name, *own]


def _flag(selection: Selection, wanted: Start, new: NewFlag, now: datetime) -> Edit:
    if any(flag.key == new.key for flag in selection.flags):
        hint = "take another key, or promptctl flag remove it first"
        raise Refused(f"there is a flag {new.key} already", hint=hint)
    value: dict[str, Data] = {"use": str(wanted.target), "enabled": True}
    value |= {"percentage": new.percentage} if new.percentage is not None else {}
    value |= {"started": now.date(), "owner": new.owner, "expires": date.fromisoformat(new.expires)}
    return Put(("flags", new.key), value)


def _share(selection: Selection, rollout: Rollout, percentage: int | None) -> Edit:
    flags = [flag for flag in selection.flags if flag.use == rollout.target]
    if percentage is None or len(flags) != 1:
        why = "say whom it is expanded to" if percentage is None else f"{rollout.target} has {len(flags)} flags"
        raise UsageError(why, hint="--tenants a,b, or --percentage N for a rollout by one flag")
    now = 100 if flags[0].percentage is None else flags[0].percentage
    if percentage <= now:
        raise UsageError(
            f"the flag {flags[0].key} is at {now} % already", hint="a share only grows; rollback takes it back"
        )
    return Put(("flags", flags[0].key, "percentage"), percentage)


def _everybody(environment: Environment, target: Ref, source: Ref | None, wanted: Start) -> Iterator[Edit]:
    """The default, and every agent's pin on the version that is left."""
    selection = environment.selection
    if wanted.wanted != target.name:
        if served(selection, wanted.wanted, None) != target:
            yield Put(slot_pointer(wanted.wanted), str(target))
        return
    if selection.defaults.get(target.name) != target:
        yield from set_default(environment, target, wanted.because)
    for slot in () if wanted.default_only else slots_of(selection, target.name):
        if source is not None and selection.slots[slot].ref == source:
            yield Put(slot_pointer(slot), str(target))


def set_default(environment: Environment, target: Ref, because: str) -> list[Edit]:
    """A prompt's default and why; the two lines of an entry that has both keep what stands around them."""
    place = ("defaults", target.name)
    if isinstance(environment.value(*place), dict):
        return [Put((*place, "use"), str(target)), Put((*place, "because"), because)]
    return [Put(place, {"use": str(target), "because": because})]


def _moved(selection: Selection, target: Ref, source: Ref | None) -> Selection:
    slots = {
        slot: replace(pin, ref=target) if pin.ref is not None and pin.ref == source else pin
        for slot, pin in selection.slots.items()
    }
    return replace(selection, defaults={**selection.defaults, target.name: target}, slots=slots)


def _needless(selection: Selection, target: Ref) -> Iterator[Edit]:
    """Flags and overrides of the target without which everybody still gets it."""
    for flag in selection.flags_of.get(target.name, ()):
        without = replace(selection, flags=tuple(one for one in selection.flags if one.key != flag.key))
        if flag.use == target and _is_needless(without, target, flag):
            selection = without
            yield Take(("flags", flag.key))
    for name, tenant in selection.tenants.items():
        gone = [key for key, ref in tenant.overrides.items() if ref == target]
        bare = replace(selection, tenants={name: replace(tenant, overrides=_without(tenant.overrides, gone))})
        wanted = [target.name, *slots_of(selection, target.name)]
        if gone and all(reached.ref == target for key in wanted for reached in reachable(bare, key, name)):
            whole: Pointer = ("tenants", name, "prompts")
            yield from [Take(whole)] if len(gone) == len(tenant.overrides) else [Take((*whole, key)) for key in gone]


def _is_needless(without: Selection, target: Ref, flag: Flag) -> bool:
    """Whether all who match a flag still get its version without it. Who has an override never got to the flag."""
    audience = [None] if flag.tenants is None else list(flag.tenants)
    wanted = [target.name, *slots_of(without, target.name)]
    return all(
        reached.ref == target or reached.scope[0] == "tenants"
        for tenant in audience
        for key in wanted
        for reached in reachable(without, key, tenant)
    )


def _without(overrides: Mapping[str, Ref], keys: list[str]) -> dict[str, Ref]:
    return {key: ref for key, ref in overrides.items() if key not in keys}


def _older(environment: Environment, target: Ref) -> list[Edit]:
    """Entries of the prompt's rollouts that are over: they stay until the next one finishes."""
    return [
        Take(("rollouts", str(rollout.target)))
        for rollout in environment.rollouts.values()
        if rollout.target.name == target.name and rollout.target != target and not rollout.is_open
    ]
