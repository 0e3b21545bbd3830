"""Prints. Whatever comes from a repository passes through here and can neither be markup nor control a terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from promptctl.core.text import visible, visible_block

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from promptctl.core.styled import Line, Role

_STYLES: dict[Role, str] = {
    "plain": "",
    "path": "bold",
    "error": "bold red",
    "warning": "bold yellow",
    "info": "bold blue",
    "hint": "cyan",
    "dim": "dim",
    "strong": "bold",
    "added": "green",
    "removed": "red strike",
}


def is_interactive() -> bool:
    """Whether a person can be asked: both ends are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def print_lines(lines: Iterable[Line], stream: TextIO | None = None) -> None:
    """Print lines, in colour on a terminal that wants it."""
    out = stream or sys.stdout
    if wants_colour(out):
        _print_coloured(lines, out)
        return
    for parts in lines:
        out.write(_plain(parts) + "\n")


def plain_text(lines: Iterable[Line]) -> str:
    """Lines without colour, as they stand in a file."""
    return "\n".join(_plain(parts) for parts in lines)


def _plain(parts: Line) -> str:
    return "".join(visible(part.text) for part in parts)


def print_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print columns, as wide as their widest cell; the last one is not padded."""
    from promptctl.core.styled import Part, line

    cells = [header, *(tuple(visible(cell) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header) - 1)]
    for number, row in enumerate(cells):
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        text = "  ".join([*padded, row[-1]])
        print_lines([line(Part(text, "dim" if number == 0 else "plain"))])


def print_text(text: str) -> None:
    """Print a block of text, line feeds and tabs as they are, other control characters escaped."""
    sys.stdout.write(visible_block(text) + "\n")


def print_machine(text: str) -> None:
    """Print what a program reads; the format itself has made it safe."""
    sys.stdout.write(text + "\n")


def print_note(text: str) -> None:
    """A word beside the answer, on stderr."""
    sys.stderr.write(visible(text) + "\n")


def print_error(message: str, hint: str | None = None) -> None:
    """What is wrong, and what to do next."""
    from promptctl.core.styled import Part, line

    lines = [line(Part("error: ", "error"), message)]
    if hint:
        lines.append(line(Part("  help: ", "hint"), hint))
    print_lines(lines, sys.stderr)


def wants_colour(stream: TextIO | None = None) -> bool:
    """See https://no-color.org: any value of NO_COLOR but the empty one switches colour off."""
    out = stream or sys.stdout
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _print_coloured(lines: Iterable[Line], out: TextIO) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out, highlight=False, markup=False, emoji=False, soft_wrap=True)
    for parts in lines:
        text = Text()
        for part in parts:
            text.append(visible(part.text), style=_STYLES[part.role])
        console.print(text)
