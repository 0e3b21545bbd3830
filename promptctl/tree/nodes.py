"""Strict YAML: a tree of nodes that keep their place and their source text, built from parser events.

No value is ever constructed by PyYAML, so no tag can run code and no alias can be expanded.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import yaml

from promptctl.core.text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 64
_LARGE = 1 << 16  # characters from which a text is worth remembering: several steps of one command read it
_MAX_DIGITS = 308  # a number that is longer may be too large for a double
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OLD_BREAKS = "\x85\u2028\u2029"  # line ends in YAML 1.1, which PyYAML reads, and mere characters in YAML 1.2
_SPARE = range(0x10FFFD, 0xFFFF, -1)  # more than fit a file, those for private use first
# What YAML forbids, and a byte order mark where a line starts: one of PyYAML's two readers skips it there.
_UNLAWFUL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|(?<![^\n\r])\ufeff")
_SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character, which an escape in double quotes can make
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


# Named tuples, because a configuration of ten thousand tenants has a hundred thousand nodes: they are made faster.
class Scalar(NamedTuple):
    """`text` is the scalar's content as written; `plain` says that it stood there without quotes."""

    text: str
    plain: bool
    start: int
    end: int

    @property
    def value(self) -> Plain:
        """The value by the YAML 1.2 core schema, decimal numbers only; anything quoted is text."""
        return resolve_plain(self.text) if self.plain else self.text


class Sequence(NamedTuple):
    """Items in file order."""

    items: tuple[Node, ...]
    flow: bool
    start: int
    end: int


class Mapping(NamedTuple):
    """`entries` has the pairs by the text of their keys, in file order; no two keys have the same text."""

    entries: dict[str, tuple[Scalar, Node]]
    flow: bool
    start: int
    end: int

    @property
    def pairs(self) -> tuple[tuple[Scalar, Node], ...]:
        return tuple(self.entries.values())

    def get(self, key: str) -> Node | None:
        found = self.entries.get(key)
        return found[1] if found else None

    def key(self, key: str) -> Scalar | None:
        found = self.entries.get(key)
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
    """A collection whose end has not come yet: a mapping has `entries`, a sequence `items`."""

    __slots__ = ("entries", "flow", "items", "pending", "start")

    def __init__(self, event: Any, *, is_mapping: bool) -> None:
        self.start = event.start_mark.index
        self.flow = bool(event.flow_style)
        self.items: list[Node] = []
        self.entries: dict[str, tuple[Scalar, Node]] | None = {} if is_mapping else None
        self.pending: Scalar | None = None

    def add(self, node: Node) -> None:
        key, entries = self.pending, self.entries
        if entries is None:
            self.items.append(node)
        elif key is not None:
            entries[key.text] = (key, node)
            self.pending = None
        else:
            self.pending = self._key(node, entries)

    @staticmethod
    def _key(node: Node, entries: dict[str, tuple[Scalar, Node]]) -> Scalar:
        if not isinstance(node, Scalar):
            message = "a key must be text, not a list or a mapping"
            raise YamlFault(message, node.start, node.end)
        if node.text in entries:
            message = f"the key {shortened(node.text)!r} stands twice in one mapping"
            raise YamlFault(message, node.start, node.end)
        return node

    def close(self, end: int) -> Node:
        if self.entries is None:
            return Sequence(tuple(self.items), self.flow, self.start, end)
        return Mapping(self.entries, self.flow, self.start, end)


def parse_yaml(text: str) -> Node | None:
    """The one document in `text`, or None where there is nothing but comments.

    Raises YamlFault. Offsets count characters of `text`.
    """
    return _parse_once(text) if len(text) > _LARGE else _parse(text)


def _parse(text: str) -> Node | None:
    unlawful = _UNLAWFUL.search(text)
    if unlawful:
        message = f"the character U+{ord(unlawful[0]):04X} is not allowed here"
        raise YamlFault(message, *unlawful.span())
    try:
        return _build(text)
    except yaml.MarkedYAMLError as error:
        raise YamlFault(_describe(error), _offset(text, error)) from error


# As many as a rollback has before it: the file as it is, as it was, as it will be, and that of another environment.
_parse_once = lru_cache(maxsize=4)(_parse)


def _build(text: str) -> Node | None:
    masked, hidden = _mask(text)
    escapes, new = "\\" in text, tuple.__new__
    careful = escapes or bool(hidden)
    events: Iterator[Any] = iter(_LOADER(masked).get_event, None)
    root: Node | None = None
    stack: list[_Open] = []
    top: _Open | None = None
    for event in events:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if careful or event.tag is not None:
                node: Node | None = _scalar(event, hidden, escapes=escapes)
            else:  # without its `__new__`, which is slower than the rest: of these there are very many
                node = new(Scalar, (event.value, not event.style, event.start_mark.index, event.end_mark.index))
        else:
            node = _step(event, stack, root)
            top = stack[-1] if stack else None
        if node is None:
            continue
        if top is None:
            root = node
        else:
            top.add(node)
    empty = isinstance(root, Scalar) and root.plain and root.text == "" and root.start == root.end
    return None if empty else root


def _refuse_document(event: Any, root: Node | None) -> None:
    if root is not None:
        raise YamlFault("only one YAML document is allowed", _start(event))
    if event.version or event.tags:
        raise YamlFault("directives are not allowed", _start(event))


def _mask(text: str) -> tuple[str, dict[int, str]]:
    """The text with characters that it lacks in place of line ends that are none, and the way back."""
    if not any(character in text for character in _OLD_BREAKS):
        return text, {}
    used = set(text)
    spare = (number for number in _SPARE if chr(number) not in used)
    there = dict(zip(map(ord, _OLD_BREAKS), spare, strict=False))
    return text.translate(there), {new: chr(old) for old, new in there.items()}


def _start(event: Any) -> int:
    offset: int = event.start_mark.index
    return offset


def _end(event: Any) -> int:
    offset: int = event.end_mark.index
    return offset


def _scalar(event: Any, hidden: dict[int, str], *, escapes: bool) -> Scalar:
    text, start, end = event.value, event.start_mark.index, event.end_mark.index
    if event.tag is not None:
        _refuse_tag(event)
    if hidden:
        text = text.translate(hidden)
    if escapes and _SURROGATE.search(text):
        raise YamlFault("an escape makes half a character", start, end)
    return Scalar(text, not event.style and event.tag is None, start, end)


def _step(event: Any, stack: list[_Open], root: Node | None) -> Node | None:
    """Take an event that is no scalar; the node that it completes, if any."""
    if isinstance(event, yaml.CollectionEndEvent):
        return stack.pop().close(_end(event))
    if isinstance(event, yaml.CollectionStartEvent):
        if event.tag is not None:
            _refuse_tag(event)
        if len(stack) >= MAX_DEPTH:
            raise YamlFault(f"nested more than {MAX_DEPTH} levels deep", _start(event), _end(event))
        stack.append(_Open(event, is_mapping=isinstance(event, yaml.MappingStartEvent)))
    elif isinstance(event, yaml.AliasEvent):
        raise YamlFault("aliases are not allowed: write the value out", _start(event), _end(event))
    elif isinstance(event, yaml.DocumentStartEvent):
        _refuse_document(event, root)
    return None


def _refuse_tag(event: Any) -> None:
    """Only text may be marked as text; on a list or a mapping that mark says something else than what stands there."""
    lawful = _TEXT_TAGS if isinstance(event, yaml.ScalarEvent) else frozenset()
    if event.tag is not None and event.tag not in lawful:
        message = f"tags are not allowed: {shortened(event.tag)}"
        raise YamlFault(message, event.start_mark.index, event.end_mark.index)


def _describe(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return " ".join(parts) or "not valid YAML"


def _offset(text: str, error: Any) -> int:
    mark: Any = error.problem_mark or error.context_mark
    return min(mark.index, len(text)) if mark else 0
