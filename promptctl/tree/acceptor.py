"""Whether a value fits one of the schemas that promptctl ships: a yes or no, without the jsonschema library.

Nearly every file of a repository is in order, and importing that library costs a hook more than the rest of a check. So
it is asked only to explain what does not fit. Only the keywords of the shipped schemas are known here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Acceptor: TypeAlias = "Callable[[Any], bool]"
Compile: TypeAlias = "Callable[[Any], Acceptor]"

_LOCAL = "#/$defs/"
_SILENT = frozenset(
    {"$schema", "$id", "$defs", "$comment", "title", "description", "examples", "default", "deprecated", "format"}
)
_MEMBERS = frozenset({"properties", "patternProperties", "additionalProperties"})


def acceptor(schema: Mapping[str, Any]) -> Acceptor:
    """A function that tells whether the schema allows a value.

    Raises KeyError for a keyword that is not known; the function raises RecursionError on values nested too deeply.
    """
    made: dict[str, Acceptor] = {}

    def refer(reference: str) -> Acceptor:
        if reference not in made:
            made[reference] = _later(made, reference)  # for a schema that leads back to itself
            made[reference] = compiled(_target(schema, reference))
        return made[reference]

    def compiled(part: Any) -> Acceptor:
        if isinstance(part, bool):
            return lambda _: part
        asked = sorted(part.keys() - _SILENT - _MEMBERS)
        accepts = [refer(part[key]) if key == "$ref" else _KEYWORDS[key](part[key], compiled) for key in asked]
        if part.keys() & _MEMBERS:
            accepts.append(_members(part, compiled))
        return accepts[0] if len(accepts) == 1 else _every(accepts)

    return refer("#")


def _every(accepts: list[Acceptor]) -> Acceptor:
    def accept_all(value: Any) -> bool:
        for accept in accepts:  # noqa: SIM110 - `all` over a generator takes twice the time, for each value there is
            if not accept(value):
                return False
        return True

    return accept_all


def _later(made: Mapping[str, Acceptor], reference: str) -> Acceptor:
    def accept(value: Any) -> bool:
        return made[reference](value)

    return accept


def _target(root: Mapping[str, Any], reference: str) -> Any:
    return root if reference == "#" else root["$defs"][reference.removeprefix(_LOCAL)]


def _members(schema: Mapping[str, Any], compiled: Compile) -> Acceptor:
    known = {key: compiled(part) for key, part in schema.get("properties", {}).items()}
    patterns = [(re.compile(key).search, compiled(part)) for key, part in schema.get("patternProperties", {}).items()]
    other = compiled(schema.get("additionalProperties", True))

    def accept_member(key: str, value: Any) -> bool:
        named = known.get(key)
        if named is not None and not named(value):
            return False
        fits = named is not None
        for search, accept in patterns:
            if search(key):
                fits = True
                if not accept(value):
                    return False
        return fits or other(value)

    return lambda value: not isinstance(value, dict) or all(map(accept_member, value, value.values()))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_TYPES: dict[str, Acceptor] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
}


def _type(wanted: Any, _: Compile) -> Acceptor:
    kinds = [_TYPES[name] for name in ([wanted] if isinstance(wanted, str) else wanted)]
    return kinds[0] if len(kinds) == 1 else lambda value: any(kind(value) for kind in kinds)


def _enum(wanted: Any, _: Compile) -> Acceptor:
    """Of scalars; to Python, unlike JSON, true is 1."""
    allowed = {(isinstance(item, bool), item) for item in wanted}
    return lambda value: not isinstance(value, (dict, list)) and (isinstance(value, bool), value) in allowed


def _pattern(wanted: Any, _: Compile) -> Acceptor:
    search = re.compile(wanted).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _required(wanted: Any, _: Compile) -> Acceptor:
    return lambda value: not isinstance(value, dict) or all(key in value for key in wanted)


def _dependent_required(wanted: Any, _: Compile) -> Acceptor:
    return lambda value: (
        not isinstance(value, dict)
        or all(key not in value or all(other in value for other in others) for key, others in wanted.items())
    )


def _each(kind: type[list[Any] | dict[str, Any]], wanted: Any, compiled: Compile) -> Acceptor:
    """Of a list its items, of a mapping its keys."""
    accept = compiled(wanted)
    return lambda value: not isinstance(value, kind) or all(map(accept, value))


def _unique_items(wanted: Any, _: Compile) -> Acceptor:
    """Of text: wherever this is asked, `items` asks for text too."""
    return lambda value: (
        not (wanted and isinstance(value, list))
        or (all(isinstance(item, str) for item in value) and len(set(value)) == len(value))
    )


def _length(kind: type[list[Any] | str], low: int, high: float = float("inf")) -> Acceptor:
    return lambda value: not isinstance(value, kind) or low <= len(value) <= high


def _forms(wanted: Any, compiled: Compile, most: int) -> Acceptor:
    """At least one of these forms, and at most so many."""
    forms = [compiled(form) for form in wanted]
    return lambda value: 1 <= sum(form(value) for form in forms) <= most


_KEYWORDS: dict[str, Callable[[Any, Compile], Acceptor]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda wanted, compiled: _enum([wanted], compiled),
    "pattern": _pattern,
    "required": _required,
    "dependentRequired": _dependent_required,
    "items": lambda wanted, compiled: _each(list, wanted, compiled),
    "propertyNames": lambda wanted, compiled: _each(dict, wanted, compiled),
    "uniqueItems": _unique_items,
    "minLength": lambda wanted, _: _length(str, wanted),
    "maxLength": lambda wanted, _: _length(str, 0, wanted),
    "minItems": lambda wanted, _: _length(list, wanted),
    "maxItems": lambda wanted, _: _length(list, 0, wanted),
    "minimum": lambda wanted, _: lambda value: not _is_number(value) or value >= wanted,
    "maximum": lambda wanted, _: lambda value: not _is_number(value) or value <= wanted,
    "exclusiveMinimum": lambda wanted, _: lambda value: not _is_number(value) or value > wanted,
    "anyOf": lambda wanted, compiled: _forms(wanted, compiled, len(wanted)),
    "oneOf": lambda wanted, compiled: _forms(wanted, compiled, 1),
}
