"""`promptctl retire`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.completion import complete_ref
from promptctl.cli.operating import Branch, DryRun, Push, Reason, Usage, Yes, how, need_reason, opened, operate
from promptctl.cli.options import HERE, Directory
from promptctl.core.errors import UsageError

if TYPE_CHECKING:
    from promptctl.operations.compared import Compared
    from promptctl.plan.intents import Intent


class Why(StrEnum):
    """Reasons to remove a version without a grace period."""

    SECRET = "secret"  # noqa: S105 - a reason, not a secret
    PERSONAL_DATA = "personal-data"
    LEGAL = "legal"


def retire(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(metavar="REF", autocompletion=complete_ref, help="The version, as name@version.")
    ],
    *,
    usage: Usage = None,
    usage_unknown_because: Annotated[
        str | None, typer.Option("--usage-unknown-because", metavar="TEXT", help="Why nobody can say who uses it.")
    ] = None,
    purge: Annotated[Why | None, typer.Option(help="Remove it without a grace period.")] = None,
    incident: Annotated[str | None, typer.Option(metavar="ID", help="The incident behind a purge.")] = None,
    reason: Reason = "",
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Remove a deprecated version for good; a tombstone keeps its number taken.

    Example: promptctl retire qualify-lead@1.0.0 --usage events.jsonl -m 'Grace is over.'
    """
    from promptctl.operations.lifecycle import Purge, decide_retire

    need_reason(reason)
    if (purge is None) != (incident is None):
        raise UsageError("a purge needs its incident", hint="--purge secret|personal-data|legal --incident ID")
    if purge is None and usage is None and not (usage_unknown_because or "").strip():
        hint = "--usage FILE.jsonl tells, or say why that is not known: --usage-unknown-because TEXT"
        raise UsageError("is it still used?", hint=hint)
    made = Purge(purge.value, incident) if purge is not None and incident is not None else None
    note = f"unknown: {usage_unknown_because}" if usage_unknown_because else ""
    wanted = how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push)

    def decide(views: Compared) -> Intent:
        from promptctl.operations.usage import refuse_used, with_usage
        from promptctl.operations.usage import usage as find

        if usage is None:
            return decide_retire(views, ref, wanted.now.date(), reason, made, note)
        found = find(views, ref, opened(usage, wanted, views), wanted.now)
        if made is None:
            refuse_used(views, found)
        return with_usage(decide_retire(views, ref, wanted.now.date(), reason, made, found.sentence), found)

    operate(wanted, decide)
