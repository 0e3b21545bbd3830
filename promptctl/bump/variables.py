"""What a change of the input demands: by the input schemas where they are declared, else by the body's variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from promptctl.bump.reasons import Reason
from promptctl.bump.schemas import compare_schemas
from promptctl.bump.settings import line_of
from promptctl.core.levels import Level
from promptctl.core.templates import ENGINES, EngineUnavailable, TemplateFault, Variable, variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.tree.version_file import VersionFile

_Uses: TypeAlias = dict[str, Variable]

_TAG = re.compile(r"\\*\{[^{}]*|[^{}]{0,3}\}")


def compare_input(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    """A version's variables are the properties of its input schema; only without one are they read from the body."""
    if old.input_schema is not None and new.input_schema is not None:
        yield from compare_schemas(old.input_schema, new.input_schema, new, "input")
    elif old.input_schema is None and new.input_schema is None:
        if old.template == new.template and old.body == new.body:
            return
        before, after = _uses(old), _uses(new)
        if before is None or after is None:
            yield from _unknown(old, new)
        else:
            yield from _compare_uses(new, before, after)
    else:
        yield from _declared_or_no_longer(old, new)


def _declared_or_no_longer(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    """Without a schema every variable of the body must be given, and takes text."""
    before = old.input_schema if old.input_schema is not None else _schema_of(_uses(old), {"type": "string"})
    after = new.input_schema if new.input_schema is not None else _schema_of(_uses(new), {})
    if before is None or after is None:
        yield from _unknown(old, new)
    else:
        yield from compare_schemas(before, after, new, "input")


def _schema_of(uses: _Uses | None, value: dict[str, Any]) -> dict[str, Any] | None:
    if uses is None:
        return None
    return {"type": "object", "required": sorted(uses), "properties": dict.fromkeys(sorted(uses), value)}


def _uses(file: VersionFile) -> _Uses | None:
    """The first use of every variable of the body, or None where nothing here can read it."""
    if file.body is None or file.template not in ENGINES:
        return None
    try:
        found = variables(file.template, file.body)
    except (TemplateFault, EngineUnavailable):
        return None
    return {variable.name: variable for variable in reversed(found)}


def _unknown(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    """Where nothing can read the bodies: as long as every tag is the same, so are the variables."""
    same_input = old.input_schema is None and new.input_schema is None and old.template == new.template
    if same_input and _tags(old.body or "") == _tags(new.body or ""):
        return
    message = f"the variables of a {new.template} body cannot be read, so nothing proves that they are the same"
    yield Reason(Level.MAJOR, "variables", message, line_of(new, "template"))


def _tags(body: str) -> list[str]:
    """What stands behind each opening brace, and what could close or escape it: outside there is only text."""
    return _TAG.findall(body)


def _compare_uses(new: VersionFile, before: _Uses, after: _Uses) -> list[Reason]:
    gone = [name for name in before if name not in after]
    come = [name for name in sorted(after, key=lambda name: after[name].start) if name not in before]
    if len(gone) == len(come) == 1:
        return [_reason(new, after[come[0]], f"the variable {gone[0]} became {come[0]}")]
    removed = [Reason(Level.MAJOR, "variables", f"the variable {name} is gone", line_of(new, "name")) for name in gone]
    return [*removed, *(_reason(new, after[name], f"the variable {name} is new and must be given") for name in come)]


def _reason(new: VersionFile, variable: Variable, message: str) -> Reason:
    line = new.lines.position(new.body_start + variable.start).line
    return Reason(Level.MAJOR, "variables", message, line)
