"""`promptctl drift`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from promptctl.cli.completion import complete_environment
from promptctl.cli.console import print_lines
from promptctl.cli.options import HERE, At, Directory, Format, FormatOption
from promptctl.cli.reading import print_json, reading
from promptctl.core.styled import Line, Part, line
from promptctl.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.operations.drift import Drift, Row


def drift(
    ctx: typer.Context,
    *,
    env: Annotated[
        list[str] | None,
        typer.Option("--env", metavar="ENV", autocompletion=complete_environment, help="Compare these; else all."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail where no open rollout explains a difference.")] = False,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """Tell how environments differ, and whether open rollouts explain it.

    Each environment is compared with the one before it in the policy's order.

    Example: promptctl drift --env staging --env production --strict
    """
    from promptctl.operations.drift import drift as find

    with reading(ctx, directory, at) as views:
        found = find(views, tuple(env or ()))
    if output is Format.JSON:
        print_json({"environments": list(found.environments), "prompts": [_document(row) for row in found.rows]})
    else:
        print_lines(_lines(found))
    raise typer.Exit(int(strict and any(row.unexplained for row in found.rows)))


def _document(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "selections": {name: {"default": ref, "others": row.others[name]} for name, ref in row.defaults.items()},
        "differences": [
            {"message": one.message, "explained_by": str(one.explained) if one.explained else None}
            for one in row.differences
        ],
        "explained": not row.unexplained,
    }


def _lines(found: Drift) -> Iterator[Line]:
    for row in found.rows:
        if row.differences:
            yield line(Part(row.name, "strong"))
        for one in row.differences:
            if one.explained is not None:
                yield line(Part(f"  explained    {one.message}  (the rollout of {one.explained} is open)", "dim"))
            else:
                yield line(Part("  unexplained", "warning"), f"  {one.message}")
    differ = sum(bool(row.differences) for row in found.rows)
    where = " and ".join(found.environments) if found.environments else "no environment"
    alike = "is configured" if not found.environments else f"of {plural(len(found.rows), 'prompt')}, {differ} differ"
    yield line(f"{where}: {alike}")
