"""`promptctl render`."""

from __future__ import annotations

from typing import Annotated

import typer

from promptctl.cli.completion import complete_ref
from promptctl.cli.console import print_text
from promptctl.cli.options import HERE, At, Directory, Format, FormatOption
from promptctl.cli.reading import print_json, reading
from promptctl.core.errors import UsageError


def render(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(autocompletion=complete_ref, metavar="NAME|REF", help="name@version, or a name alone.")
    ],
    *,
    var: Annotated[list[str] | None, typer.Option("--var", help="A variable's value.", metavar="K=V")] = None,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """Print the text that a model would get.

    Control characters are shown escaped; --format json gives the exact text.

    Example: promptctl render qualify-lead@1.1.0 --var lead='Acme, 40 seats'
    """
    from promptctl.operations.render import render_version

    values = dict(_pair(text) for text in var or ())
    with reading(ctx, directory, at) as views:
        text = render_version(views, ref, values)
    if output is Format.JSON:
        print_json({"ref": ref, "text": text})
    else:
        print_text(text)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        message = f"--var takes name=value, not {text!r}"
        raise UsageError(message, hint="--var lead='Acme, 40 seats'")
    return name, value
