"""Rules about feature flags: they can match, somebody answers for them, and they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.reach import can_match
from promptctl.core.times import days_between, parse_duration
from promptctl.rules.base import rule
from promptctl.rules.environments import at, judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.selection import Flag
    from promptctl.rules.base import Context
    from promptctl.tree.selection import Environment

_LIFETIME = "90d"


@rule("unreachable-flag", family="flags", severity=Severity.ERROR)
def unreachable_flag(context: Context) -> Iterator[Finding]:
    """A flag is on, and no request can ever get its version.

    ## What it does
    Reports an enabled flag whose percentage is 0, whose tenants all have an override for the prompt, or that comes
    behind another flag for the same prompt which takes all of its requests.

    ## Why is this bad?
    It looks like an experiment that runs, and nobody is in it.

    ## Example
    ```yaml
    tenants:
      globex:
        prompts: {qualify-lead: qualify-lead@1.1.0}
    flags:
      formal-tone: {use: qualify-lead@2.1.0, tenants: [globex], owner: growth@example.com, expires: 2026-12-31}
    ```

    ## Use instead
    ```yaml
    tenants:
      globex:
    flags:
      formal-tone: {use: qualify-lead@2.1.0, tenants: [globex], owner: growth@example.com, expires: 2026-12-31}
    ```
    """
    for environment, flag in _flags(context):
        if flag.enabled and not can_match(environment.selection, flag):
            why = (
                "its percentage is 0"
                if flag.percentage == 0
                else "overrides or an earlier flag take all of its requests"
            )
            hint = f"switch it off, or remove it: promptctl flag remove {flag.key} --env {environment.name}"
            message = f"flag {flag.key} can never match: {why}"
            yield at(environment, ("flags", flag.key), message, on_key=True, ref=flag.use, hint=hint)


@rule("flag-without-expiry", family="flags", severity=Severity.ERROR)
def flag_without_expiry(context: Context) -> Iterator[Finding]:
    """A flag has no last day.

    ## What it does
    Asks every flag for `expires`, whether it is on or off.

    ## Why is this bad?
    A flag that nobody has to remove becomes a second configuration beside the first.

    ## Example
    ```yaml
    flags:
      formal-tone: {use: qualify-lead@2.1.0, owner: growth@example.com}
    ```

    ## Use instead
    ```yaml
    flags:
      formal-tone: {use: qualify-lead@2.1.0, owner: growth@example.com, expires: 2026-12-31}
    ```
    """
    for environment, flag in _flags(context):
        if not environment.text("flags", flag.key, "expires"):
            hint = "add `expires: <the last day>`"
            yield _found(environment, flag, f"flag {flag.key} has no `expires`", hint)


@rule("flag-without-owner", family="flags", severity=Severity.ERROR)
def flag_without_owner(context: Context) -> Iterator[Finding]:
    """Nobody answers for a flag.

    ## What it does
    Asks every flag for an `owner` that is not blank.

    ## Why is this bad?
    When the flag misbehaves, or is past its last day, there is nobody to ask.

    ## Example
    ```yaml
    flags:
      formal-tone: {use: qualify-lead@2.1.0, expires: 2026-12-31}
    ```

    ## Use instead
    ```yaml
    flags:
      formal-tone: {use: qualify-lead@2.1.0, expires: 2026-12-31, owner: growth@example.com}
    ```
    """
    for environment, flag in _flags(context):
        if not environment.text("flags", flag.key, "owner"):
            yield _found(environment, flag, f"flag {flag.key} has no owner", "add `owner: <who answers for it>`")


@rule("flag-expired", family="flags", severity=Severity.ERROR, dated=True)
def flag_expired(context: Context) -> Iterator[Finding]:
    """A flag is on although its last day is over.

    ## What it does
    Compares `expires` with today, in UTC; the day itself still belongs to the flag. In a change, only flags that the
    change touches are asked, so that an old flag blocks nobody else; with `--all` every flag is. The date changes
    nothing that is served.

    ## Why is this bad?
    The experiment was meant to be over, and its version is still being served.

    ## Example
    ```yaml
    # on 2027-01-01
    flags:
      formal-tone: {use: qualify-lead@2.1.0, owner: growth@example.com, expires: 2026-12-31}
    ```

    ## Use instead
    ```console
    $ promptctl flag remove formal-tone --env production
    ```
    """
    for environment, flag in _touched_flags(context):
        expires = environment.text("flags", flag.key, "expires")
        if flag.enabled and (days_between(expires, context.today) or 0) > 0:
            hint = f"promptctl flag remove {flag.key} --env {environment.name}, or roll its version out"
            yield _found(environment, flag, f"flag {flag.key} expired on {expires}", hint, "expires")


@rule("flag-too-long", family="flags", severity=Severity.ERROR, dated=True)
def flag_too_long(context: Context) -> Iterator[Finding]:
    """A flag is meant to last longer than the policy allows.

    ## What it does
    Compares `expires` with `started`, which the command writes, and with today where `started` is missing: at most the
    policy's `flags.max-lifetime` (90 days) lies between them. A `started` that is later than the one on the base is
    reported too. In a change, only flags that the change touches are asked.

    ## Why is this bad?
    A flag that lasts is no experiment any more, and two versions have to be looked after.

    ## Example
    ```yaml
    flags:
      formal-tone: {use: qualify-lead@2.1.0, started: 2026-11-22, expires: 2028-12-31, owner: growth@example.com}
    ```

    ## Use instead
    ```yaml
    flags:
      formal-tone: {use: qualify-lead@2.1.0, started: 2026-11-22, expires: 2026-12-31, owner: growth@example.com}
    ```
    """
    longest = parse_duration(_lifetime(context)).days
    for environment, flag in _touched_flags(context):
        before = context.change.environment(environment.name, on_base=True).text("flags", flag.key, "started")
        started = environment.text("flags", flag.key, "started")
        if before and started != before:
            message = f"flag {flag.key} started on {before}, and that may not be changed"
            yield _found(environment, flag, message, f"write `started: {before}`", "started")
        days = days_between(before or started or context.today, environment.text("flags", flag.key, "expires"))
        if days is not None and days > longest:
            message = f"flag {flag.key} is meant to last {days} days; the policy allows {longest}"
            hint = "let it end earlier, or roll its version out"
            yield _found(environment, flag, message, hint, "expires")


def _lifetime(context: Context) -> str:
    section = context.policy.data.get("flags")
    return str(section.get("max-lifetime", _LIFETIME)) if isinstance(section, dict) else _LIFETIME


def _flags(context: Context) -> Iterator[tuple[Environment, Flag]]:
    for item in judged(context):
        if item.names is None:
            yield from ((item.environment, flag) for flag in item.environment.selection.flags)


def _touched_flags(context: Context) -> Iterator[tuple[Environment, Flag]]:
    """Time alone makes these faults, so they are not put on whoever changes something else."""
    for environment, flag in _flags(context):
        before = context.change.environment(environment.name, on_base=True)
        pointer = ("flags", flag.key)
        if context.change.everything or before.value(*pointer) != environment.value(*pointer):
            yield environment, flag


def _found(environment: Environment, flag: Flag, message: str, hint: str, key: str | None = None) -> Finding:
    pointer = ("flags", flag.key) if key is None else ("flags", flag.key, key)
    return at(environment, pointer, message, on_key=key is None, ref=flag.use, hint=hint)
