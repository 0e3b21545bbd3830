"""Rules about selecting versions that are on their way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.reach import selecting
from promptctl.core.text import plural
from promptctl.rules.base import rule
from promptctl.rules.environments import at, environments, judged, known
from promptctl.rules.moves import moved, returns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.core.findings import Finding
    from promptctl.core.refs import Ref
    from promptctl.core.selection import Pointer
    from promptctl.rules.base import Context


@rule("deprecated-selected", family="lifecycle", severity=Severity.ERROR, subject="move")
def deprecated_selected(context: Context) -> Iterator[Finding]:
    """The change newly selects a deprecated version.

    ## What it does
    Looks at every default, slot, tenant and flag that the change moves. Going back to what the same place served
    before is no fault: a rollback is never in the way of a deprecation.

    ## Why is this bad?
    The version will be removed, and whoever has just moved to it has to move again.

    ## Example
    ```yaml
    # deprecated: {1.0.0: {replacement: 1.1.0, …}} in the manifest
    tenants:
      acme-health:
        prompts: {qualify-lead: qualify-lead@1.0.0}
    ```

    ## Use instead
    ```yaml
    tenants:
      acme-health:
        prompts: {qualify-lead: qualify-lead@1.1.0}
    ```
    """
    for name in environments(context):
        for move in moved(context, name):
            said = known(context).deprecation(move.new) if move.new else None
            if (
                said is not None
                and move.new
                and _is_written(context, name, move.scope)
                and not returns(context, name, move)
            ):
                message = f"{move.new} is deprecated, and this change selects it"
                environment = context.change.environment(name)
                yield at(environment, move.scope, message, ref=move.new, hint=_replacement(move.new, said))


@rule("deprecated-still-selected", family="lifecycle", severity=Severity.WARNING)
def deprecated_still_selected(context: Context) -> Iterator[Finding]:
    """An environment selects a deprecated version, as it did before.

    ## What it does
    Looks at the selections that the change leaves as they are, in the environments that it touches and wherever a
    prompt is selected whose manifest it touches; at all of them with `--all`. One finding stands for all places of an
    environment that select the same version.

    ## Why is this bad?
    The version can't be removed while somebody uses it, and its users have to be moved in time.

    ## Example
    ```yaml
    # deprecated: {1.0.0: {replacement: 1.1.0, …}} in the manifest
    defaults:
      qualify-lead: {use: qualify-lead@1.0.0, because: It has always been the default.}
    ```

    ## Use instead
    ```console
    $ promptctl rollout start qualify-lead@1.1.0 --env production --global -m "1.0.0 goes in January."
    ```
    """
    for item in judged(context):
        environment = item.environment
        moving = {move.scope for move in moved(context, environment.name)}
        places: dict[Ref, list[Pointer]] = {}
        for scope, ref in selecting(environment.selection):
            if item.covers(ref.name) and scope not in moving and known(context).deprecation(ref) is not None:
                places.setdefault(ref, []).append(scope)
        for ref, scopes in places.items():
            more = f", and by {plural(len(scopes) - 1, 'more place')}" if scopes[1:] else ""
            message = f"{ref} is deprecated and still selected{more}"
            hint = _replacement(ref, known(context).deprecation(ref) or {})
            yield at(environment, scopes[0], message, ref=ref, hint=hint)


def _is_written(context: Context, environment: str, scope: Pointer) -> bool:
    """Whether the move made an entry; where it took one away, what is left was selected before."""
    return context.change.environment(environment).value(*scope) is not None


def _replacement(ref: Ref, said: Mapping[str, object]) -> str | None:
    replacement = said.get("replacement")
    if not isinstance(replacement, str) or replacement == "none":
        return None
    return f"its replacement is {ref.name}@{replacement}"
