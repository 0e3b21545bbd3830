"""What git prints is read back byte for byte: raw differences and tree objects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.entries import Entry
from promptctl.core.errors import Undecided
from promptctl.repo.git import decode, encode
from promptctl.repo.objects import _parse_tree
from promptctl.repo.raw import Difference, parse_differences

MODES = st.sampled_from(["100644", "100755", "120000", "160000", "040000", "100664"])
paths = st.binary(min_size=1).map(lambda raw: raw.replace(b"\0", b"")).filter(bool)
names = paths.map(lambda raw: raw.replace(b"/", b"_"))
ids = st.integers(0, 16**40 - 1).map(lambda number: f"{number:040x}")
entries = st.builds(Entry, MODES, ids)


def raw(path: bytes, old: Entry | None, new: Entry | None, status: str = "M") -> bytes:
    absent = Entry("000000", "0" * 40)
    one, other = old or absent, new or absent
    return f":{one.mode} {other.mode} {one.oid} {other.oid} {status}".encode() + b"\0" + path + b"\0"


@given(st.lists(st.tuples(paths, st.none() | entries, st.none() | entries)))
def test_differences(rows: list[tuple[bytes, Entry | None, Entry | None]]) -> None:
    found = list(parse_differences(b"".join(raw(*row) for row in rows)))
    assert found == [Difference(decode(path), old, new) for path, old, new in rows]
    assert [encode(difference.path) for difference in found] == [path for path, _, _ in rows]


@given(paths)
def test_an_unmerged_path_leaves_the_question_open(path: bytes) -> None:
    with pytest.raises(Undecided):
        list(parse_differences(raw(path, None, None, "U")))


@given(st.dictionaries(names, entries), st.sampled_from([20, 32]))
def test_trees(rows: dict[bytes, Entry], width: int) -> None:
    written = {name: Entry(entry.mode, entry.oid.ljust(2 * width, "7")) for name, entry in rows.items()}
    data = b"".join(
        entry.mode.lstrip("0").encode() + b" " + name + b"\0" + bytes.fromhex(entry.oid)
        for name, entry in written.items()
    )
    assert _parse_tree(data, width) == {decode(name): entry for name, entry in written.items()}


@pytest.mark.parametrize(
    "data", [b"garbage", b"100644 no-end", b"100644", b"\xe9 a\0" + b"1" * 20, b"100644 a\0" + b"1" * 19]
)
def test_a_malformed_tree_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        _parse_tree(data, 20)
