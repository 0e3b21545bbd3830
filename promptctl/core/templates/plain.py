"""The engine `plain`: `{{name}}` is replaced by the value, and everything else is text."""

import re
from collections.abc import Mapping
from typing import Final

from promptctl.core.templates.model import TemplateFault, Variable, demand

USE: Final = re.compile(r"\{\{[ \t]*([A-Za-z_][A-Za-z0-9_-]*)[ \t]*\}\}")


def variables(body: str) -> tuple[Variable, ...]:
    """Return every `{{name}}`, with or without spaces and tabs inside; no body is at fault."""
    return tuple(Variable(match[1], *match.span(1)) for match in USE.finditer(body))


def render(body: str, values: Mapping[str, object]) -> str:
    """Return the body with every variable replaced by `str` of its value; braces in a value stay text."""
    demand(variables(body), values)
    return USE.sub(lambda match: _text(values[match[1]], match.start(1)), body)


def _text(value: object, offset: int) -> str:
    try:
        return str(value)
    except Exception as error:
        raise TemplateFault(f"the value has no text: {error}", offset) from error
