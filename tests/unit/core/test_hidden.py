# ruff: noqa: RUF001 - other scripts are the subject

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.hidden import Hidden, find_hidden

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff"


def offsets(text: str) -> list[int]:
    return [hidden.offset for hidden in find_hidden(text)]


@pytest.mark.parametrize("character", BIDI + ZERO_WIDTH + "\U000e0000\U000e0001\U000e0041\U000e007f")
def test_never_lawful(character: str) -> None:
    assert offsets(f"me{character}n") == [2]
    assert offsets(f"م{character}ن") == [1]
    assert offsets(character) == [0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\ufeff", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A"),
        ("\U000e0000", "U+E0000 TAG CHARACTER"),
        ("a\u200d", "U+200D ZERO WIDTH JOINER"),
    ],
)
def test_name(text: str, name: str) -> None:
    assert [hidden.name for hidden in find_hidden(text)] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian
        "PDF\u200cها",  # Persian ending of a Latin word
        "क्\u200dष",  # Hindi, the joiner follows the virama
        "ശ്രീ\u200c",  # Malayalam
        "ක්\u200dෂ",  # Sinhala
        "\u1820\u200d",  # Mongolian
        "\U00011013\U00011046\u200d",  # Brahmi
        "👨\u200d👩\u200d👧\u200d👦",
        "👩🏽\u200d🚀",
        "🏳\ufe0f\u200d🌈",
        "❤\ufe0f\u200d🔥",
        "🏃\u200d♀\ufe0f\u200d➡\ufe0f",
        "☃\ufe0f 葛\U000e0100",  # single variation selectors
        "plain",
        "",
    ],
)
def test_lawful(text: str) -> None:
    assert offsets(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u200db", [1]),
        ("a\u200cb", [1]),
        ("a\u0301\u200db", [2]),
        ("\u200cا", [0]),
        ("، PDF \u200cها", [6]),
        ("م\u200c\u200c\u200d", [2, 3]),
        ("👨\u200da", [1]),
        ("a\u200d👨", [1]),
        ("👨\u200d", [1]),
        ("👨\u200c👩", [1]),
        ("\ufe0f\u200d👨", [1]),
        ("x\ufe0f\ufe00\U000e0100y", [2, 3]),
        ("\U0001f3f4\U000e0067\U000e007f", [1, 2]),
    ],
)
def test_unlawful(text: str, expected: list[int]) -> None:
    assert offsets(text) == expected


@given(st.text(alphabet="a م्👨\u0301\u200c\u200d\u200b\u202e\ufe0f\U000e0041"))
def test_in_text_order_and_in_place(text: str) -> None:
    found = list(find_hidden(text))
    assert [hidden.offset for hidden in found] == sorted({hidden.offset for hidden in found})
    assert all(text[hidden.offset] == hidden.character for hidden in found)
    assert {i for i, character in enumerate(text) if character in "\u200b\u202e\U000e0041"} <= set(offsets(text))


@given(st.text(alphabet=st.characters(exclude_categories=["Cf", "Cn", "Cs", "Mn"])))
def test_text_without_format_characters_is_clean(text: str) -> None:
    assert offsets(text) == []


def test_no_format_character_of_a_name_is_invented() -> None:
    hidden = Hidden(0, "\u2060", "U+2060 WORD JOINER")
    assert list(find_hidden("\u2060")) == [hidden]
    assert unicodedata.name(hidden.character) in hidden.name
