"""`promptctl diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.completion import complete_ref
from promptctl.cli.console import print_lines, wants_colour
from promptctl.cli.options import HERE, At, Directory, Format, FormatOption
from promptctl.cli.reading import print_json, reading
from promptctl.cli.reasons import reason_documents, reason_lines
from promptctl.core.styled import Line, Part, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.words import Segment
    from promptctl.operations.diff import Difference

_CONTEXT = 2  # unchanged lines around a changed one


def diff(
    ctx: typer.Context,
    ref: Annotated[
        str,
        typer.Argument(autocompletion=complete_ref, metavar="NAME|REF", help="A version, or a prompt's newest one."),
    ],
    other: Annotated[
        str | None,
        typer.Argument(autocompletion=complete_ref, metavar="[REF]", help="Compare the first with this one."),
    ] = None,
    *,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """Show which words changed between two versions, and what level that demands.

    With one version: since the one that it supersedes.

    Example: promptctl diff qualify-lead@1.0.0 qualify-lead@1.1.0
    """
    from promptctl.operations.diff import diff_versions

    with reading(ctx, directory, at) as views:
        found = diff_versions(views, ref, other)
    if output is Format.JSON:
        segments = [{"kind": part.kind, "text": part.text} for part in found.segments]
        reasons = reason_documents(found.analysis)
        demanded = str(found.analysis.demanded)
        print_json({"from": found.old, "to": found.new, "segments": segments, "demanded": demanded, "reasons": reasons})
    else:
        print_lines(_lines(found, marked=not wants_colour()))


def _lines(found: Difference, *, marked: bool) -> Iterator[Line]:
    if found.old is None:
        yield line(Part(f"{found.new} supersedes nothing: all of it is new", "strong"))
    else:
        yield line(Part(f"{found.old} -> {found.new}", "strong"))
    rows = list(_rows(found.segments, marked=marked))
    changed = [number for number, row in enumerate(rows) if any(part.role in {"added", "removed"} for part in row)]
    if not changed:
        yield line("no difference")
    last = -1
    for number in sorted({near for here in changed for near in range(here - _CONTEXT, here + _CONTEXT + 1)}):
        if 0 <= number < len(rows):
            if last + 1 != number:
                yield line(Part("…", "dim"))
            yield rows[number]
            last = number
    if found.analysis.reasons:
        yield line(Part(f"demands {found.analysis.demanded}", "strong"))
        yield from reason_lines(found.analysis)


def _rows(segments: tuple[Segment, ...], *, marked: bool) -> Iterator[Line]:
    """The segments cut into lines; without colour, words are marked as `git diff --word-diff` does."""
    row: list[Part] = []
    for segment in segments:
        pieces = segment.text.split("\n")
        for count, piece in enumerate(pieces):
            if count:
                yield tuple(row)
                row = []
            if piece or (segment.kind != "equal" and count < len(pieces) - 1):
                row.append(_part(segment.kind, piece, marked=marked))
    if row:
        yield tuple(row)


def _part(kind: str, text: str, *, marked: bool) -> Part:
    if kind == "insert":
        return Part(f"{{+{text}+}}" if marked else text or "¶", "added")
    if kind == "delete":
        return Part(f"[-{text}-]" if marked else text or "¶", "removed")
    return Part(text)
