"""`promptctl list`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from promptctl.cli.console import print_table
from promptctl.cli.options import HERE, At, Directory, Format, FormatOption
from promptctl.cli.reading import print_json, reading

if TYPE_CHECKING:
    from promptctl.operations.listing import PromptRow


def list_command(
    ctx: typer.Context,
    *,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """List prompts with their newest and recommended versions.

    Example: promptctl list --format json
    """
    from promptctl.operations.listing import list_prompts

    with reading(ctx, directory, at) as views:
        rows = list_prompts(views)
    if output is Format.JSON:
        print_json({"prompts": [asdict(row) for row in rows]})
        return
    if not rows:
        typer.echo("no prompts; promptctl new NAME makes one", err=True)
        return
    header = ("PROMPT", "LATEST", "RECOMMENDED", "VERSIONS", "OWNER", "PATH")
    print_table(header, [_cells(row) for row in rows])


def _cells(row: PromptRow) -> tuple[str, ...]:
    return (row.name, row.latest or "-", row.recommended or "-", _counts(row), row.owner or "-", row.path)


def _counts(row: PromptRow) -> str:
    marks = [f"{count} {state}" for state in ("draft", "edited", "deprecated") if (count := row.count(state))]
    marks += ["EMERGENCY"] if any(version.emergency for version in row.versions) else []
    return f"{len(row.versions)} ({', '.join(marks)})" if marks else str(len(row.versions))
