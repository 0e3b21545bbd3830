"""What the commands about pushes have in common: they read refs from git and print an answer about each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from promptctl.cli.console import print_error, print_lines
from promptctl.core.errors import UsageError
from promptctl.core.styled import Part, line

if TYPE_CHECKING:
    from typing import TextIO

    from promptctl.operations.answers import Answer


def read_input() -> bytes:
    """What git says on standard input; raises UsageError at a terminal, where git says nothing."""
    if sys.stdin.isatty():
        raise UsageError("git names the refs of a push on standard input", hint="let git call this as a hook")
    return sys.stdin.buffer.read()


def show_answers(answers: tuple[Answer, ...], stream: TextIO = sys.stderr) -> None:
    """Print every answer: on stderr, where git shows it to whoever pushes and no program expects anything else."""
    from promptctl.report.text import text_lines

    for item in answers:
        print_lines([line(Part(f"{item.ref}:", "strong"))], stream)
        if item.report is not None:
            print_lines(text_lines(item.report), stream)
        if item.error is not None:
            print_error(item.error.message, item.error.hint)
