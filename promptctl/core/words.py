"""A word diff that stays quick on any input: a block whose alignment would cost too much counts as replaced."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["equal", "delete", "insert"]

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")
_STEPS: Final = 600_000  # comparisons that lines, and then words, may spend: a fraction of a second
_EDITS: Final = 1_000  # insertions and deletions looked for in one block; time and memory grow with the square


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text that both sides have, or only the old (delete) or the new one (insert)."""

    kind: Kind
    text: str


class Run(NamedTuple):
    """`size` tokens that are the same from place `old` and place `new` on."""

    old: int
    new: int
    size: int


class _Link(NamedTuple):
    old: int
    new: int
    before: "_Link | None"


@dataclass(slots=True)
class Budget:
    """How many comparisons an alignment may cost; several can share one."""

    steps: int = _STEPS


def diff_words(old: str, new: str) -> tuple[Segment, ...]:
    """Return the segments in text order; between two equal ones what was deleted precedes what was inserted.

    The equal and deleted segments spell the old text, the equal and inserted ones the new text.
    """
    return tuple(_merged(_pieces(old, new)))


def _pieces(old: str, new: str) -> Iterator[tuple[str, str, bool]]:
    """Yield (old text, new text, whether they are equal), which together cover both texts."""
    budget = Budget()
    for old_lines, new_lines, equal in _blocks(_LINE.findall(old), _LINE.findall(new), Budget()):
        if equal or not old_lines or not new_lines:
            yield old_lines, new_lines, equal
        else:
            yield from _blocks(_WORD.findall(old_lines), _WORD.findall(new_lines), budget)


def _merged(pieces: Iterable[tuple[str, str, bool]]) -> Iterator[Segment]:
    same: list[str] = []
    deleted: list[str] = []
    inserted: list[str] = []
    for old, new, equal in pieces:
        if not equal:
            deleted.append(old)
            inserted.append(new)
            continue
        if deleted:
            yield from _segments(same, deleted, inserted)
            same, deleted, inserted = [], [], []
        same.append(old)
    yield from _segments(same, deleted, inserted)


def _segments(same: list[str], deleted: list[str], inserted: list[str]) -> Iterator[Segment]:
    kinds: tuple[tuple[Kind, list[str]], ...] = (("equal", same), ("delete", deleted), ("insert", inserted))
    for kind, parts in kinds:
        if text := "".join(parts):
            yield Segment(kind, text)


def align(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Run]:
    """The runs of tokens that both sides have, in order; fewer than there are where more would cost too much."""
    return list(_align(old, new, budget))


def _blocks(old: list[str], new: list[str], budget: Budget) -> Iterator[tuple[str, str, bool]]:
    i = j = 0
    for run in (*_align(old, new, budget), Run(len(old), len(new), 0)):
        if run.old > i or run.new > j:
            yield "".join(old[i : run.old]), "".join(new[j : run.new]), False
        i, j = run.old + run.size, run.new + run.size
        if run.size:
            text = "".join(old[run.old : i])
            yield text, text, True


def _align(old: Sequence[str], new: Sequence[str], budget: Budget) -> Iterator[Run]:
    """Yield the equal runs in ascending order, cutting first at what is unique on both sides (patience diff)."""
    i = j = 0
    for next_i, next_j in (*_anchors(old, new), (len(old), len(new))):
        for run in _between(old[i:next_i], new[j:next_j], budget):
            yield Run(i + run.old, j + run.new, run.size)
        i, j = next_i, next_j


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of the longest sequence of tokens that both sides hold in this order, each exactly once."""
    places = _unique(new)
    lasts: list[int] = []
    chains: list[_Link] = []
    for token, i in _unique(old).items():
        if (j := places.get(token)) is not None:
            length = bisect_left(lasts, j)
            lasts[length : length + 1] = [j]
            chains[length : length + 1] = [_Link(i, j, chains[length - 1] if length else None)]
    link = chains[-1] if chains else None
    anchors: list[tuple[int, int]] = []
    while link:
        anchors.append((link.old, link.new))
        link = link.before
    return anchors[::-1]


def _unique(tokens: Sequence[str]) -> dict[str, int]:
    counts = Counter(tokens)
    return {token: place for place, token in enumerate(tokens) if counts[token] == 1}


def _between(old: Sequence[str], new: Sequence[str], budget: Budget) -> Iterator[Run]:
    limit = min(len(old), len(new))
    start = next((index for index in range(limit) if old[index] != new[index]), limit)
    limit -= start
    end = next((index for index in range(limit) if old[-1 - index] != new[-1 - index]), limit)
    yield Run(0, 0, start)
    for run in _shortest_edit(old[start : len(old) - end], new[start : len(new) - end], budget):
        yield Run(start + run.old, start + run.new, run.size)
    yield Run(len(old) - end, len(new) - end, end)


def _shortest_edit(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Run]:
    """Return the runs of a shortest edit script, or none where that would cost too much.

    This is the greedy algorithm of E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986): `reach[k]` is
    how far into the old tokens `edits` edits lead on the diagonal k = x - y; odd and even diagonals alternate.
    """
    reach = {1: 0}
    trail: list[dict[int, int]] = []
    for edits in range(min(len(old) + len(new), _EDITS) + 1):
        before, reach = reach, {}
        trail.append(before)
        # A diagonal beyond -len(new) or len(old) has left the grid.
        for k in range(max(-edits, edits - 2 * len(new)), min(edits, 2 * len(old) - edits) + 1, 2):
            x = start = _entry(before, k)
            y = x - k
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            reach[k] = x
            budget.steps -= 1 + x - start
            if x == len(old) and y == len(new):
                return _walk_back(trail, x, y)
            if budget.steps < 0:
                return []
    return []


def _entry(reach: dict[int, int], k: int) -> int:
    """Return where a path enters diagonal k: by an insertion from above, or by a deletion from the left."""
    above, left = reach.get(k + 1, -1), reach.get(k - 1, -1)
    return above if above > left else left + 1


def _walk_back(trail: list[dict[int, int]], x: int, y: int) -> list[Run]:
    runs: list[Run] = []
    for reach in reversed(trail):
        k = x - y
        start = _entry(reach, k)
        if x > start:
            runs.append(Run(start, start - k, x - start))
        x = start
        y = start - k
        if reach.get(k + 1, -1) > reach.get(k - 1, -1):
            y -= 1
        else:
            x -= 1
    return runs[::-1]
