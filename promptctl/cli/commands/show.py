"""`promptctl show`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.completion import complete_ref
from promptctl.cli.console import print_lines, print_text
from promptctl.cli.options import HERE, At, Directory, Format, FormatOption
from promptctl.cli.reading import print_json, reading
from promptctl.core.styled import Line, Part, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.operations.listing import Shown


def show(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(autocompletion=complete_ref, metavar="NAME|REF", help="name@version, or a name alone.")
    ],
    *,
    body: Annotated[bool, typer.Option("--body", help="Print the body alone.")] = False,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """Show one version: what it says of itself, its state, and who selects it.

    A name alone means the newest stable version.

    Example: promptctl show qualify-lead@1.1.0 --body
    """
    from promptctl.operations.listing import show_version

    with reading(ctx, directory, at) as views:
        shown = show_version(views, ref)
    if output is Format.JSON:
        print_json(asdict(shown))
    elif body:
        print_text(shown.body)
    else:
        print_lines(_lines(shown))


def _lines(shown: Shown) -> Iterator[Line]:
    marks = [shown.state] + (["recommended"] if shown.recommended else [])
    marks += ["EMERGENCY"] if "emergency" in shown.metadata else []
    yield line(Part(shown.ref, "strong"), f"  ({', '.join(marks)})")
    rows = {"path": shown.path, "owner": shown.owner or "-"}
    rows |= {key: _text(value) for key, value in shown.metadata.items() if key not in {"name", "version"}}
    rows |= {"sha256": shown.sha256, "behaviour": shown.behaviour or "-"}
    if shown.deprecation:
        rows["deprecated"] = _text(shown.deprecation)
    rows["selected"] = ", ".join(f"{row.environment}: {row.scope}" for row in shown.selected_by) or "nobody"
    width = max(map(len, rows))
    for key, value in rows.items():
        yield line(Part(key.ljust(width), "dim"), f"  {value}")


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
