"""Patterns of ECMA 262: the part of them that Python reads alike, matched in linear time, and strings that match.

Back references, look-around, word boundaries, Unicode properties and whatever the two languages read differently are
left out: such a pattern cannot be parsed here, and nothing is claimed of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

_MOST_STATES: Final = 2_000
_LONGEST: Final = 1_000  # characters of a pattern
_DEEPEST: Final = 30
_MOST_STEPS: Final = 1_000_000  # of a matcher that backtracks
_FEW_CHARACTERS: Final = 12  # where repeats are nested there are a few thousand ways to divide so many
_FEW_REPEATS: Final = 4
_FIRST_PLANE: Final = 0xFFFF
_MOST_NESTED: Final = 4  # repeats in repeats: each doubles the time of a match
_DIGITS: Final = ((0x30, 0x39),)
_WORD: Final = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: Final = (
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)
_ENDS: Final = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
_CLASSES: Final = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CONTROLS: Final = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_COUNTED: Final = re.compile(r"\{([0-9]{1,6})(,([0-9]{1,6})?)?\}")
_HEX: Final = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})")
# Python and ECMA part ways at line ends, at some white space and, without the flag `u`, beyond the first plane.
_PLAIN_ASCII: Final = re.compile(r"[ -~]*")
_PLAIN: Final = re.compile("[ -~\u00a1-\u1fff\u2030-\ud7ff\ue000-\ufefe\uff00-\uffff]*")

Ranges: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """One character out of some ranges, or out of all others."""

    ranges: Ranges
    negated: bool = False

    def has(self, code: int) -> bool:
        return any(low <= code <= high for low, high in self.ranges) is not self.negated


@dataclass(frozen=True, slots=True)
class Edge:
    """The start or the end of the string."""

    at_end: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """Pieces one after the other."""

    parts: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Pieces of which one matches."""

    options: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A piece so many times; without a most, any number from the least on."""

    part: Piece
    least: int
    most: int | None


Piece: TypeAlias = Letter | Edge | Sequence | Choice | Repeat


class _UnsupportedError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that has been understood."""

    root: Piece
    has_classes: bool
    nests: bool
    repeats: int

    def is_quick(self, length: int) -> bool:
        """Whether a backtracking matcher, as Python's is, ends soon on strings of a length, whatever they hold."""
        if self.nests:
            return length <= _FEW_CHARACTERS and self.repeats <= _FEW_REPEATS
        steps: int = (length + 1) ** min(self.repeats + 1, 20)
        return steps <= _MOST_STEPS


@lru_cache(maxsize=1024)
def parse(source: str) -> Pattern | None:
    """Understand a pattern; None for one that is left out here."""
    if len(source) > _LONGEST:
        return None
    parser = _Parser(source)
    try:
        root = parser.choice(0)
        if parser.place < len(source):
            return None
        if _size(root) > _MOST_STATES or _nesting(root) > _MOST_NESTED:
            return None
    except _UnsupportedError:
        return None
    return Pattern(root, parser.has_classes, parser.nests, parser.repeats)


class _Parser:
    """Recursive descent over one pattern."""

    __slots__ = ("has_classes", "nests", "place", "repeats", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.place = 0
        self.has_classes = False
        self.nests = False
        self.repeats = 0

    def choice(self, depth: int) -> Piece:
        if depth > _DEEPEST:
            raise _UnsupportedError
        options = [self._sequence(depth)]
        while self._take("|"):
            options.append(self._sequence(depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self, depth: int) -> Piece:
        parts: list[Piece] = []
        while self.place < len(self.source) and self.source[self.place] not in "|)":
            parts.append(self._quantified(self._part(depth)))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _part(self, depth: int) -> Piece:
        character = self._next()
        if character == "(":
            return self._group(depth)
        if character == "[":
            return self._set()
        if character == "\\":
            return self._escape()
        if character in "^$":
            return Edge(at_end=character == "$")
        if character == ".":
            return Letter(_ENDS, negated=True)
        if character in "*+?{}]":
            raise _UnsupportedError
        return _only(character)

    def _group(self, depth: int) -> Piece:
        if self._take("?") and not self._take(":"):
            raise _UnsupportedError  # look-around, names, flags
        inner = self.choice(depth + 1)
        if not self._take(")"):
            raise _UnsupportedError
        return inner

    def _quantified(self, part: Piece) -> Piece:
        bounds = self._bounds()
        if bounds is None:
            return part
        if isinstance(part, Edge):
            raise _UnsupportedError
        self._take("?")  # lazy: the same strings match
        if self._peek() in {"*", "+", "?", "{"}:
            raise _UnsupportedError  # possessive in Python, an error in ECMA
        least, most = bounds
        if most is None or most > 1:
            self.repeats += 1
            self.nests = self.nests or not isinstance(part, Letter)
        return Repeat(part, least, most)

    def _bounds(self) -> tuple[int, int | None] | None:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if self._peek() in simple:
            return simple[self._next()]
        if self._peek() != "{":
            return None
        match = _COUNTED.match(self.source, self.place)
        if match is None:
            raise _UnsupportedError
        self.place = match.end()
        least = int(match[1])
        most = least if match[2] is None else (None if match[3] is None else int(match[3]))
        if most is not None and most < least:
            raise _UnsupportedError
        return least, most

    def _set(self) -> Letter:
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        while not self._take("]"):
            low = self._set_member()
            if self._peek() == "-" and self.source[self.place + 1 : self.place + 2] != "]":
                self._next()
                high = self._set_member()
                ranges.append(_span(low, high))
            else:
                ranges.extend(low)
        if not ranges:
            raise _UnsupportedError  # Python takes the bracket for a member
        return Letter(tuple(ranges), negated)

    def _set_member(self) -> Ranges:
        character = self._next()
        if character == "\\":
            inner = self._escape()
            if inner.negated:
                raise _UnsupportedError
            return inner.ranges
        if character == "[" or (character in "&|~-" and self._peek() == character):
            raise _UnsupportedError  # Python warns that it will read these as set operations
        return ((ord(character), ord(character)),)

    def _escape(self) -> Letter:
        if match := _HEX.match(self.source, self.place):
            self.place = match.end()
            return _only(chr(int(match[1] or match[2], 16)))
        character = self._next()
        if character.lower() in _CLASSES:
            self.has_classes = True
            return Letter(_CLASSES[character.lower()], negated=character.isupper())
        if character in _CONTROLS:
            return _only(_CONTROLS[character])
        if character.isalnum() or character == "_" or not character.isascii():
            raise _UnsupportedError
        return _only(character)

    def _peek(self) -> str:
        return self.source[self.place : self.place + 1]

    def _take(self, character: str) -> bool:
        if self._peek() != character:
            return False
        self.place += 1
        return True

    def _next(self) -> str:
        if self.place >= len(self.source):
            raise _UnsupportedError
        self.place += 1
        return self.source[self.place - 1]


def _only(character: str) -> Letter:
    code = ord(character)
    if code > _FIRST_PLANE or "\ud800" <= character <= "\udfff":
        raise _UnsupportedError
    return Letter(((code, code),))


def _span(low: Ranges, high: Ranges) -> tuple[int, int]:
    """A range between two members of a set, each of which must be one character."""
    ((first, also_first),) = low if len(low) == 1 else ((0, 1),)
    ((last, also_last),) = high if len(high) == 1 else ((0, 1),)
    if first != also_first or last != also_last or first > last:
        raise _UnsupportedError
    return first, last


def _size(piece: Piece) -> int:
    """How many states the piece has once repeats are written out."""
    if isinstance(piece, Sequence):
        return sum(map(_size, piece.parts)) + 1
    if isinstance(piece, Choice):
        return sum(map(_size, piece.options)) + 1
    if isinstance(piece, Repeat):
        return _size(piece.part) * max(1, piece.least if piece.most is None else piece.most) + 1
    return 1


def _nesting(piece: Piece) -> int:
    """How many repeats stand in one another."""
    if isinstance(piece, Sequence):
        return max(map(_nesting, piece.parts), default=0)
    if isinstance(piece, Choice):
        return max(map(_nesting, piece.options))
    return 1 + _nesting(piece.part) if isinstance(piece, Repeat) else 0


def matches(source: str, text: str) -> bool | None:
    """Whether a pattern matches anywhere in a text; None where it is left out here, or the languages differ on it."""
    pattern = parse(source)
    if pattern is None or not (_PLAIN_ASCII if pattern.has_classes else _PLAIN).fullmatch(text):
        return None
    return _ends(pattern.root, text, (1 << (len(text) + 1)) - 1) != 0


def matches_all(source: str) -> bool:
    """Whether a pattern surely matches every text, as one that matches nothing at all in the midst of a text does."""
    pattern = parse(source)
    return pattern is not None and _ends(pattern.root, "\0\0", 0b10) & 0b10 != 0


def _ends(piece: Piece, text: str, starts: int) -> int:
    """Where a piece may end that starts at one of some places; places are the bits of a number."""
    if not starts:
        return 0
    if isinstance(piece, Letter):
        return (starts & _places(piece, text)) << 1
    if isinstance(piece, Edge):
        return starts & (1 << len(text) if piece.at_end else 1)
    if isinstance(piece, Sequence):
        for part in piece.parts:
            starts = _ends(part, text, starts)
        return starts
    if isinstance(piece, Choice):
        ends = 0
        for option in piece.options:
            ends |= _ends(option, text, starts)
        return ends
    return _repeated(piece, text, starts)


def _repeated(piece: Repeat, text: str, starts: int) -> int:
    for _ in range(piece.least):
        starts = _ends(piece.part, text, starts)
    reached = fresh = starts
    left = len(text) + 1 if piece.most is None else piece.most - piece.least
    while fresh and left:
        fresh = _ends(piece.part, text, fresh) & ~reached
        reached |= fresh
        left -= 1
    return reached


@lru_cache(maxsize=4096)
def _places(letter: Letter, text: str) -> int:
    places = 0
    for index, character in enumerate(text):
        places |= letter.has(ord(character)) << index
    return places


def samples(source: str, extra: int = 0) -> list[str]:
    """A few strings that may match: anchors are not minded. `extra` lengthens what may be repeated."""
    pattern = parse(source)
    if pattern is None:
        return []
    return [_sample(pattern.root, extra, option) for option in range(3)]


def _sample(piece: Piece, extra: int, option: int) -> str:
    if isinstance(piece, Letter):
        return _letter(piece, option)
    if isinstance(piece, Sequence):
        return "".join(_sample(part, extra, option) for part in piece.parts)
    if isinstance(piece, Choice):
        return _sample(piece.options[option % len(piece.options)], extra, option)
    if isinstance(piece, Repeat):
        times = piece.least + extra
        times = times if piece.most is None else min(times, piece.most)
        return _sample(piece.part, 0, option) * times
    return ""


def _letter(letter: Letter, option: int) -> str:
    likely = "a0A-_. b1Bz9Z@/"
    found = [character for character in likely if letter.has(ord(character))]
    if not found and letter.negated:
        found = [chr(code) for code in range(0x21, 0x250) if letter.has(code)]
    if not found and not letter.negated:
        found = [chr(low) for low, _ in letter.ranges]
    return found[option % len(found)] if found else ""
