"""Comparisons end soon, whatever the schemas: large, deep, endless, or no schemas at all."""

from __future__ import annotations

import copy
import json
import math
import time
from typing import Any

import pytest

from promptctl.bump.json_schema import Verdict, compare
from promptctl.tree.schemas import worst_fault

_LIMIT = 60.0  # seconds: tells what never ends from what is slow here


def flat(count: int) -> dict[str, Any]:
    properties = {f"p{number}": {"type": "string", "minLength": number % 7} for number in range(count)}
    return {
        "type": "object",
        "required": list(properties)[::2],
        "properties": properties,
        "additionalProperties": False,
    }


def union(count: int) -> dict[str, Any]:
    return {
        "oneOf": [
            {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"const": number}, "v": {"maxLength": number}},
            }
            for number in range(count)
        ],
    }


def deep(levels: int, leaf: Any) -> Any:
    for _ in range(levels):
        leaf = {"properties": {"a": leaf}}
    return leaf


def doubling(leaf: Any) -> dict[str, Any]:
    """Forty schemas, each of which refers twice to the next: 2**40 paths."""
    steps = {
        f"n{number}": {"type": "object", "properties": {key: {"$ref": f"#/$defs/n{number + 1}"} for key in "ab"}}
        for number in range(40)
    }
    return {"$ref": "#/$defs/n0", "$defs": {**steps, "n40": leaf}}


def choices(shift: int) -> dict[str, Any]:
    primes = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    return {"allOf": [{"anyOf": [{"multipleOf": prime}, {"minimum": prime + shift}]} for prime in primes]}


LARGE = {
    "properties": (flat(13_000), {**flat(13_000), "required": ["p1"]}),
    "union": (union(3_000), union(3_001)),
    "patterns": (
        {"anyOf": [{"pattern": f"^a{number}$"} for number in range(20_000)]},
        {"anyOf": [{"pattern": f"^b{number}$"} for number in range(20_000)]},
    ),
    "pattern names": (
        {"patternProperties": {f"^a{number}": {"type": "string"} for number in range(5_000)}},
        {"patternProperties": {f"a{number}$": {"type": "string"} for number in range(5_000)}},
    ),
    "enumeration": ({"enum": list(range(100_000))}, {"enum": list(range(1, 100_000))}),
    "deep": (deep(5_000, {"type": "string"}), deep(5_000, {"type": "integer"})),
    "deep instance": ({"const": deep(400, 1)}, {"type": "object", "properties": {"properties": {"$ref": "#"}}}),
    "paths": (doubling({"type": "integer"}), doubling({"type": "number"})),
    "choices": (choices(0), choices(1)),
    "backtracking": (
        {"type": "string", "pattern": "^(a+)+$", "minLength": 40},
        {"type": "string", "pattern": "^(a|a)*b$"},
    ),
    "counted": ({"type": "string", "pattern": "^(a{900}){900}$"}, {"type": "string", "pattern": "b"}),
    "lengths": ({"type": "string", "minLength": 10**9}, {"type": "array", "minItems": 10**9}),
    "chain": (
        {
            "$ref": "#/$defs/n0",
            "$defs": {f"n{n}": {"$ref": f"#/$defs/n{n + 1}"} for n in range(3_000)} | {"n3000": True},
        },
        {"type": "integer"},
    ),
}
ENDLESS: tuple[Any, ...] = (
    {"$ref": "#"},
    {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
    {"not": {"$ref": "#"}},
    {"if": {"$ref": "#"}, "then": {"$ref": "#"}, "else": {"$ref": "#"}},
    {"anyOf": [{"type": "string"}, {"oneOf": [{"$ref": "#/anyOf/1"}, {"$ref": "#"}]}]},
    {"$dynamicRef": "#here", "$dynamicAnchor": "here"},
    {"dependentSchemas": {"a": {"$ref": "#"}}},
    {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
    {"properties": {"a": {"$ref": "#"}}, "items": {"$ref": "#"}, "required": ["a"]},
)
NO_JSON = (
    math.nan,
    math.inf,
    {"const": math.nan},
    {"enum": [object()]},
    {1: True},
    {"const": "\ud800"},
    {"maximum": 10**5000},
)
NO_SCHEMAS: tuple[Any, ...] = (
    3,
    None,
    "x",
    [],
    {"type": "text"},
    {"required": "a"},
    {"properties": []},
    {"minLength": -1},
    {"multipleOf": 0},
)


@pytest.mark.parametrize("name", LARGE)
def test_large_schemas_end(name: str) -> None:
    for narrow, wide in (LARGE[name], LARGE[name][::-1]):
        start = time.process_time()
        compare(narrow, wide)
        assert time.process_time() - start < _LIMIT


def test_a_change_in_a_large_schema_is_found() -> None:
    old = flat(5_000)
    new = copy.deepcopy(old)
    new["required"].append("p4999")
    found = compare(old, new)
    assert found.verdict is Verdict.BREAKING
    assert found.differences[0].message == "`p4999` is newly required"


@pytest.mark.parametrize("schema", ENDLESS, ids=json.dumps)
def test_references_without_an_end_prove_nothing(schema: Any, capfd: pytest.CaptureFixture[str]) -> None:
    assert worst_fault(schema) is None  # which follows none of them
    assert compare(schema, copy.deepcopy(schema)).verdict is Verdict.COMPATIBLE
    for other in ({"type": "string"}, {"not": {"type": "string"}}, {"type": "object", "maxProperties": 2}, *ENDLESS):
        for found in (compare(schema, other), compare(other, schema)):
            assert found.verdict in set(Verdict)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("schema", ENDLESS[:-1], ids=json.dumps)
def test_nothing_is_compatible_with_an_endless_reference(schema: Any) -> None:
    assert compare({"type": "string"}, schema).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("schema", [*NO_JSON, *NO_SCHEMAS], ids=lambda schema: repr(type(schema)))
def test_what_is_no_schema_is_unknown(schema: Any) -> None:
    for found in (compare(schema, {"type": "string"}), compare({"type": "string"}, schema)):
        assert found.verdict is Verdict.UNKNOWN
        assert found.differences[0].message


def test_a_schema_that_holds_itself_is_unknown() -> None:
    endless: dict[str, Any] = {}
    endless["not"] = endless
    assert compare(endless, endless).verdict is Verdict.UNKNOWN


def test_parts_that_are_one_object_take_no_longer_than_one() -> None:
    shared: Any = {"type": "string"}
    for _ in range(50):
        shared = {"properties": {"a": shared, "b": shared}}
    assert compare(shared, {"properties": {"a": {"type": "object"}}}).verdict is not Verdict.COMPATIBLE


def weighty(count: int) -> dict[str, tuple[Any, Any]]:
    """Pairs whose parts are asked one by one, or each with each."""
    names = [f"p{number}" for number in range(count)]
    return {
        "required": ({"required": names}, {"required": [*names[1:], "q"]}),
        "failures": (
            {"type": "object", "required": names},
            {"type": "object", "required": [f"q{number}" for number in range(count)]},
        ),
        "endless": (
            {"type": "object", "required": names, "properties": {"p0": {"$ref": "#"}}},
            {"type": "object", "required": [*names, "q"], "properties": {"p0": {"$ref": "#"}}},
        ),
        "values": (
            {"enum": [{"a": name, "b": [1]} for name in names]},
            {"enum": [{"a": name, "b": [2]} for name in names]},
        ),
        "names and patterns": (
            {"patternProperties": {f"^{name}_": {"type": "integer"} for name in names}},
            {
                "patternProperties": {f"^{name}_": {"type": "number"} for name in names},
                "properties": {key: {} for key in names},
            },
        ),
        "dependent": (
            {"dependentRequired": {name: ["a", "b"] for name in names}},
            {"dependentRequired": {name: ["c"] for name in names}},
        ),
    }


@pytest.mark.parametrize("name", weighty(1))
def test_what_is_asked_one_by_one_ends(name: str) -> None:
    """What is too heavy is unknown at once; what is just not does not take steps without an end either."""
    for count in (300, 1_500, 60_000):
        narrow, wide = weighty(count)[name]
        start = time.process_time()
        found = compare(narrow, wide)
        assert time.process_time() - start < _LIMIT
    assert found.verdict is Verdict.UNKNOWN
    assert "too large" in found.differences[0].message
