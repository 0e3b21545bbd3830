"""How much work the parts of schemas make, counted before any of it is done."""

from __future__ import annotations

from typing import Any, Final

_HEAVIEST: Final = 1_000_000  # more than is ever compared, so that counting ends where a value holds itself
# What each of their names or alternatives makes on top, for it becomes a question of its own.
_ASKED_ONE_BY_ONE: Final = {
    "required": 3,
    "pattern": 2,
    "patternProperties": 2,
    "$ref": 1,
    "dependentRequired": 6,
    "dependentSchemas": 4,
    "allOf": 3,
    "anyOf": 3,
    "oneOf": 3,
}
_PAIRS: Final = 8  # of a property and a pattern of names, that make as much work as one mapping


def weight(*roots: Any) -> int:
    """One for each mapping and list, a tenth for what else a list holds, more for what is asked one by one."""
    total = names = patterns = 0
    stack = list(roots)
    while stack and total < _HEAVIEST:
        value = stack.pop()
        if isinstance(value, dict):
            total += 1 + sum(by * _count(value[name]) for name, by in _ASKED_ONE_BY_ONE.items() if name in value)
            names += _count(value.get("properties", ()))
            patterns += _count(value.get("patternProperties", ()))
            stack.extend(item for item in value.values() if isinstance(item, (dict, list)))
        elif isinstance(value, list):
            total += 1 + len(value) // 10
            stack.extend(item for item in value if isinstance(item, (dict, list)))
    return total + names * patterns // _PAIRS


def _count(value: Any) -> int:
    return len(value) if isinstance(value, (dict, list, tuple)) else 1
