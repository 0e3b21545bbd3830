"""Shell completion of prompt names and refs. It reads folders only, and says nothing rather than fail."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from promptctl.core.errors import PromptctlError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.operations.compared import Compared


def complete_name(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of prompts that start with what was typed."""
    return sorted(name for name in _catalogue(ctx) if name.startswith(incomplete))


def complete_ref(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names, and once one is typed its versions."""
    name, at, _ = incomplete.partition("@")
    if not at:
        return complete_name(ctx, incomplete)
    versions = _catalogue(ctx).get(name, ())
    return [ref for version in versions if (ref := f"{name}@{version}").startswith(incomplete)]


def complete_wanted(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of prompts, and the slots of agents."""
    from promptctl.tree.environments import configured

    found: set[str] = set()
    for views in _views(ctx):
        for name in configured(views.change.after, views.change.layout):
            selection = views.change.environment(name).selection
            found.update(selection.slots, selection.names)
    return sorted({*complete_name(ctx, incomplete), *(name for name in found if name.startswith(incomplete))})


def complete_environment(ctx: typer.Context, incomplete: str) -> list[str]:
    """Environments that have a configuration."""
    from promptctl.tree.environments import configured

    return [
        name
        for views in _views(ctx)
        for name in configured(views.change.after, views.change.layout)
        if name.startswith(incomplete)
    ]


def _catalogue(ctx: typer.Context) -> dict[str, list[str]]:
    from promptctl.operations.catalog import Catalog

    for views in _views(ctx):
        prompts = Catalog(views.change).prompts
        return {name: [item.text for item in prompt.ordered()] for name, prompt in prompts.items()}
    return {}


def _views(ctx: typer.Context) -> Iterator[Compared]:
    """The work tree, or nothing where it cannot be read."""
    from promptctl.cli.options import resolve_directory
    from promptctl.operations.compared import Question, compared

    with suppress(PromptctlError, OSError):
        where = resolve_directory(ctx, ctx.params.get("directory") or Path())
        with compared(Question(where, "1970-01-01", everything=True)) as views:
            yield views
