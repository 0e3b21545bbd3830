"""`promptctl rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from promptctl.cli.console import print_table, print_text
from promptctl.cli.options import Format, FormatOption
from promptctl.cli.reading import print_json
from promptctl.core.errors import UsageError
from promptctl.core.text import suggest

if TYPE_CHECKING:
    from promptctl.rules.base import Rule


def rules(
    name: Annotated[str | None, typer.Argument(metavar="RULE", help="One rule, with an example.")] = None,
    *,
    output: FormatOption = Format.TEXT,
) -> None:
    """List the rules, or explain one.

    Example: promptctl rules released-version-edited
    """
    from promptctl.rules.registry import REGISTRY

    chosen = list(REGISTRY.values()) if name is None else [_find(REGISTRY, name)]
    if output is Format.JSON:
        print_json({"rules": [_document(rule) for rule in chosen]})
    elif name is None:
        print_table(("RULE", "SEVERITY", "FAMILY", "WHAT"), [_cells(rule) for rule in chosen])
    else:
        print_text(f"{chosen[0].name} ({chosen[0].severity}, {chosen[0].family})\n\n{chosen[0].doc}")


def _find(registry: dict[str, Rule], name: str) -> Rule:
    if name not in registry:
        close = suggest(name, registry)
        message = f"there is no rule {name}"
        raise UsageError(message, hint=f"did you mean {close}?" if close else "promptctl rules lists them")
    return registry[name]


def _cells(rule: Rule) -> tuple[str, ...]:
    return (rule.name, str(rule.severity), rule.family, rule.summary)


def _document(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "severity": rule.severity.value,
        "family": rule.family,
        "subject": rule.subject,
        "dated": rule.dated,
        "summary": rule.summary,
        "doc": rule.doc,
    }
