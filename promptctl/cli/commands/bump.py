"""`promptctl bump`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.completion import complete_ref
from promptctl.cli.console import print_lines, print_machine
from promptctl.cli.options import HERE, At, Directory, Format, FormatOption
from promptctl.cli.reading import read_body, reading
from promptctl.cli.reasons import reason_documents, reason_lines
from promptctl.core.errors import UsageError
from promptctl.core.levels import Level
from promptctl.core.styled import Line, Part, line
from promptctl.core.versions import enough

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.operations.bump import Bump


def bump(
    ctx: typer.Context,
    ref: Annotated[
        str,
        typer.Argument(autocompletion=complete_ref, metavar="NAME|REF", help="A prompt, or the version to start from."),
    ],
    other: Annotated[
        str | None,
        typer.Argument(autocompletion=complete_ref, metavar="[REF]", help="Compare the first with this version."),
    ] = None,
    *,
    follow: Annotated[
        str | None, typer.Option("--from", help="Compare with this version, not the superseded one.", metavar="V")
    ] = None,
    body: Annotated[
        str | None, typer.Option(help="What if this were the next body? A file, or - for stdin.", metavar="FILE")
    ] = None,
    at: At = None,
    output: FormatOption = Format.TEXT,
    directory: Directory = HERE,
) -> None:
    """Say what level a change demands, and why.

    With a prompt alone: the step to its newest version, a draft or a released file that was edited.

    Example: promptctl bump qualify-lead --body draft.md
    """
    from promptctl.operations.bump import bump_between, bump_of

    if other is not None and (follow is not None or body is not None):
        raise UsageError("two versions are compared as they are, so --from and --body have no place")
    text = read_body(body)
    with reading(ctx, directory, at) as views:
        found = bump_between(views, ref, other) if other else bump_of(views, ref, follow=follow, body=text)
    if output is Format.JSON:
        print_machine(json.dumps(_document(found), indent=2))
    else:
        print_lines(_lines(found))


def _document(found: Bump) -> dict[str, object]:
    return {
        "from": found.old,
        "to": found.new,
        "declared": str(found.declared) if found.declared else None,
        "demanded": str(found.analysis.demanded),
        "reasons": reason_documents(found.analysis),
    }


def _lines(found: Bump) -> Iterator[Line]:
    if found.old is None:
        yield line(Part(f"{found.new} supersedes nothing: no level is demanded", "strong"))
        return
    demanded = found.analysis.demanded
    yield line(Part(f"{found.old} -> {found.new or 'the change'}", "strong"), f": {demanded}")
    yield from reason_lines(found.analysis)
    if found.declared is not None and found.origin is not None:
        fits = found.declared >= enough(found.origin, demanded)
        early = " in 0.x" if found.origin.major == 0 and found.declared < demanded else ""
        verdict = f"enough{early}" if fits else "too small"
        yield line(f"declared: {found.declared}, which is {verdict}")
    elif demanded is Level.NONE:
        yield line("nothing changed that a version promises")
