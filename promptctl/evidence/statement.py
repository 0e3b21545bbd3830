"""What a statement says of a version, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from promptctl.evidence.measures import Metrics, Tool

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "urn:promptctl:predicate:gate:1"


@dataclass(frozen=True, slots=True)
class Subject:
    """A version by `name@version`, and its digests where they are given."""

    name: str
    sha256: str | None = None
    behaviour: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The result file; `path` counts from the folder of the statement, and is None where the file is not kept."""

    format: str
    sha256: str
    path: str | None = None
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated of `subject`, for one gate. Without an `environment` it counts in all of them."""

    subject: Subject
    gate: str
    passed: bool
    metrics: Metrics
    recorded: datetime
    baseline: Subject | None = None
    environment: str | None = None
    regimes: tuple[str, ...] = ()
    columns: Mapping[str, Metrics] = field(default_factory=dict)
    providers: tuple[str, ...] = ()
    tests: int | None = None
    thresholds: Mapping[str, str] = field(default_factory=dict)
    binding: str = "asserted"
    tool: Tool | None = None
    source: Source | None = None
    suite: str | None = None
    attempts: int = 1
    recorded_by: str | None = None
    reviewed_by: str | None = None

    @property
    def moment(self) -> datetime:
        """What its age counts from."""
        return self.source.created if self.source and self.source.created else self.recorded
