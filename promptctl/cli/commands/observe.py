"""`promptctl observe`."""

from __future__ import annotations

import sys
import time
from contextlib import redirect_stdout
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.authoring import carry_out
from promptctl.cli.completion import complete_ref
from promptctl.cli.operating import Branch, Environment, How, Push, operate
from promptctl.cli.options import HERE, Commit, Directory, DryRun, Format, FormatOption, resolve_directory
from promptctl.cli.reading import print_json
from promptctl.core.errors import UsageError
from promptctl.core.times import end_of_day, parse_moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from promptctl.operations.compared import Compared
    from promptctl.operations.observe import Looking, Observation
    from promptctl.plan.intents import Intent

_CODES = {"STOP": 1, "PROMOTE": 0, "HOLD": 0, "INCONCLUSIVE": 3}


class Degraded(StrEnum):
    """What to do about a version that is proved worse."""

    PAUSE = "pause"
    ROLLBACK = "rollback"


def observe(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME[@V]", autocompletion=complete_ref, help="The prompt, or one of its slots.")
    ],
    *,
    source: Annotated[
        str, typer.Option("--source", metavar="SOURCE", help="FILE.jsonl, FILE.parquet, prometheus://HOST[/PATH].")
    ],
    env: Environment = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="V", help="Compare this version with the default.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="T", help="Leave out what was before this time.")] = None,
    now: Annotated[str | None, typer.Option(metavar="T", help="Look as if it were this time.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Keep the observation as evidence.")] = False,
    on_degraded: Annotated[
        Degraded | None, typer.Option("--on-degraded", help="On STOP, make this commit without asking.")
    ] = None,
    watch: Annotated[
        int | None, typer.Option(metavar="SECONDS", min=1, help="Look again and again, until something is proved.")
    ] = None,
    output: FormatOption = Format.TEXT,
    commit: Commit = False,
    dry_run: DryRun = False,
    branch: Branch = None,
    push: Push = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Needless: --on-degraded does not ask.")] = False,  # noqa: ARG001
    directory: Directory = HERE,
) -> None:
    """Compare what production does with a version and with the one before it.

    Says STOP where a metric is proved worse than the policy's margin (exit 1), PROMOTE where all are proved not to be
    (0), HOLD while neither is so (0), INCONCLUSIVE without data, or too late (3). It may be asked as often as you like.

    Example: promptctl observe qualify-lead --env production --source events.jsonl --record
    """
    from promptctl.operations.observe import Looking

    if watch is not None and now is not None:
        raise UsageError("--watch goes on with the clock, so --now has no place")
    where = resolve_directory(ctx, directory)
    how = How(where, dry_run, True, branch, push)  # noqa: FBT003 - a field of what the operating commands share
    while True:
        looking = Looking(name, env, _moment(now, "--now"), _moment(since, "--since") if since else None, version)
        found = _look(where, looking, source, output, keep=(record, commit, dry_run))
        if found.verdict == "STOP" and on_degraded is not None:
            with redirect_stdout(sys.stderr if output is Format.JSON else sys.stdout):
                operate(how, _answer(found, on_degraded, looking))
        if watch is None or found.is_final:
            raise typer.Exit(_CODES[found.verdict])
        sys.stdout.flush()
        time.sleep(watch)


def _look(where: Path, looking: Looking, source: str, output: Format, *, keep: tuple[bool, bool, bool]) -> Observation:
    from promptctl.cli.observing import document, show
    from promptctl.operations.compared import Question, compared
    from promptctl.operations.observe import observe as find
    from promptctl.operations.observe_record import record as recorded
    from promptctl.operations.sources import open_source

    wanted, commit, dry_run = keep
    question = Question(where, looking.now.date().isoformat(), everything=True, moment=looking.now)
    with compared(question) as views:
        found = find(views, looking, open_source(source, where, views))
        if output is Format.JSON:
            print_json(document(found))
        else:
            show(found)
        if wanted:
            with redirect_stdout(sys.stderr if output is Format.JSON else sys.stdout):
                plan = recorded(views, found, source)
                carry_out(question, views.repository, plan, dry_run=dry_run, commit=commit)
    return found


def _answer(found: Observation, action: Degraded, looking: Looking) -> Callable[[Compared], Intent]:
    """What is committed about a version that is proved worse."""
    from promptctl.operations.rollback import Back, decide_rollback
    from promptctl.operations.rollout import Step, decide_state

    ref, environment = str(found.subject.new), found.subject.environment
    reason = f"STOP: {'; '.join(found.decision.reasons)}"
    if action is Degraded.ROLLBACK:
        return lambda views: decide_rollback(views, Back(ref, environment, reason, None, None, None))
    step = Step(ref, environment, looking.now, reason)
    return lambda views: decide_state(views, step, "paused")


def _moment(text: str | None, option: str) -> datetime:
    """A moment that the user named, at the end of a day where it is only that; the clock's for None."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    found = parse_moment(text)
    if found is None:
        raise UsageError(f"{option} is no time: {text}", hint="write 2026-11-22 or 2026-11-22T09:30:00Z")
    is_day = len(text) <= len("2026-11-22")
    return end_of_day(found.date().isoformat()) if is_day and option == "--now" else found
