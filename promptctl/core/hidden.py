"""Finds characters that a reviewer cannot see, but that a model reads.

A zero-width joiner is lawful where a script or an emoji needs it; everything else of the kind is reported.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Each of these is the inside of a regular expression's character class.
BIDI_CONTROLS: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
JOINERS: Final = "\u200c\u200d"
ZERO_WIDTH: Final = "\u180e\u200b\u2060-\u2064\ufeff"
TAGS: Final = "\U000e0000-\U000e007f"

_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_CANDIDATE = re.compile(f"[{BIDI_CONTROLS}{JOINERS}{ZERO_WIDTH}{TAGS}]|(?<=[{_SELECTORS}])[{_SELECTORS}]")

# Blocks of the scripts whose spelling needs joiners, see https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters
_JOINING_SCRIPT = re.compile(
    "["
    "\u0600-\u077f"  # Arabic, Syriac, Arabic Supplement
    "\u07c0-\u07ff"  # N'Ko
    "\u0840-\u08ff"  # Mandaic, Syriac Supplement, Arabic Extended-B and -A
    "\u0900-\u0dff"  # Devanagari to Malayalam, Sinhala
    "\u0e00-\u0fff"  # Thai, Lao, Tibetan
    "\u1000-\u109f"  # Myanmar
    "\u1780-\u18af"  # Khmer, Mongolian
    "\u19e0-\u19ff"  # Khmer Symbols
    "\u1b00-\u1b7f"  # Balinese
    "\u1cd0-\u1cff"  # Vedic Extensions
    "\ua840-\ua87f"  # Phags-pa
    "\ua8e0-\ua8ff"  # Devanagari Extended
    "\ua980-\ua9ff"  # Javanese, Myanmar Extended-B
    "\uaa60-\uaa7f"  # Myanmar Extended-A
    "\ufb50-\ufdff\ufe70-\ufefe"  # Arabic Presentation Forms
    "\U00011000-\U000119ff"  # Brahmi to Nandinagari, the Indic blocks beyond the first plane
    "]"
)

# A superset of Unicode's Extended_Pictographic, which the standard library lacks.
_PICTOGRAPH = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_PRESENTATION = "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"  # VS16 and the five skin tones


@dataclass(frozen=True, slots=True)
class Hidden:
    """One hidden character; `name` is its code point and Unicode name."""

    offset: int
    character: str
    name: str


def find_hidden(text: str) -> Iterator[Hidden]:
    """Yield the unlawful hidden characters in text order."""
    if text.isascii():
        return
    for match in _CANDIDATE.finditer(text):
        character, offset = match[0], match.start()
        if character not in JOINERS or not _joins(text, offset):
            yield Hidden(offset, character, _name(character))


def _name(character: str) -> str:
    fallback = "TAG CHARACTER" if re.match(f"[{TAGS}]", character) else "UNNAMED"
    return f"U+{ord(character):04X} {unicodedata.name(character, fallback)}"


def _joins(text: str, offset: int) -> bool:
    before = _base_before(text, offset)
    after = text[offset + 1 : offset + 2]
    if _JOINING_SCRIPT.match(before):
        return True
    if text[offset] == "\u200c":  # Persian writes "PDF", a non-joiner, then its own plural ending
        return before.isalnum() and _JOINING_SCRIPT.match(after) is not None
    return _PICTOGRAPH.match(after) is not None and _PICTOGRAPH.match(_pictograph_before(text, offset)) is not None


def _base_before(text: str, offset: int) -> str:
    index = offset - 1
    while index >= 0 and unicodedata.category(text[index]).startswith("M"):
        index -= 1
    return text[index] if index >= 0 else ""


def _pictograph_before(text: str, offset: int) -> str:
    index = offset - 1
    while index >= 0 and text[index] in _PRESENTATION:
        index -= 1
    return text[index] if index >= 0 else ""
