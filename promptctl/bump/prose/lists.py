"""What a sentence lists by name: the sections, keys or columns of an answer, and the answers that there may be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promptctl.bump.prose.lexicon import NO_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTIONS = "sections of the answer"
PARTS = "parts of the answer"
ANSWERS = "answers that are allowed"
CHOICES = "answers to choose from"

_SECTIONS = re.compile(r"\b(?:headings|headers|(?:sub-?)?sections|titles)\b", re.IGNORECASE)
_PARTS = re.compile(r"\b(?:keys|fields|columns|properties|attributes|elements|tags)\b", re.IGNORECASE)
_ONE_OF = re.compile(r"\b(?:one|either|any) of(?: the following| these| the \w+(?=:))?(?: \w+(?=:))?", re.IGNORECASE)
NOUNS = ((SECTIONS, _SECTIONS), (PARTS, _PARTS), (CHOICES, _ONE_OF))
_SHOWN = re.compile(
    r"\b(?:outputs?|respon[ds]\w*|answers?|repl(?:y|ies)|returns?|reports?|produces?|json|csv|tsv|ya?ml|xml|"
    r"classify|labels?|(?:these|the following|use) (?:headings|headers|sections|columns))\b",
    re.IGNORECASE,
)
_TAKEN = re.compile(r"\b(?:inputs?|receives?|given|provided|reads?|parses?|takes?|files?)\b", re.IGNORECASE)
_GIVEN_OUT = re.compile(r"\b(?:output|respond|answer|reply|return|produce)\b", re.IGNORECASE)
_LEAD = re.compile(r"\s*(?:are|is|be|called|named|titled|labell?ed)?\s*(?P<colon>:?)[\s*]*", re.IGNORECASE)
_BETWEEN = r"\s*(?:(?:,|;|/|\||&|\band\b|\bor\b)\s*)+"
_QUOTED = re.compile(r"(?P<mark>[`\"'])(?P<value>[^`\"'\n]{1,60})(?P=mark)")
_SPLIT = re.compile(_BETWEEN)
_END = re.compile(r"[.;](?:\s|$)|\s\(")
_BARE = re.compile(r"[\w-]+(?:\s*,\s*[\w-]+){0,30}\s*,?\s+(?:and|or)\s+[\w-]+")
_MOST_WORDS = 4


def names_listed(sentence: str, *, about_answer: bool) -> Iterator[tuple[str, str]]:
    """Each kind and name; `about_answer`: the sentence stands where the answer is spoken of."""
    if not is_about_answer(sentence) and not about_answer:
        return
    for kind, noun in NOUNS:
        for match in noun.finditer(sentence):
            yield from ((kind, name) for name in _names(sentence[match.end() :]))


def is_about_answer(sentence: str) -> bool:
    """Whether it says what is to come out, and not what goes in."""
    return bool(_SHOWN.search(sentence)) and (not _TAKEN.search(sentence) or bool(_GIVEN_OUT.search(sentence)))


def _names(text: str) -> list[str]:
    if text[:1] not in (" ", ":", "*"):
        return []  # a quote right behind the noun ends what began before it
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    if quoted := _quoted(text, start):
        return quoted
    if lead and lead["colon"]:
        names = [name.strip(" *_`\"'") for name in _SPLIT.split(_END.split(text[start:], maxsplit=1)[0].rstrip("."))]
        named = [name for name in names if name]
        return named if len(named) > 1 and all(len(name.split()) <= _MOST_WORDS for name in named) else []
    bare = _BARE.match(text, start)
    names = _SPLIT.split(bare[0]) if bare else []
    return names if not NO_NAMES.intersection(name.casefold() for name in names) else []


def _quoted(text: str, place: int) -> list[str]:
    found: list[str] = []
    while match := _QUOTED.match(text, place):
        found.append(match["value"])
        between = _SPLIT.match(text, match.end())
        place = between.end() if between else len(text)
    return found
