"""`promptctl new`."""

from __future__ import annotations

from typing import Annotated

import typer

from promptctl.cli.authoring import ask, carry_out
from promptctl.cli.options import HERE, Commit, Directory, DryRun, clock, resolve_directory


def new(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the prompt.")],
    *,
    category: Annotated[
        str, typer.Option(help="The folder for it, such as task or support/email.", metavar="FOLDER")
    ] = "task",
    owner: Annotated[
        str | None, typer.Option(help="Who answers for it; else your address in git.", metavar="WHO")
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="What it is for, in one line.", metavar="TEXT")] = None,
    version: Annotated[str, typer.Option(help="Its first version.", metavar="V")] = "0.1.0",
    commit: Commit = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Make a new prompt: its manifest and its first version.

    Example: promptctl new qualify-lead --purpose 'Decide whom to call.'
    """
    from promptctl.operations.compared import asked_at, compared
    from promptctl.operations.init import git_identity
    from promptctl.operations.new import NewPrompt, plan_new

    question = asked_at(resolve_directory(ctx, directory), clock(), everything=True)
    with compared(question) as views:
        wanted = NewPrompt(
            name=name,
            category=category.strip("/"),
            owner=ask(owner or git_identity(views.repository), "Owner", "--owner"),
            purpose=ask(purpose, "Purpose, in one line", "--purpose"),
            version=version,
        )
        carry_out(question, views.repository, plan_new(views, wanted), dry_run=dry_run, commit=commit)
