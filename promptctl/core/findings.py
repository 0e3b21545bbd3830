"""What a rule reports, as data: nothing here prints or decides how a finding looks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How much a finding weighs; only errors block."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file, lines and columns from 1, columns in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a finding."""

    path: str
    message: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in one place.

    `subject` tells findings of one rule in one file apart without a line number (a key, a variable): the fingerprint
    is made of rule, path and subject, so it survives edits elsewhere in the file.
    """

    rule: str
    severity: Severity
    message: str
    path: str
    span: Span | None = None
    subject: str = ""
    ref: str | None = None
    environment: str | None = None
    hint: str | None = None
    related: tuple[Related, ...] = ()
    blob: str | None = None

    @property
    def line(self) -> int | None:
        return self.span.line if self.span else None

    @property
    def column(self) -> int | None:
        return self.span.column if self.span else None

    @property
    def fingerprint(self) -> str:
        import hashlib  # loads OpenSSL, which takes longer than most checks

        key = "\0".join((self.rule, self.path, self.subject, self.environment or ""))
        return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def sort_key(finding: Finding) -> tuple[str, int, str, int, str]:
    """Path, line, rule; then column and subject so that the order is total."""
    return (finding.path, finding.line or 0, finding.rule, finding.column or 0, finding.subject)
