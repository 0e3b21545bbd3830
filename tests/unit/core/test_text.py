import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.text import Lines, Position, plural, suggest, visible, visible_block

ODD_BREAKS = "a\u2028b\rc\x0bd\x0ce\x85f\r\ng"


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("", 0, Position(1, 1)),
        ("ab", 2, Position(1, 3)),
        ("ab\n", 2, Position(1, 3)),
        ("ab\n", 3, Position(2, 1)),
        ("ab\n\ncd", 5, Position(3, 2)),
        ("\U0001f600x", 1, Position(1, 2)),
        (ODD_BREAKS, 11, Position(1, 12)),
        (ODD_BREAKS, 13, Position(2, 1)),
    ],
)
def test_position(text: str, offset: int, expected: Position) -> None:
    assert Lines(text).position(offset) == expected


def test_only_a_line_feed_ends_a_line() -> None:
    lines = Lines(ODD_BREAKS)
    assert lines.line(1) == ODD_BREAKS[:-2]
    assert lines.line(2) == "g"


@pytest.mark.parametrize("offset", [-1, 4])
def test_offset_outside(offset: int) -> None:
    with pytest.raises(ValueError, match="outside a text of 3 characters"):
        Lines("abc").position(offset)


@pytest.mark.parametrize("number", [0, 3])
def test_line_outside(number: int) -> None:
    with pytest.raises(ValueError, match="outside a text of 2 lines"):
        Lines("abc\n").line(number)


@given(st.text(alphabet="ab\n\r\u2028"))
def test_every_offset_is_where_it_says(text: str) -> None:
    lines = Lines(text)
    for offset in range(len(text) + 1):
        place = lines.position(offset)
        line = lines.line(place.line)
        assert place.column <= len(line) + 1
        assert (line + "\n")[place.column - 1] == (text + "\n")[offset]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, é 漢 \U0001f600 and a \\ backslash", "plain text, é 漢 \U0001f600 and a \\ backslash"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x00\x1b[31m\x7f\x9b", r"\x00\x1b[31m\x7f\x9b"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("\u200b\u200c\u200d\u2060\ufeff\u180e", r"\u200b\u200c\u200d\u2060\ufeff\u180e"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\U000e0041\U000e007f", r"\U000e0041\U000e007f"),
        (os.fsdecode(b"caf\xe9/\x80"), r"caf\xe9/\x80"),
        ("\ud800\udfff", r"\ud800\udfff"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_visible_block_keeps_the_layout() -> None:
    assert visible_block("a\n\tb\r\n\x1b") == "a\n\tb\\r\n\\x1b"


@given(st.text(alphabet=st.characters()))
def test_visible_is_printable_text_on_one_line(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in shown)


def test_clean_text_is_returned_as_it_is() -> None:
    text = "nothing to see here" * 3
    assert visible(text) is text
    assert visible_block(text) is text


@pytest.mark.parametrize(
    ("word", "choices", "expected"),
    [
        ("supercedes", ["supersedes", "summary"], "supersedes"),
        ("Recomended", {"recommended", "deprecated"}, "recommended"),
        ("PURPOSE", ["Purpose", "purpose"], "Purpose"),
        ("zzz", ["name", "owner"], None),
        ("x", [], None),
    ],
)
def test_suggest(word: str, choices: list[str], expected: str | None) -> None:
    assert suggest(word, choices) == expected


@given(st.text(), st.lists(st.text(max_size=8), max_size=6))
def test_suggest_does_not_depend_on_order(word: str, choices: list[str]) -> None:
    assert suggest(word, choices) == suggest(word, reversed(choices))


@pytest.mark.parametrize(
    ("n", "word", "expected"),
    [
        (0, "prompt", "0 prompts"),
        (1, "prompt", "1 prompt"),
        (2, "prompt", "2 prompts"),
        (3, "entry", "3 entries"),
        (2, "key", "2 keys"),
        (2, "branch", "2 branches"),
    ],
)
def test_plural(n: int, word: str, expected: str) -> None:
    assert plural(n, word) == expected
