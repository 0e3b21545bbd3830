"""A schema taken apart into what can be judged one by one: a keyword, or a few that speak only together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from promptctl.bump.json_schema.formats import FORMATS
from promptctl.bump.json_schema.keywords import ANNOTATIONS, JUDGED_TYPE, KNOWN, OPAQUE, STRUCTURE

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from promptctl.bump.json_schema.documents import Node

_PROPERTIES: Final = ("properties", "patternProperties", "additionalProperties")
_ITEMS: Final = ("prefixItems", "items")
_CONTAINS: Final = ("contains", "minContains", "maxContains")
_CONDITION: Final = ("if", "then", "else")
_GROUPED: Final = frozenset({*_PROPERTIES, *_ITEMS, *_CONTAINS, *_CONDITION})
CONNECTIVES: Final = frozenset({"$ref", "allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas", "false"})


@dataclass(frozen=True, slots=True)
class Atom:
    """One assertion. `kind` is its keyword, `node` a schema that holds only it."""

    kind: str
    node: Node

    @property
    def key(self) -> Hashable:
        return self.node.key

    @property
    def value(self) -> Any:
        """The value of the keyword that gives the atom its kind."""
        return self.node.schema[self.kind]

    def children(self) -> list[Node]:
        """The schemas in a keyword that holds a list of them."""
        return [self.node.document.node(schema) for schema in self.value]

    def child(self, keyword: str) -> Node:
        """The schema in one keyword of the group; where it is missing, the one that accepts everything."""
        return self.node.document.node(self.node.schema.get(keyword, True))

    @property
    def judged_type(self) -> str | None:
        """The one type of instance that it judges, or None where it may judge any."""
        if self.kind == "format":
            return "string" if self.value in FORMATS else None
        return JUDGED_TYPE.get(self.kind)


class Atoms:
    """Takes schemas apart, each only once."""

    __slots__ = ("_known", "enumerated")

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[Atom, ...]] = {}
        self.enumerated: dict[Hashable, frozenset[Hashable]] = {}

    def of(self, node: Node) -> tuple[Atom, ...]:
        """The atoms whose conjunction the schema is."""
        if node.key not in self._known:
            self._known[node.key] = tuple(_atoms(node))
        return self._known[node.key]


def _atoms(node: Node) -> Iterator[Atom]:
    schema = node.schema
    if isinstance(schema, bool):
        if not schema:
            yield Atom("false", node)
        return
    if not OPAQUE.isdisjoint(schema):
        yield Atom("opaque", node)
    for kind, part in _parts(schema):
        yield Atom(kind, node.document.node(part))


def _parts(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for keyword, value in schema.items():
        if keyword in _GROUPED or keyword in ANNOTATIONS or keyword in STRUCTURE or keyword in OPAQUE:
            continue
        if keyword == "const":
            yield "enum", {"enum": [value]}
        elif keyword == "required":
            yield from (("required", {"required": [name]}) for name in value)
        elif keyword == "dependentRequired":
            yield from ((keyword, {keyword: {name: [other]}}) for name, others in value.items() for other in others)
        elif keyword == "dependentSchemas":
            yield from ((keyword, {keyword: {name: inner}}) for name, inner in value.items())
        else:
            yield (keyword if keyword in KNOWN else "unknown"), {keyword: value}
    yield from _groups(schema)


def _groups(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if properties := _picked(schema, _PROPERTIES):
        yield "properties", properties
    if items := _picked(schema, _ITEMS):
        yield "items", items
    if "if" in schema and ("then" in schema or "else" in schema):
        yield "if", _picked(schema, _CONDITION)
    if "contains" in schema:
        inner = schema["contains"]
        least = schema.get("minContains", 1)
        if least > 0:
            yield "contains", {"contains": inner, "minContains": least}
        if "maxContains" in schema:
            yield "contains", {"contains": inner, "minContains": 0, "maxContains": schema["maxContains"]}


def _picked(schema: dict[str, Any], keywords: tuple[str, ...]) -> dict[str, Any]:
    return {keyword: schema[keyword] for keyword in keywords if keyword in schema}
