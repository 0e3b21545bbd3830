"""`promptctl new-version`."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.authoring import carry_out, edit_text, keeping
from promptctl.cli.completion import complete_name
from promptctl.cli.console import is_interactive, print_lines
from promptctl.cli.options import HERE, Commit, Directory, DryRun, clock, resolve_directory, today
from promptctl.cli.reading import read_body
from promptctl.cli.reasons import reason_lines
from promptctl.core.errors import UsageError
from promptctl.core.levels import Level
from promptctl.core.styled import line

if TYPE_CHECKING:
    from pathlib import Path

    from promptctl.bump.reasons import Analysis
    from promptctl.operations.new_version import NewVersion
    from promptctl.plan.drafts import Label
    from promptctl.repo.repository import Repository


class Bump(StrEnum):
    """How far the number is raised."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"
    AUTO = "auto"


class Reason(StrEnum):
    """Why a version cannot wait for its gates; no other reason is lawful."""

    SAFETY = "safety"
    COMPLIANCE = "compliance"
    PRODUCTION_IMPACT = "production-impact"


def new_version(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(autocompletion=complete_name, metavar="NAME", help="The prompt.")],
    *,
    bump: Annotated[Bump | None, typer.Option(help="How far to raise the number; auto: as the change demands.")] = None,
    version: Annotated[str | None, typer.Option(help="The number itself.", metavar="V")] = None,
    follow: Annotated[
        str | None, typer.Option("--from", help="The version to start from; else the newest stable one.", metavar="V")
    ] = None,
    suffix: Annotated[str | None, typer.Option(help="rc.1 (pre-release) or +label.", metavar="S")] = None,
    summary: Annotated[str, typer.Option("-m", "--summary", help="What changed, in one line.", metavar="TEXT")] = "",
    body: Annotated[str | None, typer.Option(help="Take the body from a file, or - for stdin.", metavar="FILE")] = None,
    emergency: Annotated[
        Reason | None, typer.Option(help="Label it: it may skip gates, and owes a post-mortem.", metavar="REASON")
    ] = None,
    incident: Annotated[str | None, typer.Option(help="The incident that an emergency answers.", metavar="ID")] = None,
    edit: Annotated[bool, typer.Option("--edit", help="Open the draft in your editor.")] = False,
    from_edit: Annotated[
        bool, typer.Option("--from-edit", help="Make a released file that was edited the next version; restore it.")
    ] = False,
    commit: Commit = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Make the next version of a prompt.

    The reason of an emergency is safety, compliance or production-impact.

    Example: promptctl new-version qualify-lead --bump minor -m 'Says why.'
    """
    from promptctl.operations.compared import asked_at, compared
    from promptctl.operations.new_version import plan_from_edit, plan_new_version

    label = _label(emergency, incident)
    _refuse_combinations(bump, version, summary, body, from_edit=from_edit, commit=commit)
    question = asked_at(resolve_directory(ctx, directory), clock(), everything=True)
    drafts: list[Path] = []
    with keeping(drafts), compared(question) as views:
        wanted = _wanted(name, bump, version, follow, suffix, summary, from_edit=from_edit)
        wanted = _with_text(views.repository, wanted, body, drafts if edit else None)
        wanted = replace(wanted, choose=_choose if is_interactive() else None, emergency=label)
        plan = (plan_from_edit if from_edit else plan_new_version)(views, wanted)
        carry_out(question, views.repository, plan, dry_run=dry_run, commit=commit)


def _wanted(
    name: str,
    bump: Bump | None,
    version: str | None,
    follow: str | None,
    suffix: str | None,
    summary: str,
    *,
    from_edit: bool,
) -> NewVersion:
    from promptctl.operations.new_version import NewVersion

    auto = bump is Bump.AUTO or (from_edit and bump is None)
    level = Level[bump.name] if bump is not None and bump is not Bump.AUTO else None
    return NewVersion(name, level, auto, version, follow, suffix, summary)


def _label(reason: Reason | None, incident: str | None) -> Label | None:
    from promptctl.plan.drafts import Label

    if reason is None and incident is None:
        return None
    if reason is None:
        raise UsageError("--incident is about an emergency", hint=f"--emergency {'|'.join(Reason)}")
    if incident is None or not incident.strip():
        raise UsageError("an emergency answers an incident: --incident is missing", hint="--incident INC-1042")
    return Label(str(reason), incident.strip(), today(None))


def _with_text(repository: Repository, wanted: NewVersion, body: str | None, drafts: list[Path] | None) -> NewVersion:
    def editor(text: str) -> str:
        edited, path = edit_text(repository, text)
        if drafts is not None:
            drafts.append(path)
        return edited

    return replace(wanted, body=read_body(body), edit=None if drafts is None else editor)


def _choose(analysis: Analysis, proposed: Level) -> Level:
    """Ask the author, who may know better than what can be read from the text."""
    if analysis.reasons:
        print_lines([line("what changed, and the level that it demands:"), *reason_lines(analysis)], sys.stderr)
    answer: Level = typer.prompt("Level", default=str(proposed), value_proc=_level_named, err=True)
    return answer


def _level_named(answer: str) -> Level:
    if answer.lower() not in set(Bump) - {Bump.AUTO}:
        message = f"{answer} is none of major, minor, patch"
        raise typer.BadParameter(message)
    return Level[answer.upper()]


def _refuse_combinations(
    bump: Bump | None, version: str | None, summary: str, body: str | None, *, from_edit: bool, commit: bool
) -> None:
    if bump is not None and version is not None:
        raise UsageError("--bump and --version both give the number: take one")
    if from_edit and body is not None:
        raise UsageError("--from-edit takes the body from the edited file, so --body has no place")
    if "\n" in summary:
        raise UsageError("the summary must be one line", hint="-m 'Asks about budget first.'")
    if commit and not summary:
        raise UsageError("--commit needs a summary", hint="-m 'Asks about budget first.'")
