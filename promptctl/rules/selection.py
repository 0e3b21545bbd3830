"""Rules about what a configuration may say at all: it can be read, and it names versions and tenants that there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.reach import selecting
from promptctl.core.selection import slot_pointer
from promptctl.core.text import suggest
from promptctl.rules.base import in_document, problem, rule
from promptctl.rules.environments import at, environments, judged, known, touched_environments
from promptctl.tree.catalogue import Catalogue
from promptctl.tree.environments import looks_like_one
from promptctl.tree.policy import parse_policy
from promptctl.tree.snapshot import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.refs import Ref
    from promptctl.core.selection import Pointer, Selection
    from promptctl.rules.base import Context
    from promptctl.tree.selection import Environment


@rule("selection-invalid", family="selection", severity=Severity.ERROR)
def selection_invalid(context: Context) -> Iterator[Finding]:
    """A selection configuration cannot be read, or says something that it cannot mean.

    ## What it does
    Reads every file of an environment strictly and checks it against `schemas/selection.json`: unknown keys, the same
    key twice in the files of one environment, an override for a slot that no agent has, a default that is a version of
    another prompt. An environment that the policy's list of environments lacks is reported too, and a file that looks
    like a configuration and is not read because its name does not end with `.yaml`.

    ## Why is this bad?
    A misspelt key is a selection that silently does not hold.

    ## Example
    ```yaml
    tenants:
      acme-health:
        prompt: {qualify-lead: qualify-lead@2.0.0}
    ```

    ## Use instead
    ```yaml
    tenants:
      acme-health:
        prompts: {qualify-lead: qualify-lead@2.0.0}
    ```
    """
    change = context.change
    for name in environments(context):
        if change.everything or name in touched_environments(context):
            environment = change.environment(name)
            yield from _unlisted_environment(context, environment)
            for file, fault in environment.faults:
                yield replace(in_document(file.path, file.document, fault), environment=name)
    for path in _unread(context):
        hint = "give it a name that ends with .yaml, or move it elsewhere"
        yield problem(path, "this file is not read: a configuration's name ends with .yaml", hint=hint)


def _unlisted_environment(context: Context, environment: Environment) -> Iterator[Finding]:
    documents = (context.base_document, context.head_document)
    policies = [policy for document in documents if document and (policy := parse_policy(document))]
    listed = {name for policy in policies for name in policy.environments} or set(context.policy.environments)
    if listed and environment.name not in listed:
        close = suggest(environment.name, listed)
        meant = f"did you mean {close}? Otherwise add it" if close else "add it"
        found = problem(
            environment.files[0].path,
            f"the policy has no environment {environment.name}",
            subject=environment.name,
            hint=f"{meant} to `environments` in promptctl.yaml",
        )
        yield replace(found, environment=environment.name)


def _unread(context: Context) -> Iterator[str]:
    change = context.change
    if change.everything:
        paths = (path for path, _ in walk(change.head, change.layout.config))
    else:
        paths = (path for path, places in change.touched.items() if places.head is not None)
    return (path for path in paths if looks_like_one(change.layout, path))


@rule("unknown-prompt", family="selection", severity=Severity.ERROR)
def unknown_prompt(context: Context) -> Iterator[Finding]:
    """A configuration names a prompt that there is not.

    ## What it does
    Looks up the name of every version and of every slot in the folders of base and head.

    ## Why is this bad?
    Whoever asks for it gets an error instead of a prompt.

    ## Example
    ```yaml
    salesAgent:
      prompts: {qualifyLead: qualify-laed@1.1.0}
    ```

    ## Use instead
    ```yaml
    salesAgent:
      prompts: {qualifyLead: qualify-lead@1.1.0}
    ```
    """
    versions = known(context)
    for environment, pointer, name, ref in _named(context, lambda name, _: versions.folder(name) is None):
        close = suggest(name, _names(context))
        hint = f"did you mean {close}?" if close else "promptctl list shows the prompts"
        yield at(environment, pointer, f"there is no prompt {name}", ref=ref, hint=hint)


@rule("unknown-version", family="selection", severity=Severity.ERROR)
def unknown_version(context: Context) -> Iterator[Finding]:
    """A configuration names a version that neither base nor head has.

    ## What it does
    Looks up every version that a default, a slot, a tenant, a flag or an open rollout names, flags that are off
    included. A version that was retired is left to `retired-selected`.

    ## Why is this bad?
    Whoever asks for it gets an error instead of a prompt.

    ## Example
    ```yaml
    salesAgent:
      prompts: {qualifyLead: qualify-lead@1.01.0}
    ```

    ## Use instead
    ```yaml
    salesAgent:
      prompts: {qualifyLead: qualify-lead@1.1.0}
    ```
    """
    versions = known(context)

    def is_missing(name: str, ref: Ref | None) -> bool:
        if ref is None or versions.folder(name) is None:
            return False
        return not (versions.exists(ref) or versions.is_retired(ref))

    for environment, pointer, name, ref in _named(context, is_missing):
        close = suggest(ref.version, context.change.versions(str(versions.folder(name)))) if ref else None
        hint = f"did you mean {name}@{close}?" if close else f"promptctl log {name} lists its versions"
        yield at(environment, pointer, f"there is no version {ref}", ref=ref, hint=hint)


@rule("retired-selected", family="selection", severity=Severity.ERROR)
def retired_selected(context: Context) -> Iterator[Finding]:
    """A configuration names a version that was retired.

    ## What it does
    Looks for the tombstone of every version that a default, a slot, a tenant, a flag or an open rollout names.

    ## Why is this bad?
    The file is gone: whoever asks for it gets an error instead of a prompt.

    ## Example
    ```yaml
    # retired: {1.0.0: …} in the manifest
    defaults:
      qualify-lead: {use: qualify-lead@1.0.0, because: It has always been the default.}
    ```

    ## Use instead
    ```yaml
    defaults:
      qualify-lead: {use: qualify-lead@1.1.0, because: Three weeks with acme and globex.}
    ```
    """
    versions = known(context)
    for environment, pointer, _, ref in _named(context, lambda _, ref: ref is not None and versions.is_retired(ref)):
        yield at(environment, pointer, f"{ref} is retired", ref=ref, hint="select the version that replaced it")


@rule("unlisted-tenant", family="selection", severity=Severity.ERROR)
def unlisted_tenant(context: Context) -> Iterator[Finding]:
    """A flag names a tenant that is not listed where unlisted tenants are refused.

    ## What it does
    Where `unlisted-tenants` is `refuse`, looks up the tenants of every flag under `tenants`.

    ## Why is this bad?
    The tenant gets an error, whatever the flag says.

    ## Example
    ```yaml
    unlisted-tenants: refuse
    tenants: {acme-health: }
    flags:
      formal-tone: {use: qualify-lead@2.1.0, tenants: [globex], owner: growth@example.com, expires: 2026-12-31}
    ```

    ## Use instead
    ```yaml
    unlisted-tenants: refuse
    tenants: {acme-health: , globex: }
    flags:
      formal-tone: {use: qualify-lead@2.1.0, tenants: [globex], owner: growth@example.com, expires: 2026-12-31}
    ```
    """
    for item in judged(context):
        selection = item.environment.selection
        if item.names is not None or not selection.refuses_unlisted:
            continue
        for flag in selection.flags:
            for tenant in sorted((flag.tenants or frozenset()) - selection.tenants.keys()):
                close = suggest(tenant, selection.tenants)
                hint = f"did you mean {close}?" if close else f"list {tenant} under `tenants`"
                message = f"flag {flag.key} names tenant {tenant}, which is not listed"
                found = at(item.environment, ("flags", flag.key, "tenants"), message, ref=flag.use, hint=hint)
                yield replace(found, subject=f"flags.{flag.key}.{tenant}")


def _named(
    context: Context, wrong: Callable[[str, Ref | None], bool]
) -> Iterator[tuple[Environment, Pointer, str, Ref | None]]:
    """Every place that names a prompt, with the version where it names one, that is wrong.

    That is asked once of each version: thousands of tenants name the same few.
    """
    for item in judged(context):
        environment = item.environment
        pairs = context.change.once(f"named in {environment.name}", lambda: _pairs(environment))  # noqa: B023 - at once
        found = {pair for pair in pairs if item.covers(pair[0]) and wrong(*pair)}
        if found:
            places = (*_selecting(environment.selection), *_other_places(environment))
            yield from ((environment, *place) for place in places if place[1:] in found)


def _pairs(environment: Environment) -> frozenset[tuple[str, Ref | None]]:
    """The prompts and versions that an environment names anywhere."""
    named = {ref for tenant in environment.selection.tenants.values() for ref in tenant.overrides.values()}
    others = replace(environment.selection, tenants={})
    places = (*_selecting(others), *_other_places(environment))
    return frozenset((*((ref.name, ref) for ref in named), *((name, ref) for _, name, ref in places)))


def _selecting(selection: Selection) -> Iterator[tuple[Pointer, str, Ref | None]]:
    """The places that select a version."""
    return ((pointer, ref.name, ref) for pointer, ref in selecting(selection))


def _other_places(environment: Environment) -> Iterator[tuple[Pointer, str, Ref | None]]:
    """Those that do not count: flags that are off, slots without a version, and the record of what is under way."""
    selection = environment.selection
    yield from ((("flags", flag.key), flag.use.name, flag.use) for flag in selection.flags if not flag.enabled)
    yield from ((slot_pointer(slot), pin.name, None) for slot, pin in selection.slots.items() if pin.ref is None)
    for key, rollout in environment.rollouts.items():
        if rollout.is_open:
            yield ("rollouts", key), rollout.target.name, rollout.target
            if rollout.source is not None:
                yield ("rollouts", key, "from"), rollout.source.name, rollout.source


def _names(context: Context) -> tuple[str, ...]:
    return context.change.once("prompt names", lambda: Catalogue(context.change).names)
