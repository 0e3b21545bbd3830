"""`promptctl emergencies`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.completion import complete_name
from promptctl.cli.console import print_lines
from promptctl.cli.options import HERE, At, Directory, Format, FormatOption, Now
from promptctl.cli.reading import print_json, reading
from promptctl.core.styled import Line, Part, line
from promptctl.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.operations.emergencies import Emergencies, EmergencyRow


def emergencies(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(autocompletion=complete_name, metavar="[NAME]", help="One prompt; else all.")
    ] = None,
    *,
    now: Now = None,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """List emergency versions, what each still owes, and until when.

    Exits 1 while anything is overdue, or a prompt has more of them than the policy allows.

    Example: promptctl emergencies --now 2026-12-01
    """
    from promptctl.operations.emergencies import list_emergencies

    with reading(ctx, directory, at, now) as views:
        found = list_emergencies(views, name)
    if output is Format.JSON:
        rows = [asdict(row) for row in found.rows]
        print_json({"emergencies": rows, "overused": [asdict(one) for one in found.overused]})
    else:
        print_lines(_lines(found))
    raise typer.Exit(int(found.is_overdue))


def _lines(found: Emergencies) -> Iterator[Line]:
    if not found.rows:
        yield line("no emergency versions")
    for row in found.rows:
        yield from _about(row)
    for one in found.overused:
        versions = plural(len(one.versions), "emergency version")
        yield line(
            Part("too many", "error"),
            f"  {one.name} has {versions} in the policy's window, and {one.allowed} are allowed",
        )


def _about(row: EmergencyRow) -> Iterator[Line]:
    where = f"selected in {', '.join(row.selected_in)}" if row.selected_in else "selected nowhere"
    yield line(
        Part(row.ref, "strong"),
        f"  EMERGENCY ({row.reason}, {row.incident}), declared {row.declared}, {row.state}, {where}",
    )
    postmortem, normal = row.postmortem, row.normal_version
    missing = "there is no such file" if postmortem.lacks is None else f"it lacks {', '.join(postmortem.lacks)}"
    done = "" if postmortem.state == "done" else f"; {missing}"
    yield line("  post-mortem     ", _state(postmortem.state, postmortem.due), f"  {postmortem.path}{done}")
    yield line("  normal version  ", _state(normal.state, normal.due), f"  {normal.ref}" if normal.ref else "")


def _state(state: str, due: str | None) -> Part:
    if state == "done":
        return Part("done", "dim")
    when = f", was due on {due}" if due and state == "overdue" else f" until {due}" if due else ""
    return Part(f"{state}{when}", "error" if state == "overdue" else "warning")
