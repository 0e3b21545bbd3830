"""What hooks ask on every commit, word for word, answered without the parser of the command line.

Nothing is left to parse in these, and loading the parser would take longer than the check itself. Whatever else is
written, an option more, goes through the application; both end in the functions here.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.cli.console import print_lines
from promptctl.operations.compared import Question
from promptctl.repo.heads import HeadKind
from promptctl.report.text import text_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promptctl.core.report import Report


def answer(arguments: Sequence[str]) -> int | None:
    """The exit code of one of these command lines, or None where it is about a push, which is not answered here."""
    if arguments[0] == "check":
        return check_staged(Path.cwd())
    return None if is_push() else check_index(Path.cwd())


def is_push() -> bool:
    """Whether pre-commit runs as the hook of a push."""
    return bool(os.environ.get("PRE_COMMIT_REMOTE_NAME"))


def check_staged(directory: Path) -> int:
    """`check --staged`: 1 where the index has errors."""
    from promptctl.operations.check import check

    return _show(check, directory)


def check_index(directory: Path) -> int:
    """`hook run` before a commit: as `check --staged`, and what moves back is let through."""
    from promptctl.operations.lane import check_at_the_gate

    return _show(check_at_the_gate, directory)


def _show(ask: Callable[[Question], Report], directory: Path) -> int:
    now = datetime.now(UTC)
    report = ask(Question(directory, now.date().isoformat(), kind=HeadKind.INDEX, moment=now))
    print_lines(text_lines(report))
    return int(report.errors > 0)
