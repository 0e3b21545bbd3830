"""What the operating commands have in common: they say who is moved, ask, and make one commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.completion import complete_environment
from promptctl.cli.console import is_interactive, print_error, print_lines
from promptctl.cli.options import resolve_directory
from promptctl.core.errors import UsageError
from promptctl.core.styled import Part, line
from promptctl.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from promptctl.core.styled import Line
    from promptctl.metrics.sources.asking import Source
    from promptctl.operations.compared import Compared
    from promptctl.operations.operating import Prepared
    from promptctl.operations.publishing import Published
    from promptctl.plan.effects import Effect
    from promptctl.plan.intents import Intent

_SHOWN = 10  # tenants of one group that are named
NOT_LIVE = 3

Environment = Annotated[
    str | None,
    typer.Option(
        "--env", metavar="ENV", autocompletion=complete_environment, help="The environment; may be left out if one."
    ),
]
Reason = Annotated[str, typer.Option("-m", "--reason", metavar="TEXT", help="Why; it stays on record.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print who would move and the diff, and do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Branch = Annotated[
    str | None, typer.Option("--branch", metavar="NAME", help="Commit there and leave the checkout alone.")
]
Push = Annotated[bool, typer.Option("--push", help="Commit onto the protected branch as the server has it, and push.")]

Usage = Annotated[
    str | None,
    typer.Option("--usage", metavar="SOURCE", help="Who still uses it: events or Prometheus, as in observe."),
]


@dataclass(frozen=True, slots=True)
class How:
    """How an operating command is carried out."""

    directory: Path
    dry_run: bool
    yes: bool
    branch: str | None
    push: bool

    @property
    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0)


def how(ctx: typer.Context, directory: Path, *, dry_run: bool, yes: bool, branch: str | None, push: bool) -> How:
    """Options as an operation takes them. Raises UsageError where nobody could be asked."""
    if not (dry_run or yes or is_interactive()):
        raise UsageError("without a terminal nothing can be asked", hint="add --yes, or --dry-run to see what would be")
    return How(resolve_directory(ctx, directory), dry_run, yes, branch, push)


def need_reason(reason: str) -> None:
    """Raise UsageError for an empty one."""
    if not reason.strip():
        raise UsageError("a reason is needed: it stays on record", hint="-m 'why'")


def opened(text: str, wanted: How, views: Compared) -> Source:
    """A source of metrics; imported only where one is named."""
    from promptctl.operations.sources import open_source

    return open_source(text, wanted.directory, views)


def operate(wanted: How, decide: Callable[[Compared], Intent]) -> None:
    """Plan, say who is moved, ask, and commit."""
    from promptctl.operations.operating import Place, commit, prepare

    place = Place(wanted.branch, wanted.push)
    now = wanted.now
    prepared = prepare(wanted.directory, now, decide, place)
    print_lines(line(note) for note in prepared.intent.notes)
    if prepared.intent.is_empty:
        return
    print_lines([line(Part(prepared.intent.subject, "strong"))])
    print_lines(_effects(prepared.effects))
    if wanted.dry_run:
        _show(prepared)
        return
    if not wanted.yes:
        typer.confirm(f"Commit this to {prepared.branch}?", abort=True, err=True)
    if wanted.push:
        from promptctl.operations.publishing import publish

        _report(publish(wanted.directory, now, decide, place, prepared))
    else:
        sha = commit(prepared)
        where = "" if prepared.onto is None else f" on {prepared.branch}"
        print_lines([line(f"committed as {sha[:10]}{where}")])


def _show(prepared: Prepared) -> None:
    from promptctl.cli.authoring import print_diff
    from promptctl.operations.operating import judge
    from promptctl.operations.writing import Plan

    judge(prepared)
    print_diff(Plan(prepared.files, prepared.intent.message, before=prepared.before))


def _report(done: Published) -> None:
    if not done.remote:
        print_lines([line("nothing to do any more: somebody else did it")])
        return
    if not done.refused:
        print_lines([line(f"pushed {done.commit[:10]} to {done.branch} on {done.remote}")])
        return
    branch = done.prepared.branch
    print_lines([line(f"pushed {done.commit[:10]} to {done.branch} on {done.remote}")])
    print_error(f"NOT LIVE: {branch} refuses pushes: {done.refused}", f"next: merge {done.branch} into {branch}")
    raise typer.Exit(NOT_LIVE)


def _effects(found: tuple[Effect, ...]) -> Iterator[Line]:
    """Who moves from what to what, and who does not."""
    for effect in found:
        who = _who(effect.who)
        if effect.moves:
            yield line(
                Part("  moves  ", "strong"),
                f"{effect.wanted}: {effect.before} -> {effect.after}  ",
                Part(who, "strong"),
            )
        else:
            yield line(Part(f"  stays  {effect.wanted}: {effect.before}  {who}", "dim"))
    if not any(effect.moves for effect in found):
        yield line(Part("  moves  nobody", "strong"))


def _who(names: tuple[str, ...]) -> str:
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{plural(len(names), 'tenant')}: {', '.join(names[:_SHOWN])} …"
