"""The choice of an engine by its name. All but the default one are imported on first use."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final

from promptctl.core.templates import plain, verbatim
from promptctl.core.templates.model import Engine, EngineUnavailable, Variable

ENGINES: Final = ("plain", "python", "mustache", "jinja2", "handlebars", "none")


def variables(engine: str, body: str) -> tuple[Variable, ...]:
    """Return every use of a variable in body order; of `lead.name`, the variable is `lead`.

    Raises:
        TemplateFault: the engine cannot parse the body.
        UnknownVariables: the body takes in others, or hands on all that it is given.
        EngineUnavailable: the engine is not installed.
        ValueError: there is no engine of that name.
    """
    return _engine(engine).variables(body)


def render(engine: str, body: str, values: Mapping[str, object]) -> str:
    """Return the body with its variables replaced by their values, unescaped.

    Raises:
        MissingVariable: a variable has no value.
        TemplateFault: the engine cannot parse the body, or a value does not fit its use.
        EngineUnavailable: the engine is not installed, or nothing here renders its bodies.
        ValueError: there is no engine of that name.
    """
    return _engine(engine).render(body, values)


def _engine(name: str) -> Engine:
    match name:
        case "plain":
            return plain
        case "python":
            from promptctl.core.templates import python_format

            return python_format
        case "mustache":
            from promptctl.core.templates import mustache

            return mustache
        case "none":
            return verbatim
        case "jinja2":
            return _jinja()
        case "handlebars":
            from promptctl.core.templates import handlebars

            return handlebars
    raise ValueError(f"there is no template engine {name!r}")


def _jinja() -> Engine:
    if find_spec("jinja2") is None:
        raise EngineUnavailable("jinja2", "pip install 'git-promptctl[jinja2]'")
    from promptctl.core.templates import jinja  # needs the optional package

    return jinja
