"""The keywords of draft 2020-12: what their values may be, where schemas stand in them, and which types they judge."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import TYPE_CHECKING, Any, Final

from promptctl.bump.json_schema.values import is_count, is_number

if TYPE_CHECKING:
    from collections.abc import Callable

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
OLDER_DIALECT: Final = "http://json-schema.org/draft-07/schema"
"""Read where it means the same: most schemas that name it use nothing else."""
OTHER_IN_OLDER: Final = frozenset(
    {
        "$anchor",
        "$dynamicAnchor",
        "$dynamicRef",
        "additionalItems",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "maxContains",
        "minContains",
        "prefixItems",
        "unevaluatedItems",
        "unevaluatedProperties",
    },
)
"""Keywords that only one of the two dialects knows."""


class Position(IntEnum):
    """What a JSON value inside a schema is: a schema, a list of them, ..., or data of any kind."""

    SCHEMA = auto()
    SCHEMAS = auto()
    NAMED = auto()
    """Schemas by name."""
    SET = auto()
    """A list whose order says nothing."""
    NAMED_SETS = auto()
    DATA = auto()


ANNOTATIONS: Final = frozenset(
    {
        "$comment",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "default",
        "deprecated",
        "description",
        "examples",
        "readOnly",
        "title",
        "writeOnly",
    },
)
# They say where schemas stand, and nothing of instances.
STRUCTURE: Final = frozenset({"$anchor", "$defs", "$id", "$schema", "$vocabulary", "definitions"})
# Their meaning hangs on their neighbours or on the way that led to them: taken as a whole or not at all.
OPAQUE: Final = frozenset({"$dynamicAnchor", "$dynamicRef", "unevaluatedItems", "unevaluatedProperties"})

POSITIONS: Final = {
    **dict.fromkeys(
        (
            "additionalProperties",
            "contains",
            "else",
            "if",
            "items",
            "not",
            "propertyNames",
            "then",
            "unevaluatedItems",
            "unevaluatedProperties",
        ),
        Position.SCHEMA,
    ),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), Position.SCHEMAS),
    **dict.fromkeys(
        ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties"),
        Position.NAMED,
    ),
    **dict.fromkeys(("enum", "required", "type"), Position.SET),
    "dependentRequired": Position.NAMED_SETS,
}

_TYPE_NAMES: Final = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_types(value: Any) -> bool:
    names = value if isinstance(value, list) and value else [value]
    return all(isinstance(name, str) and name in _TYPE_NAMES for name in names)


def _is_schema(value: Any) -> bool:
    return isinstance(value, (bool, dict))


def _is_schemas(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_schema, value))


def _is_named_schemas(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_schema, value.values()))


_BY_POSITION: Final[dict[Position, Callable[[Any], bool]]] = {
    Position.SCHEMA: _is_schema,
    Position.SCHEMAS: _is_schemas,
    Position.NAMED: _is_named_schemas,
}
_FORMS: Final[dict[str, Callable[[Any], bool]]] = {
    **{keyword: _BY_POSITION[place] for keyword, place in POSITIONS.items() if place in _BY_POSITION},
    **dict.fromkeys(("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"), is_number),
    **dict.fromkeys(
        (
            "maxContains",
            "maxItems",
            "maxLength",
            "maxProperties",
            "minContains",
            "minItems",
            "minLength",
            "minProperties",
        ),
        is_count,
    ),
    **dict.fromkeys(("$anchor", "$dynamicAnchor", "$dynamicRef", "$id", "$ref", "format", "pattern"), _is_text),
    "const": lambda _: True,
    "dependentRequired": lambda value: isinstance(value, dict) and all(map(_is_names, value.values())),
    "enum": lambda value: isinstance(value, list),
    "multipleOf": lambda value: is_number(value) and value > 0,
    "required": _is_names,
    "type": _is_types,
    "uniqueItems": lambda value: isinstance(value, bool),
    "$schema": lambda value: isinstance(value, str) and value.rstrip("#") in {_DIALECT, OLDER_DIALECT},
}
KNOWN: Final = frozenset(_FORMS)

_JUDGED: Final = {
    "number": ("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf"),
    "string": ("maxLength", "minLength", "pattern"),
    "array": ("contains", "items", "maxItems", "minItems", "uniqueItems"),
    "object": (
        "dependentRequired",
        "dependentSchemas",
        "maxProperties",
        "minProperties",
        "properties",
        "propertyNames",
        "required",
    ),
}
JUDGED_TYPE: Final = {keyword: kind for kind, keywords in _JUDGED.items() for keyword in keywords}
"""The one type of instance that a keyword judges; keywords that are missing here may judge any."""


def is_well_formed(keyword: str, value: Any) -> bool:
    """Whether a keyword has a value that draft 2020-12 allows; unknown keywords may have any."""
    form = _FORMS.get(keyword)
    return form is None or form(value)
