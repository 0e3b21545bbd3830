"""Strict JSON against the library's own reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.tree.json_nodes import JsonFault, json_data, parse_json
from promptctl.tree.schemas import locate

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
trees = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(trees, st.sampled_from([None, 0, 2]), st.booleans())
def test_what_was_written_is_read(value: Any, indent: int | None, ascii_only: bool) -> None:  # noqa: FBT001
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert json_data(parse_json(f" {text}\n")) == value


@given(st.text(st.sampled_from('{}[],:"\\ \n\t0123456789.-+eEnulltruefas/x\u00e9')))
def test_anything_is_read_as_the_library_does_or_refused(text: str) -> None:
    try:
        found = json_data(parse_json(text))
    except JsonFault:
        return
    assert found == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        "NaN",
        "[Infinity]",
        '"\\ud800"',
        "[1,]",
        "{,}",
        "01",
        "'x'",
        "",
        "1 2",
        '"\t"',
        "[" * 100,
        "tru",
    ],
)
def test_what_is_not_strict_is_refused(text: str) -> None:
    with pytest.raises(JsonFault):
        parse_json(text)


def test_what_python_writes_for_no_number_is_nothing_where_that_is_allowed() -> None:
    assert json_data(parse_json('{"a": NaN, "b": [-Infinity, Infinity]}', lenient=True)) == {
        "a": None,
        "b": [None, None],
    }


def test_a_value_has_its_place() -> None:
    text = '{\n  "a": {"b": [1, 23]}\n}'
    start, end = locate(parse_json(text), ("a", "b", 1))
    assert text[start:end] == "23"
