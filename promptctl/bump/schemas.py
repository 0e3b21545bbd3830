"""What a change of the input or output schema demands. How two schemas compare is asked in one place, `_compare`."""

from __future__ import annotations

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


def compare_output(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    """An answer that may be anything is what a version without an output schema promises."""
    before, after = section(old, "output").get("schema", True), section(new, "output").get("schema", True)
    yield from compare_schemas(before, after, new, "output")


def compare_schemas(before: Any, after: Any, new: VersionFile, side: Side) -> Iterator[Reason]:
    """Input must accept all that it accepted; output must produce only what it might have produced."""
    surface = f"{side}.schema"
    if canonical_json(before) == canonical_json(after):
        return
    comparison = _asked(before, after, side)
    if comparison.verdict is not Verdict.COMPATIBLE:
        for difference in comparison.differences:
            line = line_of(new, side, "schema", *difference.pointer)
            witness = Witness(difference.witness.instance) if difference.witness else None
            yield Reason(Level.MAJOR, surface, difference.message, line, witness=witness)
    elif _asked(after, before, side).verdict is Verdict.COMPATIBLE:
        message = f"the {side} schema says the same in other words"
        yield Reason(Level.PATCH, surface, message, line_of(new, side, "schema"))
    else:
        yield Reason(Level.MINOR, surface, _COMPATIBLE[side], line_of(new, side, "schema"))


def _asked(before: Any, after: Any, side: Side) -> Comparison:
    """Whether callers of the schema `before` can stay with `after`, its pointers into `after` where that is the new one."""
    from promptctl.bump.json_schema import compare  # loads jsonschema

    return compare(before, after, new="wide") if side == "input" else compare(after, before, new="narrow")
