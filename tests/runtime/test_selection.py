"""What a resolver answers: the same as the function that the linter and the command line call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptctl.core.reach import selecting
from promptctl.core.refs import Ref
from promptctl.core.rollouts import Rollout
from promptctl.core.selection import Flag, Request, Selection, Tenant, resolve
from promptctl.export.bundle import bundle_bytes, bundle_document
from promptctl.runtime import MissingVariable, RegimeUnmet, Resolver, UnknownPrompt, UnlistedTenant, load
from promptctl.runtime.bundle import read_bundle
from promptctl.runtime.tables import Tables
from tests.support.bundles import document_of, exported, write
from tests.support.selections import requests, selections

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REFUSALS = (UnknownPrompt, UnlistedTenant, RegimeUnmet)
regimes = st.frozensets(st.sampled_from(("hipaa", "gdpr")))


def answer(selection: Selection, request: Request, fit: Mapping[Ref, frozenset[str]]) -> object:
    try:
        found = resolve(selection, request, fit.__getitem__)
    except REFUSALS as error:
        return type(error), str(error)
    return str(found.ref), found.reason


@settings(max_examples=300)
@given(selections, st.lists(st.tuples(requests, regimes), min_size=1, max_size=8), st.data())
def test_a_resolver_answers_as_the_linter_does(
    selection: Selection, asked: list[tuple[Request, frozenset[str]]], data: st.DataObject
) -> None:
    """Several requests of one resolver, each of them twice: what was kept for one must not answer another."""
    refs = sorted({reached.ref for reached in selecting(selection)}, key=str)
    fit = {ref: data.draw(regimes) for ref in refs}
    versions = [exported(ref, regimes=sorted(fit[ref])) for ref in refs]
    resolver = object.__new__(Resolver)
    resolver._tables = Tables(
        read_bundle(bundle_bytes(bundle_document(selection, (), versions, None))), {}, "2026-11-22", heard=False
    )
    resolver._poll = resolver._thread = None
    for request, require in asked * 2:
        wanted = Request(request.wanted, request.tenant, request.flags, request.key, require)
        try:
            found = resolver.get(
                request.wanted, tenant=request.tenant, flags=request.flags, key=request.key, require=require
            )
            got: object = (found.ref, found.reason)
        except REFUSALS as error:
            got = (type(error), str(error))
        assert got == answer(selection, wanted, fit)


OLD, NEW = Ref("greet", "1.0.0"), Ref("greet", "2.0.0")
SELECTION = Selection(
    "production",
    {"greet": OLD},
    tenants={"acme": Tenant(frozenset({"hipaa"}), {"greet": NEW}), "globex": Tenant()},
    flags=(Flag("late", NEW, tenants=frozenset({"globex"}), expires="2020-01-01"),),
    refuses_unlisted=True,
)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    rollout = Rollout(NEW, OLD, "tenant", "running", "2026-11-22", 3)
    document = document_of(SELECTION, rollouts=(rollout,), text="Hello {{name}}", regimes=["hipaa"], template="plain")
    return write(tmp_path / "bundle.json", document)


def test_a_record_has_text_metadata_and_what_telemetry_needs(bundle: Path) -> None:
    with load(bundle, poll=None) as resolver:
        found = resolver.get("greet", tenant="acme", require={"hipaa"})
        assert (found.ref, found.reason, found.environment) == ("greet@2.0.0", "tenant", "production")
        assert found.render(name="<World>") == found.render({"name": "<World>"}) == "Hello <World>"
        assert (found.metadata["regimes"], found.stage) == (["hipaa"], 3)
        assert found.attributes == {
            "feature_flag.key": "greet",
            "feature_flag.result.variant": "2.0.0",
            "feature_flag.result.reason": "tenant",
            "feature_flag.set.id": "production",
            "feature_flag.version": "a" * 40,
            "gen_ai.prompt.name": "greet",
            "gen_ai.prompt.version": "2.0.0",
        }
        with pytest.raises(MissingVariable):
            found.render()
        assert [step.why for step in resolver.explain("greet", tenant="acme")] == ["the tenant's override"]


def test_what_cannot_be_answered_is_raised(bundle: Path) -> None:
    with load(bundle, poll=None) as resolver:
        with pytest.raises(RegimeUnmet):
            resolver.get("greet", require="gdpr")
        with pytest.raises(UnknownPrompt) as unknown:
            resolver.get("great")
        assert unknown.value.close == "greet"
        for _ in range(2):
            with pytest.raises(UnlistedTenant):
                resolver.get("greet", tenant="stranger")
        assert resolver.counts == {}


def test_selections_are_counted_by_version_and_reason(bundle: Path) -> None:
    with load(bundle, poll=None) as resolver:
        for tenant in ("acme", "globex", "acme", None):
            resolver.get("greet", tenant=tenant)
        assert resolver.counts == {
            ("greet@2.0.0", "tenant"): 2,
            ("greet@2.0.0", "flag:late"): 1,
            ("greet@1.0.0", "default"): 1,
        }
