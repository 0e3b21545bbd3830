"""Rules about the variables of a template and the input that fills them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.templates import (
    ENGINES,
    EngineUnavailable,
    Need,
    TemplateError,
    TemplateFault,
    UnknownVariables,
    variables,
)
from promptctl.core.text import suggest
from promptctl.rules.base import problem, ref_of, rule, span_of
from promptctl.tree.properties import declared_properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.templates import Variable
    from promptctl.rules.base import Context
    from promptctl.tree.layout import Place
    from promptctl.tree.version_file import VersionFile

_COMPARISONS = 20_000  # of names with names, to guess what was meant: about a second's worth


@rule("template-invalid", family="variables", severity=Severity.ERROR)
def template_invalid(context: Context) -> Iterator[Finding]:
    """The template engine cannot parse the body.

    ## What it does
    Parses the body with the engine that `template` names. `plain` parses everything.

    ## Why is this bad?
    The first call in production would fail.

    ## Example
    ```markdown
    template: python
    ---
    Answer as JSON: {"qualified": true}
    ```

    ## Use instead
    ```markdown
    template: python
    ---
    Answer as JSON: {{"qualified": true}}
    ```
    """
    for place, file in _bodies(context):
        try:
            variables(file.template, file.body or "")
        except TemplateFault as fault:
            span = span_of(file.lines, file.body_start + fault.offset, file.body_start + fault.offset)
            message = f"the {file.template} template cannot be parsed: {fault}"
            yield problem(place.path, message, span=span, subject="template", ref=ref_of(place))
        except (EngineUnavailable, UnknownVariables):
            continue


@rule("undeclared-variable", family="variables", severity=Severity.ERROR)
def undeclared_variable(context: Context) -> Iterator[Finding]:
    """The body uses a variable that the input schema does not have.

    ## What it does
    Where a version has an input schema, its properties are the variables. Each variable that the body uses must be
    one of them. Without an input schema the body alone says what the variables are. A name inside a section of
    `mustache` or `handlebars` may be a part of that section's value, and is let pass.

    ## Why is this bad?
    Whoever calls the prompt by its schema leaves a hole in the text.

    ## Example
    ```markdown
    input: {schema: {type: object, properties: {lead: {type: string}}}}
    ---
    Judge {{leads}}.
    ```

    ## Use instead
    ```markdown
    input: {schema: {type: object, properties: {lead: {type: string}}}}
    ---
    Judge {{lead}}.
    ```
    """
    for place, file in _bodies(context):
        if file.input_schema is None:
            continue
        known = declared_properties(file.input_schema)
        missing = [variable for variable in _first_uses(file) if variable.name not in known]
        few = len(missing) * len(known) <= _COMPARISONS
        for variable in missing:
            close = suggest(variable.name, known) if few else None
            yield problem(
                place.path,
                f"the body uses `{variable.name}`, which the input schema does not have",
                span=span_of(file.lines, file.body_start + variable.start, file.body_start + variable.end),
                subject=variable.name,
                ref=ref_of(place),
                hint=f"did you mean `{close}`?" if close else "declare it under input.schema.properties",
            )


@rule("unused-input", family="variables", severity=Severity.WARNING)
def unused_input(context: Context) -> Iterator[Finding]:
    """The input schema has a property that the body does not use.

    ## What it does
    Looks for each property of the input schema among the variables of the body. With `template: none` nothing is filled
    in, and nothing is said.

    ## Why is this bad?
    Callers collect data that the model never sees, personal data among it.

    ## Example
    ```markdown
    input: {schema: {type: object, properties: {lead: {type: string}, budget: {type: string}}}}
    ---
    Judge {{lead}}.
    ```

    ## Use instead
    ```markdown
    input: {schema: {type: object, properties: {lead: {type: string}}}}
    ---
    Judge {{lead}}.
    ```
    """
    for place, file in _bodies(context):
        uses = _uses(file)
        if uses is None or file.template == "none":
            continue
        used = {variable.name for variable in uses}
        for name in declared_properties(file.input_schema):
            if name not in used:
                start, end = file.locate("input", "schema", "properties", name, on_key=True)
                message = f"the input schema has `{name}`, which the body does not use"
                span = span_of(file.lines, start, end)
                yield problem(place.path, message, span=span, subject=name, ref=ref_of(place))


def _bodies(context: Context) -> Iterator[tuple[Place, VersionFile]]:
    for place, entry in context.change.version_files:
        file = context.change.library.version(entry)
        if file.body is not None and file.node is not None and file.template in ENGINES:
            yield place, file


def _uses(file: VersionFile) -> tuple[Variable, ...] | None:
    """The variables of the body, or None where the engine cannot say."""
    try:
        return variables(file.template, file.body or "")
    except TemplateError:
        return None


def _first_uses(file: VersionFile) -> list[Variable]:
    """Of those that the body names; in a section of its own a name may be the section's."""
    try:
        found = variables(file.template, file.body or "")
    except UnknownVariables as error:
        found = error.known
    except TemplateError:
        return []
    sure = (variable for variable in reversed(found) if variable.need is not Need.POSSIBLE)
    return list({variable.name: variable for variable in sure}.values())[::-1]
