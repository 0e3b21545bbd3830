"""The ledger against what can be said of a whole history at once."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.entries import Entry
from promptctl.core.events import Kind, Tombstone
from promptctl.core.ledger import Ledger

PATH, REF = "prompt-templates/task/x/1.0.0.md", "x@1.0.0"
ENTRIES = (None, *(Entry(mode, letter * 40) for mode in ("100644", "100755") for letter in "abc"))


@dataclass(frozen=True)
class Step:
    """A commit: what it left at the path, and what its law says. No tombstone unless it has a reason."""

    entry: Entry | None
    stone: Tombstone | None = None
    waived: bool = False

    def tombstone(self, path: str) -> Tombstone | None:
        assert path.endswith(PATH[-9:])
        return self.stone

    def waiver(self, rules: frozenset[str], path: str, blob: str) -> str | None:
        assert (path[-9:], len(rules)) in {(PATH[-9:], 1), (PATH[-9:], 2)}
        assert blob == (self.entry.oid if self.entry else "gone")
        return "until then" if self.waived else None

    def moved_to(self, path: str, entry: Entry) -> str | None:
        assert path.endswith(PATH[-9:])
        assert entry is not self.entry
        return None


stones = st.sampled_from((None, Tombstone("old"), Tombstone("old", "secret", "INC-1")))
histories = st.lists(st.builds(Step, st.sampled_from(ENTRIES), stones, st.booleans()), max_size=12)
lawless = st.lists(st.builds(Step, st.sampled_from(ENTRIES)), max_size=12)


def replay(steps: list[Step], path: str = PATH, ledger: Ledger | None = None) -> list[Kind | None]:
    book = Ledger() if ledger is None else ledger
    found = [book.record(path, REF, step.entry, step) for step in steps]
    return [None if verdict is None else verdict[0] for verdict in found]


def oracle(before: list[tuple[Step, Kind | None]], step: Step) -> Kind | None:
    """What one commit did, from everything that came before it."""
    past = [earlier.entry for earlier, _ in before]
    released = [entry for entry in past if entry is not None]
    if not released:
        return Kind.RELEASED if step.entry else None
    if step.entry == past[-1]:
        return None
    if step.entry is None:
        if step.stone:
            return Kind.PURGED if step.stone.purge else Kind.RETIRED
        return Kind.WAIVED if step.waived else Kind.REMOVED
    allowed = [earlier.entry for earlier, kind in before if kind is Kind.WAIVED and earlier.entry]
    if step.entry in (released[0], *allowed[-1:]):
        return Kind.RESTORED
    stood = past[-1] or (allowed[-1] if allowed else released[0])
    worse = Kind.EDITED if stood.mode == step.entry.mode else Kind.REPLACED
    return Kind.WAIVED if step.waived else worse


@given(histories)
def test_each_commit_is_judged_by_all_that_came_before(steps: list[Step]) -> None:
    known: list[tuple[Step, Kind | None]] = []
    for step, kind in zip(steps, replay(steps), strict=True):
        assert kind == oracle(known, step)
        known.append((step, kind))


@given(lawless)
def test_without_leave_a_history_is_clean_where_nothing_ever_changed(steps: list[Step]) -> None:
    broken = bool({Kind.EDITED, Kind.REPLACED, Kind.REMOVED} & set(replay(steps)))
    entries = [step.entry for step in steps]
    while entries and entries[0] is None:
        entries.pop(0)
    assert broken is (len(set(entries)) > 1)


@given(histories, st.sampled_from(ENTRIES[1:]))
def test_a_number_that_is_gone_is_taken_in_every_folder(steps: list[Step], entry: Entry) -> None:
    ledger = Ledger()
    kinds = replay(steps, ledger=ledger)
    known = list(zip(steps, kinds, strict=True))
    (kind,) = replay([Step(entry)], PATH.replace("task", "sales"), ledger)
    gone = bool(steps) and steps[-1].entry is None
    assert kind == (oracle(known, Step(entry)) if gone else Kind.RELEASED)
