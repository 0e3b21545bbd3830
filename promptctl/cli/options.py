"""Options that several commands share, and how their values become what operations take."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from promptctl.core.errors import UsageError


class Format(StrEnum):
    """Formats of reading commands."""

    TEXT = "text"
    JSON = "json"


Directory = Annotated[
    Path, typer.Option("-C", metavar="DIR", help="Run as if started in DIR.", show_default=False, file_okay=False)
]
FormatOption = Annotated[Format, typer.Option("--format", help="What to print.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the diff that would be made, and write nothing.")]
Commit = Annotated[bool, typer.Option("--commit", help="Commit what is written, and nothing else.")]
At = Annotated[str | None, typer.Option("--at", help="Read this commit instead of the work tree.", metavar="COMMIT")]
Now = Annotated[str | None, typer.Option("--now", help="Judge as of this date or timestamp.", metavar="DATE")]

HERE = Path()


def clock() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def today(now: str | None) -> str:
    """The date in UTC, from `--now` (a date or a timestamp) or the clock."""
    if now is None:
        return datetime.now(UTC).date().isoformat()
    try:
        moment = datetime.fromisoformat(now)
    except ValueError as error:
        message = f"--now is neither a date nor a timestamp: {now}"
        raise UsageError(message, hint="write 2026-11-22 or 2026-11-22T09:30:00Z") from error
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date().isoformat()


def moment(now: str | None) -> datetime | None:
    """The time, from `--now` or the clock; None where `--now` gives a day alone."""
    from promptctl.core.times import parse_moment

    if now is None:
        return datetime.now(UTC)
    return parse_moment(now) if len(now) > len("2026-11-22") else None


def resolve_directory(ctx: typer.Context, directory: Path) -> Path:
    """The folder to work in: the command's `-C` below the program's, as git has it."""
    start = ctx.find_object(Path) or HERE
    path = (start / directory).absolute()
    if not path.is_dir():
        message = f"no such directory: {path}"
        raise UsageError(message)
    return path
