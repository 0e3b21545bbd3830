"""Which numbers satisfy some assertions and break others: a range, and what they are multiples of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promptctl.bump.json_schema.atoms import Atom

_FEW: Final = 64
_FINEST: Final = 2**20  # a double with a smaller denominator is a binary fraction that its author meant
_OPPOSITE: Final = {
    "minimum": "exclusiveMaximum",
    "exclusiveMinimum": "maximum",
    "maximum": "exclusiveMinimum",
    "exclusiveMaximum": "minimum",
}


@dataclass(slots=True)
class _Range:
    low: Fraction | None = None
    high: Fraction | None = None
    open_low: bool = False
    open_high: bool = False

    def narrow(self, kind: str, bound: Fraction) -> None:
        exclusive = kind.startswith("exclusive")
        if kind.endswith("inimum"):
            if self.low is None or (bound, exclusive) > (self.low, self.open_low):
                self.low, self.open_low = bound, exclusive
        elif self.high is None or (-bound, exclusive) > (-self.high, self.open_high):
            self.high, self.open_high = bound, exclusive

    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    def multiples(self, step: Fraction) -> tuple[int | None, int | None]:
        """The first and the last k for which k times step lies within."""
        first = None if self.low is None else math.ceil(self.low / step)
        last = None if self.high is None else math.floor(self.high / step)
        if first is not None and self.open_low and first * step == self.low:
            first += 1
        if last is not None and self.open_high and last * step == self.high:
            last -= 1
        return first, last


def candidates(facts: Sequence[Atom], goals: Sequence[Atom], *, integral: bool) -> list[int] | None:
    """The only numbers that satisfy all facts and break all goals, if that can be told and they are few.

    An empty list says that there is none; None says that there may be others.
    """
    room = _room(facts, goals)
    if room.is_empty():
        return []
    steps = [Fraction(atom.value) for atom in facts if atom.kind == "multipleOf" and _is_exact(atom.value)]
    step = _common([*steps, Fraction(1)] if integral else steps)
    if step is None:
        return None
    if any(_holds_for_multiples(goal, step) for goal in goals):
        return []
    first, last = room.multiples(step)
    if first is None or last is None or last - first >= _FEW:
        return None
    if step.denominator != 1 and last >= first:
        return None
    return [int(step) * factor for factor in range(first, last + 1)]


def _room(facts: Sequence[Atom], goals: Sequence[Atom]) -> _Range:
    """Between which bounds all facts hold and no goal does."""
    room = _Range()
    for atom in facts:
        if atom.kind in _OPPOSITE:
            room.narrow(atom.kind, Fraction(atom.value))
    for atom in goals:
        if atom.kind in _OPPOSITE:
            room.narrow(_OPPOSITE[atom.kind], Fraction(atom.value))
    return room


def _holds_for_multiples(goal: Atom, step: Fraction) -> bool:
    if goal.kind == "multipleOf":
        return _divides(goal.value, step)
    return goal.kind == "type" and "integer" in goal.value and step.denominator == 1


def _is_exact(divisor: float) -> bool:
    """Divisors by which a computer divides without rounding: integers and powers of two."""
    if isinstance(divisor, int):
        return True
    fraction = Fraction(divisor)
    return fraction.numerator & (fraction.numerator - 1) == 0 and fraction.denominator <= _FINEST


def _divides(divisor: float, step: Fraction) -> bool:
    """Whether each multiple of a step is surely one of the divisor; decimal fractions have no exact double."""
    fraction = Fraction(divisor)
    return fraction.denominator <= _FINEST and (step / fraction).denominator == 1


def _common(steps: list[Fraction]) -> Fraction | None:
    """The step of the numbers that are multiples of every one of the steps."""
    if not steps:
        return None
    scale = math.lcm(*(step.denominator for step in steps))
    return Fraction(math.lcm(*(int(step * scale) for step in steps)), scale)
