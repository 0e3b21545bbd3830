"""What a comparison of two JSON Schemas says: a verdict, and where and how they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, TypeAlias

Pointer: TypeAlias = tuple[str | int, ...]
Side: TypeAlias = Literal["narrow", "wide"]


class Verdict(Enum):
    """Compatible and breaking are proved; all else is unknown, which callers treat as breaking."""

    COMPATIBLE = "compatible"
    BREAKING = "breaking"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Witness:
    """An instance that is valid under the narrow schema and not under the wide one; jsonschema has checked both."""

    instance: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the schemas are not compatible, or, without a witness, could not be shown to be."""

    property: str
    """The place in the author's terms, such as `lead.email` or `items[]`; empty for the whole value."""
    message: str
    pointer: Pointer
    """The keys that lead to the place in the new schema, or to the nearest place that it has."""
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether every instance of the narrow schema is one of the wide schema."""

    verdict: Verdict
    differences: tuple[Difference, ...] = field(default=())
