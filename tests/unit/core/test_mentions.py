from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.mentions import LONGEST_LINE, NEAR, find_mentions
from promptctl.repo.grep import _ANY_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = {"qualify-lead": {"1.0.0", "1.1.0", "2.0.0-rc.1"}, "chat": {"1.0.0"}, "a_b": {"1.0.0+x"}}
VERSIONS = ("1.0.0", "1.1.0", "2.0.0-rc.1", "1.0.0+x")
WORDS = ("other", "version", "://", "task", "é", "@acme", ".md", "0", "x", "n")
MARKS = ("@", "/", '"', "'", "`", "\\", "\n", "\n", "\t", " ", ",", "=", ".", "-", "_")
TEXTS = st.lists(st.sampled_from([*NAMES, *VERSIONS, *WORDS, *MARKS]), max_size=40).map("".join)


class Known:
    def __contains__(self, name: str) -> bool:
        return name in NAMES

    def parents(self, _: str) -> set[str]:
        return {"task"}

    def versions(self, name: str) -> set[str]:
        return NAMES[name]


def mentions(text: str, wanted: Iterable[int] | None = None) -> list[tuple[str, str, int, str]]:
    """Rule, ref and place of every mention, and what it marks."""
    lines = dict(enumerate(text.split("\n"), 1))
    kept = lines if wanted is None else {number: lines[number] for number in wanted if number in lines}
    found = find_mentions(kept, Known())
    return [(item.rule, item.ref, item.line, lines[item.line][item.start : item.end]) for item in found]


def near(text: str, pattern: str) -> set[int]:
    """The numbers of the lines that a search for a pattern shows."""
    hits = [number for number, line in enumerate(text.split("\n"), 1) if re.search(pattern, line)]
    return {number for hit in hits for number in range(hit - NEAR - 1, hit + NEAR + 2)}


@given(TEXTS)
def test_a_search_for_names_shows_enough(text: str) -> None:
    assert mentions(text, near(text, "|".join(NAMES))) == mentions(text)


@given(TEXTS)
def test_a_search_for_versions_shows_enough(text: str) -> None:
    assert mentions(text, near(text, _ANY_VERSION)) == mentions(text)


@given(TEXTS)
def test_a_mention_marks_what_it_names(text: str) -> None:
    for rule, ref, _, marked in mentions(text):
        name, version = ref.split("@")
        assert (
            marked == {"version": ref, "path": f"{name}/{version}", "split": version}[rule.removeprefix("hardcoded-")]
        )


@given(TEXTS, TEXTS)
def test_what_stands_far_away_changes_nothing(text: str, other: str) -> None:
    assert mentions(f"{text}\n\n{other}")[: len(mentions(text))] == mentions(text)


@given(st.sampled_from(sorted(NAMES)), st.from_regex(r"\A[0-9]\.[0-9]\.[0-9](-[a-z]{1,3}\.[0-9])?(\+[a-z]{1,3})?\Z"))
@pytest.mark.parametrize("around", ['"{}"', "'{}'", "`{}`", "x={}", "({})", "{} ", "see {}.", r"\n{}\n"])
def test_every_version_is_found_between_what_ends_it(around: str, name: str, version: str) -> None:
    ref = f"{name}@{version}"
    assert mentions(around.format(ref)) == [("hardcoded-version", ref, 1, ref)]


@given(st.sampled_from(["@", "/", "-", "_", "a", "Z", "0", "é"]))
def test_what_may_not_stand_before_a_name(before: str) -> None:
    assert mentions(f"{before}qualify-lead@1.0.0") == []


@pytest.mark.parametrize(
    "line",
    [
        '"' * 9990 + "1.0.0",
        "a-" * 4900 + "@1.0.0",
        '"1.0.0",' * 1200,
        '"chat","1.0.0",' * 600,
        "ver" * 3300 + '"1.0.0"',
    ],
)
def test_the_time_that_a_long_line_takes(line: str) -> None:
    start = time.perf_counter()
    find = mentions("\n".join([line[:LONGEST_LINE]] * 7))
    assert time.perf_counter() - start < 5, len(find)


def test_a_line_that_is_too_long() -> None:
    assert mentions("x" * LONGEST_LINE + " qualify-lead@1.0.0") == []
