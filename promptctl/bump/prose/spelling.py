"""Whether one word is another one spelled or inflected differently."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.bump.prose.lexicon import CONFUSED, CONTRACTIONS, FILLERS, JOINTS, MEANING, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from promptctl.bump.prose.tokens import Token

_LONGEST = 6  # words of one place: more of them are a rewording
_SHORTEST_SWAP = 3  # letters of a word in which two neighbours may change places
_SHORTEST_GAP = 6  # letters of a word that may have lost one, or have one too many
_SHORTEST_SOUND = 7  # letters of a word in which one letter may stand for another that sounds like it
_SHORTEST_TWO = 8  # letters of a word in which two things may have gone wrong
_SHORTEST_MEANING = 5  # letters of a word with a meaning of its own that may have been misspelled
_SHORTEST_STEM = 3
_SOUNDS = ("aeiouy", "csz", "ck", "ph", "ei")
_SHORTEST_VERB = 4
_VERB_SUFFIXES = ("s", "es", "ed", "ing")
# `travelled`, but not `planned`, which is no form of `plane`: the word without its ending has two vowels.
_DOUBLED = re.compile(r"([aeiouy][^aeiouy]+[aeiouy]+)([b-df-hj-np-tv-z])\2(?=(?:ed|ing|ers?|ors?)$)")
_JUDGEMENT = re.compile(r"dge(?=ments?$)")
_SUFFIXES = ("s", "es", "d", "ed", "ing", "ly")


def is_respelled(old: Sequence[Token], new: Sequence[Token], kept: Container[str]) -> bool:
    """Whether the words `old` and `new`, which stand in the same place, say the same.

    `kept` holds the words that the new text uses: one of them was no slip.
    """
    if max(len(old), len(new)) > _LONGEST or not all(token.free for token in (*old, *new)):
        return False
    if _spelled_out(old) == _spelled_out(new):
        return True
    if _meanings(old) == _meanings(new) and _joined(old) == _joined(new):
        return len(old) == len(new) or not any(token.key in JOINTS for token in (*old, *new))
    if len(old) != len(new):
        old, new = ([token for token in side if token.key not in FILLERS] for side in (old, new))
    return len(old) == len(new) and all(_is_one_word(one, other, kept) for one, other in zip(old, new, strict=True))


def _spelled_out(words: Iterable[Token]) -> list[str]:
    return [part for word in words for part in CONTRACTIONS.get(word.key, (word.key,))]


def _joined(words: Iterable[Token]) -> str:
    return "".join(word.key for word in words)


def _meanings(words: Iterable[Token]) -> list[str]:
    found = [word.key for word in words if word.key.casefold() in MEANING]
    return [part for word in found for part in (("can", "not") if word == "cannot" else (word,))]


def _is_one_word(one: Token, other: Token, kept: Container[str]) -> bool:
    old, new = one.key, other.key
    if one.is_shouted and other.is_shouted:
        old, new = old.casefold(), new.casefold()
    if old == new:
        return True
    if any(old in words and new in words for words in CONFUSED):
        return True
    slip = old not in kept and is_misspelled(old, new, is_name=one.is_name and other.is_name)
    carried = [word for word in (old, new) if word.casefold() in MEANING]
    if not carried:
        return is_inflected(old, new) or slip
    if len(carried) > 1 or carried[0] in NUMBERS or min(len(old), len(new)) < _SHORTEST_MEANING:
        return False
    return slip and not is_inflected(old, new)


def is_inflected(one: str, other: str) -> bool:
    """Whether they are forms of one word: `return` and `returned`, `category` and `categories`, `saves` and `saved`."""
    if _verbs(one) & _verbs(other) or _american(one) == _american(other):
        return True
    short, long = sorted((one, other), key=len)
    stems = {short, short[:-1] if short[-1:] in "ey" else short}
    if short.endswith("y"):
        stems.add(f"{short[:-1]}i")
    return len(short) > _SHORTEST_STEM and any(
        long == f"{stem}{suffix}" for stem in stems for suffix in _SUFFIXES if len(stem) >= _SHORTEST_STEM
    )


def _verbs(word: str) -> set[str]:
    """The words that this may be a form of, with and without their last `e`."""
    stems = {word.removesuffix(suffix) for suffix in _VERB_SUFFIXES if word.endswith(suffix)}
    stems |= {f"{stem}e" for stem in stems if not word.endswith("s")} | ({word[:-1]} if word[-1:] == "d" else set())
    return {stem for stem in stems if len(stem) >= _SHORTEST_VERB}


def _american(word: str) -> str:
    return _DOUBLED.sub(r"\1\2", _JUDGEMENT.sub("dg", word))


def is_misspelled(one: str, other: str, *, is_name: bool = False) -> bool:
    """Whether a slip of the keyboard makes one of the other, and not both are words: `trail` is no slip of `trial`."""
    return is_near(one, other, is_name=is_name) and not real_words() >= {one.casefold(), other.casefold()}


@lru_cache(maxsize=1)
def real_words() -> frozenset[str]:
    """The words that a slip makes of other words."""
    text = Path(__file__).with_name("real_words.txt").read_text(encoding="utf-8")
    return frozenset(word for row in text.splitlines() if not row.startswith("#") for word in row.split())


def is_near(one: str, other: str, *, is_name: bool = False) -> bool:
    """Whether one slip of the keyboard, in a long word two of them, makes one of the other.

    The first letter is hardly ever wrong. Names differ by as little as a slip, so less is let pass there.
    """
    if one[:1] != other[:1] and one[:2] != other[1::-1]:
        return False
    if _is_slip(one, other, by_sound=not is_name):
        return True
    if is_name or min(len(one), len(other)) < _SHORTEST_TWO or _end_otherwise(one, other):
        return False
    return any(_is_slip(between, other, by_sound=True) for between in _repairs(one, other))


def _end_otherwise(one: str, other: str) -> bool:
    """Whether they differ in their last letter alone, as `employer` and `employee` do."""
    return one[:-1] == other[:-1]


def _is_slip(one: str, other: str, *, by_sound: bool) -> bool:
    """One letter lost or gained, two neighbours swapped, or a letter in the place of one that sounds like it."""
    place = _first_difference(one, other)
    rest = slice(place + 1, None)
    if len(one) == len(other):
        if one[place : place + 2] == other[place : place + 2][::-1] and one[place + 2 :] == other[place + 2 :]:
            return len(one) >= _SHORTEST_SWAP
        by_sound = by_sound and len(one) >= _SHORTEST_SOUND
        return by_sound and one[rest] == other[rest] and _sounds_alike(one[place], other[place])
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and len(long) >= _SHORTEST_GAP and short[place:] == long[rest]


def _repairs(one: str, other: str) -> list[str]:
    """What `one` may have been before the first of two slips."""
    place = _first_difference(one, other)
    swapped = one[:place] + one[place : place + 2][::-1] + one[place + 2 :]
    lost = one[:place] + other[place : place + 1] + one[place:]
    gained = one[:place] + one[place + 1 :]
    return [swapped, lost, gained]


def _first_difference(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (here, there) in pairs if here != there), min(len(one), len(other)))


def _sounds_alike(one: str, other: str) -> bool:
    return any(one in sounds and other in sounds for sounds in _SOUNDS)
