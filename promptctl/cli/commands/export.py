"""`promptctl export`: what a runtime or another program reads."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.authoring import print_diff
from promptctl.cli.completion import complete_environment, complete_ref
from promptctl.cli.console import print_error, print_lines, print_machine, print_note
from promptctl.cli.options import HERE, At, Directory, DryRun, resolve_directory
from promptctl.cli.reading import reading
from promptctl.core.errors import PromptctlError, UsageError
from promptctl.core.styled import Part, line

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from promptctl.operations.compared import Compared

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Write what other programs read.")

Environment = Annotated[
    str | None,
    typer.Option(
        "--env", metavar="ENV", autocompletion=complete_environment, help="The environment; may be left out if one."
    ),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write it; replaced as a whole.")
]
_UNCOMMITTED = "the work tree is not as it is committed: the commit is left empty; --at HEAD leaves changes out"
_PAUSE = 0.3  # seconds between two looks at HEAD


@app.command("bundle")
def export_bundle(
    ctx: typer.Context,
    *,
    env: Environment = None,
    output: Output = None,
    at: At = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="FILE", help="Write nothing; exit 1 if FILE is not this bundle.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Write it again whenever HEAD, or the branch of --at, moves.")
    ] = False,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Write all that an application needs of one environment into one JSON file; packed if its name ends in `.gz`.

    `config_commit` is empty where the work tree is not as it is committed; `--at HEAD` leaves such changes out.

    Example: promptctl export bundle --env production -o prompts.json
    """
    from promptctl.operations.export_bundle import SUFFIX, make_bundle

    target = check or output
    if target is None or (check is not None and (output is not None or watch or dry_run)):
        raise UsageError("give -o FILE to write a bundle, or --check FILE alone to judge one")
    target = _placed(ctx, directory, target)

    def make(views: Compared) -> bytes:
        data, commit = make_bundle(views, env, compressed=target.name.endswith(SUFFIX))
        if commit is None:
            print_note(_UNCOMMITTED)
        return data

    if watch:
        _watch(ctx, directory, at, target, make)
    with reading(ctx, directory, at) as views:
        data = make(views)
    if check is not None:
        _judge(target, data)
    else:
        _write(target, data, dry_run=dry_run)


@app.command("flagd")
def export_flagd(
    ctx: typer.Context,
    *,
    env: Environment = None,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")],
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Make variants of reference, digest and text, not of the reference.")
    ] = False,
    at: At = None,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Write the selection of one environment as flags for flagd and other servers of OpenFeature.

    Every prompt and every slot is a flag; the context has `tenant`, `flags` (a list) and the targeting key.

    Example: promptctl export flagd --env production -o flags.json
    """
    from promptctl.operations.export_flagd import make_flagd

    with reading(ctx, directory, at) as views:
        data, commit, notes = make_flagd(views, env, with_text=with_text)
    for note in ([_UNCOMMITTED] if commit is None else []) + notes:
        print_note(note)
    _write(_placed(ctx, directory, output), data, dry_run=dry_run)


@app.command("promptfoo")
def export_promptfoo(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(autocompletion=complete_ref, metavar="REF", help="The version, as name@version.")
    ],
    *,
    tests: Annotated[
        Path, typer.Option("--tests", metavar="FILE", help="The tests, in any form that promptfoo reads.")
    ],
    baseline: Annotated[str, typer.Option(metavar="REF", help="A version to run beside it.")] = "",
    provider: Annotated[
        list[str] | None,
        typer.Option("--provider", metavar="ID", help="Run it there; else as the policy's `models` say."),
    ] = None,
    output: Output = None,
    at: At = None,
    dry_run: DryRun = False,
    directory: Directory = HERE,
) -> None:
    """Write a configuration for promptfoo, whose results `gate record` knows to be about the version.

    Its prompts are the bodies alone. Without -o it is printed.

    Example: promptctl export promptfoo qualify-lead@1.1.0 --tests tests.yaml -o promptfooconfig.yaml
    """
    from promptctl.operations.export_promptfoo import promptfoo_config

    target = None if output is None else _placed(ctx, directory, output)
    with reading(ctx, directory, at) as views:
        found = promptfoo_config(
            views, ref, baseline or None, _placed(ctx, directory, tests), tuple(provider or ()), target
        )
    if not found.providers:
        print_note("it names no provider: add --provider ID, or promptfoo eval -r ID")
    if target is None:
        print_machine(found.text.decode().removesuffix("\n"))
    else:
        _write(target, found.text, dry_run=dry_run)


def _placed(ctx: typer.Context, directory: Path, target: Path) -> Path:
    return resolve_directory(ctx, directory) / target


def _judge(target: Path, data: bytes) -> None:
    from promptctl.operations.export_bundle import differences

    found = differences(data, target)
    print_lines(line(Part(f"{target}: ", "path"), text) for text in found)
    raise typer.Exit(int(bool(found)))


def _write(target: Path, data: bytes, *, dry_run: bool = False) -> bool:
    """Write a file as a whole, unless it is so already; whether it was written."""
    from promptctl.operations.writing import Plan, read_file, replace_file

    before = read_file(target)
    if dry_run:
        name = str(target)
        print_diff(Plan({name: data}, "", before={name: before}))
        return False
    if before == data:
        return False
    replace_file(target, data)
    return True


def _watch(
    ctx: typer.Context, directory: Path, at: str | None, target: Path, make: Callable[[Compared], bytes]
) -> NoReturn:
    """Export until stopped. What cannot be exported leaves the file as it is, and is tried again at the next move."""
    from promptctl.operations.heads import commit_of

    name, seen, failed = at or "HEAD", "", ""
    while True:
        try:
            commit = commit_of(resolve_directory(ctx, directory), name)
            if commit != seen:
                seen = commit
                with reading(ctx, directory, commit) as views:
                    written = _write(target, make(views))
                print_note(f"{commit[:10]}: {'wrote' if written else 'no change of'} {target}")
            failed = ""
        except PromptctlError as error:
            if error.message != failed:
                print_error(error.message, error.hint)
            failed = error.message
        time.sleep(_PAUSE)
