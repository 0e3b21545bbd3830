"""How a gate can stand for a version."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """The worst first: of several files that do not count the worst is reported."""

    INVALID = "invalid"
    MISMATCH = "mismatch"
    MISSING = "missing"
    STALE = "stale"
    FAILED = "failed"
    SKIPPED = "skipped"
    PASSED = "passed"
