"""Strict YAML: a tree of nodes that keep their place and their source text, built from parser events.

No value is ever constructed by PyYAML, so no tag can run code and no alias can be expanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from promptctl.core.text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 64
_MAX_DIGITS = 308  # a number that is longer may be too large for a double
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OLD_BREAKS = "\x85\u2028\u2029"  # line ends in YAML 1.1, which PyYAML reads, and mere characters in YAML 1.2
_SPARE = range(0x10FFFD, 0xFFFF, -1)  # more than fit a file, those for private use first
# What YAML forbids, and a byte order mark where a line starts: one of PyYAML's two readers skips it there.
_UNLAWFUL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|(?<![^\n\r])\ufeff")
_SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character, which an escape in double quotes can make
_ENDS = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})
_TEXT_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})
_KEYWORDS = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")

Plain: TypeAlias = "str | int | float | bool | None"


class YamlFault(Exception):
    """Text that is not strict YAML; `start` and `end` are character offsets into it."""

    def __init__(self, message: str, start: int, end: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = start if end is None else end


@dataclass(frozen=True, slots=True)
class Scalar:
    """`text` is the scalar's content as written; `plain` says that it stood there without quotes."""

    text: str
    plain: bool
    start: int
    end: int

    @property
    def value(self) -> Plain:
        """The value by the YAML 1.2 core schema, decimal numbers only; anything quoted is text."""
        return resolve_plain(self.text) if self.plain else self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """Items in file order."""

    items: tuple[Node, ...]
    flow: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Pairs in file order; no two keys have the same text."""

    pairs: tuple[tuple[Scalar, Node], ...]
    flow: bool
    start: int
    end: int
    _by_key: dict[str, tuple[Scalar, Node]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {pair[0].text: pair for pair in self.pairs})

    def get(self, key: str) -> Node | None:
        found = self._by_key.get(key)
        return found[1] if found else None

    def key(self, key: str) -> Scalar | None:
        found = self._by_key.get(key)
        return found[0] if found else None


Node: TypeAlias = Scalar | Sequence | Mapping


def content_end(text: str, node: Node) -> int:
    """Where the last character of a node's own content ends.

    The parser counts the blank lines and comments behind a block collection, or behind a block scalar, as part of it.
    """
    if isinstance(node, Scalar):
        return node.start + len(text[node.start : node.end].rstrip())
    if node.flow:
        return node.end
    if isinstance(node, Mapping):
        key, value = node.pairs[-1]
        return max(key.end, content_end(text, value))
    return content_end(text, node.items[-1])


def resolve_plain(text: str) -> Plain:
    """What a plain scalar means: dates, `on`, `1:30`, `010` and `0x1F` are text, unlike in YAML 1.1."""
    if text in _KEYWORDS:
        return _KEYWORDS[text]
    if len(text) <= _MAX_DIGITS:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return _finite(text)
    return text


def _finite(text: str) -> float | str:
    """JSON has no infinity: a number too large to be a double stays text."""
    number = float(text)
    return text if number in (float("inf"), float("-inf")) else number


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("flow", "items", "keys", "pending", "start")

    def __init__(self, event: Any, *, is_mapping: bool) -> None:
        self.start = event.start_mark.index
        self.flow = bool(event.flow_style)
        self.items: list[Any] = []
        self.keys: set[str] | None = set() if is_mapping else None
        self.pending: Scalar | None = None

    def add(self, node: Node) -> None:
        if self.keys is None:
            self.items.append(node)
        elif self.pending is not None:
            self.items.append((self.pending, node))
            self.pending = None
        else:
            self.pending = self._key(node, self.keys)

    @staticmethod
    def _key(node: Node, keys: set[str]) -> Scalar:
        if not isinstance(node, Scalar):
            message = "a key must be text, not a list or a mapping"
            raise YamlFault(message, node.start, node.end)
        if node.text in keys:
            message = f"the key {shortened(node.text)!r} stands twice in one mapping"
            raise YamlFault(message, node.start, node.end)
        keys.add(node.text)
        return node

    def close(self, end: int) -> Node:
        if self.keys is None:
            return Sequence(tuple(self.items), self.flow, self.start, end)
        return Mapping(tuple(self.items), self.flow, self.start, end)


def parse_yaml(text: str) -> Node | None:
    """The one document in `text`, or None where there is nothing but comments.

    Raises YamlFault. Offsets count characters of `text`.
    """
    unlawful = _UNLAWFUL.search(text)
    if unlawful:
        message = f"the character U+{ord(unlawful[0]):04X} is not allowed here"
        raise YamlFault(message, *unlawful.span())
    try:
        return _build(text)
    except yaml.MarkedYAMLError as error:
        raise YamlFault(_describe(error), _offset(text, error)) from error


def _build(text: str) -> Node | None:
    root: Node | None = None
    documents = 0
    stack: list[_Open] = []
    masked, hidden = _mask(text)
    escapes = "\\" in text
    events: Iterator[Any] = yaml.parse(masked, Loader=_LOADER)
    for event in events:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            node: Node = _scalar(event, hidden, escapes=escapes)
        elif kind in _ENDS:
            node = stack.pop().close(event.end_mark.index)
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            _refuse_document(event, documents)
            continue
        else:
            _enter(event, stack)
            continue
        if stack:
            stack[-1].add(node)
        else:
            root = node
    empty = isinstance(root, Scalar) and root.plain and root.text == "" and root.start == root.end
    return None if empty else root


def _refuse_document(event: Any, number: int) -> None:
    if number > 1:
        raise YamlFault("only one YAML document is allowed", event.start_mark.index)
    if event.version or event.tags:
        raise YamlFault("directives are not allowed", event.start_mark.index)


def _scalar(event: Any, hidden: dict[int, str], *, escapes: bool) -> Scalar:
    """A surrogate can only come from an escape: no text has one, it would not have been UTF-8."""
    start, end, tag, text = event.start_mark.index, event.end_mark.index, event.tag, event.value
    if tag is not None:
        _refuse_tag(event, _TEXT_TAGS)
    if escapes and _SURROGATE.search(text):
        raise YamlFault("an escape makes half a character", start, end)
    return Scalar(text.translate(hidden) if hidden else text, not event.style and tag is None, start, end)


def _enter(event: Any, stack: list[_Open]) -> None:
    """Take an event that completes no node."""
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, yaml.CollectionStartEvent):
        if event.tag is not None:
            _refuse_tag(event, frozenset())
        if len(stack) >= MAX_DEPTH:
            raise YamlFault(f"nested more than {MAX_DEPTH} levels deep", start, end)
        stack.append(_Open(event, is_mapping=isinstance(event, yaml.MappingStartEvent)))
    elif isinstance(event, yaml.AliasEvent):
        raise YamlFault("aliases are not allowed: write the value out", start, end)


def _refuse_tag(event: Any, lawful: frozenset[str]) -> None:
    """Only text may be marked as text; on a list or a mapping that mark says something else than what stands there."""
    if event.tag not in lawful:
        message = f"tags are not allowed: {shortened(event.tag)}"
        raise YamlFault(message, event.start_mark.index, event.end_mark.index)


def _mask(text: str) -> tuple[str, dict[int, str]]:
    """The text with characters that it lacks in place of line ends that are none, and the way back."""
    if not any(character in text for character in _OLD_BREAKS):
        return text, {}
    used = set(text)
    spare = (number for number in _SPARE if chr(number) not in used)
    there = dict(zip(map(ord, _OLD_BREAKS), spare, strict=False))
    return text.translate(there), {new: chr(old) for old, new in there.items()}


def _describe(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return " ".join(parts) or "not valid YAML"


def _offset(text: str, error: Any) -> int:
    mark: Any = error.problem_mark or error.context_mark
    return min(mark.index, len(text)) if mark else 0
