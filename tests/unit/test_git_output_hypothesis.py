"""What git prints is read back byte for byte: raw differences and tree objects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.entries import Entry
from promptctl.core.errors import Undecided
from promptctl.repo.git import decode, encode
from promptctl.repo.raw import Difference, parse_differences
from promptctl.repo.tree_objects import parse_tree

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


def tree(rows: list[tuple[bytes, Entry]]) -> bytes:
    return b"".join(e.mode.lstrip("0").encode() + b" " + name + b"\0" + bytes.fromhex(e.oid) for name, e in rows)


def in_order(rows: dict[bytes, Entry]) -> list[tuple[bytes, Entry]]:
    """As git writes them: a folder sorts as if its name ended with a slash."""
    return sorted(rows.items(), key=lambda row: row[0] + b"/" if row[1].mode == "040000" else row[0])


lawful = names.filter(lambda name: name.lower() not in {b".", b"..", b".git"})


@given(st.dictionaries(lawful, entries), st.sampled_from([40, 64]))
def test_trees(rows: dict[bytes, Entry], digits: int) -> None:
    written = {name: Entry(entry.mode, entry.oid.ljust(digits, "7")) for name, entry in rows.items()}
    modes = {"100664": "100644"}  # as git reads what an old git wrote
    expected = {decode(name): Entry(modes.get(e.mode, e.mode), e.oid) for name, e in written.items()}
    assert parse_tree("0" * digits, tree(in_order(written))) == expected


def refused(data: bytes) -> bool:
    with pytest.raises(Undecided, match="malformed"):
        parse_tree("0" * 40, data)
    return True


@given(st.dictionaries(lawful, entries, min_size=2), st.data())
def test_a_tree_in_another_order_is_refused(rows: dict[bytes, Entry], data: st.DataObject) -> None:
    right = in_order(rows)
    other = data.draw(st.permutations(right).filter(lambda order: order != right))
    assert refused(tree(other))


@given(st.dictionaries(lawful, entries, min_size=1), st.data(), entries)
def test_a_tree_that_names_a_path_twice_is_refused(rows: dict[bytes, Entry], data: st.DataObject, twin: Entry) -> None:
    right = in_order(rows)
    name = data.draw(st.sampled_from(sorted(rows)))
    place = data.draw(st.integers(0, len(right)))
    assert refused(tree([*right[:place], (name, twin), *right[place:]]))


@pytest.mark.parametrize("name", [b"", b".", b"..", b".git", b".GIT", b"a/b", b"/", b"a/"])
def test_a_name_that_is_no_name_is_refused(name: bytes) -> None:
    assert refused(tree([(name, Entry("100644", "7" * 40))]))


@pytest.mark.parametrize(
    "data", [b"garbage", b"100644 no-end", b"100644", b"\xe9 a\0" + b"1" * 20, b"100644 a\0" + b"1" * 19]
)
def test_what_is_no_tree_is_refused(data: bytes) -> None:
    assert refused(data)
