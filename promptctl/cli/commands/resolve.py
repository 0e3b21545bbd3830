"""`promptctl resolve`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.completion import complete_environment, complete_wanted
from promptctl.cli.console import print_lines, print_machine
from promptctl.cli.options import HERE, At, Directory, Format, FormatOption
from promptctl.cli.reading import reading
from promptctl.core.styled import Line, Part, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.operations.resolve import Resolution, StepRow

Wanted = Annotated[
    str, typer.Argument(metavar="NAME|SLOT", autocompletion=complete_wanted, help="A prompt, or an agent's slot.")
]
Environment = Annotated[
    str | None,
    typer.Option(
        "--env", metavar="ENV", autocompletion=complete_environment, help="The environment; may be left out if one."
    ),
]
Tenant = Annotated[str | None, typer.Option("--tenant", metavar="TENANT", help="The tenant that asks.")]
Flags = Annotated[
    list[str] | None, typer.Option("--flag", metavar="KEY", help="A flag that the application passes; may be repeated.")
]
Key = Annotated[str | None, typer.Option("--key", metavar="TARGETING", help="The targeting key for percentages.")]


def resolve(
    ctx: typer.Context,
    wanted: Wanted,
    *,
    env: Environment = None,
    tenant: Tenant = None,
    flag: Flags = None,
    key: Key = None,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """Tell which version a request gets, and every step that led to it.

    A prompt's name leaves out what agents pin; the name of a slot, `agent.slot`, takes it in.

    Example: promptctl resolve salesAgent.qualifyLead --env production --tenant acme-health
    """
    from promptctl.core.selection import Request
    from promptctl.operations.resolve import resolve_request

    request = Request(wanted, tenant, frozenset(flag or ()), key)
    with reading(ctx, directory, at) as views:
        found = resolve_request(views, env, request)
    if output is Format.JSON:
        print_machine(json.dumps(asdict(found), indent=2))
    else:
        print_lines(_lines(found))


def _lines(found: Resolution) -> Iterator[Line]:
    yield line(Part(found.ref, "strong"), f"  ({found.reason}, {found.environment})")
    width = max(len(step.scope) for step in found.steps)
    for step in found.steps:
        yield line(*_step(step, width))
    commit = found.config_commit[:10] if found.config_commit else "not committed"
    yield line(Part(f"  {found.path}  configuration: {commit}", "dim"))


def _step(step: StepRow, width: int) -> Iterator[Part]:
    yield Part("  > " if step.taken else "    ", "strong")
    yield Part(step.scope.ljust(width), "plain" if step.taken else "dim")
    yield Part(f"  {step.ref or '-'}  {step.why}", "plain" if step.taken else "dim")
