"""What follows for arrays: from lengths, the schemas of items, `contains` and `uniqueItems`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from promptctl.bump.json_schema.evaluate import item_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promptctl.bump.json_schema.atoms import Atom
    from promptctl.bump.json_schema.documents import Node
    from promptctl.bump.json_schema.facts import Facts


class Entails(Protocol):
    """Proves of a value inside the instance that, where all of the first hold, one of the others holds."""

    def __call__(self, left: Sequence[Node], right: Sequence[Node]) -> bool: ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many items or properties there may be."""

    low: float
    high: float | None

    @property
    def is_empty(self) -> bool:
        return self.high is not None and self.low > self.high

    def capped(self, high: float) -> Bounds:
        return Bounds(self.low, high if self.high is None else min(high, self.high))


def bounds(facts: Facts, goals: Sequence[Atom], least: str, most: str) -> Bounds:
    """From facts, and from goals that are taken not to hold; these count in whole numbers."""
    low = max([0, *(atom.value for atom in facts.of(least)), *(a.value + 1 for a in goals if a.kind == most)])
    highs = [*(atom.value for atom in facts.of(most)), *(a.value - 1 for a in goals if a.kind == least)]
    return Bounds(low, min(highs, default=None))


@dataclass(frozen=True, slots=True)
class _Array:
    groups: tuple[Atom, ...]
    contains: tuple[Atom, ...]
    size: Bounds
    fixed: int
    """How many leading places have a schema of their own; all later places share theirs."""

    def at(self, place: int) -> list[Node]:
        return [item_schema(group, place) for group in self.groups]

    def places(self) -> range:
        """A place for each kind of item there may be; the last one stands for all after it."""
        return range(self.fixed + 1 if self.size.high is None else min(self.fixed + 1, int(self.size.high)))


def proves(facts: Facts, goals: Sequence[Atom], entails: Entails) -> bool:
    """Whether every array for which the facts hold reaches one of the goals."""
    array = _read(facts, goals)
    if array.size.is_empty:
        return True
    return any(_reaches(goal, facts, array, entails) for goal in goals) or _is_impossible(array, entails)


def are_empty(facts: Facts, goals: Sequence[Atom]) -> bool:
    """Whether only the empty array can satisfy the facts and reach no goal."""
    high = _read(facts, goals).size.high
    return high is not None and high < 1


def _read(facts: Facts, goals: Sequence[Atom]) -> _Array:
    groups = tuple(facts.of("items"))
    contains = tuple(facts.of("contains"))
    fixed = max((len(atom.node.schema.get("prefixItems", ())) for atom in (*groups, *_of(goals, "items"))), default=0)
    size = bounds(facts, goals, "minItems", "maxItems")
    least = max((atom.node.schema["minContains"] for atom in contains), default=0)
    array = _Array(groups, contains, Bounds(max(size.low, least), size.high), fixed)
    for place in array.places():
        if any(node.schema is False for node in array.at(place)):
            return _Array(groups, contains, array.size.capped(place), fixed)
    return array


def _of(goals: Sequence[Atom], kind: str) -> list[Atom]:
    return [goal for goal in goals if goal.kind == kind]


def _reaches(goal: Atom, facts: Facts, array: _Array, entails: Entails) -> bool:
    if goal.kind == "items":
        return all(entails(array.at(place), [item_schema(goal, place)]) for place in array.places())
    if goal.kind == "uniqueItems":
        few = array.size.high is not None and array.size.high <= 1
        return not goal.value or few or any(atom.value for atom in facts.of("uniqueItems"))
    if goal.kind == "contains":
        return _contains_enough(goal, array, entails) and _contains_no_more(goal, array, entails)
    return False


def _contains_enough(goal: Atom, array: _Array, entails: Entails) -> bool:
    least: int = goal.node.schema["minContains"]
    if least == 0:
        return True
    wanted = goal.child("contains")
    for atom in array.contains:
        everywhere = array.at(array.fixed) if array.fixed == 0 else []
        if atom.node.schema["minContains"] >= least and entails([atom.child("contains"), *everywhere], [wanted]):
            return True
    if array.size.low < least:
        return False
    sure = sum(entails(array.at(place), [wanted]) for place in range(min(array.fixed, int(array.size.low))))
    if array.size.low > array.fixed and entails(array.at(array.fixed), [wanted]):
        sure += int(array.size.low) - array.fixed
    return sure >= least


def _contains_no_more(goal: Atom, array: _Array, entails: Entails) -> bool:
    most = goal.node.schema.get("maxContains")
    if most is None or (array.size.high is not None and array.size.high <= most):
        return True
    counted = goal.child("contains")
    for atom in array.contains:
        limit = atom.node.schema.get("maxContains")
        if limit is not None and limit <= most and entails([counted], [atom.child("contains")]):
            return True
    return most == 0 and all(entails([*array.at(place), counted], []) for place in array.places())


def _is_impossible(array: _Array, entails: Entails) -> bool:
    """Whether a place that must be filled cannot be, or an item that must be there can be at no place."""
    places = array.places()
    if any(place < array.size.low and array.at(place) and entails(array.at(place), []) for place in places):
        return True
    for atom in array.contains:
        inner = atom.child("contains")
        if atom.node.schema["minContains"] > 0 and all(entails([inner, *array.at(at)], []) for at in places):
            return True
    return False
