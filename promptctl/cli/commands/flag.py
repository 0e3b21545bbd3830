"""`promptctl flag`."""

from __future__ import annotations

from typing import Annotated

import typer

from promptctl.cli.operating import Branch, DryRun, Environment, How, Push, Reason, Yes, how, operate
from promptctl.cli.options import HERE, Directory

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Switch flags, at once.")

Key = Annotated[str, typer.Argument(metavar="KEY", help="The flag.")]


@app.command()
def enable(
    ctx: typer.Context,
    key: Key,
    *,
    env: Environment = None,
    reason: Reason = "",
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Switch a flag on.

    Example: promptctl flag enable formal-tone --env production
    """
    _run(how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push), key, env, "enable", reason)


@app.command()
def disable(
    ctx: typer.Context,
    key: Key,
    *,
    env: Environment = None,
    reason: Reason = "",
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Switch a flag off: it matches nobody.

    Example: promptctl flag disable formal-tone --env production -m 'Too stiff.'
    """
    _run(how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push), key, env, "disable", reason)


@app.command()
def remove(
    ctx: typer.Context,
    key: Key,
    *,
    env: Environment = None,
    reason: Reason = "",
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Take a flag out.

    Example: promptctl flag remove formal-tone --env production
    """
    _run(how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push), key, env, "remove", reason)


def _run(wanted: How, key: str, env: str | None, verb: str, reason: str) -> None:
    from promptctl.operations.flags import decide_flag

    operate(wanted, lambda views: decide_flag(views, key, env, verb, reason))
