"""What is left unread, or is not read again, would have said nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.entries import Blob, Entry
from promptctl.tree.life import SILENT, Life, Lives, _parse

ENTRY = Entry("100644", "0" * 40)
LINES = (
    "name: a",
    "name: b-1",
    "name:",
    "owner: x@example.com",
    "owner: null",
    "recommended: 1.0.0",
    "recommended: 2.0.0",
    "deprecated:",
    "  1.0.0: {reason: r, replacement: 1.1.0}",
    "  1.1.0: {}",
    "  deprecated: 1",
    "deprecated: {",
    "1.2.0: x,",
    "}",
    "retired: {1.0.0: {reason: z}}",
    '"depre\\x63ated": {1.3.0: {}}',
    "text: |",
    "text: '",
    'text: "',
    "'",
    '"',
    "# name: c",
    "---",
    "- x",
    "? name",
    "",
)
manifests = st.lists(st.sampled_from(LINES), max_size=8).map("\n".join)


def blob(text: str) -> Blob:
    data = text.encode()
    return Blob(len(data), data)


def keys(life: Life | None) -> tuple[set[str], set[str]] | None:
    return None if life is None else (set(life.deprecated), set(life.retired))


@given(st.lists(manifests, max_size=8))
def test_what_was_read_before_changes_no_answer(texts: list[str]) -> None:
    lives = Lives()
    for text in texts:
        assert keys(lives.read(ENTRY, blob(text))) == keys(_parse(text)) or is_silent_and_broken(text)


def is_silent_and_broken(text: str) -> bool:
    """Whether a manifest that is no YAML could not have said anything if it were."""
    return Lives().read(ENTRY, blob(text)) is SILENT and _parse(text) is None


@pytest.mark.parametrize(
    ("entry", "content"),
    [
        (ENTRY, None),
        (ENTRY, Blob(2_000_000, None)),
        (Entry("120000", "0" * 40), blob("deprecated: {1.0.0: {}}")),
        (ENTRY, Blob(13, b"deprecated: \xff")),
        (ENTRY, blob("deprecated: *alias")),
    ],
)
def test_what_cannot_be_read_says_so(entry: Entry, content: Blob | None) -> None:
    assert Lives().read(entry, content) is None


def test_an_entry_may_say_little() -> None:
    found = Lives().read(
        ENTRY, blob("deprecated: {1.0.0: , 1.1.0: {reason: [x]}}\nretired: {1.0.0: x, 1.1.0: {on: 1}}")
    )
    assert found is not None
    assert found.deprecated == {"1.0.0": "", "1.1.0": ""}
    assert set(found.retired) == {"1.1.0"}
