"""Checks a change, or everything, against every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl import __version__
from promptctl.core.report import Report
from promptctl.operations.compared import Question, compared
from promptctl.rules.run import run_rules

if TYPE_CHECKING:
    from promptctl.operations.compared import Compared


def check(question: Question) -> Report:
    """Raises Undecided (exit 3) where any rule's question has no answer, UsageError (exit 2) for a bad request."""
    with compared(question) as views:
        return report_on(views)


def report_on(views: Compared) -> Report:
    """The report about views that are open."""
    findings = run_rules(views.context)
    return Report(
        tool_version=__version__,
        base=views.base.commit,
        base_label=views.base.label,
        head=views.head.label,
        policy=views.policy_source,
        prompts=len(views.change.prompts),
        versions=len(views.change.version_files),
        findings=findings,
    )
