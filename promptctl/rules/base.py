"""What a rule is: metadata, a documented pure function, and the context that it looks at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from promptctl.core.findings import Finding, Severity, Span
from promptctl.core.times import end_of_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from promptctl.core.text import Lines
    from promptctl.rules.waivers import Match
    from promptctl.tree.change import Change
    from promptctl.tree.document import Document
    from promptctl.tree.faults import Fault
    from promptctl.tree.layout import Place
    from promptctl.tree.policy import Policy
    from promptctl.tree.version_file import VersionFile

Family = Literal[
    "immutability",
    "layout",
    "metadata",
    "variables",
    "order",
    "bump",
    "ownership",
    "selection",
    "regimes",
    "flags",
    "lifecycle",
    "rollouts",
    "environments",
    "gates",
    "policy",
    "hardcoded",
]
Subject = Literal["file", "tree", "move"]

# Families whose rules a policy cannot lower: only a waiver, with a reason and an end, lifts them.
WAIVER_ONLY: frozenset[str] = frozenset({"immutability", "regimes", "policy"})
# Families whose waivers have to name the exact bytes that they let pass.
BOUND: frozenset[str] = frozenset({"immutability", "policy"})


@dataclass(frozen=True, slots=True)
class Context:
    """All that a rule may look at.

    `policy` is the one in force, `today` an ISO date in UTC, `base_name` what git calls the base.
    `base_document` and `head_document` are the policy files of the two sides, None where there is none. `registry`
    holds every rule by name. `matches` is what waivers are about, filled in once all other rules have run.
    With `emergencies` the rules that exempt emergency versions look at nothing but those.
    """

    change: Change
    policy: Policy
    today: str
    base_name: str = "HEAD"
    base_document: Document | None = None
    head_document: Document | None = None
    registry: Mapping[str, Rule] = field(default_factory=dict)
    matches: tuple[Match, ...] = ()
    moment: datetime | None = None
    emergencies: bool = False

    @property
    def now(self) -> datetime:
        """The time where it is known closer than to the day, else the end of the day."""
        return self.moment or end_of_day(self.today)


@dataclass(frozen=True, slots=True)
class Rule:
    """`dated`: whether the verdict depends on the date. `moves` look only at what differs between base and head."""

    name: str
    family: Family
    severity: Severity
    subject: Subject
    dated: bool
    check: Callable[[Context], Iterable[Finding]]
    doc: str

    @property
    def summary(self) -> str:
        """The first line of the rule's documentation."""
        return self.doc.partition("\n")[0]


def rule(
    name: str, *, family: Family, severity: Severity, subject: Subject = "file", dated: bool = False
) -> Callable[[Callable[[Context], Iterable[Finding]]], Rule]:
    """Make a documented function a rule; its docstring is the rule's page."""

    def wrap(check: Callable[[Context], Iterable[Finding]]) -> Rule:
        return Rule(name, family, severity, subject, dated, check, _dedent(check.__doc__ or ""))

    return wrap


def _dedent(doc: str) -> str:
    lines = doc.strip().split("\n")
    return "\n".join(line.removeprefix("    ").rstrip() for line in lines)


def problem(
    path: str,
    message: str,
    *,
    span: Span | None = None,
    subject: str = "",
    ref: str | None = None,
    hint: str | None = None,
    blob: str | None = None,
) -> Finding:
    """A finding whose rule and severity the runner fills in."""
    return Finding("", Severity.ERROR, message, path, span, subject, ref, None, hint, (), blob)


def span_of(lines: Lines, start: int, end: int) -> Span:
    """Character offsets as lines and columns."""
    first, last = lines.position(start), lines.position(end)
    return Span(first.line, first.column, last.line, last.column)


def ref_of(place: Place) -> str | None:
    """`name@version` of a version file, by its path."""
    return f"{place.name}@{place.version_text}" if place.file_name.endswith(".md") and place.parts else None


def in_version(place: Place, file: VersionFile, fault: Fault) -> Finding:
    """A fault of a version file as a finding."""
    span = span_of(file.lines, fault.start, fault.end) if file.text is not None else None
    found = problem(place.path, fault.message, span=span, subject=fault.subject, hint=fault.hint)
    return replace(found, ref=ref_of(place))


def in_document(path: str, document: Document, fault: Fault) -> Finding:
    """A fault of a YAML file as a finding."""
    span = span_of(document.lines, fault.start, fault.end) if document.text is not None else None
    return problem(path, fault.message, span=span, subject=fault.subject, hint=fault.hint)
