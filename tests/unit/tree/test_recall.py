"""A large configuration that is recalled says what one says that is read, whatever was edited in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.entries import REGULAR, Blob, Entry
from promptctl.plan.yaml_edit import plain
from promptctl.tree import recall, selection
from promptctl.tree.document import read_document
from promptctl.tree.nodes import Mapping, YamlFault, parse_yaml
from promptctl.tree.text_file import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.tree.document import Document

ENTRY = Entry(REGULAR, "")
HEAD = "defaults:\n  ask: {use: ask@1.0.0, because: x}\ntenants:\n"
TAIL = "flags:\n  f: {use: ask@1.0.0, tenants: [t1]}\n"
# Lines as people and attackers write them, of every kind that could end, or swallow, those of a tenant.
LINES = st.sampled_from(
    (
        "  t1:",
        "  t1: {}",
        "  t2: {regimes: [a]}",
        '  "t3":',
        "  'no': {}",
        "  é: {}",
        "    regimes: [a, b]",
        "    regimes: [a,",
        "      b]",
        "    prompts: {ask: ask@1.0.0}",
        "    prompts:",
        "      ask: ask@1.1.0",
        '      ask: "ask@1.1.0',
        '  t4: {}"',
        "      ask: |",
        "      ask: >1",
        "       text",
        "  # a comment",
        "# a comment",
        "",
        "  - t5",
        "  ? t6",
        "  : {}",
        "...",
        "---",
        "agent: {}",
        " t7: {}",
        "  t8: &a {}",
        "  t9: *a",
        "  t10: {nonsense: 1}",
        "\tt11: {}",
        "  t12: {}\x85",
        "tenants:",
    )
)
BLOCKS = st.lists(LINES, max_size=6).map("\n".join)


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(recall, "_LARGE", 0)
    yield
    recall._known.clear()
    selection._read.cache_clear()


def text_of(blocks: list[str]) -> str:
    return HEAD + "".join(f"{block}\n" for block in blocks if block) + TAIL


def read(text: str) -> Document:
    data = text.encode()
    return read_document(ENTRY, Blob(len(data), data), "selection", rule="selection-invalid", limit=MOST_BYTES)


PLAIN = [f"  a{number}:\n    prompts: {{ask: ask@1.{number}.0}}" for number in range(6)]
INDENTED = ("  b1:\n    prompts:\n      ask: ask@1.0.0\n    # about b1", "  b2: {regimes: [a]}")


INSERTED = st.lists(st.tuples(st.integers(0, 7), BLOCKS), max_size=4)
REMOVED = st.lists(st.integers(0, 7), max_size=3)


def edited(before: list[str], inserted: list[tuple[int, str]], removed: list[int]) -> str:
    after = [block for number, block in enumerate(before) if number not in removed]
    for place, block in inserted:
        after.insert(place, block)
    return text_of(after)


@given(INSERTED, REMOVED)
def test_recalled_is_read(inserted: list[tuple[int, str]], removed: list[int]) -> None:
    recall._known.clear()
    before = [*PLAIN, *INDENTED]
    recall.remember(read(text_of(before)))
    text = edited(before, inserted, removed)
    expected, found = read(text), recall.recall(text)
    if found is not None:
        assert expected.faults == ()
        assert found.data == expected.data
        assert list(found.data["tenants"]) == list(expected.data["tenants"])
        assert found.locate("tenants", "a5") == expected.locate("tenants", "a5")


@given(INSERTED, INSERTED, REMOVED)
def test_reread_is_parsed(old: list[tuple[int, str]], inserted: list[tuple[int, str]], removed: list[int]) -> None:
    """Whatever the old text holds, as long as it is strict YAML."""
    before = edited([*PLAIN, *INDENTED], old, [])
    try:
        root = parse_yaml(before)
    except YamlFault:
        return
    assert isinstance(root, Mapping)
    text = edited([*PLAIN, *INDENTED], [*old, *inserted], removed)
    found = recall.reread(text, before, root)
    if found is not None:
        assert plain(found) == plain(parse_yaml(text))


def test_what_is_the_same_is_the_same_node() -> None:
    before, after = text_of(PLAIN), text_of([*PLAIN[:2], "  x: {}", *PLAIN[3:]])
    root = parse_yaml(before)
    assert isinstance(root, Mapping)
    found = recall.reread(after, before, root)
    assert found is not None
    new, old = (nodes.get("tenants") for nodes in (found, root))
    assert isinstance(new, Mapping)
    assert isinstance(old, Mapping)
    assert list(new.entries) == ["a0", "a1", "x", "a3", "a4", "a5"]
    assert [name for name in new.entries if new.get(name) is old.get(name)] == ["a0", "a1", "a3", "a4"]


def test_one_changed_tenant_is_all_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by the characters that the parser gets."""
    before = [f"  tenant-{number}: {{prompts: {{ask: ask@1.0.0}}}}" for number in range(1000)]
    recall.remember(read(text_of(before)))
    after = [*before[:500], "  tenant-500: {regimes: [hipaa]}", *before[501:]]
    parsed: list[int] = []
    real = recall.parse_yaml
    monkeypatch.setattr(recall, "parse_yaml", lambda text: parsed.append(len(text)) or real(text))
    found = recall.recall(text_of(after))
    assert found is not None
    assert found.data == read(text_of(after)).data
    assert sum(parsed) < len(text_of(after)) / 100


@pytest.mark.parametrize("block", ["  a1: {}", '  x: "', "  x: {nonsense: 1}", "  x: [", "..."])
def test_what_is_wrong_is_left_to_whoever_reads_it_all(block: str) -> None:
    recall.remember(read(text_of(PLAIN)))
    assert recall.recall(text_of([*PLAIN[:3], block, *PLAIN[3:]])) is None
