"""The application: one page a command, put together here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from promptctl.cli.commands import check, diff, hook, init, log, new, new_version, render, renumber, rules, show
from promptctl.cli.commands import list as listing
from promptctl.cli.options import HERE, Directory

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    name="promptctl",
    help="Prompt versions that never change once merged.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - the signature of a typer callback
    if wanted:
        from promptctl import __version__

        typer.echo(f"promptctl {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    ctx: typer.Context,
    directory: Directory = HERE,
    version: Annotated[  # noqa: FBT002, ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    ctx.obj = directory


def _command(name: str, function: Callable[..., None]) -> None:
    app.command(name, no_args_is_help=False)(function)


_command("init", init.init)
_command("new", new.new)
_command("new-version", new_version.new_version)
_command("renumber", renumber.renumber)
_command("list", listing.list_command)
_command("show", show.show)
_command("diff", diff.diff)
_command("log", log.log)
_command("render", render.render)
_command("check", check.check)
_command("rules", rules.rules)
app.add_typer(hook.app, name="hook")
