"""Why a change demands a level: one reason for each surface that differs, and the answer that they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from promptctl.core.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promptctl.bump.json_schema import Witness


class Certainty(StrEnum):
    """Whether a reason follows from what is declared, or is read out of prose."""

    PROVED = "proved"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class Reason:
    """One difference, the level that it demands, and its line in the new file; `witness` tells two schemas apart."""

    level: Level
    surface: str
    message: str
    line: int = 1
    certainty: Certainty = Certainty.PROVED
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """The reasons, the weightiest first."""

    reasons: tuple[Reason, ...] = ()

    @property
    def demanded(self) -> Level:
        """The highest level of all reasons."""
        return _highest(self.reasons)

    @property
    def proved(self) -> Level:
        """The level that would be demanded if nothing were read out of prose."""
        return _highest(reason for reason in self.reasons if reason.certainty is Certainty.PROVED)

    @property
    def witnessed(self) -> Level:
        """The level below which no override goes."""
        return _highest(reason for reason in self.reasons if reason.witness is not None)


def _highest(reasons: Iterable[Reason]) -> Level:
    return max((reason.level for reason in reasons), default=Level.NONE)


def analysis_of(reasons: Iterable[Reason]) -> Analysis:
    """The reasons in order: by level, the highest first, then by line."""
    return Analysis(tuple(sorted(reasons, key=lambda reason: (-reason.level, reason.line))))
