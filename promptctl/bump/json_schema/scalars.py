"""Values without parts at which two schemas are likely to differ: at the bounds that they name, and beside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from promptctl.bump.json_schema import ecma
from promptctl.bump.json_schema.formats import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.bump.json_schema.atoms import Atom

PLAIN: Final[tuple[Any, ...]] = ("a", "", 0, 1, 0.5, -1, True, False, None, 100, "A1", "é")
_LONGEST: Final = 5_000  # characters of a string that is made
_LARGEST: Final = 1e15  # beyond it a double has no place for a fraction
_MOST_BOUNDS: Final = 12
_BOUNDS: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})


def listed(atoms: Iterable[Atom]) -> Iterator[Any]:
    """The values that enumerations list."""
    for atom in atoms:
        if atom.kind == "enum":
            yield from atom.value


def numbers(atoms: Iterable[Atom]) -> Iterator[float]:
    """Numbers at and beside bounds, and multiples of divisors nearby."""
    return filter(math.isfinite, _numbers(list(atoms)))


def _numbers(atoms: list[Atom]) -> Iterator[float]:
    bounds = _few(atom.value for atom in atoms if atom.kind in _BOUNDS)
    steps = _few(atom.value for atom in atoms if atom.kind == "multipleOf")
    for bound in bounds:
        yield from (bound, bound + 1, bound - 1)
        if abs(bound) < _LARGEST:
            yield from (bound + 0.5, bound - 0.5)
    for first, second in zip(sorted(bounds), sorted(bounds)[1:], strict=False):
        if max(abs(first), abs(second)) < _LARGEST:
            yield (first + second) / 2
    for step in steps:
        yield from (step, step * 2, step * 3, 0, -step)
        if step < _LARGEST:
            yield step / 2
        for bound in bounds:
            if abs(bound) / step < _LARGEST:
                near = math.floor(bound / step)
                yield from (near * step, (near + 1) * step, (near - 1) * step)
    yield math.lcm(*(step for step in steps if isinstance(step, int)))


def strings(atoms: Iterable[Atom]) -> Iterator[str]:
    """Strings of the lengths at and beside bounds, those that patterns ask for, and members of formats."""
    atoms = list(atoms)
    lengths = _few(
        int(atom.value) for atom in atoms if atom.kind in {"minLength", "maxLength"} and atom.value < _LONGEST
    )
    near = dict.fromkeys(length for bound in lengths for length in (bound, bound - 1, bound + 1) if length >= 0)
    if any(atom.kind == "format" for atom in atoms):
        yield from SAMPLES
    for atom in atoms:
        if atom.kind == "pattern":
            for extra in (0, 1, 2, *near):
                yield from ecma.samples(atom.value, extra)
    for length in near:
        yield "a" * length
        yield "é" * length
    yield from ("0", " ", "A", "-", "aa", "a1")


def _few(values: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(values))[:_MOST_BOUNDS]
