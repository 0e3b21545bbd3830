"""The text that a model would get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError
from promptctl.core.templates import (
    ENGINES,
    EngineUnavailable,
    MissingVariable,
    TemplateFault,
    UnknownVariables,
    render,
    variables,
)
from promptctl.core.text import suggest
from promptctl.operations.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promptctl.operations.compared import Compared
    from promptctl.tree.version_file import VersionFile


def render_version(views: Compared, text: str, values: Mapping[str, str]) -> str:
    """Raises UsageError for a missing or unknown variable, Refused where the template cannot be rendered."""
    found = Catalog(views.change).version(text)
    if found.file.body is None:
        message = f"{found.ref} has no body that can be read"
        raise Refused(message, hint=f"promptctl check {found.item.path}")
    if found.file.template not in ENGINES:
        message = f"{found.ref} names no template engine: {found.file.template}"
        raise Refused(message, hint=f"one of {', '.join(ENGINES)}")
    try:
        _refuse_unknown(found.file, values)
        return render(found.file.template, found.file.body, values)
    except MissingVariable as error:
        names = ", ".join(error.names)
        raise UsageError(f"no value for {names}", hint=" ".join(f"--var {name}=…" for name in error.names)) from error
    except (TemplateFault, UnknownVariables) as error:
        message = f"the {found.file.template} template of {found.ref} cannot be rendered: {error}"
        raise Refused(message, hint=f"promptctl check {found.item.path}") from error
    except EngineUnavailable as error:
        raise Refused(str(error), hint=error.hint) from error


def _refuse_unknown(file: VersionFile, values: Mapping[str, str]) -> None:
    schema = file.input_schema
    properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
    known = {*properties, *(variable.name for variable in variables(file.template, file.body or ""))}
    for name in values:
        if name not in known:
            close = suggest(name, known)
            message = f"there is no variable {name}"
            hint = f"did you mean {close}?" if close else f"known variables: {', '.join(sorted(known)) or 'none'}"
            raise UsageError(message, hint=hint)
