"""The engine `none`: a body without variables."""

from collections.abc import Mapping

from promptctl.core.templates.model import Variable


def variables(body: str) -> tuple[Variable, ...]:  # noqa: ARG001 - the engines' contract
    """Return nothing."""
    return ()


def render(body: str, values: Mapping[str, object]) -> str:  # noqa: ARG001 - the engines' contract
    """Return the body as it is."""
    return body
