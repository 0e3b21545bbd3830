"""`promptctl init`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from promptctl.cli.authoring import carry_out
from promptctl.cli.console import print_lines
from promptctl.cli.options import HERE, Commit, Directory, DryRun, resolve_directory, today
from promptctl.core.styled import line


class System(StrEnum):
    """CI systems that a job can be written for."""

    GITHUB = "github"
    GITLAB = "gitlab"


def init(
    ctx: typer.Context,
    *,
    ci: Annotated[System | None, typer.Option(help="Add a job for this CI system.", show_default=False)] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Add a sample prompt.")] = False,
    no_install: Annotated[bool, typer.Option("--no-install", help="Do not install the hooks with pre-commit.")] = False,
    commit: Commit = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Set promptctl up: policy, hook, line ends, code owners, and a job for continuous integration.

    Adds what is missing and overwrites nothing.

    Example: promptctl init --ci github
    """
    from promptctl.operations.compared import Question
    from promptctl.operations.init import Setup, install_hooks, plan_init
    from promptctl.repo.repository import open_repository

    where = resolve_directory(ctx, directory)
    with open_repository(where) as repository:
        plan = plan_init(repository, Setup(root=repository.prefix, sample=sample, ci=ci.value if ci else None))
        carry_out(Question(where, today(None)), repository, plan, dry_run=dry_run, commit=commit)
        if not (no_install or dry_run):
            print_lines([line(install_hooks(repository))])
