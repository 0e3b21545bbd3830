"""Checks a change, or everything, against every rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptctl import __version__
from promptctl.core.report import NewVersion, Report, RuleInfo
from promptctl.core.versions import raised_level
from promptctl.operations.compared import Question, compared
from promptctl.rules.chain import links, parent, step_from
from promptctl.rules.registry import REGISTRY
from promptctl.rules.run import run_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.operations.compared import Compared
    from promptctl.rules.base import Context
    from promptctl.rules.chain import Link


def check(question: Question, *, with_added: bool = False) -> Report:
    """The report; `with_added` fills in the versions that the change adds, word by word.

    Raises Undecided (exit 3) where any rule's question has no answer, UsageError (exit 2) for a bad request.
    """
    with compared(question) as views:
        return report_on(views, with_added=with_added)


def report_on(views: Compared, *, with_added: bool = False) -> Report:
    """The report about views that are open."""
    report = report_of(views, run_rules(views.context))
    return replace(report, added=tuple(_added(views.context))) if with_added else report


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
    return NewVersion(
        ref=f"{link.place.name}@{link.own.text}",
        path=link.place.path,
        follows=f"{link.place.name}@{older.text}" if older else None,
        level=str(level) if level else None,
        summary=link.file.string("summary"),
        segments=diff_words(before or "", link.file.text or ""),
    )
