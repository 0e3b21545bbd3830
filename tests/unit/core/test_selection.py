"""The resolution against a slow oracle that is the design's sentence on precedence, word by word."""

from __future__ import annotations

import subprocess
import sys
from typing import NamedTuple

import pytest
from hypothesis import given, settings

from promptctl.core.bucketing import in_share
from promptctl.core.refs import Ref
from promptctl.core.selection import (
    RegimeUnmet,
    Request,
    Selection,
    Tenant,
    UnknownPrompt,
    UnlistedTenant,
    resolve,
)
from tests.support.selections import requests, selections


class Candidate(NamedTuple):
    rank: int
    reason: str
    ref: Ref | None


def oracle(selection: Selection, request: Request) -> tuple[Ref, str] | str:
    """Make every candidate that could decide, with a rank; the lowest rank that has a version wins."""
    if request.tenant is not None and request.tenant not in selection.tenants and selection.refuses_unlisted:
        return "unlisted"
    is_slot = request.wanted in selection.slots
    name = selection.slots[request.wanted].name if is_slot else request.wanted
    overrides = selection.tenants[request.tenant].overrides if request.tenant in selection.tenants else {}
    found = [Candidate(2, "tenant", overrides.get(name)), Candidate(10_000, "default", selection.defaults.get(name))]
    if is_slot:
        found.append(Candidate(1, "tenant", overrides.get(request.wanted)))
        found.append(Candidate(9_000, "agent", selection.slots[request.wanted].ref))
    for number, flag in enumerate(selection.flags):
        conditions = [
            flag.use.name == name,
            flag.enabled,
            not flag.by_application or flag.key in request.flags,
            flag.tenants is None or request.tenant in flag.tenants,
            flag.percentage is None or (request.key is not None and in_share(flag.key, request.key, flag.percentage)),
        ]
        if all(conditions):
            found.append(Candidate(100 + number, f"flag:{flag.key}", flag.use))
    lawful = [candidate for candidate in found if candidate.ref is not None]
    if not lawful:
        return "unknown"
    best = min(lawful)
    assert best.ref is not None
    return best.ref, best.reason


@settings(max_examples=500)
@given(selections, requests)
def test_resolution_is_what_the_oracle_says(selection: Selection, request: Request) -> None:
    wanted = oracle(selection, request)
    try:
        found = resolve(selection, request)
    except UnlistedTenant:
        assert wanted == "unlisted"
    except UnknownPrompt:
        assert wanted == "unknown" or request.wanted not in {*selection.names, *selection.slots}
    else:
        assert (found.ref, found.reason) == wanted
        assert found.environment == "production"
        assert [step.taken for step in found.steps] == [False] * (len(found.steps) - 1) + [True]
        assert (found.steps[-1].scope, found.steps[-1].ref) == (found.scope, found.ref)


def answer(selection: Selection, request: Request) -> tuple[Ref, str] | None:
    try:
        found = resolve(selection, request)
    except (UnknownPrompt, UnlistedTenant):
        return None
    return found.ref, found.reason


@given(selections, requests)
def test_what_a_caller_passes_can_switch_on_nothing_but_what_waits_for_it(
    selection: Selection, request: Request
) -> None:
    silent = Request(request.wanted, request.tenant, frozenset(), request.key)
    found = answer(selection, request)
    waiting = {f"flag:{flag.key}" for flag in selection.flags if flag.enabled and flag.by_application}
    assert found == answer(selection, silent) or (found is not None and found[1] in waiting)


@given(selections, requests)
def test_a_flag_with_a_percentage_never_matches_without_a_key(selection: Selection, request: Request) -> None:
    shares = {f"flag:{flag.key}" for flag in selection.flags if flag.percentage is not None}
    found = answer(selection, Request(request.wanted, request.tenant, request.flags, None))
    assert found is None or found[1] not in shares


REFS = {"old": Ref("greet", "1.0.0"), "new": Ref("greet", "2.0.0")}
REGIMES: dict[Ref, tuple[str, ...]] = {REFS["old"]: ("hipaa", "gdpr"), REFS["new"]: ("gdpr",)}
SELECTION = Selection(
    "production",
    defaults={"greet": REFS["old"]},
    tenants={"acme": Tenant(frozenset({"hipaa"}), {"greet": REFS["new"]}), "globex": Tenant(frozenset({"hipaa"}))},
)


def test_a_version_that_lacks_a_regime_of_the_tenant_is_not_given_out() -> None:
    with pytest.raises(RegimeUnmet) as caught:
        resolve(SELECTION, Request("greet", "acme"), REGIMES.__getitem__)
    assert (caught.value.ref, caught.value.missing) == (REFS["new"], ("hipaa",))
    assert resolve(SELECTION, Request("greet", "globex"), REGIMES.__getitem__).ref == REFS["old"]


def test_a_caller_may_require_more_regimes() -> None:
    with pytest.raises(RegimeUnmet) as caught:
        resolve(SELECTION, Request("greet", require=frozenset({"sox", "hipaa"})), REGIMES.__getitem__)
    assert caught.value.missing == ("sox",)


def test_an_unknown_name_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(UnknownPrompt) as caught:
        resolve(SELECTION, Request("great"))
    assert caught.value.close == "greet"


def modules(program: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()} - set(sys.stdlib_module_names)


def test_it_imports_the_standard_library_and_semver_alone() -> None:
    bare = modules("import sys, semver; print(*sys.modules)")
    assert modules("import sys; import promptctl.core.selection; print(*sys.modules)") <= bare | {"promptctl"}
