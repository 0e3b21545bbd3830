"""`promptctl hook`: what git and pre-commit call."""

from __future__ import annotations

import os

import typer

from promptctl.cli.commands.check import ReportFormat, exit_code, show
from promptctl.cli.options import HERE, Directory, resolve_directory, today

app = typer.Typer(help="Entry points for git hooks.", no_args_is_help=True, rich_markup_mode=None)


@app.command("run")
def run_hook(ctx: typer.Context, directory: Directory = HERE) -> None:
    """Check what a hook is about: the index, or what is pushed.

    Example: promptctl hook run
    """
    from promptctl.operations.check import check
    from promptctl.operations.compared import Question
    from promptctl.repo.heads import HeadKind

    pushed = _pushed_commit()
    question = Question(
        directory=resolve_directory(ctx, directory),
        today=today(None),
        kind=HeadKind.INDEX if pushed is None else HeadKind.COMMIT,
        commit=pushed,
    )
    report = check(question)
    show(report, ReportFormat.TEXT)
    raise typer.Exit(exit_code(report, strict=False))


def _pushed_commit() -> str | None:
    """The commit that pre-commit says is pushed, or None in any other hook.

    pre-commit names no commits where the whole history is pushed for the first time; the branch is named all the same.
    """
    if not os.environ.get("PRE_COMMIT_REMOTE_NAME"):
        return None
    return os.environ.get("PRE_COMMIT_TO_REF") or os.environ.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD"
