"""Checks a change, or everything, against every rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptctl import __version__
from promptctl.core.report import NewVersion, Report, RuleInfo
from promptctl.core.versions import raised_level
from promptctl.operations.compared import Question, compared
from promptctl.rules.chain import links, parent, step_from
from promptctl.rules.levels import step_of
from promptctl.rules.registry import REGISTRY
from promptctl.rules.run import run_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.operations.compared import Compared
    from promptctl.rules.base import Context
    from promptctl.rules.chain import Link
    from promptctl.tree.version_file import VersionFile


def check(question: Question, *, for_review: bool = False) -> Report:
    """The report; `for_review` fills in the versions that the change adds, word by word, and who moves.

    Raises Undecided (exit 3) where any rule's question has no answer, UsageError (exit 2) for a bad request.
    """
    with compared(question) as views:
        return report_on(views, for_review=for_review)


def report_on(views: Compared, *, for_review: bool = False) -> Report:
    """The report about views that are open."""
    report = report_of(views, run_rules(views.context))
    if not for_review:
        return report
    from promptctl.operations.review import review_of  # no hook pays for what only reviewers read

    added = tuple(_added(views.context))
    return replace(report, added=added, review=review_of(views.context, views.base.commit, added))


def report_of(views: Compared, findings: tuple[Finding, ...]) -> Report:
    """These findings as a report about the views."""
    return Report(
        tool_version=__version__,
        base=views.base.commit,
        base_label=views.base.label,
        head=views.head.label,
        policy=views.policy_source,
        prompts=len(views.change.prompts),
        versions=len(views.change.version_files),
        findings=findings,
        rules=tuple(RuleInfo(r.name, r.severity, r.family, r.summary, r.doc) for r in REGISTRY.values()),
    )


def _added(context: Context) -> Iterator[NewVersion]:
    """The versions that base does not have yet, as far as they can be read."""
    for link in links(context):
        if context.change.base.entry(link.place.path) is None:
            yield _new_version(context, link)


def _new_version(context: Context, link: Link) -> NewVersion:
    from promptctl.core.words import diff_words

    change, older = context.change, parent(context.change, link)
    before = change.library.version(older.entry).text if older else None
    level = raised_level(step_from(change, link.place.folder, older), link.own.version) if older else None
    step = step_of(context, link)
    reasons = step.analysis.reasons if step else ()
    return NewVersion(
        ref=f"{link.place.name}@{link.own.text}",
        path=link.place.path,
        follows=f"{link.place.name}@{older.text}" if older else None,
        level=str(level) if level else None,
        summary=link.file.string("summary"),
        segments=diff_words(before or "", link.file.text or ""),
        demanded=str(step.analysis.demanded) if step else None,
        reasons=tuple(f"{reason.level}, {reason.surface}: {reason.message}" for reason in reasons),
        emergency=_emergency(link.file),
    )


def _emergency(file: VersionFile) -> str:
    said = file.data.get("emergency")
    if said is None:
        return ""
    parts = (said.get("reason"), said.get("incident")) if isinstance(said, dict) else ()
    return ", ".join(str(part) for part in parts if part) or "without a reason"
