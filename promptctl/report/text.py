"""The report for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from promptctl.core.styled import Line, Part, Role, line
from promptctl.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.report import Report

_SHORT = 10  # digits of a commit id that people read


def text_lines(report: Report) -> Iterator[Line]:
    """Findings with their hints, then what was compared and the counts."""
    for finding in report.findings:
        yield from _finding(finding)
    if report.findings:
        yield line("")
    yield line(Part(base_sentence(report), "dim"))
    yield _verdict(report)


def concise_lines(report: Report) -> Iterator[Line]:
    """One line a finding, as compilers print them."""
    for finding in report.findings:
        yield line(f"{place(finding)}: {finding.severity} {finding.rule}: {finding.message}")


def base_sentence(report: Report) -> str:
    """What was compared with what; printed on every run, so that nobody takes one question for another."""
    base = f"{report.base_label} ({report.base[:_SHORT]})" if report.base else report.base_label
    head = report.head if report.head in {"index", "worktree"} else report.head[:_SHORT]
    looked = f"{plural(report.prompts, 'prompt')}, {plural(report.versions, 'version')}"
    return f"compared {head} with {base}, policy of {report.policy}; looked at {looked}"


def place(finding: Finding) -> str:
    """`path:line:column`, as far as they are known."""
    if finding.span is None:
        return finding.path
    return f"{finding.path}:{finding.span.line}:{finding.span.column}"


def _finding(finding: Finding) -> Iterator[Line]:
    role: Role = next(name for name in get_args(Role) if name == finding.severity.value)
    yield line(
        Part(place(finding), "path"),
        ": ",
        Part(finding.severity.value, role),
        f": {finding.message} ",
        Part(f"[{finding.rule}]", "dim"),
    )
    for related in finding.related:
        where = f"{related.path}:{related.line}" if related.line else related.path
        yield line(Part(f"  see {where}: {related.message}", "dim"))
    if finding.hint:
        yield line(Part("  help: ", "hint"), finding.hint)


def _verdict(report: Report) -> Line:
    if not report.findings:
        return line("no findings")
    parts = [
        Part(plural(count, word), role if count else "plain")
        for count, word, role in _counts(report)
        if count or word == "error"
    ]
    joined: list[Part | str] = []
    for part in parts:
        joined += [", ", part] if joined else [part]
    return line(*joined)


def _counts(report: Report) -> tuple[tuple[int, str, Role], ...]:
    return (
        (report.errors, "error", "error"),
        (report.warnings, "warning", "warning"),
        (report.infos, "info", "info"),
    )
