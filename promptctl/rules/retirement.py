"""Rules about taking versions away: announced, in time, and from nobody who uses them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptctl.core.findings import Related, Severity
from promptctl.core.text import plural
from promptctl.rules.base import problem, rule
from promptctl.rules.removal import Removal, is_waived, removals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.selection import Pointer
    from promptctl.rules.base import Context
    from promptctl.tree.selection import Environment


@rule("removed-without-deprecation", family="lifecycle", severity=Severity.ERROR)
def removed_without_deprecation(context: Context) -> Iterator[Finding]:
    """A released version is removed that was not deprecated before.

    ## What it does
    Asks base's manifest for every version that head removes. Deprecating and removing in one change is not enough: the
    deprecation must have been merged. A purge needs none.

    ## Why is this bad?
    Nobody who uses the version has been told.

    ## Example
    ```console
    $ git rm prompt-templates/task/qualify-lead/1.0.0.md
    ```

    ## Use instead
    ```console
    $ promptctl deprecate qualify-lead@1.0.0 --replacement 1.1.0 --remove-after 2027-01-15 -m "Asks for too much."
    ```
    """
    for removal in _unwaived(context):
        if removal.deprecation is None and not removal.is_purge:
            hint = f"promptctl deprecate {removal.ref} --replacement <version> --remove-after <date> -m <why>"
            yield _found(removal, f"{removal.ref} is removed and was not deprecated", hint)


@rule("removed-early", family="lifecycle", severity=Severity.ERROR, dated=True)
def removed_early(context: Context) -> Iterator[Finding]:
    """A deprecated version is removed before its time is over.

    ## What it does
    Compares today, in UTC, with the `remove-after` that base's manifest gives: the version must still be there on that
    day. A purge need not wait.

    ## Why is this bad?
    Its users were promised more time.

    ## Example
    ```console
    $ promptctl retire qualify-lead@1.0.0    # on 2027-01-15, with remove-after: 2027-01-15
    ```

    ## Use instead
    ```console
    $ promptctl retire qualify-lead@1.0.0    # on 2027-01-16
    ```
    """
    for removal in _unwaived(context):
        if removal.deprecation is not None and not removal.is_over and not removal.is_purge:
            until = removal.deprecation.get("remove-after", "no date")
            hint = f"put the file back, and retire {removal.ref} after that day"
            yield _found(removal, f"{removal.ref} is removed before its time is over ({until})", hint)


@rule("removed-in-use", family="lifecycle", severity=Severity.ERROR)
def removed_in_use(context: Context) -> Iterator[Finding]:
    """A version is removed that an environment still selects.

    ## What it does
    Looks for the version in every default, slot, override and flag of every environment, flags that are off included.
    Where a configuration cannot be read, nobody can say that it does not select the version.

    ## Why is this bad?
    Whoever is served by that place gets an error instead of a prompt.

    ## Example
    ```yaml
    # 1.0.0.md is removed
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
    for removal in _unwaived(context):
        if removal.users:
            hint = "promptctl rollout start moves its users to another version"
            yield _placed(removal, f"{removal.ref} is removed and still selected", removal.users, hint)
        for environment in removal.unread:
            message = f"{removal.ref} is removed, and {environment.name} cannot be read: it may select it"
            found = _found(removal, message, f"mend {environment.files[0].path} first")
            yield replace(found, environment=environment.name)


@rule("previous-unavailable", family="lifecycle", severity=Severity.ERROR)
def previous_unavailable(context: Context) -> Iterator[Finding]:
    """A version is removed that an open rollout would return to.

    ## What it does
    Looks for the version among the `from` and the targets of the rollouts that are running or paused. Finish the
    rollout, or roll it back, before the version goes. This holds for a purge, too.

    ## Why is this bad?
    A rollback has to be possible at any moment, and there would be nothing to go back to.

    ## Example
    ```yaml
    # 1.0.0.md is removed
    rollouts:
      qualify-lead@1.1.0: {from: qualify-lead@1.0.0, strategy: tenant, started: 2026-11-22T09:30:00Z, state: running}
    ```

    ## Use instead
    ```console
    $ promptctl rollout finish qualify-lead@1.1.0 --env production
    ```
    """
    for removal in _unwaived(context):
        if removal.returns:
            hint = "finish the rollout, or roll it back, first"
            yield _placed(removal, f"{removal.ref} is removed during a rollout that needs it", removal.returns, hint)


@rule("removed-by-purge", family="lifecycle", severity=Severity.WARNING)
def removed_by_purge(context: Context) -> Iterator[Finding]:
    """A version is removed without a time of grace, for an incident.

    ## What it does
    Reports every removal whose tombstone gives an occasion (`purge`: secret, personal-data or legal) and an incident,
    whether or not anything else is wrong with it.

    ## Why is this bad?
    It may be right. It breaks a promise, so that reviewers and auditors have to see it.

    ## Example
    ```yaml
    retired:
      1.0.0: {digest: "sha256:…", on: 2026-11-22, reason: Holds a token., purge: secret, incident: INC-1042}
    ```

    ## Use instead
    ```yaml
    deprecated:
      1.0.0: {replacement: 1.1.0, reason: Asks for too much., announced: 2026-11-22, remove-after: 2027-01-15}
    ```
    """
    for removal in removals(context):
        if removal.is_purge and removal.tombstone is not None:
            why = f"{removal.tombstone['purge']}, {removal.tombstone['incident']}"
            yield _found(removal, f"{removal.ref} is purged ({why}): {removal.tombstone['reason']}", None)


def _unwaived(context: Context) -> Iterator[Removal]:
    return (removal for removal in removals(context) if not is_waived(context, removal.item))


def _found(removal: Removal, message: str, hint: str | None) -> Finding:
    return problem(removal.item.place.path, message, ref=str(removal.ref), hint=hint, blob="gone")


def _placed(removal: Removal, message: str, places: tuple[tuple[Environment, Pointer], ...], hint: str) -> Finding:
    """With the places that stand in the way: the first in words, a few as related places."""
    environment, pointer = places[0]
    more = f" and {plural(len(places) - 1, 'more place')}" if places[1:] else ""
    found = _found(removal, f"{message}: {environment.name}, {'.'.join(pointer)}{more}", hint)
    related = tuple(_related(*place) for place in places[:5])
    return replace(found, environment=environment.name, related=related)


def _related(environment: Environment, pointer: Pointer) -> Related:
    spot = environment.spot(*pointer)
    if spot is None:
        return Related(environment.files[0].path, ".".join(pointer))
    place = spot.lines.position(spot.start)
    return Related(spot.path, ".".join(pointer), place.line, place.column)
