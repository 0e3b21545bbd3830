"""Goals that are single assertions: whether every instance for which some facts hold reaches one of them.

Each type of instance is looked at alone, for most keywords judge one type and accept all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from promptctl.bump.json_schema import arrays, ecma, numbers
from promptctl.bump.json_schema.arrays import bounds
from promptctl.bump.json_schema.evaluate import Evaluator, has_type
from promptctl.bump.json_schema.objects import Objects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promptctl.bump.json_schema.arrays import Entails
    from promptctl.bump.json_schema.atoms import Atom, Atoms
    from promptctl.bump.json_schema.budget import Budget
    from promptctl.bump.json_schema.documents import Node
    from promptctl.bump.json_schema.facts import Facts

_FINITE: Final[dict[str, list[Any]]] = {"null": [None], "boolean": [True, False]}
_EXAMPLE: Final[dict[str, Any]] = {"number": 0.5, "string": "", "array": [], "object": {}}


class Literals:
    """Proves literal goals; questions about inner values go back to where they came from."""

    __slots__ = ("_entails", "_evaluator", "_objects")

    def __init__(self, atoms: Atoms, budget: Budget, entails: Entails) -> None:
        self._entails = entails
        self._evaluator = Evaluator(atoms, budget)
        self._objects = Objects(entails, self._evaluator, budget)

    def each(self, values: Sequence[Any], facts: Facts, goals: Sequence[Node]) -> bool:
        """Whether each value that the instance may be breaks a fact or reaches a goal, which may be any schema."""
        return all(self._is_out(value, facts) or self._reaches(value, goals) for value in values)

    def _is_out(self, value: Any, facts: Facts) -> bool:
        if any(self._evaluator.atom(atom, value) is False for atom in facts.atoms.values()):
            return True
        return any(self._evaluator.holds(node, value) is True for node in facts.denied.values())

    def _reaches(self, value: Any, goals: Sequence[Node]) -> bool:
        return any(self._evaluator.holds(goal, value) is True for goal in goals)

    def every_type(self, facts: Facts, goals: Sequence[Atom]) -> bool:
        """Whether instances of every type that the facts allow reach a goal."""
        return all(self._by_type(kind, facts, goals) for kind in facts.types)

    def _by_type(self, kind: str, facts: Facts, goals: Sequence[Atom]) -> bool:
        nodes = [goal.node for goal in goals]
        if kind in _FINITE:
            return self.each(_FINITE[kind], facts, nodes)
        if any(_accepts_all(goal, kind) for goal in goals):
            return True
        if kind == "number":
            found = numbers.candidates(list(facts.atoms.values()), goals, integral=facts.is_integral)
            return found is not None and self.each(found, facts, nodes)
        if self._has_parts(kind, facts, goals):
            return True
        return self._is_surely_empty(kind, facts, goals) and self.each([_EXAMPLE[kind]], facts, nodes)

    def _has_parts(self, kind: str, facts: Facts, goals: Sequence[Atom]) -> bool:
        if kind == "array":
            return arrays.proves(facts, goals, self._entails)
        if kind == "object":
            return self._objects.proves(facts, goals)
        matches_all = any(goal.kind == "pattern" and ecma.matches_all(goal.value) for goal in goals)
        return matches_all or bounds(facts, goals, "minLength", "maxLength").is_empty

    def _is_surely_empty(self, kind: str, facts: Facts, goals: Sequence[Atom]) -> bool:
        if kind == "array":
            return arrays.are_empty(facts, goals)
        if kind == "object":
            return self._objects.are_empty(facts, goals)
        return any(atom.value < 1 for atom in facts.of("maxLength"))


def _accepts_all(goal: Atom, kind: str) -> bool:
    """Whether a goal accepts all instances of a type, as it does if it judges another one."""
    if goal.kind == "type":
        return has_type(goal.value, _EXAMPLE[kind])
    return goal.judged_type not in {None, kind}
