"""The application: one page a command, put together here."""

from __future__ import annotations

from collections import UserDict
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from promptctl.cli.options import HERE, Directory

# In the order of the help text: where the function of each command is, or the application of a group of commands.
_COMMANDS = {
    "init": "init.init",
    "new": "new.new",
    "new-version": "new_version.new_version",
    "renumber": "renumber.renumber",
    "list": "list.list_command",
    "show": "show.show",
    "diff": "diff.diff",
    "bump": "bump.bump",
    "log": "log.log",
    "render": "render.render",
    "resolve": "resolve.resolve",
    "rollout": "rollout.app",
    "rollback": "rollback.rollback",
    "flag": "flag.app",
    "observe": "observe.observe",
    "recommend": "recommend.recommend",
    "deprecate": "deprecate.deprecate",
    "retire": "retire.retire",
    "drift": "drift.drift",
    "audit": "audit.audit",
    "check": "check.check",
    "rules": "rules.rules",
    "gate": "gate.app",
    "export": "export.app",
    "emergencies": "emergencies.emergencies",
    "hook": "hook.app",
}


@cache
def _load(name: str) -> Any:
    """What typer makes of a command."""
    module, _, attribute = _COMMANDS[name].partition(".")
    found = getattr(import_module(f"promptctl.cli.commands.{module}"), attribute)
    holder = typer.Typer(rich_markup_mode=None)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return typer.main.get_group(holder).commands[name]


class _Commands(UserDict[str, Any]):
    """Commands by name, imported when they are asked for: a hook runs on every commit and needs `check` alone."""

    def __getitem__(self, name: str) -> Any:
        return _load(name)


class _Program(TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Commands(_COMMANDS)


app = typer.Typer(
    name="promptctl",
    cls=_Program,
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
