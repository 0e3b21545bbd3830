"""The fast yes or no about a value is that of the jsonschema library."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from promptctl.tree.acceptor import acceptor
from promptctl.tree.schemas import load_schema, schema_folder, worst_fault

KINDS = sorted(path.stem for path in schema_folder().glob("*.json"))
TEXTS = ["", "x", "qualify-lead", "qualify-lead@1.1.0", "1.1.0", "hipaa", "2026-11-22", "error", "sha256", "#", "a b\n"]
SCALARS = st.sampled_from([None, True, False, 0, 1, -1, 2.0, 0.5, 10**18, *TEXTS])
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(TEXTS), inner, max_size=2)
)


def near(schema: Any, root: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that have much of what the schema asks for, and now and then something else."""
    if depth > 3 or isinstance(schema, bool):
        return ANYTHING
    if "$ref" in schema:
        return st.deferred(lambda: near(resolved(schema["$ref"], root), root, depth + 1))
    for forms in ("oneOf", "anyOf"):
        if forms in schema and "properties" not in schema:
            return st.one_of(ANYTHING, *(near(form, root, depth) for form in schema[forms]))
    return st.one_of(typical(schema, root, depth), typical(schema, root, depth), ANYTHING)


def resolved(reference: str, root: dict[str, Any]) -> Any:
    return root if reference == "#" else root["$defs"][reference.removeprefix("#/$defs/")]


def typical(schema: dict[str, Any], root: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    if "properties" in schema or "patternProperties" in schema or "additionalProperties" in schema:
        return members(schema, root, depth)
    if schema.get("type") == "array":
        return st.lists(near(schema.get("items", True), root, depth + 1), max_size=3)
    if schema.get("type") == "string":
        fitting = [text for text in schema.get("examples", TEXTS) if re.search(schema.get("pattern", ""), text)]
        return st.sampled_from(fitting or TEXTS)
    return st.sampled_from(schema.get("examples", TEXTS)) if "examples" in schema else SCALARS


def members(schema: dict[str, Any], root: dict[str, Any], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    known = {key: near(part, root, depth + 1) for key, part in schema.get("properties", {}).items()}
    needed = {key: known[key] for key in schema.get("required", ()) if key in known}
    spare = {key: value for key, value in known.items() if key not in needed}
    other = schema.get("patternProperties") or {"": schema.get("additionalProperties", True)}
    names = st.dictionaries(st.sampled_from(TEXTS), near(next(iter(other.values())), root, depth + 1), max_size=2)
    some = st.lists(st.sampled_from(sorted(spare)), max_size=3) if spare else st.just([])
    fixed = some.flatmap(lambda keys: st.fixed_dictionaries(needed | {key: spare[key] for key in keys}))
    return st.builds(lambda first, second: first | second, fixed, names) | fixed


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=30)
def test_it_is_the_librarys_answer(kind: str, data: st.DataObject) -> None:
    schema = load_schema(kind)
    value = data.draw(near(schema, schema))
    assert acceptor(schema)(value) == Draft202012Validator(schema).is_valid(value)


@given(st.data())
@settings(max_examples=60)
def test_a_schema_is_lawful_where_the_library_says_so(data: st.DataObject) -> None:
    one = json.loads((Path(worst_fault.__code__.co_filename).parent / "metaschema.json").read_text(encoding="utf-8"))
    schema = data.draw(near(one, one))
    expected = Draft202012Validator(Draft202012Validator.META_SCHEMA).is_valid(schema)
    assert acceptor(one)(schema) == expected
    assert (worst_fault(schema) is None) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_examples_of_a_schema_are_accepted(kind: str) -> None:
    for example in load_schema(kind).get("examples", ()):
        assert acceptor(load_schema(kind))(example)
