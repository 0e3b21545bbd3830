"""What an input schema declares: a version's variables are its properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def declared_properties(schema: Any) -> Mapping[str, Any]:
    """The properties that a JSON Schema declares for every value, in file order.

    They may stand at its root, in what the root refers to within the document, and in each part of an `allOf` there.
    """
    found: dict[str, Any] = {}
    for part in _parts(schema, schema, set()):
        properties = part.get("properties")
        if isinstance(properties, dict):
            found = {str(name): value for name, value in properties.items()} | found
    return found


def _parts(schema: Any, root: Any, seen: set[int]) -> Iterator[dict[str, Any]]:
    if not isinstance(schema, dict) or id(schema) in seen:
        return
    seen.add(id(schema))
    yield schema
    if "$ref" in schema:
        yield from _parts(_target(root, schema["$ref"]), root, seen)
    every = schema.get("allOf")
    for part in every if isinstance(every, list) else ():
        yield from _parts(part, root, seen)


def _target(root: Any, reference: Any) -> Any:
    """What a JSON Pointer (RFC 6901) within the document leads to; None for a reference elsewhere, or to nothing."""
    if reference == "#":
        return root
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    found = root
    for key in reference[2:].split("/"):
        found = found.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found
