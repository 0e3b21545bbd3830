"""What one commit's own tree, and the policy of its first parent, say about the commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promptctl.core.entries import Entry
    from promptctl.core.events import Commit, Tombstone
    from promptctl.operations.replay import Replay
    from promptctl.repo.walk import Step

_SUFFIX = ".md"


@dataclass(frozen=True, slots=True)
class CommitLaw:
    """The ledger's questions, answered. `policy` is what its first parent had as the policy."""

    replay: Replay
    step: Step
    policy: Entry | None

    def tombstone(self, path: str) -> Tombstone | None:
        folder, _, file_name = path.rpartition("/")
        life = self.replay.life(folder)
        return life.retired.get(file_name.removesuffix(_SUFFIX)) if life else None

    def waiver(self, rules: frozenset[str], path: str, blob: str) -> str | None:
        policy, day = self.replay.policy(self.policy), _day(self.step.commit)
        names = {path, path.removeprefix(self.replay.root)}  # it may count from the repository or from the project
        for waiver in policy.waivers if policy else ():
            if waiver.rule in rules and waiver.path in names and waiver.blob == blob and day <= waiver.until:
                return f"until {waiver.until}: {waiver.reason}"
        return None

    def moved_to(self, path: str, entry: Entry) -> str | None:
        sign = f" {entry.oid} "
        return next((other for raw, other in self.step.placed if raw.endswith(sign, 0, -1) and other != path), None)


def _day(commit: Commit) -> str:
    """The day, in UTC, on which the commit was made; one that states none lies beyond the end of every waiver."""
    try:
        return datetime.fromtimestamp(int(commit.committed), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return "9999-99-99"
