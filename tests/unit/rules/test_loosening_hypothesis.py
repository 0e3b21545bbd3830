"""Random policies, made from the schema of the policy itself, are read and compared without surprises."""

from __future__ import annotations

import copy
import string
from datetime import timedelta
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptctl.core.entries import Blob, Entry
from promptctl.rules.loosening import loosenings
from promptctl.rules.registry import REGISTRY
from promptctl.tree.policy import parse_policy, read_policy_file
from promptctl.tree.schemas import load_schema

ROOT = load_schema("policy")
SEVERITIES = {name: rule.severity.value for name, rule in REGISTRY.items()}
LETTERS = st.sampled_from(f"{string.ascii_lowercase}{string.digits}AZ-_./% <=>+:@é\U0001f600#'\"")


def instances(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What a schema allows, as far as the schema of the policy uses JSON Schema."""
    if "$ref" in schema:
        return instances(ROOT["$defs"][schema["$ref"].removeprefix("#/$defs/")])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "oneOf" in schema:
        return st.one_of([instances(form) for form in schema["oneOf"]])
    kind = schema.get("type", "object")
    if kind == "object":
        return _objects(schema)
    if kind == "array":
        items = instances(schema["items"])
        key = repr if schema.get("uniqueItems") else None
        return st.lists(items, min_size=schema.get("minItems", 0), max_size=3, unique_by=key)
    return _scalars(schema, kind)


def _objects(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    required = schema.get("required", [])
    properties = {name: instances(inner) for name, inner in schema.get("properties", {}).items()}
    known = st.fixed_dictionaries(
        {name: inner for name, inner in properties.items() if name in required},
        optional={name: inner for name, inner in properties.items() if name not in required},
    )
    if "patternProperties" not in schema:
        return known
    ((pattern, inner),) = schema["patternProperties"].items()
    names = st.sampled_from(sorted(SEVERITIES)) if schema.get("title") == "Rules" else text(pattern)
    return st.dictionaries(names, instances(inner), max_size=3)


def _scalars(schema: dict[str, Any], kind: str) -> st.SearchStrategy[Any]:
    if kind == "boolean":
        return st.booleans()
    if kind == "integer":
        return st.integers(schema["minimum"], 10**6)
    if kind == "number":
        return st.sampled_from([0.001, 0.05, 0.1, 0.5])
    return text(schema.get("pattern", r"\S")).filter(lambda word: len(word) <= schema.get("maxLength", 99))


def text(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, alphabet=LETTERS).filter(lambda word: "\n" not in word)


def lawful_waivers(data: dict[str, Any]) -> dict[str, Any]:
    """A waiver names a path or a version, and what else depends on which."""
    for waiver in data.get("waivers", []):
        gone = {"path", "blob"} if waiver.get("ref") else {"ref", "environment"}
        for key in gone & waiver.keys():
            del waiver[key]
        if "path" not in waiver and "ref" not in waiver:
            waiver["path"] = "a"
    return data


policies = _objects(ROOT).map(lawful_waivers)
SLOW = settings(
    deadline=timedelta(seconds=10),
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def compared(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str | int, ...]]:
    before, after = copy.deepcopy(old), copy.deepcopy(new)
    found = list(loosenings(old, new, SEVERITIES))
    assert (old, new) == (before, after)
    assert all(item.message for item in found)
    return [item.pointer for item in found]


@SLOW
@given(policies, policies)
def test_any_two_policies_can_be_compared(old: dict[str, Any], new: dict[str, Any]) -> None:
    data = yaml.safe_dump(new, allow_unicode=True).encode()
    document = read_policy_file(Entry("100644", "0"), Blob(len(data), data))
    assert document.faults == ()
    assert parse_policy(document) is not None
    assert document.data == new
    for pointer in compared(old, new):
        start, end = document.locate(*pointer)
        assert 0 <= start <= end <= len(data)


@SLOW
@given(policies)
def test_a_policy_is_no_looser_than_itself(policy: dict[str, Any]) -> None:
    assert compared(policy, copy.deepcopy(policy)) == []


@SLOW
@given(policies, st.sampled_from(["protected", "environments", "gates", "rollout"]))
def test_what_a_policy_drops_is_seen(policy: dict[str, Any], key: str) -> None:
    """Dropping a key loosens, unless its default asks for as much."""
    rest = {name: value for name, value in policy.items() if name != key}
    found = compared(policy, rest)
    if key == "protected":
        assert bool(set(policy.get(key, ())) - {"main"}) <= ((key,) in found)
    else:
        assert bool(policy.get(key)) <= bool(found)
