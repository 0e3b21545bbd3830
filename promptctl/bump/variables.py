"""What a change of the input demands: by the input schemas where they are declared, else by the body's variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from promptctl.bump.reasons import Reason
from promptctl.bump.schemas import compare_schemas
from promptctl.bump.settings import line_of
from promptctl.core.levels import Level
from promptctl.core.templates import ENGINES, Need, TemplateError, Variable, asked, variables

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
    required = sorted(name for name, use in uses.items() if use.need is not Need.OPTIONAL)
    return {"type": "object", "required": required, "properties": dict.fromkeys(sorted(uses), value)}


def _uses(file: VersionFile) -> _Uses | None:
    """How every variable of the body is used, or None where that cannot be told."""
    if file.body is None or file.template not in ENGINES:
        return None
    try:
        return asked(variables(file.template, file.body))
    except TemplateError:
        return None


def _unknown(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    """Where nothing can read the bodies: as long as every tag is the same, so are the variables."""
    same_input = old.input_schema is None and new.input_schema is None and old.template == new.template
    if same_input and _tags(old.body or "") == _tags(new.body or ""):
        return
    which, doubt = next((which, doubt) for which, file in (("new", new), ("old", old)) if (doubt := _doubt(file)))
    message = f"nothing proves that the variables are the same, for the {which} body cannot be read: {doubt}"
    yield Reason(Level.MAJOR, "variables", message, line_of(new, "template"))


def _doubt(file: VersionFile) -> str:
    """Why the variables of a body cannot be told; empty where they can, or need not."""
    if file.input_schema is not None or file.body is None:
        return ""
    if file.template not in ENGINES:
        return f"there is no engine {file.template}"
    try:
        variables(file.template, file.body)
    except TemplateError as error:
        return str(error)
    return ""


def _tags(body: str) -> list[str]:
    """What stands behind each opening brace, and what could close or escape it: outside there is only text."""
    return _TAG.findall(body)


def _compare_uses(new: VersionFile, before: _Uses, after: _Uses) -> Iterator[Reason]:
    gone = [name for name in before if name not in after]
    come = [name for name in sorted(after, key=lambda name: after[name].start) if name not in before]
    if len(gone) == len(come) == 1:
        yield _reason(new, after[come[0]], Level.MAJOR, f"the variable {gone[0]} became {come[0]}")
        return
    for name in gone:
        yield Reason(Level.MAJOR, "variables", f"the variable {name} is gone", line_of(new, "name"))
    for name in come:
        yield _reason(new, after[name], *_NEW[after[name].need], about=name)
    for name, use in after.items():
        if name in before and (use.need is Need.OPTIONAL) is not (before[name].need is Need.OPTIONAL):
            yield _reason(new, use, *_OTHERWISE[use.need], about=name)


_NEW: dict[Need, tuple[Level, str]] = {
    Need.REQUIRED: (Level.MAJOR, "is new and must be given"),
    Need.OPTIONAL: (Level.MINOR, "is new and may be left out"),
    Need.POSSIBLE: (Level.MAJOR, "is new in a section, which must hold it or be given it"),
}
_OTHERWISE: dict[Need, tuple[Level, str]] = {
    Need.REQUIRED: (Level.MAJOR, "must be given now"),
    Need.OPTIONAL: (Level.MINOR, "may be left out now"),
    Need.POSSIBLE: (Level.MAJOR, "may have to be given now"),
}


def _reason(new: VersionFile, variable: Variable, level: Level, message: str, *, about: str = "") -> Reason:
    line = new.lines.position(new.body_start + variable.start).line
    return Reason(level, "variables", f"the variable {about} {message}" if about else message, line)
