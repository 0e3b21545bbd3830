"""`promptctl renumber`."""

from __future__ import annotations

from typing import Annotated

import typer

from promptctl.cli.authoring import carry_out
from promptctl.cli.completion import complete_ref
from promptctl.cli.options import HERE, Commit, Directory, DryRun, clock, resolve_directory


def renumber(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(autocompletion=complete_ref, metavar="REF", help="The draft, as name@version.")],
    *,
    to: Annotated[str, typer.Option(help="The new number, or auto for the next free one.", metavar="V|auto")] = "auto",
    commit: Commit = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Give a draft another number.

    What refers to it on this branch is changed with it.

    Example: promptctl renumber qualify-lead@1.2.0 --to auto
    """
    from promptctl.core.errors import UsageError
    from promptctl.operations.compared import asked_at, compared
    from promptctl.operations.renumber import plan_renumber

    if "@" not in ref:
        message = f"{ref} names no version"
        raise UsageError(message, hint=f"write {ref}@1.2.0")
    question = asked_at(resolve_directory(ctx, directory), clock(), everything=True)
    with compared(question) as views:
        carry_out(question, views.repository, plan_renumber(views, ref, to), dry_run=dry_run, commit=commit)
