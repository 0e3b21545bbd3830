"""The provider, asked through OpenFeature's own client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promptctl.core.refs import Ref
from promptctl.core.selection import Flag, Pin, Selection, Tenant
from promptctl.runtime import load
from tests.support.bundles import document_of, write

pytest.importorskip("openfeature")

from openfeature import api
from openfeature.evaluation_context import EvaluationContext

from promptctl.runtime.openfeature import PromptProvider

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openfeature.client import OpenFeatureClient

OLD, NEW = Ref("greet", "1.0.0"), Ref("greet", "2.0.0")
SELECTION = Selection(
    "production",
    {"greet": OLD},
    {"sales.first": Pin("greet", OLD)},
    {"acme": Tenant(frozenset(), {"greet": NEW}), "globex": Tenant()},
    (Flag("formal", NEW, by_application=True),),
    refuses_unlisted=True,
)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[OpenFeatureClient]:
    with load(write(tmp_path / "bundle.json", document_of(SELECTION)), poll=None) as resolver:
        api.set_provider_and_wait(PromptProvider(resolver))
        yield api.get_client()
        api.shutdown()


def test_strings_are_references_and_objects_have_the_text(client: OpenFeatureClient) -> None:
    found = client.get_string_details("greet", "", EvaluationContext("someone", {"tenant": "acme"}))
    assert (found.value, found.variant, found.reason) == ("greet@2.0.0", "2.0.0", "tenant")
    assert found.flag_metadata == {"flagSetId": "production", "version": "a" * 40, "reason": "tenant"}
    passed = EvaluationContext(attributes={"tenant": "globex", "flags": ["formal"]})
    value = client.get_object_value("sales.first", {}, passed)
    assert isinstance(value, dict)
    assert (value["ref"], value["text"]) == ("greet@2.0.0", "Text of greet@2.0.0")
    assert client.get_string_value("sales.first", "") == "greet@1.0.0"


def test_what_has_no_answer_is_the_default_of_the_caller_and_an_error(client: OpenFeatureClient) -> None:
    cases = {
        "FLAG_NOT_FOUND": ("great", EvaluationContext()),
        "INVALID_CONTEXT": ("greet", EvaluationContext(attributes={"tenant": "stranger"})),
    }
    for code, (name, context) in cases.items():
        found = client.get_string_details(name, "none", context)
        assert (found.value, found.error_code) == ("none", code)
    assert client.get_boolean_details("greet", default_value=True).error_code == "TYPE_MISMATCH"
    assert client.get_string_details("greet", "none", EvaluationContext(attributes={"tenant": 3})).value == "none"
