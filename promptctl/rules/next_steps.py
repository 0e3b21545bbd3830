"""What to do next about a gate, as a command to copy."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from promptctl.core.outcomes import Outcome
from promptctl.evidence.thresholds import parse_threshold

if TYPE_CHECKING:
    from promptctl.evidence.verdicts import Case, Verdict


def next_step(case: Case, verdict: Verdict) -> str | None:
    """The command that brings evidence where none counts; where the version fails, that it must change.

    None where there is nothing to do.
    """
    gate = verdict.gate
    if verdict.is_met:
        return None
    unmet = any(check.met is False for check in verdict.checks)
    if verdict.outcome is Outcome.FAILED and unmet:
        return f"mend it: promptctl new-version {case.ref.name}; or waive gate-failed for {case.ref}"
    if gate.command is not None and not gate.per_regime and not _lacks_review(verdict):
        return f"promptctl gate run {case.ref} {gate.name}"
    options = [f"--from {_EXAMPLES[gate.format]}"]
    if case.baseline is not None and _is_relative(case, verdict):
        options.append(f"--baseline {quote(case.baseline.name)}")
    if gate.per_regime and verdict.regime:
        options.append(f"--regime {quote(verdict.regime)}")
    if gate.reviewed:
        options.append("--reviewed-by WHO")
    return f"promptctl gate record {case.ref} {gate.name} {' '.join(options)}"


_EXAMPLES = {"promptfoo": "results.json", "junit": "results.xml", "generic": "results.json"}


def _lacks_review(verdict: Verdict) -> bool:
    statement = verdict.filed.statement if verdict.filed else None
    return verdict.gate.reviewed and statement is not None and statement.reviewed_by is None


def _is_relative(case: Case, verdict: Verdict) -> bool:
    bounds = verdict.gate.thresholds_for(case.ref.name).items()
    return any(threshold.relative for name, text in bounds if (threshold := parse_threshold(name, text)))
