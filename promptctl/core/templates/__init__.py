"""Template engines: what variables a body uses, and a body with its values filled in. No engine escapes HTML."""

from promptctl.core.templates.engines import ENGINES, render, variables
from promptctl.core.templates.model import (
    EngineUnavailable,
    MissingVariable,
    Need,
    TemplateError,
    TemplateFault,
    UnknownVariables,
    Variable,
    asked,
)

__all__ = [
    "ENGINES",
    "EngineUnavailable",
    "MissingVariable",
    "Need",
    "TemplateError",
    "TemplateFault",
    "UnknownVariables",
    "Variable",
    "asked",
    "render",
    "variables",
]
