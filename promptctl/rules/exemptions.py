"""What emergency versions are exempt from: told as information, and never a reason to stop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from promptctl.core.errors import Undecided
from promptctl.core.findings import Severity
from promptctl.rules.environments import touched_environments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context, Rule

# The rules about moves and, where the policy's `may-skip` names the gate, about its evidence.
EXEMPTING: Final = frozenset(
    {
        "environment-skipped",
        "global-rollout-risky",
        "rollout-undeclared",
        "rollout-without-metrics",
        "expansion-unobserved",
        "stopped-rollout",
        "gate-missing",
        "gate-failed",
        "evidence-stale",
        "evidence-mismatch",
        "evidence-invalid",
    }
)


def exempted(context: Context, rules: Iterable[Rule]) -> Iterator[Finding]:
    """What these rules would find of emergency versions, were they not exempt.

    Where history is cut short of an answer nothing is said: an emergency may go ahead either way.
    """
    if not touched_environments(context):
        return
    asked = replace(context, emergencies=True)
    for item in rules:
        if item.name in EXEMPTING:
            try:
                for found in item.check(asked):
                    message = f"{found.message}; an emergency version is exempt"
                    yield replace(found, rule=item.name, severity=Severity.INFO, message=message, hint=None)
            except Undecided:
                continue
