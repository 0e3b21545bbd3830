"""`promptctl check`."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.console import plain_text, print_lines, print_machine, print_note
from promptctl.cli.options import HERE, Directory, Now, moment, resolve_directory, today
from promptctl.core.errors import Undecided, UsageError
from promptctl.core.text import plural

if TYPE_CHECKING:
    from promptctl.core.report import Report
    from promptctl.operations.compared import Question


class Lane(StrEnum):
    """Ways through the check that ask less, of changes that need less."""

    ROLLBACK = "rollback"


class ReportFormat(StrEnum):
    """Formats of `check`."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    GITLAB = "gitlab"
    JUNIT = "junit"
    MARKDOWN = "markdown"


def check(
    ctx: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Look only at these files or folders.")
    ] = None,
    *,
    staged: Annotated[bool, typer.Option("--staged", help="Judge the index.")] = False,
    base: Annotated[str | None, typer.Option(help="Compare with this commit.", metavar="REF")] = None,
    head: Annotated[str | None, typer.Option(help="Judge this commit.", metavar="REF")] = None,
    worktree: Annotated[bool, typer.Option("--worktree", help="Judge the files on disk.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Look at the whole of head, not only at changes.")] = False,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="With --all: first list what code pins today, so that it passes.")
    ] = False,
    lane: Annotated[Lane | None, typer.Option(help="Pass nothing but lawful moves back, and those at once.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    report_format: Annotated[ReportFormat, typer.Option("--format", help="What to print.")] = ReportFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option(help="Write the report to a file.", dir_okay=False, metavar="PATH")
    ] = None,
    now: Now = None,
    directory: Directory = HERE,
) -> None:
    """Check a change, or everything, against the rules.

    Exits 0 when nothing is wrong, 1 on errors, 2 on wrong usage, 3 when the question cannot be answered.

    Example: promptctl check --base origin/main --format concise
    """
    from promptctl.operations.check import check as run
    from promptctl.operations.compared import Question
    from promptctl.repo.ci import ci_event
    from promptctl.repo.heads import HeadKind

    event = ci_event(os.environ) if base is None and not staged else None
    kind = _head_kind(staged=staged, worktree=worktree, head=head, compared=base is not None or event is not None)
    question = Question(
        directory=resolve_directory(ctx, directory),
        today=today(now),
        kind=HeadKind(kind),
        commit=head,
        base=base,
        everything=everything,
        files=tuple(files or ()),
        event=event,
        moment=moment(now),
    )
    if lane is not None:
        from promptctl.operations.lane import check_lane

        if everything or files or write_baseline:
            raise UsageError("--lane is about a change as a whole", hint="leave out files, --all and --write-baseline")
        report = check_lane(question)
        show(report, report_format, output)
        raise typer.Exit(exit_code(report, strict=strict))
    if write_baseline:
        _write_baseline(question)
    report = run(question, for_review=report_format in {ReportFormat.MARKDOWN, ReportFormat.GITHUB})
    show(report, report_format, output)
    raise typer.Exit(exit_code(report, strict=strict))


def _write_baseline(question: Question) -> None:
    from promptctl.operations.baseline import write_baseline

    written = write_baseline(question)
    print_note(f"wrote {written.path}: {plural(written.lines, 'line')}" if written.lines else "nothing to list")


def exit_code(report: Report, *, strict: bool) -> int:
    """1 where an error was found, or a warning that is to fail."""
    return int(report.errors > 0 or (strict and report.warnings > 0))


def show(report: Report, report_format: ReportFormat, output: Path | None = None) -> None:
    """Print the report, or write it to a file; the base is named on stderr where the format has no place for it."""
    from promptctl.report.text import base_sentence, concise_lines, text_lines

    lines = {ReportFormat.TEXT: text_lines, ReportFormat.CONCISE: concise_lines}.get(report_format)
    if report_format is not ReportFormat.TEXT or output is not None:
        print_note(base_sentence(report))
    if output is not None:
        _write(output, plain_text(lines(report)) if lines else machine_text(report, report_format))
    elif lines is not None:
        print_lines(lines(report))
    else:
        print_machine(machine_text(report, report_format))
    if report_format is ReportFormat.GITHUB:
        _summarise_step(report)


def machine_text(report: Report, report_format: ReportFormat) -> str:
    """The report in a format that a program reads; each format's module is imported only when it is asked for."""
    from importlib import import_module

    name = report_format.value
    text: str = getattr(import_module(f"promptctl.report.{name}"), f"{name}_text")(report)
    return text


def _summarise_step(report: Report) -> None:
    """The page that GitHub shows for a step, where it offers one; the answer does not depend on it."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        from promptctl.report.markdown import markdown_text

        try:
            with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as page:
                page.write(markdown_text(report) + "\n")
        except (OSError, ValueError) as error:
            print_note(f"cannot write the step summary {path}: {error}")


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        message = f"cannot write {output}: {error.strerror}"
        raise Undecided(message) from error


def _head_kind(*, staged: bool, worktree: bool, head: str | None, compared: bool) -> str:
    chosen = [name for name, on in (("--staged", staged), ("--worktree", worktree), ("--head", head is not None)) if on]
    if len(chosen) > 1:
        message = f"{' and '.join(chosen)} name different things to judge: take one"
        raise UsageError(message)
    if staged:
        return "index"
    return "commit" if head is not None or (compared and not worktree) else "worktree"
