"""Template engines: what variables a body uses, and a body with its values filled in. No engine escapes HTML."""

from promptctl.core.templates.engines import ENGINES, render, variables
from promptctl.core.templates.model import EngineUnavailable, MissingVariable, TemplateError, TemplateFault, Variable

__all__ = [
    "ENGINES",
    "EngineUnavailable",
    "MissingVariable",
    "TemplateError",
    "TemplateFault",
    "Variable",
    "render",
    "variables",
]
