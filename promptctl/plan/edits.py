"""What a plan changes in a YAML file, said of its data and not of its text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from promptctl.plan.yaml_text import source_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promptctl.plan.yaml_text import Data, Leaf

Pointer: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """Give the key at `pointer` a value, in place of the one it has; mappings that lack on the way are made.

    A new key stands behind the key `after` of the same mapping, where it has that, else at the end.
    """

    pointer: Pointer
    value: Data
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """Take the key at `pointer` out with its value, if it is there; a mapping that is left empty stays, as `{}`."""

    pointer: Pointer


Edit: TypeAlias = Put | Take


def merged(old: Data | None, pointer: Pointer, value: Data) -> Data:
    """What stands at a place once `value` is put at `pointer` below it."""
    if not pointer:
        return value
    inner = old if isinstance(old, dict) else {}
    return inner | {pointer[0]: merged(inner.get(pointer[0]), pointer[1:], value)}


def applied(data: Any, edits: Iterable[Edit]) -> Any:
    """What a file's data is after the edits. Leaves are as `leaf_of` makes them."""
    for edit in edits:
        data = _put(data, edit.pointer, edit.value) if isinstance(edit, Put) else _taken(data, edit.pointer)
    return data


def _put(data: Any, pointer: Pointer, value: Data) -> Any:
    if not pointer:
        return _leaves(value)
    first, *rest = pointer
    inner = data if isinstance(data, dict) else {}
    return inner | {first: _put(inner.get(first), tuple(rest), value)}


def _taken(data: Any, pointer: Pointer) -> Any:
    first, *rest = pointer
    if not isinstance(data, dict) or first not in data:
        return data
    if rest:
        return data | {first: _taken(data[first], tuple(rest))}
    return {key: value for key, value in data.items() if key != first}


def leaf_of(value: Leaf) -> tuple[str, str]:
    """The source text of a leaf, and what it is read as; dates are text to a strict reader."""
    return source_text(value), "str" if isinstance(value, str | date) else type(value).__name__


def _leaves(value: Data) -> Any:
    if isinstance(value, dict):
        return {key: _leaves(item) for key, item in value.items()}
    return [leaf_of(item) for item in value] if isinstance(value, list) else leaf_of(value)
