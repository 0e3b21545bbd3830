"""What a rollback means in a repository: what was served before, and whether that can be served again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.errors import UsageError
from promptctl.core.refs import Ref, parse_ref
from promptctl.operations.catalog import Catalog
from promptctl.operations.environments import choose_environment, sound_environment
from promptctl.plan.intents import Intent, by_file, listed
from promptctl.plan.restore import restored
from promptctl.plan.rollbacks import (
    Was,
    bad_version,
    before,
    held_fast,
    refuse_unfit,
    roll_back,
    scopes_of,
    served_after,
)
from promptctl.repo.past import states
from promptctl.tree.environments import SUFFIX, read_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.core.selection import Pointer
    from promptctl.operations.compared import Compared
    from promptctl.plan.edits import Edit
    from promptctl.tree.selection import Environment


@dataclass(frozen=True, slots=True)
class Back:
    """What was asked for. `name` is a prompt, a slot or a version; without one `at` is the commit to go back to."""

    name: str | None
    environment: str | None
    reason: str
    tenant: str | None = None
    to: str | None = None
    at: str | None = None


def decide_rollback(views: Compared, back: Back) -> Intent:
    """Raises UsageError where no one version is bad, Refused where what was served before cannot be served again."""
    environment = sound_environment(views, choose_environment(views, back.environment))
    if back.tenant is not None and back.tenant not in environment.selection.tenants:
        raise UsageError(
            f"{environment.name} lists no tenant {back.tenant}", hint="promptctl resolve shows what it gets"
        )
    if back.name is None:
        return _whole(views, environment, back)
    bad = _bad(views, environment, back.name)
    scopes = scopes_of(environment, bad, back.tenant)
    moves = _moves(views, environment, bad, scopes, back.to)
    refuse_unfit(environment, moves, lambda ref: _missing(views, ref), lambda ref: _regimes(views, ref))
    everywhere = len(scopes) == len(scopes_of(environment, bad))
    edits = roll_back(environment, bad, moves, back.reason, all_scopes=everywhere)
    if not moves:
        whose = f"{back.tenant} in {environment.name}" if back.tenant else environment.name
        return Intent("", {}, notes=(f"nothing to do: no entry of {whose} selects {bad}",))
    targets = listed(served_after(environment, bad.name, moves))
    whom = f" for {back.tenant}" if back.tenant else ""
    facts = {"Prompt": bad.name, "From": str(bad), "To": targets, "Tenants": _tenants(moves)}
    return _intent(views, environment, edits, f"{bad} back to {targets}{whom}", facts, back.reason)


def _bad(views: Compared, environment: Environment, text: str) -> Ref:
    wanted, at, version = text.partition("@")
    pin = environment.selection.slots.get(wanted)
    name = pin.name if pin else wanted
    prompt = Catalog(views.change).prompt(name)
    if not at:
        return bad_version(environment, name)
    ref = parse_ref(f"{name}@{version}")
    if ref is None:
        raise UsageError(f"{text!r} is no reference", hint="write name@version, such as qualify-lead@1.1.0")
    is_past = str(ref) in environment.rollouts or ref.version in views.change.tombstones(prompt.folder)
    if not is_past and not scopes_of(environment, ref):
        Catalog(views.change).version(str(ref))  # a slip of the hand must not look like work that is done
    return ref


def _moves(
    views: Compared, environment: Environment, bad: Ref, scopes: list[Pointer], to: str | None
) -> Mapping[Pointer, Was]:
    if to is not None:
        target = Catalog(views.change).version(to if "@" in to else f"{bad.name}@{to}").ref
        if target == bad:
            raise UsageError(f"{bad} is what is rolled back", hint="name another version with --to")
        return dict.fromkeys(scopes, Was(target, target))
    found = before(scopes, bad, _history(views, environment.name)) if scopes else {}
    return held_fast(environment, bad.name, found)


def _history(views: Compared, name: str) -> Iterator[Environment]:
    """The environment as it was, the newest first, on the first parents of the commit that is planned on."""
    layout = views.change.layout
    places = (f"{layout.config}/{name}{SUFFIX}", f"{layout.config}/{name}")
    for snapshot in states(views.repository, str(views.head.commit), places):
        yield read_environment(snapshot, layout, views.change.library, name)


def _missing(views: Compared, ref: Ref) -> str | None:
    """Why a version cannot be selected, or None."""
    prompt = Catalog(views.change).prompts.get(ref.name)
    if prompt is not None and ref.version in prompt.versions:
        return None
    return (
        "it is retired"
        if prompt and ref.version in views.change.tombstones(prompt.folder)
        else "there is no such version"
    )


def _regimes(views: Compared, ref: Ref) -> frozenset[str]:
    found = Catalog(views.change).version(str(ref)).file.data.get("regimes")
    return frozenset(str(regime) for regime in found) if isinstance(found, list) else frozenset()


def _whole(views: Compared, environment: Environment, back: Back) -> Intent:
    """Every entry as it was at a commit, but for those that cannot be served any more."""
    commit = views.repository.resolve(str(back.at))
    layout = views.change.layout
    old = read_environment(views.repository.snapshot(commit), layout, views.change.library, environment.name)
    for file, fault in old.faults:
        raise UsageError(f"{file.path} at {commit[:10]} is not sound: {fault.message}", hint="name another commit")
    if not old.files:
        raise UsageError(f"{environment.name} has no configuration at {commit[:10]}", hint="name a later commit")
    edits, stays = restored(
        environment, old, lambda ref: _missing(views, ref), lambda ref: _regimes(views, ref), back.reason
    )
    notes = tuple(f"stays as it is: {'.'.join(scope)}: {why}" for scope, why in stays.items())
    if not edits:
        return Intent("", {}, notes=(*notes, f"nothing to do: {environment.name} is as it was at {commit[:10]}"))
    facts = {"From": str(views.head.commit), "To": commit}
    return _intent(views, environment, edits, f"everything back to {commit[:10]}", facts, back.reason, notes)


def _intent(
    views: Compared,
    environment: Environment,
    edits: list[Edit],
    what: str,
    facts: dict[str, str],
    reason: str,
    notes: tuple[str, ...] = (),
) -> Intent:
    facts = {"Event": "rollback", **facts, "Environment": environment.name, "Reason": reason}
    files = by_file(environment, edits, f"{views.change.layout.config}/{environment.name}{SUFFIX}")
    return Intent(f"rollback({environment.name}): {what}", facts, files, notes=notes, goes_back=True)


def _tenants(moves: Mapping[Pointer, Was]) -> str:
    return ", ".join(dict.fromkeys(scope[1] for scope in moves if scope[0] == "tenants"))
