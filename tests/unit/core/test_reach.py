"""What can be reached against an oracle that simply asks for everything."""

from __future__ import annotations

import time
from itertools import chain, combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from promptctl.core.bucketing import in_share
from promptctl.core.reach import can_match, reachable, selecting
from promptctl.core.refs import Ref
from promptctl.core.selection import Flag, Request, Selection, Tenant, UnknownPrompt, UnlistedTenant, resolve
from tests.support.selections import KEYS, NAMES, SLOTS, TENANTS, selections

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSED = [frozenset(chosen) for size in range(len(KEYS) + 1) for chosen in combinations(KEYS, size)]


def targeting_keys() -> list[str]:
    """Enough keys that every way in which they can fall into 10 and 60 per cent of three flags is there."""
    found: dict[tuple[bool, ...], str] = {}
    for number in range(3000):
        found.setdefault(tuple(in_share(key, str(number), share) for key in KEYS for share in (10, 60)), str(number))
    return list(found.values())


TARGETS = [None, *targeting_keys()]


def asked(selection: Selection, wanted: str, tenant: str | None) -> Iterator[tuple[Ref, str]]:
    for flags in PASSED:
        for key in TARGETS:
            try:
                found = resolve(selection, Request(wanted, tenant, flags, key))
            except (UnknownPrompt, UnlistedTenant):
                continue
            yield found.ref, ".".join(found.scope)


@settings(max_examples=60, deadline=None)
@given(selections)
def test_reachable_is_what_asking_for_everything_finds(selection: Selection) -> None:
    for tenant in (None, *selection.tenants):
        for wanted in (*NAMES, *SLOTS):
            said = {(one.ref, ".".join(one.scope)) for one in reachable(selection, wanted, tenant)}
            assert said == set(asked(selection, wanted, tenant))


@settings(max_examples=60, deadline=None)
@given(selections)
def test_a_flag_can_match_when_some_request_gets_it(selection: Selection) -> None:
    lenient = Selection("production", selection.defaults, selection.slots, selection.tenants, selection.flags)
    everybody = (None, *TENANTS, "stranger")
    found = chain.from_iterable(asked(lenient, name, tenant) for name in NAMES for tenant in everybody)
    reasons = {scope for _, scope in found}
    for flag in selection.flags:
        assert can_match(selection, flag) == (f"flags.{flag.key}" in reasons)


def test_a_flag_that_is_off_selects_nothing() -> None:
    flags = (Flag("on", Ref("greet", "1.0.0")), Flag("off", Ref("greet", "2.0.0"), enabled=False))
    assert [one.scope for one in selecting(Selection("production", flags=flags))] == [("flags", "on")]


def large(tenants: int) -> Selection:
    """Two hundred prompts, each with a default, and tenants that each override one of them."""
    names = [f"prompt-{number}" for number in range(200)]
    overrides = {
        f"tenant-{number}": Tenant(overrides={names[number % 200]: Ref(names[number % 200], "2.0.0")})
        for number in range(tenants)
    }
    flags = tuple(Flag(f"flag-{name}", Ref(name, "3.0.0"), tenants=frozenset(overrides)) for name in names[:20])
    return Selection("production", {name: Ref(name, "1.0.0") for name in names}, {}, overrides, flags)


@pytest.mark.parametrize("name", ["prompt-7"])
def test_every_tenant_is_resolved_in_linear_time(name: str) -> None:
    """Ten times the tenants may take ten times as long, with as much again for the noise of the machine."""
    took = []
    for count in (1_000, 10_000):
        selection = large(count)
        start = time.process_time()
        for tenant in selection.tenants:
            resolve(selection, Request(name, tenant))
        took.append(time.process_time() - start)
    assert took[1] / took[0] < 20
