"""Proves that every instance of some schemas is one of another; what it does not prove may still be true.

A question is a sequent: where all schemas on the left hold, one of those on the right holds. Connectives are taken
apart as in the sequent calculus. What is left are assertions about one type of instance, and these lead to questions
about the values inside. A question that comes up again about an inner value counts as proved: instances are finite, so
this is an induction on their size. About the same instance it does not.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from promptctl.bump.json_schema.atoms import CONNECTIVES
from promptctl.bump.json_schema.facts import Facts, with_
from promptctl.bump.json_schema.literals import Literals

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from promptctl.bump.json_schema.atoms import Atom, Atoms
    from promptctl.bump.json_schema.budget import Budget
    from promptctl.bump.json_schema.documents import Node

_DEEPEST: Final = 40  # questions within questions
_MOST_NESTED: Final = 60  # steps within one question


class Prover:
    """Answers questions within a budget, and remembers the answers."""

    __slots__ = (
        "_atoms",
        "_budget",
        "_depth",
        "_failed",
        "_literals",
        "_open",
        "_proved",
        "_steps",
        "_trail",
    )

    def __init__(self, atoms: Atoms, budget: Budget) -> None:
        self._atoms = atoms
        self._budget = budget
        self._literals = Literals(atoms, budget, self.entails)
        self._depth = 0
        self._steps = 0
        self._open: set[Hashable] = set()
        self._proved: set[Hashable] = set()
        self._failed: set[Hashable] = set()
        self._trail: list[Hashable] = []

    def entails(self, left: Sequence[Node], right: Sequence[Node], *, is_inner: bool = True) -> bool:
        """Whether it is proved that where all on the left hold, one on the right holds.

        `is_inner` says that the question is about a value inside the instance of the question that it came from.

        Raises:
            OutOfBudgetError: the steps are spent.
        """
        question = (frozenset(node.key for node in left), frozenset(node.key for node in right))
        if question in self._proved:
            return True
        if question in self._open:
            return is_inner
        if question in self._failed or self._depth >= _DEEPEST:
            return False
        self._open.add(question)
        before, steps = len(self._trail), self._steps
        self._depth, self._steps = self._depth + 1, 0
        try:
            is_proved = self._ask(left, right)
        finally:
            self._depth, self._steps = self._depth - 1, steps
            self._open.discard(question)
        if is_proved:
            self._proved.add(question)
            self._trail.append(question)
        else:
            # What was proved meanwhile may rest on this question.
            self._proved.difference_update(self._trail[before:])
            del self._trail[before:]
            self._failed.add(question)
        return is_proved

    def _ask(self, left: Sequence[Node], right: Sequence[Node]) -> bool:
        facts, ruled_out = with_(Facts(), self._atoms, left)
        self._budget.spend(1 + len(facts.atoms))
        return self._prove(facts, [*right, *ruled_out])

    def _assume(
        self,
        facts: Facts,
        goals: Sequence[Node],
        more: Sequence[Node],
        *,
        denied: Sequence[Node] = (),
        split: Atom | None = None,
    ) -> bool:
        """Prove the goals with more facts."""
        self._budget.spend(1 + (len(facts.atoms) + len(facts.denied) + len(denied)) // 4)
        grown, ruled_out = with_(facts, self._atoms, more, denied=denied, split=split)
        return self._prove(grown, [*goals, *ruled_out])

    def _prove(self, facts: Facts, goals: Sequence[Node]) -> bool:
        self._budget.spend()
        if facts.is_contradiction:
            return True
        if self._steps >= _MOST_NESTED:
            return False
        self._steps += 1
        try:
            flat = self._flatten(facts, goals)
            if flat is None:
                return True
            grown, simple = flat
            return self._weigh(grown, simple)
        finally:
            self._steps -= 1

    def _flatten(self, facts: Facts, goals: Sequence[Node]) -> tuple[Facts, list[Node]] | None:
        """Goals without references, alternatives and negations at their top; None where one is plainly reached."""
        simple: dict[Hashable, Node] = {}
        seen: set[Hashable] = set()
        negated: list[Node] = []
        queue = deque(goals)
        while queue:
            self._budget.spend()
            goal = queue.popleft()
            if goal.key in seen:
                continue
            seen.add(goal.key)
            atoms = self._atoms.of(goal)
            if not atoms or goal.key in facts.keys:
                return None
            if len(atoms) > 1:
                simple[goal.key] = goal
            elif atoms[0].kind == "not":
                negated.append(atoms[0].child("not"))
            elif atoms[0].kind in {"$ref", "anyOf", "false"}:
                queue.extend(_alternatives(atoms[0]))
            else:
                simple[goal.key] = goal
        return self._with_negated(facts, simple, negated) if negated else (facts, list(simple.values()))

    def _with_negated(
        self, facts: Facts, simple: dict[Hashable, Node], negated: list[Node]
    ) -> tuple[Facts, list[Node]] | None:
        """Goals that are negations become facts."""
        grown, ruled_out = with_(facts, self._atoms, negated)
        if grown.is_contradiction or not simple.keys().isdisjoint(grown.keys):
            return None
        goals = list(simple.values())
        return self._flatten(grown, [*goals, *ruled_out]) if ruled_out else (grown, goals)

    def _weigh(self, facts: Facts, goals: list[Node]) -> bool:
        """Prove one of some goals, the cheapest way first."""
        if len(goals) == 1 and not self._is_literal(goals[0]):
            return self._all(facts, goals[0], [])
        values = facts.values()
        if values is not None:
            return self._literals.each(values, facts, goals)
        if self._directly(facts, goals):
            return True
        split = facts.pending()
        if split is not None:
            return self._each_alternative(split, facts, goals)
        composite = next((goal for goal in goals if not self._is_literal(goal)), None)
        others = [goal for goal in goals if goal is not composite]
        return composite is not None and bool(others) and self._all(facts, composite, others)

    def _directly(self, facts: Facts, goals: list[Node]) -> bool:
        """Without a choice between alternatives: all goals at once, or for each type one of them."""
        if all(map(self._is_literal, goals)):
            return self._literals.every_type(facts, [self._atoms.of(goal)[0] for goal in goals])
        return self._one_by_type(facts, goals)

    def _is_literal(self, goal: Node) -> bool:
        """Whether a goal is one assertion that no connective makes out of others."""
        atoms = self._atoms.of(goal)
        return len(atoms) == 1 and atoms[0].kind not in CONNECTIVES

    def _all(self, facts: Facts, goal: Node, others: list[Node]) -> bool:
        """Prove a goal that is reached only if several are."""
        atoms = self._atoms.of(goal)
        if any(atom.kind == "opaque" for atom in atoms):
            return False
        if len(atoms) > 1:
            return all(self._prove(facts, [atom.node, *others]) for atom in atoms)
        atom = atoms[0]
        if atom.kind == "allOf":
            return all(self._prove(facts, [child, *others]) for child in atom.children())
        if atom.kind == "oneOf":
            return self._one_of(facts, atom.children(), others)
        return self._conditional(facts, atom, others)

    def _conditional(self, facts: Facts, atom: Atom, others: list[Node]) -> bool:
        if atom.kind == "if":
            condition, then, otherwise = (atom.child(keyword) for keyword in ("if", "then", "else"))
            if not self._assume(facts, [then, *others], [condition]):
                return False
            return self._deny(facts, [otherwise, *others], condition)
        ((name, inner),) = atom.value.items()
        make = atom.node.document.node
        return self._assume(facts, [make(inner), *others], [make({"type": "object", "required": [name]})])

    def _one_of(self, facts: Facts, children: list[Node], others: list[Node]) -> bool:
        if not self._prove(facts, [*children, *others]):
            return False
        return all(
            self._are_disjoint(first, second) or self._assume(facts, others, [first, second])
            for index, first in enumerate(children)
            for second in children[index + 1 :]
        )

    def _are_disjoint(self, first: Node, second: Node) -> bool:
        return self.entails([first, second], [], is_inner=False)

    def _deny(
        self, facts: Facts, goals: list[Node], condition: Node, more: Sequence[Node] = (), split: Atom | None = None
    ) -> bool:
        """Prove goals where a condition does not hold: one more goal, where that is simple, or else only a fact."""
        if len(self._atoms.of(condition)) == 1:
            goals = [*goals, condition]
        return self._assume(facts, goals, more, denied=[condition], split=split)

    def _each_alternative(self, split: Atom, facts: Facts, goals: list[Node]) -> bool:
        make = split.node.document.node
        if split.kind == "if":
            condition = split.child("if")
            return self._assume(facts, goals, [condition, split.child("then")], split=split) and self._deny(
                facts, goals, condition, [split.child("else")], split
            )
        if split.kind == "dependentSchemas":
            ((name, inner),) = split.value.items()
            there = make({"type": "object", "required": [name]})
            return self._assume(facts, goals, [make(inner)], split=split) and self._assume(
                facts, [*goals, there], [], split=split
            )
        children = split.children()
        exclusive = split.kind == "oneOf"
        return all(
            self._assume(
                facts,
                goals,
                [child],
                denied=[*children[:index], *children[index + 1 :]] if exclusive else (),
                split=split,
            )
            for index, child in enumerate(children)
        )

    def _one_by_type(self, facts: Facts, goals: list[Node]) -> bool:
        """For each type that the instance may have, prove one goal alone."""
        if len(goals) == 1:
            return False
        make = goals[0].document.node
        for kind in facts.types:
            narrowed = with_(facts, self._atoms, [make({"type": kind})])[0] if len(facts.types) > 1 else facts
            self._budget.spend(len(goals))
            if not any(self._prove(narrowed, [goal]) for goal in goals):
                return False
        return True


def _alternatives(atom: Atom) -> list[Node]:
    """The schemas of which one must hold for a reference or for alternatives to hold."""
    if atom.kind == "anyOf":
        return atom.children()
    target = atom.node.document.resolve(atom.value) if atom.kind == "$ref" else None
    return [] if target is None else [target]
