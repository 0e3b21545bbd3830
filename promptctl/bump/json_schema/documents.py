"""A schema as a document: whether it can be reasoned about, where its references lead, and which parts are the same."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from promptctl.bump.json_schema.depth import chain_of
from promptctl.bump.json_schema.keywords import (
    ANNOTATIONS,
    OLDER_DIALECT,
    OPAQUE,
    OTHER_IN_OLDER,
    POSITIONS,
    STRUCTURE,
    Position,
    is_well_formed,
)
from promptctl.bump.json_schema.values import scalar_identity, type_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from promptctl.bump.json_schema.model import Pointer

_MOST_BITS: Final = 1000  # of an integer; all of these have a double nearby
_DEEPEST: Final = 120  # containers in containers; each is several frames of recursion later on
_QUOTED: Final = re.compile(r"(%[0-9a-fA-F]{2})+")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_ONE_SCHEMA: Final = {
    Position.SCHEMAS: Position.SCHEMA,
    Position.NAMED: Position.SCHEMA,
    Position.NAMED_SETS: Position.SET,
}


class NotJsonError(Exception):
    """The schema holds a value that JSON lacks, or holds itself."""


@dataclass(frozen=True, slots=True)
class Node:
    """A schema within a document. Nodes with equal keys accept the same instances."""

    schema: Any
    document: Document
    key: Hashable

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Interner:
    """Gives equal shapes equal numbers, over all documents of one comparison, without recursion."""

    __slots__ = ("_impure", "_numbers")

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._impure: set[int] = set()

    def number(self, shape: Hashable, *, pure: bool) -> int:
        """The number of a shape; impure ones hold references, so what they mean depends on their document."""
        number = self._numbers.setdefault(shape, len(self._numbers))
        if not pure:
            self._impure.add(number)
        return number

    def is_pure(self, number: Hashable) -> bool:
        return number not in self._impure


class Document:
    """One schema with all that it holds.

    `fault` tells why nothing can be proved or refuted of it, other than that it equals another one.
    """

    def __init__(self, root: Any, interner: Interner, name: str) -> None:
        """Read all of a schema.

        Raises:
            NotJsonError: it is no JSON.
        """
        self.name = name
        self.interner = interner
        self.fault: str | None = None
        self.has_opaque = self.is_dynamic = False
        self.patterns: set[str] = set()
        self.formats: set[str] = set()
        self._anchors: dict[str, Any] = {}
        self._references: set[str] = set()
        self._root = root
        self._shapes: dict[tuple[int, Position], Hashable] = {}
        self._is_older = False
        self._schemas: list[dict[str, Any]] = []
        self._nodes: dict[int, Node] = {}
        if not isinstance(root, (bool, dict)):
            self.fault = "a schema is a mapping, true or false"
        self.shape = self._intern(root, Position.SCHEMA)
        self.is_closed = all(self.resolve(reference) is not None for reference in self._references)

    @property
    def root(self) -> Node:
        return self.node(self._root)

    def node(self, schema: Any) -> Node:
        """A part of the document, or a schema made of its parts."""
        if isinstance(schema, bool):
            return Node(schema, self, scalar_identity(schema))
        node = self._nodes.get(id(schema))
        if node is None:
            shape = self._intern(schema, Position.SCHEMA)
            node = Node(schema, self, shape if self.interner.is_pure(shape) else (self.name, shape))
            self._nodes[id(schema)] = node  # which keeps the schema, so that no other gets its id
        return node

    @cached_property
    def chain(self) -> int | None:
        """How many schemas may judge the same part of an instance, one inside the other; None: without end."""
        return chain_of(self)

    @property
    def raw(self) -> Hashable:
        """What identifies the document with its annotations."""
        return self._intern(self._root, Position.DATA)

    def schemas(self) -> list[dict[str, Any]]:
        """All schemas of the document that are mappings, the outer ones first."""
        return self._schemas

    def resolve(self, reference: str) -> Node | None:
        """What a reference within the document leads to; None for any other, and for one that leads out of schemas."""
        if reference == "#":
            return self.root
        if not reference.startswith("#"):
            return None
        fragment = _unquote(reference[1:])
        if not fragment.startswith("/"):
            return self.node(self._anchors[fragment]) if fragment in self._anchors else None
        found = self._follow(fragment)
        return None if found is None else self.node(found[0])

    def pointer(self, reference: str) -> Pointer | None:
        """The keys that lead from the root to what a reference names; None for an anchor."""
        if reference == "#":
            return ()
        found = self._follow(_unquote(reference[1:])) if reference.startswith("#/") else None
        return None if found is None else found[1]

    def _follow(self, fragment: str) -> tuple[Any, Pointer] | None:
        place, position = self._root, Position.SCHEMA
        pointer: list[str | int] = []
        for part in fragment[1:].split("/"):
            token = part.replace("~1", "/").replace("~0", "~")
            step = _step(place, position, token)
            if step is None:
                return None
            pointer.append(int(token) if isinstance(place, list) else token)
            place, position = step
        return (place, tuple(pointer)) if position is Position.SCHEMA else None

    def _intern(self, root: Any, position: Position) -> Hashable:
        """Number everything from the leaves up."""
        if not isinstance(root, (dict, list)):
            return self._scalar(root)
        open_: set[int] = set()
        stack: list[tuple[Any, Position, int, list[tuple[Any, Position]] | None]] = [(root, position, 0, None)]
        while stack:
            value, where, depth, children = stack.pop()
            mark = (id(value), where)
            if children is not None:
                open_.discard(id(value))
                self._shapes[mark] = self._shape(value, where, children)
                continue
            if mark in self._shapes:
                continue
            if id(value) in open_:
                raise NotJsonError("the schema holds itself")
            if depth > _DEEPEST:
                self.fault = "it is nested too deeply"
            open_.add(id(value))
            children = list(_children(value, where))
            stack.append((value, where, depth, children))
            for child, place in children:
                if isinstance(child, (dict, list)):
                    stack.append((child, place, depth + 1, None))
            if where is Position.SCHEMA and isinstance(value, dict):
                self._read(value, is_root=value is self._root)
        return self._shapes[id(root), position]

    def _shape(self, value: Any, where: Position, children: list[tuple[Any, Position]]) -> Hashable:
        pairs = [
            self._scalar(child) if not isinstance(child, (dict, list)) else self._shapes[id(child), place]
            for child, place in children
        ]
        pure = all(map(self.interner.is_pure, pairs))
        if isinstance(value, list):
            shape: Hashable = frozenset(pairs) if where is Position.SET else tuple(pairs)
            return self.interner.number((where is Position.SET, shape), pure=pure)
        names = [name for name in value if not (where is Position.SCHEMA and name in ANNOTATIONS)]
        kind = where if where is Position.SCHEMA else Position.DATA
        if where is Position.SCHEMA and not value.keys().isdisjoint({"$ref", "$dynamicRef"}):
            pure = False
        return self.interner.number((kind, frozenset(zip(names, pairs, strict=True))), pure=pure)

    def _scalar(self, value: Any) -> Hashable:
        if isinstance(value, float) and not math.isfinite(value):
            raise NotJsonError("JSON has no number that is not finite")
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, int) and value.bit_length() > _MOST_BITS:
            raise NotJsonError("a number is too large")
        elif value is not None and not isinstance(value, (bool, int, float)):
            raise NotJsonError(f"JSON has no {type(value).__name__}")
        return scalar_identity(value)

    def _read(self, schema: dict[str, Any], *, is_root: bool) -> None:
        """Note what a schema says of the document: anchors, references, and what forbids any reasoning."""
        self._schemas.append(schema)
        for keyword, value in schema.items():
            if not is_well_formed(keyword, value):
                self.fault = f"`{keyword}` has a value that it may not have, or is of another draft"
                return
        if not is_root and not schema.keys().isdisjoint({"$id", "$schema"}):
            self.fault = "it holds a schema with an address or a dialect of its own"
        if is_root:
            self._is_older = str(schema.get("$schema")).rstrip("#") == OLDER_DIALECT
        if self._is_older and _means_otherwise(schema):
            self.fault = "it is of another draft, and uses what has changed since"
        if "$anchor" in schema and self._anchors.setdefault(schema["$anchor"], schema) is not schema:
            self.fault = "two of its parts have the same anchor"
        self._references.update(schema[keyword] for keyword in ("$ref", "$dynamicRef") if keyword in schema)
        if "pattern" in schema:
            self.patterns.add(schema["pattern"])
        self.patterns.update(schema.get("patternProperties", ()))
        self.formats.update({schema["format"]} if "format" in schema else ())
        self.is_dynamic = self.is_dynamic or "$dynamicRef" in schema
        self.has_opaque = self.has_opaque or not schema.keys().isdisjoint(OPAQUE)


def same(first: Document, second: Document) -> bool:
    """Whether two documents are one schema but for annotations and order.

    A reference that leads elsewhere may lead into an annotation, so then nothing at all may differ.
    """
    if first.is_closed and second.is_closed:
        return first.shape == second.shape
    return first.raw == second.raw


def _means_otherwise(schema: dict[str, Any]) -> bool:
    """Whether draft 7 reads a schema in another way: there a reference hides what stands beside it."""
    hidden = "$ref" in schema and not schema.keys() <= {"$ref", *ANNOTATIONS, *STRUCTURE}
    return hidden or not schema.keys().isdisjoint(OTHER_IN_OLDER)


def _children(value: dict[str, Any] | list[Any], where: Position) -> Iterator[tuple[Any, Position]]:
    """What a container holds, and as what, in the container's order; annotations are left out."""
    if isinstance(value, list):
        inner = _ONE_SCHEMA.get(where, Position.DATA)
        yield from ((item, inner) for item in value)
        return
    if not all(isinstance(name, str) for name in value):
        raise NotJsonError("a JSON key must be a string")
    for name, item in value.items():
        _check_text(name)
        if where is Position.SCHEMA:
            if name not in ANNOTATIONS:
                yield item, _position(name, item)
        else:
            yield item, _ONE_SCHEMA.get(where, Position.DATA)


def _position(keyword: str, value: Any) -> Position:
    """Where a keyword has another form than it should, its value is data: the document is at fault anyhow."""
    position = POSITIONS.get(keyword, Position.DATA)
    return position if is_well_formed(keyword, value) else Position.DATA


def _step(place: Any, position: Position, token: str) -> tuple[Any, Position] | None:
    if isinstance(place, list):
        is_inside = _INDEX.fullmatch(token) is not None and int(token) < len(place)
        return (place[int(token)], _ONE_SCHEMA.get(position, Position.DATA)) if is_inside else None
    if not isinstance(place, dict) or token not in place:
        return None
    inside = POSITIONS.get(token) if position is Position.SCHEMA else _ONE_SCHEMA.get(position)
    return None if inside is None else (place[token], inside)


def _unquote(fragment: str) -> str:
    """Percent-decode a fragment."""
    return _QUOTED.sub(lambda match: bytes.fromhex(match[0].replace("%", "")).decode(errors="replace"), fragment)


def _check_text(text: str) -> None:
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise NotJsonError(f"a {type_of(text)} holds a lone surrogate")
