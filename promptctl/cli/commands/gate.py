"""`promptctl gate`: evidence that versions are fit, and what is still owed."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.authoring import carry_out
from promptctl.cli.completion import complete_environment, complete_ref
from promptctl.cli.console import print_lines, print_note, print_table
from promptctl.cli.options import HERE, At, Commit, Directory, DryRun, Format, FormatOption, Now, resolve_directory
from promptctl.cli.reading import print_json, reading
from promptctl.core.errors import PromptctlError, UsageError
from promptctl.core.styled import Part, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.styled import Line, Role
    from promptctl.operations.compared import Compared, Question
    from promptctl.operations.gate_run import Run
    from promptctl.operations.gate_status import GateRow, GateStatus, Measured
    from promptctl.operations.writing import Plan

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Evidence that a version is fit.")

Ref = Annotated[str, typer.Argument(autocompletion=complete_ref, metavar="REF", help="The version, as name@version.")]
Environment = Annotated[
    str | None, typer.Option("--env", metavar="ENV", autocompletion=complete_environment, help="The environment.")
]


@app.command("record")
def record_evidence(
    ctx: typer.Context,
    ref: Ref,
    gate: Annotated[str, typer.Argument(metavar="GATE", help="The gate, by its name in the policy.")],
    *,
    source: Annotated[Path, typer.Option("--from", metavar="FILE", help="What the evaluation tool wrote.")],
    baseline: Annotated[
        str | None, typer.Option(metavar="REF", help="What it is compared with; else what is served now.")
    ] = None,
    reviewed_by: Annotated[str | None, typer.Option(metavar="WHO", help="Who reviewed the results.")] = None,
    env: Annotated[str | None, typer.Option(metavar="ENV", help="Let it count in this environment alone.")] = None,
    regime: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A regime that was examined.")] = None,
    commit: Commit = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Make evidence out of a result file.

    Exits 1 where the file proves nothing or the gate is not met, 2 where the file cannot be read.

    Example: promptctl gate record qualify-lead@1.1.0 evals --from results.json
    """
    from promptctl.operations.compared import compared
    from promptctl.operations.gate_record import Recording, record

    if reviewed_by is not None and not reviewed_by.strip():
        raise UsageError("--reviewed-by names nobody")
    question, now = _question(ctx, directory)
    data = _read(source)
    with compared(question) as views:
        who = reviewed_by.strip() if reviewed_by else None
        asked = Recording(ref, gate, data, source.name, now, baseline, who, env, tuple(regime or ()))
        recorded = record(views, asked)
        carry_out(question, views.repository, recorded.plan, dry_run=dry_run, commit=commit)
    raise typer.Exit(0 if recorded.passed else 1)


def _question(ctx: typer.Context, directory: Path) -> tuple[Question, datetime]:
    from promptctl.operations.compared import Question

    now = datetime.now(UTC)
    return Question(resolve_directory(ctx, directory), now.date().isoformat(), everything=True, moment=now), now


def _read(source: Path) -> bytes:
    try:
        return source.read_bytes()
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {source}: {getattr(error, 'strerror', None) or error}") from error


@app.command("run")
def run_gates(
    ctx: typer.Context,
    ref: Annotated[
        str | None, typer.Argument(autocompletion=complete_ref, metavar="[REF]", help="The version.")
    ] = None,
    gate: Annotated[
        str | None, typer.Argument(metavar="[GATE]", help="The gate; else all that have a command.")
    ] = None,
    *,
    changed: Annotated[bool, typer.Option("--changed", help="All that the change owes in --env.")] = False,
    env: Environment = None,
    commit: Commit = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Run the commands of gates, and make evidence out of what they leave.

    The commands are those of the policy on the protected branch. A result file decides, not the exit status; without
    one the gate has failed.

    Example: promptctl gate run qualify-lead@1.1.0 evals
    """
    from promptctl.operations.compared import compared

    if changed == (ref is not None):
        raise UsageError("say what to run", hint="either REF [GATE], or --changed --env ENV")
    question, now = _question(ctx, directory)
    with compared(question) as views:
        runs = _runs(views, ref, gate, env, changed=changed)
        if not runs:
            print_note("nothing is owed")
        plans, failed = _run_all(views, runs, now)
        if plans:
            carry_out(question, views.repository, _merged(plans), dry_run=dry_run, commit=commit)
    raise typer.Exit(int(failed))


def _runs(views: Compared, ref: str | None, gate: str | None, env: str | None, *, changed: bool) -> tuple[Run, ...]:
    from promptctl.operations.environments import choose_environment
    from promptctl.operations.gate_run import runs_for, runs_owed

    if changed or ref is None:
        return runs_owed(views, choose_environment(views, env))
    return runs_for(views, ref, gate)


def _run_all(views: Compared, runs: tuple[Run, ...], now: datetime) -> tuple[list[Plan], bool]:
    """Every gate, whatever becomes of the others: what was left is recorded, and why nothing was is said."""
    from promptctl.cli.console import print_error
    from promptctl.operations.gate_run import run_gate

    plans: list[Plan] = []
    failed = False
    for item in runs:
        print_note(f"running the gate {item.gate} of {item.ref}")
        try:
            recorded = run_gate(views, item, now=now, output=sys.stderr)
        except PromptctlError as error:
            if len(runs) == 1:
                raise
            print_error(error.message, error.hint)
            failed = True
        else:
            plans.append(recorded.plan)
            failed = failed or not recorded.passed
    return plans, failed


def _merged(plans: list[Plan]) -> Plan:
    from promptctl.operations.writing import Plan

    files = {path: content for plan in plans for path, content in plan.files.items()}
    message = plans[0].message if len(plans) == 1 else "Record evidence\n\n" + "\n".join(plan.message for plan in plans)
    return Plan(files, message, tuple(note for plan in plans for note in plan.notes))


@app.command("status")
def show_status(
    ctx: typer.Context,
    ref: Ref,
    *,
    env: Environment = None,
    now: Now = None,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """Show how the gates of an environment stand for a version.

    Exits 1 while something is owed; what a waiver in force lets pass is not.

    Example: promptctl gate status qualify-lead@1.1.0 --env production
    """
    from promptctl.operations.gate_status import gate_status

    with reading(ctx, directory, at, now) as views:
        status = gate_status(views, ref, env)
    if output is Format.JSON:
        print_json(asdict(status))
    else:
        _show(status)
    raise typer.Exit(int(status.owed))


def _show(status: GateStatus) -> None:
    against = f", compared with {status.baseline}" if status.baseline else ""
    print_lines([line(Part(status.ref, "strong"), f" in {status.environment}{against}")])
    if not status.gates:
        print_lines([line("no gate guards this environment")])
        return
    header = ("GATE", "REQUIRED", "RESULT", "VALUE AGAINST THRESHOLD", "AGE", "NEXT")
    print_table(header, [cells for row in status.gates for cells in _cells(row)])
    print_lines(_messages(status.gates))


def _cells(row: GateRow) -> Iterator[tuple[str, ...]]:
    """One line a gate, and one more for each further threshold."""
    name = f"{row.gate} ({row.regime})" if row.regime else row.gate
    values = [_value(check) for check in row.checks] or ["-"]
    result = f"{row.result}, waived" if row.waived else row.result
    yield name, "yes" if row.required else "no", result, values[0], row.age or "-", row.next or "-"
    yield from (("", "", "", value, "", "") for value in values[1:])


def _value(check: Measured) -> str:
    provider = f"{check.provider}: " if check.provider else ""
    if check.met is None:
        return f"{provider}{check.metric} {check.threshold} (no baseline)"
    return f"{provider}{check.metric} {check.value or 'unknown'} {check.threshold} {'ok' if check.met else 'FAILS'}"


def _messages(rows: tuple[GateRow, ...]) -> Iterator[Line]:
    """Why a gate is not met, and where, or why it need not be."""
    for row in rows:
        if row.result != "passed":
            where = f" ({row.evidence})" if row.evidence else ""
            waived = f"; waived until {row.waived.until} ({row.waived.reason})" if row.waived else ""
            style: Role = "error" if row.required and not row.waived else "dim"
            yield line(Part(f"{row.gate}: ", style), f"{row.message}{where}{waived}")
