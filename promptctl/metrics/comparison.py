"""What may be compared with what, as types: only two arms of the same stratum make a pair.

A stratum is one stage of a rollout and one tenant in it. Nothing here adds strata up, so no test can pool stages whose
shares differ, or hold one tenant against the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promptctl.metrics.tallies import Tally


@dataclass(frozen=True, slots=True, order=True)
class Stratum:
    """`tenant` is empty where calls do not say whose they are."""

    stage: str
    tenant: str


@dataclass(frozen=True, slots=True)
class Arm:
    """The calls of one version in one stratum."""

    stratum: Stratum
    tally: Tally


@dataclass(frozen=True, slots=True)
class Pair:
    """The new version and the one before it, in the same stratum."""

    new: Arm
    base: Arm

    def __post_init__(self) -> None:
        if self.new.stratum != self.base.stratum:
            raise ValueError(f"{self.new.stratum} cannot be compared with {self.base.stratum}")

    @property
    def stratum(self) -> Stratum:
        return self.new.stratum


@dataclass(frozen=True, slots=True)
class Stage:
    """The pairs of one stage. Each stage gives evidence of its own, and the evidence is multiplied."""

    name: str
    pairs: tuple[Pair, ...]

    def __post_init__(self) -> None:
        if any(pair.stratum.stage != self.name for pair in self.pairs):
            raise ValueError(f"a pair of another stage cannot be part of {self.name}")


@dataclass(frozen=True, slots=True)
class Comparison:
    """All stages, each once."""

    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        if len({stage.name for stage in self.stages}) < len(self.stages):
            raise ValueError("a stage is there twice")

    @property
    def pairs(self) -> tuple[Pair, ...]:
        return tuple(pair for stage in self.stages for pair in stage.pairs)
