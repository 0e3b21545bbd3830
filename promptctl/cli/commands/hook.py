"""`promptctl hook`: what git and pre-commit call, and what installs it."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from promptctl.cli.options import HERE, Directory, DryRun, clock, resolve_directory
from promptctl.core.errors import UsageError

app = typer.Typer(help="Entry points for git hooks.", no_args_is_help=True, rich_markup_mode=None)


class Stage(StrEnum):
    """The hooks of git that `run` stands in for; `manual` is pre-commit's word for a run by hand."""

    PRE_COMMIT = "pre-commit"
    PRE_MERGE_COMMIT = "pre-merge-commit"
    PRE_PUSH = "pre-push"
    MANUAL = "manual"


@app.command("run")
def run_hook(
    ctx: typer.Context,
    *,
    stage: Annotated[
        Stage | None, typer.Option(help="The hook of git that calls; else as pre-commit's variables say.")
    ] = None,
    directory: Directory = HERE,
) -> None:
    """Check what a hook is about: the index, or what is pushed.

    Example: promptctl hook run
    """
    from promptctl.cli.staged import check_index, is_push

    where = resolve_directory(ctx, directory)
    if stage is Stage.PRE_PUSH or (stage is None and is_push()):
        _judge_push(where)
    raise typer.Exit(check_index(where))


def _judge_push(where: Path) -> None:
    """What is pushed: as pre-commit's variables say, one ref; else as git says on standard input, any number."""
    from promptctl.cli.pushing import read_input, show_answers
    from promptctl.operations.answers import worst
    from promptctl.operations.push import judge_push, update_of_pre_commit
    from promptctl.repo.pushes import parse_pushed

    update = update_of_pre_commit(where, os.environ)
    updates = (update,) if update else parse_pushed(read_input())
    answers = judge_push(where, clock(), updates)
    show_answers(answers, sys.stdout if update else sys.stderr)
    raise typer.Exit(worst(answers))


@app.command("pre-receive")
def pre_receive(ctx: typer.Context, directory: Directory = HERE) -> None:
    """Check what a server is sent, before any ref moves; git names the refs on standard input.

    Exits 0 when every protected branch stays lawful, 1 when one does not, 3 when one cannot be judged.

    Example: promptctl hook pre-receive
    """
    from promptctl.cli.pushing import read_input, show_answers
    from promptctl.operations.answers import worst
    from promptctl.operations.receive import receive
    from promptctl.repo.pushes import parse_received

    answers = receive(resolve_directory(ctx, directory), clock(), parse_received(read_input()))
    show_answers(answers)
    raise typer.Exit(worst(answers))


@app.command("install")
def install_hooks(
    ctx: typer.Context,
    *,
    local: Annotated[bool, typer.Option("--local", help="In this clone: commits, merges and pushes.")] = False,
    server: Annotated[Path | None, typer.Option(help="In a bare repository: what it gets.", metavar="PATH")] = None,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Install git's own hooks, for teams without pre-commit and for servers.

    A hook that is there stays, and runs first.

    Example: promptctl hook install --local
    """
    from promptctl.cli.authoring import print_diff
    from promptctl.cli.console import print_lines
    from promptctl.core.styled import line
    from promptctl.operations.hook_install import as_plan, install, plan_hooks
    from promptctl.repo.repository import open_repository

    if local == (server is not None):
        raise UsageError("take one of --local and --server PATH")
    with open_repository(resolve_directory(ctx, directory) / (server or HERE)) as repository:
        hooks = plan_hooks(repository, server=server is not None)
        if dry_run:
            print_diff(as_plan(repository, hooks))
        else:
            print_lines(line(install(hook)) for hook in hooks)
