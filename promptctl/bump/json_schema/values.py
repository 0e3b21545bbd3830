"""JSON values as JSON Schema sees them: their types, and an equality in which 1 is 1.0 and is not true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Hashable

TYPES: Final = ("null", "boolean", "number", "string", "array", "object")


def type_of(value: Any) -> str:
    """The JSON type of a value; integers are numbers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def is_number(value: Any) -> bool:
    """A JSON number, which Python's booleans are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_integral(value: float) -> bool:
    """A number without a fraction, such as 1.0."""
    return isinstance(value, int) or value.is_integer()


def is_count(value: Any) -> bool:
    """A number that a length or a size may be compared with."""
    return is_number(value) and is_integral(value) and value >= 0


def identity(value: Any) -> Hashable:
    """A key that two JSON values share exactly if JSON Schema calls them equal."""
    if isinstance(value, dict):
        return ("object", frozenset((name, identity(item)) for name, item in value.items()))
    if isinstance(value, list):
        return ("array", tuple(identity(item) for item in value))
    return scalar_identity(value)


def scalar_identity(value: Any) -> Hashable:
    """The key of a value that holds no others; 1 and 1.0 have the same hash and are equal in Python too."""
    return (type_of(value), value)
