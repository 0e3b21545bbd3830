"""`promptctl recommend`."""

from __future__ import annotations

from typing import Annotated

import typer

from promptctl.cli.completion import complete_ref
from promptctl.cli.operating import Branch, DryRun, Push, Reason, Yes, how, operate
from promptctl.cli.options import HERE, Directory


def recommend(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(metavar="REF", autocompletion=complete_ref, help="The version, as name@version.")
    ],
    *,
    reason: Reason = "",
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Say which version new uses should take.

    Example: promptctl recommend qualify-lead@1.1.0
    """
    from promptctl.operations.lifecycle import decide_recommend

    wanted = how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push)
    operate(wanted, lambda views: decide_recommend(views, ref, reason))
