"""`promptctl drift`."""

from __future__ import annotations

from pathlib import Path
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
    from promptctl.operations.served import Reported


def drift(
    ctx: typer.Context,
    *,
    env: Annotated[
        list[str] | None,
        typer.Option("--env", metavar="ENV", autocompletion=complete_environment, help="Compare these; else all."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail where no open rollout explains a difference.")] = False,
    reported: Annotated[
        Path | None,
        typer.Option("--served", metavar="FILE", help="Also compare what processes report that they serve (JSONL)."),
    ] = None,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """Tell how environments differ, and whether open rollouts explain it.

    Each environment is compared with the one before it in the policy's order. With --served, also what processes
    report: one JSON object a line with `feature_flag.set.id` and `feature_flag.version`, the newest of each
    `service.instance.id` counts; what was configured alike is no drift.

    Example: promptctl drift --env staging --env production --strict
    """
    from promptctl.operations.drift import drift as find
    from promptctl.operations.served import served

    with reading(ctx, directory, at) as views:
        found = find(views, tuple(env or ()))
        processes = None if reported is None else served(views, reported, found.environments)
    if output is Format.JSON:
        print_json(
            {"environments": list(found.environments), "prompts": [_document(row) for row in found.rows]}
            | _served_document(processes)
        )
    else:
        print_lines(_lines(found))
        print_lines(_served_lines(processes))
    astray = any(row.unexplained for row in found.rows) or any(
        one.drifts for one in (processes.served if processes else ())
    )
    raise typer.Exit(int(strict and astray))


def _served_document(found: Reported | None) -> dict[str, Any]:
    if found is None:
        return {}
    served = [
        {"environment": one.environment, "config_commit": one.commit, "processes": one.processes, "state": one.state}
        for one in found.served
    ]
    return {"served": served, "unreadable": found.unreadable}


def _served_lines(found: Reported | None) -> Iterator[Line]:
    if found is None:
        return
    for one in found.served:
        who = f"{plural(one.processes, 'process')} of {one.environment} at {one.commit[:10]}"
        yield line(Part(f"  {one.state:<11}", "warning" if one.drifts else "dim"), f"  {who}")
    if not found.served:
        yield line(Part("nobody reports what is served in these environments", "warning"))
    if found.unreadable:
        yield line(Part(f"{plural(found.unreadable, 'line')} could not be read", "warning"))


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
