"""Places in a text and ways to show text to people. Only a line feed ends a line; columns count code points."""

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from promptctl.core.hidden import BIDI_CONTROLS, JOINERS, TAGS, ZERO_WIDTH

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_UNSEEN = f"{_CONTROLS}\u2028\u2029\ud800-\udfff\ufffe\uffff{BIDI_CONTROLS}{JOINERS}{ZERO_WIDTH}{TAGS}"
_IN_BLOCK: Final = re.compile(f"[{_UNSEEN}]")
_IN_LINE: Final = re.compile(f"[\t\n{_UNSEEN}]")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text; line and column count from 1."""

    line: int
    column: int


class Lines:
    """The lines of one text, for turning offsets into positions."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        """Read the text once; a final line feed opens one more, empty line."""
        self._text = text
        self._starts = (0, *accumulate((len(line) + 1 for line in text.split("\n")), initial=0))[1:-1]

    def position(self, offset: int) -> Position:
        """Return the place of an offset; the text's length is the place after its end.

        Raises:
            ValueError: the offset is negative or lies beyond the end.
        """
        if not 0 <= offset <= len(self._text):
            raise ValueError(f"offset {offset} is outside a text of {len(self._text)} characters")
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return a line, counted from 1, without its line feed.

        Raises:
            ValueError: there is no such line.
        """
        if not 1 <= number <= len(self._starts):
            raise ValueError(f"line {number} is outside a text of {plural(len(self._starts), 'line')}")
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self._text)
        return self._text[start:end]


def visible(text: str) -> str:
    r"""Show text on one line, with `\n`, `\x1b`, `\u202e` or `\U000e0041` for what a terminal would obey or hide.

    A lone surrogate stands for a byte that was not UTF-8 (`surrogateescape`) and is shown as that byte, `\xff`.
    """
    return _IN_LINE.sub(_escape, text)


def readable(text: str) -> str:
    r"""Return the text as it is, with `\xff` for a byte that was not UTF-8: no format for programs can hold that."""
    return text.encode(errors="surrogateescape").decode(errors="backslashreplace")


def visible_block(text: str) -> str:
    """Show text like `visible`, but keep line feeds and tabs as they are."""
    return _IN_BLOCK.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if "\udc80" <= character <= "\udcff":
        character = chr(character.encode(errors="surrogateescape")[0])
    return character.encode("unicode_escape").decode()


def shortened(text: str, limit: int = 60) -> str:
    """Return the text, or its beginning and an ellipsis where it has more than `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def suggest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that the word most likely meant; letter case does not matter."""
    by_folded = {choice.casefold(): choice for choice in sorted(choices, reverse=True)}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else None


def plural(n: int, word: str) -> str:
    """Return the number with the word in its English plural, where one is due: `1 policy`, `2 policies`."""
    if n == 1:
        return f"1 {word}"
    if re.search(r"[^aeiou]y$", word):
        return f"{n} {word[:-1]}ies"
    return f"{n} {word}{'es' if word.endswith(('s', 'x', 'z', 'ch', 'sh')) else 's'}"
