"""Whether an edit touches the surface alone: white space, Markdown markers, punctuation, spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.bump.prose.lines import Kind, read_lines
from promptctl.bump.prose.spelling import is_respelled
from promptctl.bump.prose.tokens import tokens_of
from promptctl.core.words import align

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promptctl.bump.prose.lines import Line


def is_surface_edit(old: str, new: str) -> bool:
    """Whether the two texts say the same, word for word, but for spelling and layout."""
    old_lines, new_lines = read_lines(old), read_lines(new)
    if _fences(old_lines) == _fences(new_lines) and _code(old_lines) != _code(new_lines):
        return False
    old_lines, new_lines = _that_say_something(old_lines), _that_say_something(new_lines)
    kept = {token.key for token in tokens_of(new_lines) if token.free}
    hunks = _hunks([line.key for line in old_lines], [line.key for line in new_lines])
    return all(_same(old_lines[i:j], new_lines[k:m], kept) for i, j, k, m in hunks)


def _fences(lines: list[Line]) -> list[str]:
    return [line.key for line in lines if line.kind is Kind.FENCE]


def _code(lines: list[Line]) -> list[str]:
    return [line.key for line in lines if line.kind is Kind.CODE]


def _that_say_something(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.text or line.kind is Kind.FENCE]


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where the two differ: a stretch of the old and the one of the new that stands in its place."""
    i = k = 0
    for run in align(old, new):
        if run.old > i or run.new > k:
            yield i, run.old, k, run.new
        i, k = run.old + run.size, run.new + run.size
    if i < len(old) or k < len(new):
        yield i, len(old), k, len(new)


def _same(old: list[Line], new: list[Line], kept: set[str]) -> bool:
    if _code(old) != _code(new):
        return False
    before, after = (tokens_of(line for line in lines if line.kind is not Kind.CODE) for lines in (old, new))
    hunks = _hunks([token.key for token in before], [token.key for token in after])
    return all(is_respelled(before[i:j], after[k:m], kept) for i, j, k, m in hunks)
