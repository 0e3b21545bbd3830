"""Edits of nested YAML: they make the data what was asked for, and leave every line alone that they are not about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptctl.core.errors import Refused
from promptctl.plan.edits import Put, Take, applied
from promptctl.plan.yaml_edit import edit, plain
from promptctl.tree.nodes import Mapping, Node, content_end, parse_yaml

OFTEN = settings(deadline=timedelta(seconds=5), max_examples=500)
KEYS = ("a", "b-c", "1.10", "no", "2026-01-01", "ünï", "x y", "null")
LEAVES = (
    "ref@1.0.0",
    '"quoted, text"',
    "'it''s'",
    "true",
    "10",
    "",
    "~",
    "[]",
    "{}",
    "[p, q]",
    "{k: v, l: w}",
    "{k: [a]}",
)
VALUES: tuple[Any, ...] = (
    *("new@2.0.0", "no", "1.10", "2026-01-01", "null", "a: b # c", "", "é\u2028'\"", True, 25),
    *(date(2026, 1, 31), datetime(2026, 1, 31, 9, 30, tzinfo=UTC), ["p"], ["p", "q", "r, s"], ["z"], []),
    *({"use": "q@1.0.0", "because": "It is better."}, {"step": {"number": 1}, "state": "running"}, {}),
)


class Writer:
    """Writes mappings with a comment of its own on every line, so that each line can be told from the others."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(f"{text}  # {len(self.lines)}" if self.draw(st.booleans()) else text)
        if self.draw(st.integers(0, 5)) == 0:
            self.lines += self.draw(
                st.sampled_from(([""], [f"# note {len(self.lines)}"], ["", f"  # own {len(self.lines)}", ""]))
            )

    def mapping(self, depth: int, indent: str) -> None:
        for key in self.draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1, max_size=4)):
            label = f"{indent}{self.draw(st.sampled_from((key, f'{chr(34)}{key}{chr(34)}')))}:"
            kind = self.draw(st.integers(0, 5))
            if kind == 0 and depth < 3:
                self.line(label)
                self.mapping(depth + 1, indent + self.draw(st.sampled_from(("  ", "    "))))
            elif kind == 1:
                self.line(label)
                for item in ("p", "q, r")[: self.draw(st.integers(1, 2))]:
                    self.line(f"{indent}  - {item}")
            elif kind == 2:
                self.lines += [f"{label} {{", f"{indent}  k: v,", f"{indent}  l: w", f"{indent}}}"]
            else:
                self.line(f"{label} {self.draw(st.sampled_from(LEAVES))}".rstrip())


@st.composite
def documents(draw: st.DrawFn) -> str:
    writer = Writer(draw)
    if draw(st.booleans()):
        writer.lines.append("# head")
    writer.mapping(0, "")
    text = "\n".join(writer.lines)
    return text if draw(st.integers(0, 5)) == 0 else f"{text}\n"


def pointers(node: Node | None) -> list[tuple[str, ...]]:
    if not isinstance(node, Mapping):
        return []
    return [
        found for key, value in node.pairs for found in ((key.text,), *((key.text, *more) for more in pointers(value)))
    ]


@st.composite
def edits(draw: st.DrawFn, text: str) -> list[Put | Take]:
    """Edits of which none lies inside another."""
    there = pointers(parse_yaml(text))
    chosen: list[Put | Take] = []
    for _ in range(draw(st.integers(1, 4))):
        pointer = draw(st.sampled_from(there))
        if draw(st.booleans()):
            pointer = (
                *pointer[:-1],
                draw(st.sampled_from(KEYS)),
                *draw(st.sampled_from(((), ("new",), ("new", "er")))),
            )
        if any(pointer[: len(other.pointer)] == other.pointer[: len(pointer)] for other in chosen):
            continue
        chosen.append(Take(pointer) if draw(st.integers(0, 2)) == 0 else Put(pointer, draw(st.sampled_from(VALUES))))
    return chosen


def touched(text: str, changes: list[Put | Take]) -> set[int]:
    """The lines that edits may change: of the values that they give, take or make, and of braces around them."""
    lines: set[int] = set()
    for change in changes:
        node = parse_yaml(text)
        for key in change.pointer:
            if not isinstance(node, Mapping):
                break
            if node.flow:
                lines |= set(range(text.count("\n", 0, node.start), text.count("\n", 0, node.end) + 1))
            label, value = node.key(key), node.get(key)
            if label is None or value is None:
                break
            whole = change.pointer[-1] == key or not isinstance(value, Mapping) or not value.pairs
            everything = isinstance(value, Mapping) and all(
                Take((*change.pointer[:-1], k.text)) in changes for k, _ in value.pairs
            )
            if whole or everything:
                lines |= set(
                    range(
                        text.count("\n", 0, label.start),
                        text.count("\n", 0, max(label.end, content_end(text, value))) + 1,
                    )
                )
            node = value
    return lines


@OFTEN
@given(st.data())
def test_edits_change_the_data_as_asked_and_no_other_line(data: st.DataObject) -> None:
    text = data.draw(documents())
    changes = data.draw(edits(text))
    new = edit(text, changes)
    assert (plain(parse_yaml(new)) or {}) == applied(plain(parse_yaml(text)), changes)
    may = touched(text, changes)
    rest = iter(new.split("\n"))
    for number, line in enumerate(text.split("\n")):
        assert number in may or line in rest, (number, line)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "\n\n"])
def test_a_file_without_data_gets_some(text: str) -> None:
    new = edit(text, [Put(("tenants", "acme", "prompts", "a"), "a@1.0.0"), Put(("flags",), {"x": True})])
    assert new == f"{text}tenants:\n  acme:\n    prompts:\n      a: a@1.0.0\nflags:\n  x: true\n"


def test_keys_below_one_that_is_empty_come_together() -> None:
    new = edit("tenants: # who\nz: 1\n", [Put(("tenants", "a", "x"), "1.0.0"), Put(("tenants", "b", "x"), "2.0.0")])
    assert new == "tenants: # who\n  a:\n    x: 1.0.0\n  b:\n    x: 2.0.0\nz: 1\n"


def test_many_keys_of_one_mapping_come_in_order() -> None:
    new = edit("t:\n  a: 1\nz: 1\n", [Put(("t", key), "v") for key in "dcb"])
    assert new == "t:\n  a: 1\n  d: v\n  c: v\n  b: v\nz: 1\n"


def test_the_quotes_of_a_value_stay() -> None:
    assert edit('a:\n  q: "x@1.0.0" # pin\n', [Put(("a", "q"), "x@1.1.0")]) == 'a:\n  q: "x@1.1.0" # pin\n'


def test_an_item_of_a_list_comes_and_another_goes() -> None:
    text = "f:\n  tenants: # who\n    - a # first\n    # gone soon\n    - b\n    - c\n"
    assert edit(text, [Put(("f", "tenants"), ["a", "c", "d"])]) == text.replace("    - b\n", "") + "    - d\n"
    assert edit("t: [a, b, c] # x\n", [Put(("t",), ["b", "c", "d"])]) == "t: [b, c, d] # x\n"


def test_the_last_key_of_a_mapping_leaves_it_empty() -> None:
    text = "tenants:\n  a: # c\n    prompts:\n      x: y\nz: 1\n"
    assert edit(text, [Take(("tenants", "a", "prompts", "x"))]) == "tenants:\n  a: # c\n    prompts: {}\nz: 1\n"
    assert edit("t: {a: 1, b: 2}\n", [Take(("t", "a")), Take(("t", "b"))]) == "t: {}\n"


def test_ten_thousand_keys_are_edited_in_one_go() -> None:
    text = "tenants:\n" + "".join(f"  t{n}: {{prompts: {{x: x@1.0.0}}}}\n" for n in range(10_000))
    new = edit(text, [Put(("tenants", f"t{n}", "prompts", "x"), "x@1.1.0") for n in range(10_000)])
    assert new == text.replace("1.0.0", "1.1.0")


@pytest.mark.parametrize("text", ["a: *b\n", "- a\n", "a: 1\na: 2\n", "{a: 1}\n", "a\n"])
def test_what_cannot_be_edited_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        edit(text, [Put(("b",), "c")])
