"""A recorded move from one version to another in one environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promptctl.core.refs import Ref


ROLLED_BACK = "rolled-back"


@dataclass(frozen=True, slots=True)
class Rollout:
    """`source` is what the prompt moves from, None for its first selection; times are ISO 8601 as written.

    `strategy` is tenant, flag or global; `state` is running, paused, finished or rolled-back.
    """

    target: Ref
    source: Ref | None
    strategy: str
    state: str
    started: str
    step: int = 1
    step_at: str | None = None
    because: str = ""
    unobserved_because: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in {"running", "paused"}
