from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.entries import Blob
from promptctl.tree.baseline import Key, allowed_by, baseline_text, read_baseline

PATHS = st.text(st.characters(blacklist_characters="\0", codec=None), min_size=1) | st.sampled_from(
    ["a b 1", '"a"', " a", "a\nb", "\udcff", "#a", "a 1 2"]
)
KEYS = st.builds(
    Key,
    PATHS.filter(lambda path: all(not "\ud800" <= char <= "\udfff" or "\udc80" <= char <= "\udcff" for char in path)),
    st.sampled_from(["hardcoded-version", "hardcoded-path"]),
    st.sampled_from(["qualify-lead@1.0.0", "a@1.0.0-rc.1+x"]),
)


def blob(data: bytes | str) -> Blob:
    raw = data.encode() if isinstance(data, str) else data
    return Blob(len(raw), raw)


@given(st.dictionaries(KEYS, st.integers(1, 999)))
def test_what_is_written_is_read(counts: dict[Key, int]) -> None:
    text = baseline_text(counts)
    assert allowed_by(read_baseline(blob(text))) == counts
    assert baseline_text(dict(reversed(counts.items()))) == text


@given(st.binary())
def test_no_bytes_are_too_odd(data: bytes) -> None:
    for line in read_baseline(blob(data)):
        assert line.number > 0


def test_line_ends_of_windows_do_not_matter() -> None:
    counts = {Key("a b", "hardcoded-path", "x@1.0.0"): 3}
    assert allowed_by(read_baseline(blob(baseline_text(counts).replace("\n", "\r\n")))) == counts


@pytest.mark.parametrize("line", ["x", "x y", "x y z@1", "x y z@1 -1", "x y z@1 1.5", 'x "y z@1 1', "x  z@1 ¹"])
def test_lines_that_cannot_be_read(line: str) -> None:
    assert [(item.number, item.key) for item in read_baseline(blob(f"# one\n{line}\n"))] == [(2, None)]


@pytest.mark.parametrize("found", [None, Blob(2_000_000, None), Blob(1, b"\xff")])
def test_files_that_cannot_be_read(found: Blob | None) -> None:
    assert [item.key for item in read_baseline(found)] == [None]
