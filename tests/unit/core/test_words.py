import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.words import Segment, diff_words

SIZE = 200_000
CHANCE = random.Random(7)  # noqa: S311 - a fixed series, not a secret


def sides(segments: tuple[Segment, ...]) -> tuple[str, str]:
    old = "".join(segment.text for segment in segments if segment.kind != "insert")
    new = "".join(segment.text for segment in segments if segment.kind != "delete")
    return old, new


def prose(vocabulary: int, break_chance: float) -> str:
    ends = (" ", "\n")
    words = (f"w{CHANCE.randrange(vocabulary)}{ends[CHANCE.random() < break_chance]}" for _ in range(SIZE // 4))
    return "".join(words)[:SIZE]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("same", "same", [("equal", "same")]),
        ("", "new", [("insert", "new")]),
        ("old", "", [("delete", "old")]),
        (
            "Ask about budget.\nBe kind.\n",
            "Ask about the budget!\nBe kind.\n",
            [
                ("equal", "Ask about "),
                ("insert", "the "),
                ("equal", "budget"),
                ("delete", "."),
                ("insert", "!"),
                ("equal", "\nBe kind.\n"),
            ],
        ),
        ("a b", "a c", [("equal", "a "), ("delete", "b"), ("insert", "c")]),
        ("x  y", "x y", [("equal", "x"), ("delete", "  "), ("insert", " "), ("equal", "y")]),
        ("one\ntwo\n", "two\n", [("delete", "one\n"), ("equal", "two\n")]),
    ],
)
def test_diff_words(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert [(segment.kind, segment.text) for segment in diff_words(old, new)] == expected


words = st.lists(st.sampled_from(["a", "b", "word", " ", "  ", "\n", ".", "é", "\u2028", "\r\n"]), max_size=60)
texts = st.text(max_size=80) | words.map("".join)


@given(texts, texts)
def test_segments_spell_both_sides(old: str, new: str) -> None:
    segments = diff_words(old, new)
    assert sides(segments) == (old, new)
    assert all(segment.text for segment in segments)
    assert all(left.kind != right.kind for left, right in pairwise(segments))


@given(texts)
def test_equal_texts_have_one_segment(text: str) -> None:
    assert diff_words(text, text) == ((Segment("equal", text),) if text else ())


@given(words, st.integers(0, 60))
def test_an_inserted_word_is_all_that_is_reported(tokens: list[str], place: int) -> None:
    old = "".join(tokens[:place]) + "\n" + "".join(tokens[place:])
    new = "".join(tokens[:place]) + "\nUNHEARD\n" + "".join(tokens[place:])
    assert "".join(segment.text for segment in diff_words(old, new) if segment.kind == "equal") == old


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("foo " * (SIZE // 4), "foo " * (SIZE // 4 - 700), id="one word, shorter"),
        pytest.param("foo " * (SIZE // 4), "foo foo bar " * (SIZE // 12), id="one word, interleaved"),
        pytest.param("x" + "foo " * (SIZE // 4), "foo " * (SIZE // 5) + "y", id="one word, other ends"),
        pytest.param(prose(3000, 0.1), prose(3000, 0.1), id="unrelated"),
        pytest.param(prose(3000, 0), prose(3000, 0), id="unrelated, one line"),
        pytest.param(prose(2, 0.5), prose(2, 0.5), id="two words"),
        pytest.param("\n" * SIZE, "\nx" * (SIZE // 2), id="empty lines"),
        pytest.param("." * SIZE, "!." * (SIZE // 2), id="punctuation"),
        pytest.param("ab ba " * (SIZE // 6), "ba ab " * (SIZE // 6), id="periodic"),
    ],
)
def test_large_texts_are_quick(old: str, new: str) -> None:
    start = time.process_time()
    segments = diff_words(old, new)
    assert time.process_time() - start < 5  # well under one second where nothing else runs
    assert sides(segments) == (old, new)


def test_scattered_edits_in_a_large_text_are_found() -> None:
    lines = [f"line {number} says {CHANCE.randrange(50)}\n" for number in range(8_000)]
    edited = [line.replace("says", "said") if number % 100 == 0 else line for number, line in enumerate(lines)]
    segments = diff_words("".join(lines), "".join(edited))
    assert {segment.text for segment in segments if segment.kind == "delete"} == {"says"}
    assert sum(segment.kind == "insert" for segment in segments) == 80
