"""What a change of the input or output schema demands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from promptctl.bump.reasons import Reason
from promptctl.bump.settings import line_of, section
from promptctl.core.canonical import canonical_json
from promptctl.core.levels import Level
from promptctl.tree.properties import declared_properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.bump.json_schema import Comparison
    from promptctl.tree.version_file import VersionFile

Side: TypeAlias = Literal["input", "output"]

_EXACT = 2**53
_COMPATIBLE = {"input": "the input schema accepts more", "output": "the output schema allows less"}


def compare_output(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    """An answer that may be anything is what a version without an output schema promises."""
    before, after = section(old, "output").get("schema", True), section(new, "output").get("schema", True)
    yield from compare_schemas(before, after, new, "output")


def compare_schemas(before: Any, after: Any, new: VersionFile, side: Side) -> Iterator[Reason]:
    """Input must accept all that it accepted; output must produce only what it might have produced."""
    surface = f"{side}.schema"
    if _is_same(before, after):
        return
    added = _added(before, after) if side == "input" else ()
    named = list(_names(before, after, added, new)) if side == "input" else []
    yield from named
    comparison = _asked(before, _without_values(after, added), side)
    if comparison.verdict.value != "compatible":
        yield from _broken(comparison, new, side)
    elif named:
        return
    elif _asked(after, before, side).verdict.value == "compatible":
        message = f"the {side} schema says the same in other words"
        yield Reason(Level.PATCH, surface, message, line_of(new, side, "schema"))
    else:
        yield Reason(Level.MINOR, surface, _COMPATIBLE[side], line_of(new, side, "schema"))


def _is_same(before: Any, after: Any) -> bool:
    """Whether two schemas say the same in the same words. Canonical JSON takes large integers for their doubles."""
    return canonical_json(before) == canonical_json(after) and _large(before) == _large(after)


def _large(value: Any) -> list[int]:
    """The integers that may have no double, in the order of canonical JSON."""
    if isinstance(value, dict):
        return [number for key in sorted(value) for number in _large(value[key])]
    if isinstance(value, list):
        return [number for item in value for number in _large(item)]
    return [value] if isinstance(value, int) and abs(value) > _EXACT else []


def _names(before: Any, after: Any, added: tuple[str, ...], new: VersionFile) -> Iterator[Reason]:
    """The variables that are gone, which no schema forbids to pass on, and those that are new and may be left out."""
    for name in declared_properties(before):
        if name not in declared_properties(after):
            line = line_of(new, "input", "schema", "properties")
            yield Reason(Level.MAJOR, "input.schema", f"the variable {name} is gone", line)
    for name in added:
        if name not in after.get("required", ()):
            line = line_of(new, "input", "schema", "properties", name)
            yield Reason(Level.MINOR, "input.schema", f"the variable {name} is new and may be left out", line)


def _added(before: Any, after: Any) -> tuple[str, ...]:
    """The variables that only `after` declares, where `before` allows them for allowing anything.

    To a schema that allows any other property they are a restriction. To callers they are not: what a version does not
    declare is no variable of it, and a value for it went nowhere.
    """
    if not (_is_open(before) and _is_open(after)):
        return ()
    known = declared_properties(before)
    return tuple(name for name in after.get("properties", ()) if name not in known)


def _is_open(schema: Any) -> bool:
    """Whether a schema says of its properties by name, and by nothing else, what they are."""
    if not isinstance(schema, dict):
        return False
    others = {"patternProperties", "unevaluatedProperties", "propertyNames", "maxProperties"} & schema.keys()
    return schema.get("additionalProperties", True) is True and not others


def _without_values(schema: Any, names: tuple[str, ...]) -> Any:
    """The schema with any value allowed for these properties, required or not."""
    return schema | {"properties": schema["properties"] | dict.fromkeys(names, True)} if names else schema


def _broken(comparison: Comparison, new: VersionFile, side: Side) -> Iterator[Reason]:
    surface = f"{side}.schema"
    for difference in comparison.differences:
        line = line_of(new, side, "schema", *difference.pointer)
        yield Reason(Level.MAJOR, surface, difference.message, line, witness=difference.witness)
    if not comparison.differences:
        message = f"nothing proves that callers can stay with the {side} schema"
        yield Reason(Level.MAJOR, surface, message, line_of(new, side, "schema"))


def _asked(before: Any, after: Any, side: Side) -> Comparison:
    """Whether callers of the schema `before` can stay with `after`."""
    from promptctl.bump.json_schema import compare  # loads jsonschema

    return compare(before, after, new="wide") if side == "input" else compare(after, before, new="narrow")
