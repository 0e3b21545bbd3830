"""Asks every rule, applies severities and waivers, and puts the findings in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptctl.core.findings import Finding, Severity, sort_key
from promptctl.rules.base import WAIVER_ONLY, Context, Rule
from promptctl.rules.exemptions import exempted
from promptctl.rules.registry import REGISTRY, RULES, WAIVER_RULES
from promptctl.rules.waivers import match_waivers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_ORDER = ("off", "info", "warning", "error")


def run_rules(context: Context, only: Collection[str] | None = None) -> tuple[Finding, ...]:
    """All findings of a change, sorted; those of some rules where `only` names them, and then none about waivers.

    Raises Undecided where a rule cannot answer.
    """
    context = replace(context, registry=REGISTRY)
    context.change.library.prefetch(entry for _, entry in context.change.files)
    asked = [item for item in RULES if only is None or item.name in only]
    found = [finding for finding in dict.fromkeys(_ask(context, asked)) if context.change.asked_about(finding.path)]
    matches = match_waivers(context, found)
    lifted = {id(match.finding) for match in matches if not match.expired}
    kept = [finding for finding in found if id(finding) not in lifted]
    if only is not None:
        return tuple(sorted(kept, key=sort_key))
    context = replace(context, matches=matches)
    return tuple(sorted([*kept, *_ask(context, WAIVER_RULES)], key=sort_key))


def _ask(context: Context, rules: Collection[Rule]) -> Iterator[Finding]:
    for item in rules:
        severity = severity_of(context, item)
        if severity is not None:
            for finding in item.check(context):
                yield replace(finding, rule=item.name, severity=severity)
    yield from exempted(context, (item for item in rules if severity_of(context, item) is not None))


def severity_of(context: Context, item: Rule) -> Severity | None:
    """The severity that the policy gives a rule, None for off; what only a waiver may lift is never lowered."""
    asked = context.policy.severities.get(item.name)
    if asked is None:
        return item.severity
    if item.family in WAIVER_ONLY and _ORDER.index(asked) < _ORDER.index(item.severity.value):
        return item.severity
    return None if asked == "off" else Severity(asked)
