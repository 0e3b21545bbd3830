"""Waivers: which findings a policy lets pass, and rules about the waivers themselves.

These rules run after all others, because they are about what the others found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.rules.base import BOUND, problem, rule, span_of
from promptctl.tree.policy import Waiver, parse_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context


@dataclass(frozen=True, slots=True)
class Match:
    """A finding that a waiver in force is about; `expired` waivers are about it but lift nothing."""

    waiver: Waiver
    finding: Finding
    expired: bool


def match_waivers(context: Context, findings: Iterable[Finding]) -> tuple[Match, ...]:
    """Each finding with the first waiver that is about it, those that still hold before expired ones."""
    ordered = sorted(context.policy.waivers, key=lambda waiver: waiver.until < context.today)
    found = []
    for finding in findings:
        waiver = next((item for item in ordered if _covers(context, item, finding)), None)
        if waiver is not None:
            found.append(Match(waiver, finding, waiver.until < context.today))
    return tuple(found)


def _covers(context: Context, waiver: Waiver, finding: Finding) -> bool:
    if waiver.rule != finding.rule or (waiver.path is None and waiver.ref is None):
        return False
    if waiver.path is not None and not names_path(context, waiver, finding.path):
        return False
    if waiver.ref is not None and waiver.ref != finding.ref:
        return False
    if waiver.environment is not None and waiver.environment != finding.environment:
        return False
    if waiver.blob is None:
        return context.registry[finding.rule].family not in BOUND
    return waiver.blob == _blob(context, finding)


def names_path(context: Context, waiver: Waiver, path: str) -> bool:
    """Whether a waiver is about a path; it may count from the repository or from the project's root."""
    return waiver.path is not None and path in {waiver.path, context.change.layout.root + waiver.path}


def _blob(context: Context, finding: Finding) -> str:
    if finding.blob is not None:
        return finding.blob
    entry = context.change.head.entry(finding.path)
    return entry.oid if entry else "gone"


@rule("waiver-in-use", family="policy", severity=Severity.INFO)
def waiver_in_use(context: Context) -> Iterator[Finding]:
    """A waiver lets a finding pass.

    ## What it does
    Shows each finding that a waiver on the base lifts, with the reason and the end of the waiver.

    ## Why is this bad?
    It is not. Reviewers see what would have been refused.

    ## Example
    ```text
    prompt-templates/task/x/1.0.0.md: waived until 2027-01-01: Removes a leaked token.
    ```

    ## Use instead
    Nothing, until the waiver ends.
    """
    for match in context.matches:
        if not match.expired:
            found, waiver = match.finding, match.waiver
            message = f"{found.rule} is waived until {waiver.until} ({waiver.reason}): {found.message}"
            subject = f"{found.rule} {found.subject}".rstrip()
            yield problem(found.path, message, span=found.span, subject=subject, ref=found.ref)


@rule("waiver-expired", family="policy", severity=Severity.ERROR, dated=True)
def waiver_expired(context: Context) -> Iterator[Finding]:
    """A waiver is past its date.

    ## What it does
    Compares `until` (inclusive, UTC) with today. Looks at every waiver under `--all` and where the policy changes, and
    otherwise at those that the change would have needed.

    ## Why is this bad?
    An exception that nobody ends becomes the rule.

    ## Example
    ```yaml
    waivers:
      - {rule: unused-input, path: prompt-templates/task/x/1.0.0.md, reason: Kept for callers., until: 2020-01-01}
    ```

    ## Use instead
    Delete the waiver, and mend what it covered; or renew it with a reason that still holds.
    """
    change = context.change
    wanted = change.everything or change.layout.policy in change.touched
    needed = {match.waiver for match in context.matches}
    for number, waiver in _in_head(context):
        if waiver.until < context.today and (wanted or waiver in needed):
            yield _about(context, number, f"the waiver of {waiver.rule} ended on {waiver.until}")


@rule("waiver-unused", family="policy", severity=Severity.WARNING)
def waiver_unused(context: Context) -> Iterator[Finding]:
    """A waiver covers nothing.

    ## What it does
    Under `--all`, reports each waiver in force that matched no finding of this run and is not the reason why the base
    has other content than was released.

    ## Why is this bad?
    It waits for a fault that nobody has made yet.

    ## Example
    ```yaml
    waivers:
      - {rule: unused-input, path: prompt-templates/task/gone/1.0.0.md, reason: Kept for callers., until: 2027-01-01}
    ```

    ## Use instead
    Delete the waiver.
    """
    if not context.change.everything:
        return
    used = {match.waiver for match in context.matches}
    for number, waiver in _in_head(context):
        in_force = waiver in context.policy.waivers and waiver.until >= context.today
        if in_force and waiver not in used and not _explains_base(context, waiver):
            yield _about(context, number, f"the waiver of {waiver.rule} covers nothing")


def _explains_base(context: Context, waiver: Waiver) -> bool:
    """Whether base holds what the waiver allowed: branches that are older than that need it to be there still."""
    paths = [waiver.path, context.change.layout.root + waiver.path] if waiver.path else []
    entries = [context.change.base.entry(path) for path in paths]
    return any(entry is not None and entry.oid == waiver.blob for entry in entries)


def _in_head(context: Context) -> Iterator[tuple[int, Waiver]]:
    """The waivers of head's policy, which is the one that people can mend."""
    policy = parse_policy(context.head_document) if context.head_document else None
    yield from enumerate(policy.waivers if policy else ())


def _about(context: Context, number: int, message: str) -> Finding:
    document = context.head_document
    span = span_of(document.lines, *document.locate("waivers", number)) if document else None
    return problem(context.change.layout.policy, message, span=span, subject=f"waivers[{number}]", hint="delete it")
