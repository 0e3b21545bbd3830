"""The frozen document that every output format is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.findings import Severity

if TYPE_CHECKING:
    from promptctl.core.findings import Finding
    from promptctl.core.review import Review
    from promptctl.core.words import Segment

REPORT_VERSION = 1


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What formats that describe rules need to know of one; `doc` is Markdown."""

    name: str
    severity: Severity
    family: str
    summary: str
    doc: str


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that the change adds, with the words that changed. `follows` is the ref of its parent, if any.

    `level` is what its number declares, `demanded` what its change asks for, with the `reasons`. `emergency` is empty,
    or says why the version is one.
    """

    ref: str
    path: str
    follows: str | None
    level: str | None
    summary: str | None
    segments: tuple[Segment, ...]
    demanded: str | None = None
    reasons: tuple[str, ...] = ()
    emergency: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`base` is a commit or None, `head` a commit, `index` or `worktree`; `policy` says whose was in force.

    `prompts` and `versions` count what rules about them looked at. `rules`, `added` and `review` are filled in for the
    formats that show them.
    """

    tool_version: str
    base: str | None
    base_label: str
    head: str
    policy: str
    prompts: int
    versions: int
    findings: tuple[Finding, ...]
    rules: tuple[RuleInfo, ...] = ()
    added: tuple[NewVersion, ...] = ()
    review: Review | None = None

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def errors(self) -> int:
        return self.count(Severity.ERROR)

    @property
    def warnings(self) -> int:
        return self.count(Severity.WARNING)

    @property
    def infos(self) -> int:
        return self.count(Severity.INFO)
