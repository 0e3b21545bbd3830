"""Names of rules that a policy may already mention, although this version does not ask them.

A name leaves this list when its rule joins the registry.
"""

from __future__ import annotations

RESERVED = frozenset(
    {
        "emergency-not-followed-up",
        "emergency-overused",
        "emergency-reason",
        "emergency-unlabelled",
        "evidence-invalid",
        "evidence-mismatch",
        "evidence-self-reviewed",
        "evidence-stale",
        "expansion-unobserved",
        "gate-failed",
        "gate-missing",
        "gates-unconfigured",
        "metrics-unconfigured",
        "no-baseline",
        "postmortem-missing",
        "rollout-without-metrics",
        "stopped-rollout",
        "suite-changed-with-version",
    }
)
