"""The engine `handlebars`: a reader of the grammar of handlebars.js 4.7. Nothing here renders its bodies."""

from promptctl.core.templates.handlebars.names import render, variables

__all__ = ["render", "variables"]
