"""Whether an edit touches the surface alone: white space, Markdown markers, punctuation, spelling."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from promptctl.bump.prose.lines import Kind, read_lines
from promptctl.bump.prose.spelling import is_respelled
from promptctl.bump.prose.tokens import tokens_of
from promptctl.core.words import Budget, align

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promptctl.bump.prose.lines import Line

_CODE = (Kind.CODE, Kind.INDENTED)
_WORD = re.compile(r"\w+(?:'\w+)*")
_STEPS = 100_000  # comparisons that lines, and then words, may spend: a tenth of a second
_SLIPS = 40  # words that may differ in any text
_SLIPS_A_WORD = 0.1  # and how many more of them in a longer one


def is_surface_edit(old: str, new: str) -> bool:
    """Whether the two texts say the same, word for word, but for spelling and layout."""
    if _is_rewritten(old, new):
        return False
    old_lines, new_lines = read_lines(old), read_lines(new)
    if _fences(old_lines) == _fences(new_lines) and _code(old_lines) != _code(new_lines):
        return False
    before, after = _that_say_something(old_lines), _that_say_something(new_lines)
    hunks = list(_hunks([line.key for line in before], [line.key for line in after], Budget(_STEPS)))
    kept = frozenset(_WORD.findall(new.casefold()))
    budget = Budget(_STEPS)
    return all(_same(before[i:j], after[k:m], kept, budget) for i, j, k, m in hunks)


def has_same_fences(old: str, new: str) -> bool:
    """Whether the fences around code are the same ones, in the same order."""
    return _fences(read_lines(old)) == _fences(read_lines(new))


def _is_rewritten(old: str, new: str) -> bool:
    """Whether too many words differ for slips, wherever they stand. It spares the comparison its worst cases."""
    before, after = (Counter(_WORD.findall(text.casefold())) for text in (old, new))
    changed = (before - after).total() + (after - before).total()
    return changed > _SLIPS + before.total() * _SLIPS_A_WORD


def _fences(lines: Sequence[Line]) -> list[str]:
    return [line.key for line in lines if line.kind is Kind.FENCE]


def _code(lines: Sequence[Line]) -> list[str]:
    return [line.key for line in lines if line.kind in _CODE]


def _that_say_something(lines: Sequence[Line]) -> Sequence[Line]:
    return [line for line in lines if line.text or line.kind is Kind.FENCE]


def _hunks(old: Sequence[str], new: Sequence[str], budget: Budget) -> Iterator[tuple[int, int, int, int]]:
    """Where the two differ: a stretch of the old and the one of the new that stands in its place."""
    start, end = _shared_ends(old, new)
    i = k = start
    for run in align(old[start : len(old) - end], new[start : len(new) - end], budget):
        if start + run.old > i or start + run.new > k:
            yield i, start + run.old, k, start + run.new
        i, k = start + run.old + run.size, start + run.new + run.size
    if i < len(old) - end or k < len(new) - end:
        yield i, len(old) - end, k, len(new) - end


def _shared_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How much both begin with, and how much of the rest both end with."""
    limit = min(len(old), len(new))
    start = next((place for place in range(limit) if old[place] != new[place]), limit)
    limit -= start
    return start, next((place for place in range(limit) if old[-1 - place] != new[-1 - place]), limit)


def _same(old: Sequence[Line], new: Sequence[Line], kept: frozenset[str], budget: Budget) -> bool:
    if _code(old) != _code(new):
        return False
    before, after = (tokens_of(line for line in lines if line.kind not in _CODE) for lines in (old, new))
    hunks = _hunks([token.key for token in before], [token.key for token in after], budget)
    return all(is_respelled(before[i:j], after[k:m], kept) for i, j, k, m in hunks)
