"""What the reading commands have in common: the state that they read, and JSON with a version."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptctl.cli.console import print_machine
from promptctl.cli.options import moment, resolve_directory, today
from promptctl.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import typer

    from promptctl.operations.compared import Compared

_VERSION = 1


@contextmanager
def reading(ctx: typer.Context, directory: Path, at: str | None, now: str | None = None) -> Iterator[Compared]:
    """The whole of the work tree, or of a commit; as of `now`, a date or a timestamp, else of the clock."""
    from promptctl.operations.compared import Question, compared
    from promptctl.repo.heads import HeadKind

    kind = HeadKind.WORK_TREE if at is None else HeadKind.COMMIT
    where = resolve_directory(ctx, directory)
    question = Question(where, today(now), kind=kind, commit=at, everything=True, moment=moment(now))
    with compared(question) as views:
        yield views


def print_json(document: Mapping[str, Any]) -> None:
    """Print a document with its version in front, ASCII only."""
    print_machine(json.dumps({"version": _VERSION, **document}, indent=2))


def read_body(source: str | None) -> str | None:
    """The text of a file, or of stdin for `-`; None for None."""
    if source is None:
        return None
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        message = f"cannot read {source}: {error.strerror}"
        raise UsageError(message) from error
    except UnicodeDecodeError as error:
        message = f"{source} is not UTF-8 (byte {error.start})"
        raise UsageError(message) from error
