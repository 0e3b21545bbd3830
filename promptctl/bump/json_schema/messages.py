"""How a difference is told: by the author's own names and values, not by the words of JSON Schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from promptctl.core.text import shortened

if TYPE_CHECKING:
    from promptctl.bump.json_schema.blame import Failure, Place
    from promptctl.bump.json_schema.model import Pointer, Side

_LIMITS: Final = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minProperties": "at least {} properties",
    "maxProperties": "at most {} properties",
    "pattern": "only what matches `{}`",
    "format": "only the format `{}`",
}


def property_of(path: Pointer) -> str:
    """A path through an instance as authors write it: `lead.email`, `items[].name`."""
    text = ""
    for part in path:
        text += "[]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def blamed_path(failure: Failure) -> Pointer:
    """The path to what is wrong: a property that is missing or one too many is itself at fault."""
    if failure.atom.kind == "required":
        return (*failure.place.path, failure.atom.value[0])
    if failure.atom.kind == "dependentRequired":
        ((_, (other,)),) = failure.atom.value.items()
        return (*failure.place.path, other)
    extra = _one_too_many(failure)
    return failure.place.path if extra is None else (*failure.place.path, extra)


def explain(failure: Failure, counterpart: Place, new: Side) -> str:
    """What the witness shows; `counterpart` is the same place in the schema that accepts it."""
    name = _name(blamed_path(failure))
    kind = failure.atom.kind
    if kind == "required":
        return f"{name} is newly required" if new == "wide" else f"{name} may now be missing"
    if kind == "dependentRequired":
        cause = f"`{next(iter(failure.atom.value))}`"
        if new == "wide":
            return f"{name} is newly required where {cause} is there"
        return f"{name} may now be missing where {cause} is there"
    if _one_too_many(failure) is not None:
        return f"{name} is no longer allowed" if new == "wide" else f"{name} may now be there"
    verb = "no longer accepts" if new == "wide" else "may now be"
    note = _note(failure, counterpart, new)
    return f"{name} {verb} {shown(failure.place.value)}{f' ({note})' if note else ''}"


def _one_too_many(failure: Failure) -> str | None:
    """The property that a closed object does not know."""
    schema, value = failure.atom.node.schema, failure.place.value
    if failure.atom.kind != "properties" or not isinstance(value, dict):
        return None
    known = schema.get("properties", {})
    if schema.get("additionalProperties") is False:
        return next((name for name in value if name not in known), None)
    return next((name for name in value if known.get(name) is False), None)


def _note(failure: Failure, counterpart: Place, new: Side) -> str:
    kind = failure.atom.kind
    if kind == "type":
        here = _types(failure.atom.value)
        there = counterpart.node.schema if counterpart.path == failure.place.path else True
        other = _types(there["type"]) if isinstance(there, dict) and "type" in there else "of any type"
        return f"was {other}, is {here}" if new == "wide" else f"was {here}, is {other}"
    if kind in _LIMITS:
        return f"{'' if new == 'wide' else 'was '}{_LIMITS[kind].format(shown(failure.atom.value).strip(_QUOTE))}"
    if kind == "uniqueItems":
        return "no item may stand twice" if new == "wide" else "no item stood twice"
    return ""


_QUOTE: Final = '"'


def _types(wanted: str | list[str]) -> str:
    names = [wanted] if isinstance(wanted, str) else wanted
    return " or ".join(names)


def _name(path: Pointer) -> str:
    return f"`{shortened(property_of(path))}`" if path else "the value"


def shown(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    return shortened(json.dumps(value, ensure_ascii=False))
