"""How deep a validator goes into a schema before it goes deeper into the instance.

A schema that refers to itself without such a step says nothing: `{"not": {"$ref": "#"}}` would accept just what it does
not accept, and from that everything follows. Nor has jsonschema a guard: it recurses until Python stops it, and where
that happens inside of the compiled library beneath it, the process panics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.bump.json_schema.documents import Document


def chain_of(document: Document) -> int | None:
    """The most schemas that may judge the same part of an instance one inside the other; None where there is no end."""
    lengths: dict[int, int] = {}
    open_: set[int] = set()
    for root in document.schemas():
        stack = [(root, False)]
        while stack:
            schema, is_done = stack.pop()
            if id(schema) in lengths:
                continue
            inner = [found for found in _inner(document, schema) if isinstance(found, dict)]
            if is_done:
                open_.discard(id(schema))
                lengths[id(schema)] = 1 + max((lengths[id(found)] for found in inner), default=0)
                continue
            open_.add(id(schema))
            stack.append((schema, True))
            if any(id(found) in open_ for found in inner):
                return None
            stack.extend((found, False) for found in inner)
    return max(lengths.values(), default=1)


def _inner(document: Document, schema: dict[str, Any]) -> Iterator[Any]:
    """The schemas that judge what this one judges."""
    for keyword in ("allOf", "anyOf", "oneOf"):
        yield from schema.get(keyword, ())
    for keyword in ("not", "if", "then", "else"):
        yield schema.get(keyword)
    yield from schema.get("dependentSchemas", {}).values()
    if "$ref" in schema:
        target = document.resolve(schema["$ref"])
        yield None if target is None else target.schema
