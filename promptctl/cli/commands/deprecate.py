"""`promptctl deprecate`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.completion import complete_ref
from promptctl.cli.operating import Branch, DryRun, Push, Reason, Usage, Yes, how, need_reason, opened, operate
from promptctl.cli.options import HERE, Directory
from promptctl.core.errors import UsageError

if TYPE_CHECKING:
    from promptctl.operations.compared import Compared
    from promptctl.plan.intents import Intent


def deprecate(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(metavar="REF", autocompletion=complete_ref, help="The version, as name@version.")
    ],
    *,
    replacement: Annotated[str, typer.Option(metavar="V", help="What to use instead, or none.")],
    remove_after: Annotated[str, typer.Option(metavar="DATE", help="The last day on which it must be there.")],
    usage: Usage = None,
    reason: Reason = "",
    branch: Branch = None,
    push: Push = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Announce that a version will go.

    Example: promptctl deprecate qualify-lead@1.0.0 --replacement 1.1.0 --remove-after 2027-01-15 -m 'Too wordy.'
    """
    from promptctl.operations.lifecycle import decide_deprecate

    need_reason(reason)
    day = _date(remove_after)
    wanted = how(ctx, directory, dry_run=dry_run, yes=yes, branch=branch, push=push)

    def decide(views: Compared) -> Intent:
        from promptctl.operations.usage import usage as find
        from promptctl.operations.usage import with_usage

        intent = decide_deprecate(views, ref, replacement, day, wanted.now.date(), reason)
        if usage is None:
            return intent
        return with_usage(intent, find(views, ref, opened(usage, wanted, views), wanted.now))

    operate(wanted, decide)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{text} is no date"
        raise UsageError(message, hint="such as 2027-01-31") from error
