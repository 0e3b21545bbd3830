"""The frozen document that every output format is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.findings import Severity

if TYPE_CHECKING:
    from promptctl.core.findings import Finding

REPORT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Report:
    """`base` is a commit or None, `head` a commit, `index` or `worktree`; `policy` says whose was in force.

    `prompts` and `versions` count what rules about them looked at.
    """

    tool_version: str
    base: str | None
    base_label: str
    head: str
    policy: str
    prompts: int
    versions: int
    findings: tuple[Finding, ...]

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
