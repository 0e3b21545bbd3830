"""What a change of the input or output schema demands. How two schemas compare is asked in one place, `_compare`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from promptctl.bump.reasons import Reason, Witness
from promptctl.bump.settings import line_of, section
from promptctl.core.canonical import canonical_json
from promptctl.core.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.tree.version_file import VersionFile

Side: TypeAlias = Literal["input", "output"]
Pointer: TypeAlias = tuple[str | int, ...]

_COMPATIBLE = {"input": "the input schema accepts more", "output": "the output schema allows less"}


class Outcome(Enum):
    """How the new schema stands to the old one, for callers of the old one."""

    EQUAL = "equal"
    COMPATIBLE = "compatible"
    BREAKING = "breaking"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the new schema breaks a promise of the old one, or may do so."""

    message: str
    pointer: Pointer = ()
    witness: Witness | None = None


def compare_output(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    """An answer that may be anything is what a version without an output schema promises."""
    before, after = section(old, "output").get("schema", True), section(new, "output").get("schema", True)
    yield from compare_schemas(before, after, new, "output")


def compare_schemas(before: Any, after: Any, new: VersionFile, side: Side) -> Iterator[Reason]:
    """Input must accept all that it accepted; output must produce only what it might have produced."""
    surface = f"{side}.schema"
    if canonical_json(before) == canonical_json(after):
        return
    outcome, differences = _compare(before, after, side)
    if outcome in {Outcome.BREAKING, Outcome.UNKNOWN}:
        for difference in differences:
            line = line_of(new, side, "schema", *difference.pointer)
            yield Reason(Level.MAJOR, surface, difference.message, line, witness=difference.witness)
    elif outcome is Outcome.EQUAL:
        yield Reason(Level.PATCH, surface, f"the {side} schema says the same in other words", line_of(new, side))
    else:
        yield Reason(Level.MINOR, surface, _COMPATIBLE[side], line_of(new, side, "schema"))


def _compare(before: Any, after: Any, side: Side) -> tuple[Outcome, tuple[Difference, ...]]:  # noqa: ARG001
    """Nothing is proved of schemas that differ until something here can compare them."""
    return Outcome.UNKNOWN, (Difference(f"the {side} schema changed, and nothing proves that callers can stay"),)
