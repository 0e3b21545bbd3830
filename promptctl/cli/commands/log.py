"""`promptctl log`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.completion import complete_name
from promptctl.cli.console import print_lines
from promptctl.cli.options import HERE, At, Directory, Format, FormatOption
from promptctl.cli.reading import print_json, reading
from promptctl.core.styled import Line, Part, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.operations.log import LogRow


def log(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(autocompletion=complete_name, metavar="NAME", help="The prompt.")],
    *,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """Show the history of a prompt: who added which version when.

    Example: promptctl log qualify-lead
    """
    from promptctl.operations.log import version_history

    with reading(ctx, directory, at) as views:
        rows = version_history(views, name)
    if output is Format.JSON:
        print_json({"name": name, "versions": [asdict(row) for row in rows]})
    else:
        print_lines(text for row in rows for text in _lines(row))


def _lines(row: LogRow) -> Iterator[Line]:
    facts = [word for word in (row.state, row.level, "EMERGENCY" if row.emergency else None) if word]
    follows = f", follows {row.supersedes}" if row.supersedes else ""
    yield line(Part(row.version, "strong"), f"  {', '.join(facts)}{follows}")
    if row.commit and row.date:
        yield line(Part(f"    {row.date[:10]}  {row.author} <{row.email}>  {row.commit[:10]}", "dim"))
    else:
        yield line(Part("    not committed", "dim"))
    if row.summary:
        yield line(f"    {row.summary}")
