"""Rules about defaults: every prompt that is used has one, with a reason, and it is fit to be one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.selection import slot_pointer
from promptctl.core.text import plural
from promptctl.core.times import later, parse_duration
from promptctl.core.versions import is_stable, parse_version
from promptctl.rules.base import problem, rule
from promptctl.rules.environments import at, environments, judged, known, touched_environments
from promptctl.rules.moves import moved, returns
from promptctl.tree.environments import last_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.refs import Ref
    from promptctl.core.selection import Pointer, Selection
    from promptctl.rules.base import Context


@rule("default-missing", family="selection", severity=Severity.ERROR)
def default_missing(context: Context) -> Iterator[Finding]:
    """An environment names a prompt and gives it no default.

    ## What it does
    Asks for a default for every prompt that a slot, a tenant or a flag of the environment names. A change that removes
    the whole configuration of an environment takes every default from it; that is lawful once the policy's list of
    environments has it no longer.

    ## Why is this bad?
    Whoever none of them is about gets an error instead of a prompt.

    ## Example
    ```yaml
    salesAgent:
      prompts: {qualifyLead: qualify-lead@1.1.0}
    ```

    ## Use instead
    ```yaml
    defaults:
      qualify-lead: {use: qualify-lead@1.1.0, because: Three weeks with acme and globex.}
    salesAgent:
      prompts: {qualifyLead: qualify-lead@1.1.0}
    ```
    """
    for item in judged(context):
        environment = item.environment
        for name, pointer in _naming(environment.selection).items():
            is_known = known(context).folder(name) is not None  # else `unknown-prompt` says it
            if is_known and item.covers(name) and ("defaults", name) not in environment.holders:
                hint = f"add `{name}: {{use: {name}@<version>, because: <why>}}` under `defaults`"
                yield at(environment, pointer, f"{name} has no default in {environment.name}", hint=hint)
    yield from _removed(context)


def _removed(context: Context) -> Iterator[Finding]:
    """The environments that head takes away, although the policy in force has them."""
    listed = context.policy.environments
    for name in sorted(touched_environments(context).difference(environments(context))):
        before = context.change.environment(name, on_base=True)
        lost = len(before.selection.defaults)
        if before.files and (lost or not before.is_readable) and (name in listed or not listed):
            message = f"{name} has no configuration any more: {plural(lost, 'prompt')} lost the default there"
            other = f"`environments` without {name}" if listed else "`environments`, the list of those that stay,"
            hint = f"restore it; or give the policy {other} first, in a change of its own"
            yield replace(problem(before.files[0].path, message, subject=name, hint=hint), environment=name)


def _naming(selection: Selection) -> dict[str, Pointer]:
    """The first place that names each prompt, outside the defaults."""
    found: dict[str, Pointer] = {}
    for slot, pin in selection.slots.items():
        found.setdefault(pin.name, slot_pointer(slot))
    for tenant, entry in selection.tenants.items():
        for key, ref in entry.overrides.items():
            found.setdefault(ref.name, ("tenants", tenant, "prompts", key))
    for flag in selection.flags:
        found.setdefault(flag.use.name, ("flags", flag.key))
    return found


@rule("prompt-unselected", family="selection", severity=Severity.WARNING, subject="tree")
def prompt_unselected(context: Context) -> Iterator[Finding]:
    """A released prompt has a default in no environment.

    ## What it does
    With `--all`, looks for prompts with a version on the base that no environment's `defaults` name. Where no
    environment is configured yet, prompts are only kept, and nothing is asked.

    ## Why is this bad?
    Nobody can tell which of its versions is the one that holds, or whether anybody uses it at all.

    ## Example
    ```yaml
    # prompt-config/production.yaml
    defaults: {}
    ```

    ## Use instead
    ```yaml
    # prompt-config/production.yaml
    defaults:
      qualify-lead: {use: qualify-lead@1.1.0, because: Three weeks with acme and globex.}
    ```
    """
    change = context.change
    selections = [change.environment(name) for name in environments(context)] if change.everything else []
    if not selections or not all(environment.is_readable for environment in selections):
        return
    defaults = {pointer[1] for environment in selections for pointer in environment.holders if pointer[0] == "defaults"}
    for prompt in change.prompts:
        released = any(change.base.entry(item.path) is not None for item in prompt.versions.values())
        if released and prompt.name not in defaults:
            start = f"promptctl rollout start {prompt.name}@<version> --env <environment> --global -m <why>"
            hint = f"{start} makes its first selection"
            path = prompt.manifest_path if prompt.manifest else prompt.ordered()[-1].path
            yield problem(path, f"{prompt.name} has a default in no environment", subject=prompt.name, hint=hint)


@rule("default-undocumented", family="selection", severity=Severity.ERROR)
def default_undocumented(context: Context) -> Iterator[Finding]:
    """A default does not say why it is the default.

    ## What it does
    Asks for a `because` beside `use`. The short form, a version alone, has none.

    ## Why is this bad?
    The default is what most people get. Without a reason nobody can judge whether it still holds.

    ## Example
    ```yaml
    defaults:
      qualify-lead: qualify-lead@1.1.0
    ```

    ## Use instead
    ```yaml
    defaults:
      qualify-lead:
        use: qualify-lead@1.1.0
        because: 0.94 on the lead suite; three weeks with acme and globex.
    ```
    """
    for item in judged(context):
        for name, ref in item.environment.selection.defaults.items():
            if item.names is None and not item.environment.text("defaults", name, "because"):
                hint = f"write `{name}: {{use: {ref}, because: <why>}}`"
                message = f"the default of {name} has no `because`"
                yield at(item.environment, ("defaults", name), message, ref=ref, hint=hint)


@rule("default-unstable", family="selection", severity=Severity.ERROR, subject="move", dated=True)
def default_unstable(context: Context) -> Iterator[Finding]:
    """The change makes something the default that is not meant to last.

    ## What it does
    In the last environment, looks at the defaults and the agents' pins that the change moves: to a pre-release, to a
    deprecated version, or to an emergency version whose time (the policy's `emergency.normal-version-within`) is over.
    Going back to what the same place served before is no fault.

    ## Why is this bad?
    Defaults are what everybody gets, regulated tenants included. They have to be conservative.

    ## Example
    ```yaml
    defaults:
      qualify-lead: {use: qualify-lead@2.1.0-rc.1, because: It looks good.}
    ```

    ## Use instead
    ```yaml
    flags:
      next: {use: qualify-lead@2.1.0-rc.1, tenants: [globex], owner: growth@example.com, expires: 2026-12-31}
    ```
    """
    last = last_environment(context.change.after, context.change.layout, context.policy)
    if last is None:
        return
    for move in moved(context, last):
        if move.new is None or move.scope[0] in {"tenants", "flags", "unlisted-tenants"}:
            continue
        reason = _unstable(context, move.new)
        if reason and not returns(context, last, move):
            where = "default" if move.scope[0] == "defaults" else "agent's pin"
            environment = context.change.environment(last)
            yield at(environment, move.scope, f"{move.new} is {reason}, and becomes the {where}", ref=move.new)


def _unstable(context: Context, ref: Ref) -> str | None:
    number, file = parse_version(ref.version), known(context).file(ref)
    if number is not None and not is_stable(number):
        return "a pre-release"
    if known(context).deprecation(ref) is not None:
        return "deprecated"
    emergency = file.data.get("emergency") if file else None
    declared = emergency.get("declared") if isinstance(emergency, dict) else None
    if isinstance(declared, str) and later(declared, parse_duration(_within(context))) < context.today:
        return f"an emergency version of {declared}, which had to be followed by a normal one"
    return None


def _within(context: Context) -> str:
    section = context.policy.data.get("emergency")
    return str(section.get("normal-version-within", "14d")) if isinstance(section, dict) else "14d"
