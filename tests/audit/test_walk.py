"""A history that git did not print whole is no history."""

from __future__ import annotations

import io

import pytest

from promptctl.core.entries import Entry
from promptctl.core.errors import Undecided
from promptctl.core.events import Commit
from promptctl.repo.walk import ADDED, Step, _steps, entry_of

ONE, TWO = "1" * 40, "2" * 40
ZERO, BLOB = "0" * 40, "b" * 40
FIELDS = "A\0a@example.com\0\0005\0"
DIFFERENCES = f"\n:000000 100755 {ZERO} {BLOB} A\0a:b\n\0:100644 000000 {BLOB} {ZERO} D\0c\0"


def steps(text: str) -> list[Step]:
    return list(_steps(io.BytesIO(text.encode())))


def test_commits_with_and_without_differences() -> None:
    found = steps(f"{ONE}\0\0{FIELDS}{DIFFERENCES}{TWO}\0{ONE} {ZERO}\0{FIELDS}")
    commit = Commit(ONE, "A", "a@example.com", "", "5")
    assert found == [
        Step(commit, [(f"\n:000000 100755 {ZERO} {BLOB} A", "a:b\n")], ["c"]),
        Step(commit._replace(oid=TWO), [], []),
    ]
    assert entry_of(found[0].placed[0][0]) == Entry("100755", BLOB)
    assert not found[0].placed[0][0].startswith(ADDED)
    assert steps("") == []


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\0{TWO}\0{FIELDS}",  # its parent was not printed
        f"{ONE}\0\0{FIELDS}{TWO}\0\0{FIELDS}",
        f"{ONE}\0\0{FIELDS}fatal: bad object\0",
        f"{ONE}\0\0{FIELDS}{DIFFERENCES[:-1]}",
        DIFFERENCES,
    ],
)
def test_what_is_cut_or_out_of_order_is_not_believed(text: str) -> None:
    with pytest.raises(Undecided):
        steps(text)
