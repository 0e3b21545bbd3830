"""Judges whether a change may take the fast lane: a pure rollback, to versions that can be served."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.core.findings import Severity, sort_key
from promptctl.core.report import RuleInfo
from promptctl.operations.check import report_of, report_on
from promptctl.operations.compared import compared
from promptctl.repo.heads import HeadKind
from promptctl.rules.lane import RULE, STANDING, SUMMARY, beyond_a_rollback
from promptctl.rules.run import run_rules

if TYPE_CHECKING:
    from promptctl.core.findings import Finding
    from promptctl.core.report import Report
    from promptctl.operations.compared import Compared, Question

_INFO = RuleInfo(RULE, Severity.ERROR, "rollouts", SUMMARY, SUMMARY)


def check_lane(question: Question) -> Report:
    """A report without errors means that the change is nothing but lawful moves back. Raises as `check` does."""
    with compared(question) as views:
        return _report(question, views)


def check_at_the_gate(question: Question) -> Report:
    """What `check` says, but that nothing it finds stops a pure rollback. Raises as `check` does."""
    with compared(question) as views:
        with suppress(Undecided):  # the whole check asks again, and says so
            report = _report(question, views)
            if not report.errors:
                return report
        return report_on(views)


def _report(question: Question, views: Compared) -> Report:
    found = list(beyond_a_rollback(views.context))
    found = found or _cannot_be_served(question, views)
    report = report_of(views, tuple(sorted(found, key=sort_key)))
    return replace(report, rules=(*report.rules, _INFO))


def _cannot_be_served(question: Question, views: Compared) -> list[Finding]:
    """What holds of every selection, and would not hold any more; base's own faults are not the change's."""
    found = _errors(views)
    if found and views.base.commit is not None:
        whole = replace(question, kind=HeadKind.COMMIT, commit=views.base.commit, base=views.base.commit, event=None)
        with compared(replace(whole, everything=True, replaces=True)) as before:
            known = {finding.fingerprint for finding in _errors(before)}
        found = [finding for finding in found if finding.fingerprint not in known]
    return found


def _errors(views: Compared) -> list[Finding]:
    return [one for one in run_rules(views.context, STANDING) if one.severity is Severity.ERROR]
