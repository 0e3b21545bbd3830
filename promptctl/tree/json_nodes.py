"""Strict JSON as nodes that keep their place: no key twice in one object, no NaN, no half characters."""

from __future__ import annotations

import json
import re
from typing import Any

from promptctl.core.text import shortened
from promptctl.tree.nodes import MAX_DEPTH, Mapping, Node, Scalar, Sequence

_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")
_NOT_FINITE = re.compile(r"NaN|-?Infinity")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class JsonFault(Exception):
    """Text that is not strict JSON; `start` is a character offset into it."""

    def __init__(self, message: str, start: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start


def parse_json(text: str, *, lenient: bool = False) -> Node:
    """The one value in `text`. Raises JsonFault. Offsets count characters of `text`.

    `lenient`: NaN and the infinities, which Python writes and JSON lacks, count as null.
    """
    reader = _Reader(text, lenient=lenient)
    node = reader.value(reader.skip(0), 0)
    end = reader.skip(node.end)
    if end != len(text):
        raise JsonFault("something stands behind the end of the JSON value", end)
    return node


def json_data(node: Node) -> Any:
    """The node as plain values. A number too large for a double stays text."""
    if isinstance(node, Mapping):
        return {key.text: json_data(value) for key, value in node.pairs}
    if isinstance(node, Sequence):
        return [json_data(item) for item in node.items]
    return node.value


class _Reader:
    def __init__(self, text: str, *, lenient: bool) -> None:
        self._text = text
        self._lenient = lenient

    def skip(self, start: int) -> int:
        space = _SPACE.match(self._text, start)
        return space.end() if space else start

    def value(self, start: int, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise JsonFault(f"nested more than {MAX_DEPTH} levels deep", start)
        first = self._text[start : start + 1]
        if first == '"':
            return self._string(start)
        if first == "{":
            return self._object(start, depth)
        if first == "[":
            return self._array(start, depth)
        nothing = _NOT_FINITE.match(self._text, start) if self._lenient else None
        if nothing is not None:
            return Scalar("null", plain=True, start=start, end=nothing.end())
        match = _NUMBER.match(self._text, start)
        if match is None:
            raise JsonFault(f"no JSON value: {shortened(self._text[start : start + 20])!r}", start)
        return Scalar(match[0], plain=True, start=start, end=match.end())

    def _string(self, start: int) -> Scalar:
        match = _STRING.match(self._text, start)
        if match is None:
            raise JsonFault("a text in double quotes does not end, or holds a control character", start)
        try:
            text: str = json.loads(match[0])
        except json.JSONDecodeError as error:
            raise JsonFault("a backslash stands before what it cannot escape", start + error.pos) from error
        if _SURROGATE.search(text):
            raise JsonFault("an escape makes half a character", start)
        return Scalar(text, plain=False, start=start, end=match.end())

    def _object(self, start: int, depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        place = self.skip(start + 1)
        while self._text[place : place + 1] != "}":
            place = self._separated(place, has_items=bool(entries))
            if self._text[place : place + 1] != '"':
                raise JsonFault("a key in double quotes is missing", place)
            key = self._string(place)
            if key.text in entries:
                raise JsonFault(f"the key {shortened(key.text)!r} stands twice in one object", place)
            colon = self.skip(key.end)
            self._expect(":", colon)
            value = self.value(self.skip(colon + 1), depth + 1)
            entries[key.text] = (key, value)
            place = self.skip(value.end)
        return Mapping(entries, flow=True, start=start, end=place + 1)

    def _array(self, start: int, depth: int) -> Sequence:
        items: list[Node] = []
        place = self.skip(start + 1)
        while self._text[place : place + 1] != "]":
            place = self._separated(place, has_items=bool(items))
            items.append(self.value(place, depth + 1))
            place = self.skip(items[-1].end)
        return Sequence(tuple(items), flow=True, start=start, end=place + 1)

    def _separated(self, place: int, *, has_items: bool) -> int:
        """Where the next item starts: behind a comma, unless it is the first."""
        if not has_items:
            return place
        self._expect(",", place)
        return self.skip(place + 1)

    def _expect(self, character: str, place: int) -> None:
        if self._text[place : place + 1] != character:
            raise JsonFault(f"`{character}` is missing", place)
