"""What a prompt says its answer looks like, and by what it is filled in: single facts that two versions can share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from promptctl.bump.prose.lines import Kind, read_lines
from promptctl.bump.prose.lists import ANSWERS, CHOICES, SECTIONS, names_listed
from promptctl.bump.prose.outline import outline
from promptctl.bump.prose.skeletons import TAGS, skeletons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.bump.prose.outline import Spot

_JSON_KEY = re.compile(r"""["']([A-Za-z_][\w-]*)["']\s*:""")
_YAML_KEY = re.compile(r"(?:- )?([A-Za-z_][\w-]*):(?:\s|$)")
_NAMED = re.compile(
    r"\b(?:sub-?)?(?:section|heading|header|field|column|tag|element|attribute|key|property)s?"
    r"\s+(?:called|titled|named|labell?ed|marked)\s+"
    r"(?:[`\"'*]+(?P<quoted>[^`\"'*\n]{1,60})[`\"'*]|(?P<bare>[A-Z][\w&/'-]*(?:[ ]+[A-Z0-9][\w&/'-]*)*))"
)
_OWN_HEADING = re.compile(
    r"\b(?:outputs?|responses?|answers?|reports?|instructions?|inputs?|examples?|format)\b", re.IGNORECASE
)
_TAG = re.compile(r"</?([A-Za-z][\w-]*)>")
_WRAPPED = re.compile(r"\b(?:tags?|wrap\w*|enclose\w*|inside|within|between|surround\w*)\b", re.IGNORECASE)
_FORMATS = (
    r"(jsonl?|csv|tsv|ya?ml|xml|html|markdown|latex|mermaid|graphviz|plain ?text|table|numbered list|bulleted list|"
    r"code block|backtick)s?\b"
)
_FORMAT_OF_ANSWER = re.compile(
    rf"(?=\b(?:outputs?|respond|answers?|reply|return)\b.{{0,60}}?\b{_FORMATS})", re.IGNORECASE
)
_IN_FORMAT = re.compile(
    rf"\b(?:in|as|into|using|use)\s+(?:\w+\s+){{0,2}}?{_FORMATS}\s+(?:format|output)", re.IGNORECASE
)
_ONLY = re.compile(
    r"\b(?:only|nothing but|nothing else|exclusively|solely|just the|(?:text|words?) other than|"
    r"(?:no|without(?: any)?) (?:additional |extra |other |further )?(?:text|explanations?|commentary|preamble))\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"\b(?:answer|respond|reply|output|return|classify|label|categori[sz]e)\b.{0,60}?\b"
    r"(?:one of\b(?:[^:,]{0,30}:)?|either|(?=[\"'`*]*\b(?-i:[A-Z]{2,})\b[\"'`*]* or ))(.+)",
    re.IGNORECASE,
)
_SHORTEST_LIST, _LONGEST_CHOICE = 2, 30
_NO_MORE = re.compile(
    r"\b(?:do not|don't|never|without)\b.{0,40}?\b(?:anything (?:else|other)|any (?:other|extra|additional) text"
    r"|any (?:explanations?|commentary|preamble)|(?:other|additional|extra) text)\b",
    re.IGNORECASE,
)
_ANSWER_WITH = re.compile(r"\b(?:output|respond|answer|reply|return)\b", re.IGNORECASE)
_VALUES = re.compile(r"`([^`]+)`|\"([^\"]+)\"|\b(yes|no|true|false)\b", re.IGNORECASE)
_LISTED = re.compile(r"\W*(?:outputs?|returns?|produces)\W*:\W*(\S.*)", re.IGNORECASE)
_MARKER = re.compile(r"\b__[A-Z][A-Z0-9_]*__\b")
_INPUT = re.compile(r"\$\{(input:[^{}]*)\}|(\$ARGUMENTS)\b")
_PLACEHOLDER = re.compile(r"\$\{([a-z]\w*)\}|\{([A-Z][A-Z0-9_]+)\}|<%=\s*([\w.]+)")
_BRACES = re.compile(r"\{\{[-~]?\s*([A-Za-z_][\w.-]*)")
_VERSION = re.compile(r"version:\s*[\"']?v?(\d+)\.\d+")
# What every pattern above needs one of, so that most lines cost one search.
_ANY = re.compile(
    r"[\"'<{$#*:]|__|section|heading|header|field|column|tag|element|attribute|propert|output|answer|repl|respon|return"
    r"|produces|format|version|other|else|any|keys|titles| of |(?-i:[A-Z]{2})",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")

OUTPUTS = "outputs"
JSON_KEYS = "JSON keys of the answer"
READ_BY_PROGRAMS = frozenset({JSON_KEYS, "keys of the answer", "tags of the answer"})  # letter by letter
FORMATS = "format of the answer"
OWN_VERSION = "number of the body's own version"


class Promise(NamedTuple):
    """One fact; `value` in the letters of the prompt, compared without their case."""

    kind: str
    value: str


def promises(text: str, *, braces: bool) -> dict[Promise, tuple[str, int]]:
    """Every fact that is found, with its spelling and its first line; `braces`: `{{name}}` is no variable here."""
    found: dict[Promise, tuple[str, int]] = {}
    lines = read_lines(text)
    spots = list(outline(lines))
    for kind, value, number in (*_told(spots, braces=braces), *skeletons(lines, spots)):
        shown = value.strip()
        found.setdefault(Promise(kind, shown if kind in READ_BY_PROGRAMS else shown.casefold()), (shown, number))
    return found


def _told(spots: Iterable[Spot], *, braces: bool) -> Iterator[tuple[str, str, int]]:
    seen: set[tuple[object, ...]] = set()
    for spot in spots:
        mark = (spot.line.text, spot.line.kind is Kind.CODE, spot.line.kind is Kind.YAML, spot.line.fenced, *spot[2:])
        if mark not in seen:
            seen.add(mark)
            yield from ((kind, value, spot.line.number) for kind, value in _of_spot(spot, braces=braces))


def _of_spot(spot: Spot, *, braces: bool) -> Iterator[tuple[str, str]]:
    line = spot.line
    if spot.exact and line.text:
        yield "lines that the answer must have", line.text
    if not _ANY.search(line.text):
        return
    if spot.near_output:
        yield from _of_example(spot)
    if line.kind is Kind.YAML and (match := _VERSION.match(line.text)):
        yield OWN_VERSION, match[1]
    if line.kind is not Kind.CODE:
        yield from _of_prose(spot)
        yield from _found("placeholders", _PLACEHOLDER, line.text)
    if line.kind is not Kind.CODE or spot.near_output:
        yield from _found("markers", _MARKER, line.text)
    yield from _found("placeholders", _INPUT, line.text)
    if braces:
        yield from _found("placeholders", _BRACES, line.text)


def _found(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    for match in pattern.finditer(text):
        yield kind, next(value for value in (*match.groups(), match[0]) if value)


def _of_example(spot: Spot) -> Iterator[tuple[str, str]]:
    line = spot.line
    yield from _found(JSON_KEYS, _JSON_KEY, line.text)
    if spot.in_output and line.fenced and line.kind is Kind.CODE and (match := _YAML_KEY.match(line.text)):
        yield "keys of the answer", match[1]


def _of_prose(spot: Spot) -> Iterator[tuple[str, str]]:
    text = spot.line.text
    yield from _found(SECTIONS, _NAMED, text)
    if spot.in_output and spot.heading and not _OWN_HEADING.search(spot.heading.title):
        yield SECTIONS, spot.heading.title
    if listed := _LISTED.fullmatch(text):
        yield from ((OUTPUTS, item.rstrip(".")) for item in re.split(r",\s*", listed[1]) if item.strip())
    for sentence in _SENTENCE.split(text):
        yield from _of_sentence(sentence, spot)


def _of_sentence(sentence: str, spot: Spot) -> Iterator[tuple[str, str]]:
    if spot.in_output or (spot.near_output and (sentence.startswith("<") or _WRAPPED.search(sentence))):
        yield from _found(TAGS, _TAG, sentence)
    yield from _found(FORMATS, _FORMAT_OF_ANSWER, sentence)
    yield from _found(FORMATS, _IN_FORMAT, sentence)
    yield from ((CHOICES, choice) for choice in _choices(sentence))
    yield from names_listed(sentence, about_answer=spot.in_output)
    if (_ONLY.search(sentence) and _ANSWER_WITH.search(sentence)) or _NO_MORE.search(sentence):
        yield "clauses that narrow the answer", "answer only with"
        yield from _found(ANSWERS, _VALUES, sentence)


def _choices(sentence: str) -> list[str]:
    """What an answer is to be one of, if that is listed."""
    match = _CHOICE.search(sentence)
    items = re.split(r",\s*(?:or\s+)?|\s+or\s+", match[1]) if match else []
    found = [item.strip(" .:;\"'`*") for item in items]
    is_list = len(found) >= _SHORTEST_LIST and all(0 < len(item) <= _LONGEST_CHOICE for item in found)
    return found if is_list else []
