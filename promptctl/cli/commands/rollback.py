"""`promptctl rollback`."""

from __future__ import annotations

from typing import Annotated

import typer

from promptctl.cli.completion import complete_ref
from promptctl.cli.operating import Branch, DryRun, Environment, Push, Reason, Yes, how, need_reason, operate
from promptctl.cli.options import HERE, Directory
from promptctl.core.errors import UsageError


def rollback(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME|REF", autocompletion=complete_ref, help="The bad version, or its prompt."),
    ] = None,
    *,
    env: Environment = None,
    reason: Reason = "",
    tenant: Annotated[str | None, typer.Option(metavar="TENANT", help="Move this tenant alone.")] = None,
    to: Annotated[str | None, typer.Option(metavar="V", help="Where to, instead of what was served before.")] = None,
    at: Annotated[str | None, typer.Option(metavar="COMMIT", help="The whole environment as it was there.")] = None,
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Take a bad version out of service: everybody who got it gets what they had before.

    Example: promptctl rollback qualify-lead --env production -m 'Refusals doubled.' --push
    """
    from promptctl.operations.rollback import Back, decide_rollback

    need_reason(reason)
    if (name is None) == (at is None):
        raise UsageError(
            "say what to take back", hint="a prompt or a version, or --at COMMIT for the whole environment"
        )
    if at is not None and (tenant is not None or to is not None):
        raise UsageError("--at is about the whole environment, so --tenant and --to have no place")
    back = Back(name, env, reason, tenant, to, at)
    wanted = how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push)
    operate(wanted, lambda views: decide_rollback(views, back))
