"""Plans of rollouts against the function that decides who gets what: only those move who are meant to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.entries import REGULAR, Blob, Entry
from promptctl.core.errors import PromptctlError
from promptctl.core.reach import reachable, selecting
from promptctl.core.refs import Ref
from promptctl.core.rollouts import Rollout
from promptctl.core.selection import Request, Selection, UnknownPrompt, resolve
from promptctl.plan.edits import Put, Take
from promptctl.plan.restore import restored
from promptctl.plan.rollbacks import before, close, held_fast, roll_back, scopes_of
from promptctl.plan.rollouts import NewFlag, Start, expand, finish, set_state, start
from promptctl.plan.yaml_edit import edit
from promptctl.plan.yaml_text import block_lines
from promptctl.tree.selection import ConfigFile, Environment, merge, read_selection
from tests.support.selections import KEYS, NAMES, SLOTS, TENANTS, requests, selections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promptctl.plan.edits import Edit

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
VERSIONS = ("1.0.0", "1.1.0", "2.0.0")
PLACES = [(wanted, tenant) for wanted in (*NAMES, *SLOTS) for tenant in (*TENANTS, None)]


def coherent(selection: Selection) -> Selection:
    """Without overrides that no check would let in, and open to all."""
    tenants = {}
    for name, tenant in selection.tenants.items():
        wanted = {slot: pin.name for slot, pin in selection.slots.items()} | {name: name for name in NAMES}
        held = {key: ref for key, ref in tenant.overrides.items() if wanted.get(key) == ref.name}
        tenants[name] = replace(tenant, overrides=held)
    defaults = {name: Ref(name, ref.version) for name, ref in selection.defaults.items()}
    return replace(selection, tenants=tenants, defaults=defaults, refuses_unlisted=False)


def page(selection: Selection) -> str:
    """A configuration that says so."""
    data: dict[str, Any] = {"defaults": {n: {"use": str(r), "because": "x"} for n, r in selection.defaults.items()}}
    for slot, pin in selection.slots.items():
        agent, _, key = slot.partition(".")
        data.setdefault(agent, {"prompts": {}})["prompts"][key] = str(pin.ref or pin.name)
    data["tenants"] = {
        name: {"regimes": sorted(tenant.regimes), "prompts": {key: str(ref) for key, ref in tenant.overrides.items()}}
        for name, tenant in selection.tenants.items()
    }
    data["flags"] = {}
    for flag in selection.flags:
        data["flags"][flag.key] = value = {"use": str(flag.use), "enabled": flag.enabled}
        value |= {"source": "application"} if flag.by_application else {}
        value |= {"tenants": sorted(flag.tenants)} if flag.tenants is not None else {}
        value |= {"percentage": flag.percentage} if flag.percentage is not None else {}
    return "".join(f"{line}\n" for line in block_lines({key: value for key, value in data.items() if value}, ""))


def read(text: str) -> Environment:
    data = text.encode()
    entry = Entry(REGULAR, "")
    return merge("production", [ConfigFile("p.yaml", entry, read_selection(entry, Blob(len(data), data)))])


def gets(selection: Selection, wanted: Request) -> Ref | None:
    try:
        return resolve(selection, wanted).ref
    except UnknownPrompt:
        return None


def after(text: str, edits: Sequence[Edit]) -> Environment:
    return read(edit(text, list(edits)))


refs = st.builds(Ref, st.sampled_from(NAMES), st.sampled_from(VERSIONS))


@given(selections.map(coherent), refs, refs, st.lists(requests, max_size=20))
def test_finishing_takes_away_only_what_moves_nobody(
    selection: Selection, target: Ref, source: Ref, asked: list[Request]
) -> None:
    text = page(selection)
    environment = read(text)
    assert environment.selection == selection
    rollout = Rollout(target, Ref(target.name, source.version), "tenant", "running", "2026-11-22")
    edits = finish(environment, rollout, "Because.")
    moves = [one for one in edits if one.pointer[0] not in {"tenants", "flags", "rollouts"}]
    moved = after(text, moves).selection if moves else selection
    final = after(text, edits).selection
    for wanted, tenant in PLACES:
        assert {one.ref for one in reachable(moved, wanted, tenant)} == {
            one.ref for one in reachable(final, wanted, tenant)
        }
    for request in asked:
        assert gets(moved, request) == gets(final, request)
    assert set(final.tenants) == set(selection.tenants)
    assert final.defaults[target.name] == target


@given(selections.map(coherent), refs, st.lists(st.sampled_from(TENANTS), min_size=1, unique=True))
def test_starting_moves_those_who_are_named_and_nobody_else(
    selection: Selection, target: Ref, tenants: list[str]
) -> None:
    text = page(selection)
    environment = read(text)
    try:
        edits = start(environment, Start(target, target.name, "Because.", tuple(tenants)), NOW)
    except PromptctlError:
        return  # they come from different versions
    final = after(text, edits).selection if edits else selection
    for wanted, tenant in PLACES:
        old, new = gets(selection, Request(wanted, tenant)), gets(final, Request(wanted, tenant))
        pin = selection.slots.get(wanted)
        if tenant in tenants and target.name == (pin.name if pin else wanted):
            assert new == target or not edits
        else:
            assert new == old


@given(selections.map(coherent), selections.map(coherent), refs)
def test_rolling_back_gives_each_scope_what_it_had(old: Selection, now: Selection, bad: Ref) -> None:
    """Wherever the older state did not serve the bad version, its scopes serve again what they did; nobody is left."""
    text = page(now)
    environment, past = read(text), read(page(old))
    scopes = scopes_of(environment, bad)
    moves = held_fast(environment, bad.name, before(scopes, bad, [environment, past, merge("production", ())]))
    edits = roll_back(environment, bad, moves, "Because.", all_scopes=True)
    final = after(text, edits).selection if edits else now
    assert not [one for one in selecting(final) if one.ref == bad]
    own = dict(selecting(past.selection))
    for scope, was in moves.items():
        if own.get(scope) not in {None, bad}:
            assert was.ref == own[scope]
    untouched = {one.scope: one.ref for one in selecting(now) if one.ref != bad}
    assert untouched.items() <= {one.scope: one.ref for one in selecting(final)}.items()


@given(selections.map(coherent), selections.map(coherent), refs, st.data())
def test_names_with_a_meaning_in_yaml_survive_every_edit(
    selection: Selection, old: Selection, target: Ref, data: st.DataObject
) -> None:
    """`no`, `1.10`, dates, quotes, colons: whoever was listed is listed still, and flags are called as they were."""
    rollout = Rollout(target, None, "flag", "running", "2026-11-22T09:30:00Z")
    text = page(selection)
    if selection.defaults or selection.tenants:
        started: Edit = Put(("rollouts", str(target)), {"strategy": "flag", "started": NOW, "state": "running"})
        text = edit(text, [started])
    now = read(text)
    tenants = tuple(data.draw(st.lists(st.sampled_from(TENANTS), min_size=1, unique=True)))
    key = data.draw(st.sampled_from(KEYS))
    fresh = NewFlag("yes: 'new'", "it's: me", "2026-12-31", 10)
    plans = {
        "expand": lambda: expand(now, rollout, NOW, wanted=target.name, tenants=tenants),
        "start": lambda: start(now, Start(target, target.name, "x: 'y' # z", flag=fresh), NOW),
        "pause": lambda: set_state(rollout, "paused"),
        "close": lambda: close(rollout, "no: 'y' # z"),
        "flag": lambda: [Put(("flags", key, "enabled"), value=False)],
        "remove": lambda: [Take(("flags", key))],
        "restore": lambda: restored(now, read(page(old)), lambda _: None, lambda _: frozenset(), "because")[0],
    }
    name = data.draw(st.sampled_from(sorted(plans)))
    if (name in {"flag", "remove"} and key not in {flag.key for flag in selection.flags}) or not text.strip():
        return
    if name in {"expand", "pause", "close"} and str(target) not in now.rollouts:
        return
    try:
        edits = plans[name]()
    except PromptctlError:
        return
    final = after(text, edits) if edits else now
    assert final.faults == now.faults
    assert selection.tenants.keys() <= final.selection.tenants.keys() <= {*TENANTS}
    keys = {flag.key for flag in selection.flags} | {flag.key for flag in old.flags} | {fresh.key}
    assert {flag.key for flag in final.selection.flags} <= keys
    if name not in {"remove", "restore"}:
        assert {flag.key for flag in selection.flags} <= {flag.key for flag in final.selection.flags}
