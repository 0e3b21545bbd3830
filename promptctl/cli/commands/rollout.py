"""`promptctl rollout`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.completion import complete_ref
from promptctl.cli.console import print_lines, print_machine, print_table
from promptctl.cli.operating import Branch, DryRun, Environment, Push, Reason, Yes, how, need_reason, opened, operate
from promptctl.cli.options import HERE, At, Directory, Format, FormatOption
from promptctl.cli.reading import reading
from promptctl.core.errors import Undecided, UsageError
from promptctl.core.styled import line

if TYPE_CHECKING:
    from collections.abc import Callable

    from promptctl.cli.operating import How
    from promptctl.operations.compared import Compared
    from promptctl.operations.rollout import FlagOptions, Step
    from promptctl.plan.intents import Intent

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Move tenants, or everybody, to a version.")

Target = Annotated[
    str, typer.Argument(metavar="NAME@V", autocompletion=complete_ref, help="The version that people are to get.")
]
Running = Annotated[str, typer.Argument(metavar="NAME[@V]", autocompletion=complete_ref, help="The prompt.")]
Tenants = Annotated[str | None, typer.Option(metavar="A,B|@FILE", help="Tenants; @FILE has one a line.")]
NewTenant = Annotated[bool, typer.Option("--new-tenant", help="Tenants that are not listed yet are meant.")]
Percentage = Annotated[int | None, typer.Option(metavar="N", min=0, max=100, help="The share behind the flag.")]
Unobserved = Annotated[
    str | None, typer.Option("--unobserved-because", metavar="TEXT", help="Why no observation is waited for.")
]
Observe = Annotated[
    str | None, typer.Option("--observe", metavar="SOURCE", help="Look first, and keep what is seen, as observe does.")
]


@app.command()
def start(
    ctx: typer.Context,
    target: Target,
    *,
    env: Environment = None,
    reason: Reason = "",
    tenants: Tenants = None,
    flag: Annotated[str | None, typer.Option(metavar="KEY", help="A flag that is made for it.")] = None,
    expires: Annotated[str | None, typer.Option(metavar="DATE", help="When the flag must be gone.")] = None,
    percentage: Percentage = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for the flag; else the prompt's owner.")] = None,
    everybody: Annotated[bool, typer.Option("--global", help="The default, and every agent's pin on it.")] = False,
    default_only: Annotated[bool, typer.Option("--default-only", help="With --global: leave the pins.")] = False,
    new_tenant: NewTenant = False,
    unobserved_because: Unobserved = None,
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Give a version to some tenants, to a share behind a flag, or to everybody.

    Example: promptctl rollout start qualify-lead@2.0.0 --env production --tenants acme-health -m Pilot
    """
    from promptctl.operations.rollout import decide_start

    need_reason(reason)
    if sum((tenants is not None, flag is not None, everybody)) != 1:
        raise UsageError("say for whom", hint="one of --tenants a,b, --flag KEY --expires DATE, and --global")
    made = _flag(flag, expires, percentage, owner)
    wanted = how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push)
    step = _step(wanted, target, env, reason, tenants, percentage, unobserved_because, new_tenant=new_tenant)
    operate(wanted, lambda views: decide_start(views, step, made, default_only=default_only))


@app.command()
def expand(
    ctx: typer.Context,
    name: Running,
    *,
    env: Environment = None,
    reason: Reason = "",
    tenants: Tenants = None,
    percentage: Percentage = None,
    new_tenant: NewTenant = False,
    observe: Observe = None,
    unobserved_because: Unobserved = None,
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Take more tenants in, or a larger share.

    Example: promptctl rollout expand qualify-lead --env production --tenants globex,initech
    """
    from promptctl.operations.rollout import decide_expand

    if (tenants is None) == (percentage is None):
        raise UsageError("say to whom", hint="one of --tenants a,b and --percentage N")
    wanted = how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push)
    step = _step(wanted, name, env, reason, tenants, percentage, unobserved_because, new_tenant=new_tenant)
    _operate_observed(wanted, step, observe, decide_expand, finishes=False)


@app.command()
def pause(
    ctx: typer.Context,
    name: Running,
    *,
    env: Environment = None,
    reason: Reason = "",
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Forbid expanding; nobody is moved.

    Example: promptctl rollout pause qualify-lead --env production -m 'Refusals rise.'
    """
    wanted = how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push)
    _set_state(wanted, name, env, reason, "paused")


@app.command()
def resume(
    ctx: typer.Context,
    name: Running,
    *,
    env: Environment = None,
    reason: Reason = "",
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Allow expanding again.

    Example: promptctl rollout resume qualify-lead --env production
    """
    wanted = how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push)
    _set_state(wanted, name, env, reason, "running")


@app.command()
def finish(
    ctx: typer.Context,
    name: Running,
    *,
    env: Environment = None,
    reason: Reason = "",
    observe: Observe = None,
    unobserved_because: Unobserved = None,
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Make the version what everybody gets, and take away what that makes needless.

    Example: promptctl rollout finish qualify-lead --env production
    """
    from promptctl.operations.rollout import decide_finish

    wanted = how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push)
    step = _step(wanted, name, env, reason, None, None, unobserved_because)
    _operate_observed(wanted, step, observe, decide_finish, finishes=True)


@app.command()
def status(
    ctx: typer.Context,
    *,
    env: Environment = None,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """List the rollouts on record.

    Example: promptctl rollout status --env production
    """
    from promptctl.operations.rollout import status as find

    with reading(ctx, directory, at) as views:
        rows = find(views, env)
    if output is Format.JSON:
        print_machine(json.dumps({"version": 1, "rollouts": [asdict(row) for row in rows]}, indent=2))
    elif rows:
        header = ("ENVIRONMENT", "TO", "FROM", "STATE", "STEP", "STARTED", "TENANTS", "BECAUSE")
        print_table(
            header,
            [
                (
                    r.environment,
                    f"{r.target} EMERGENCY" if r.emergency else r.target,
                    r.source or "-",
                    r.state,
                    str(r.step),
                    r.started,
                    str(len(r.tenants)),
                    r.because,
                )
                for r in rows
            ],
        )
    else:
        print_lines([line("no rollout is on record")])


def _set_state(wanted: How, name: str, env: str | None, reason: str, state: str) -> None:
    from promptctl.operations.rollout import decide_state

    step = _step(wanted, name, env, reason, None, None, None)
    operate(wanted, lambda views: decide_state(views, step, state))


def _operate_observed(
    wanted: How, step: Step, observe: str | None, decide: Callable[[Compared, Step], Intent], *, finishes: bool
) -> None:
    """Raises UsageError where somebody looks and says why nobody does."""
    if observe is None:
        operate(wanted, lambda views: decide(views, step))
        return
    if step.unobserved_because:
        raise UsageError("--observe looks, and --unobserved-because says why nobody does", hint="give one of them")

    def observed(views: Compared) -> Intent:
        from promptctl.operations.observed_steps import look_first, with_observation

        found = look_first(views, step, opened(observe, wanted, views), finishes=finishes)
        return with_observation(views, decide(views, step), found, observe)

    operate(wanted, observed)


def _step(
    wanted: How,
    name: str,
    env: str | None,
    reason: str,
    tenants: str | None,
    percentage: int | None,
    unobserved_because: str | None,
    *,
    new_tenant: bool = False,
) -> Step:
    from promptctl.operations.rollout import Step

    return Step(name, env, wanted.now, reason, _names(tenants), new_tenant, percentage, unobserved_because)


def _names(text: str | None) -> tuple[str, ...]:
    """Tenants from a list with commas, or from the lines of a file. Raises UsageError for an empty list."""
    if text is None:
        return ()
    if text.startswith("@"):
        try:
            found = Path(text[1:]).read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            message = f"cannot read {text[1:]}: {error}"
            raise Undecided(message) from error
    else:
        found = text.split(",")
    names = tuple(dict.fromkeys(name.strip() for name in found if name.strip()))
    if not names:
        raise UsageError("--tenants names nobody", hint="--tenants acme,globex")
    return names


def _flag(key: str | None, expires: str | None, percentage: int | None, owner: str | None) -> FlagOptions | None:
    from datetime import date

    from promptctl.operations.rollout import FlagOptions

    if key is None:
        if percentage is not None or expires is not None or owner is not None:
            raise UsageError("--percentage, --expires and --owner are about a flag", hint="--flag KEY")
        return None
    if expires is None:
        raise UsageError("a flag must end: --expires is missing", hint="--expires 2027-01-31")
    try:
        date.fromisoformat(expires)
    except ValueError as error:
        message = f"--expires is no date: {expires}"
        raise UsageError(message, hint="--expires 2027-01-31") from error
    return FlagOptions(key, expires, owner)
