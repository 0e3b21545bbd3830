"""What follows for objects: from the properties they must and may have, their names, their number and their schemas."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from promptctl.bump.json_schema import ecma
from promptctl.bump.json_schema.arrays import Bounds, bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promptctl.bump.json_schema.arrays import Entails
    from promptctl.bump.json_schema.atoms import Atom
    from promptctl.bump.json_schema.budget import Budget
    from promptctl.bump.json_schema.documents import Node
    from promptctl.bump.json_schema.evaluate import Evaluator
    from promptctl.bump.json_schema.facts import Facts

_READ_AT_ONCE: Final = 10  # facts that are read in the time that a step takes
_MOST_UNSURE: Final = 6  # patterns of names; each doubles the cases


@dataclass(frozen=True, slots=True)
class _Object:
    groups: tuple[Atom, ...]
    names: tuple[Atom, ...]
    """The assertions about names."""
    present: frozenset[str]
    absent: frozenset[str]
    mentioned: tuple[str, ...]
    """Every name that a fact or a goal knows; all other names differ only by the patterns that they match."""
    patterns: tuple[str, ...]
    size: Bounds


class _TooManyPatternsError(Exception):
    pass


class Objects:
    """Proves goals about objects."""

    __slots__ = ("_budget", "_entails", "_evaluator")

    def __init__(self, entails: Entails, evaluator: Evaluator, budget: Budget) -> None:
        self._budget = budget
        self._entails = entails
        self._evaluator = evaluator

    def proves(self, facts: Facts, goals: Sequence[Atom]) -> bool:
        """Whether every object for which the facts hold reaches one of the goals."""
        self._budget.spend(len(facts.atoms) // _READ_AT_ONCE)
        try:
            found = self._capped(_read(facts, goals))
            if found.size.is_empty or not found.present.isdisjoint(found.absent):
                return True
            if any(self._reaches(goal, facts, found) for goal in goals):
                return True
            return self._is_impossible(found)
        except _TooManyPatternsError:
            return False

    def are_empty(self, facts: Facts, goals: Sequence[Atom]) -> bool:
        """Whether only the empty object can satisfy the facts and reach no goal."""
        try:
            high = self._capped(_read(facts, goals)).size.high
        except _TooManyPatternsError:
            return False
        return high is not None and high < 1

    def _capped(self, found: _Object) -> _Object:
        """Where no name may stand that is not mentioned, there are no more properties than such names."""
        if any(not _is_shut(nodes) for nodes in self._others(found)):
            return found
        size = found.size.capped(sum(self._may_be_there(found, name) for name in found.mentioned))
        return _Object(found.groups, found.names, found.present, found.absent, found.mentioned, found.patterns, size)

    def _reaches(self, goal: Atom, facts: Facts, found: _Object) -> bool:
        if goal.kind == "properties":
            return self._all_properties(goal, found)
        if goal.kind == "propertyNames":
            return self._all_names(goal, found)
        if goal.kind == "required":
            return goal.value[0] in found.present
        if goal.kind == "dependentRequired":
            ((name, (other,)),) = goal.value.items()
            return other in _closure(facts, {*found.present, name})
        return False

    def _all_properties(self, goal: Atom, found: _Object) -> bool:
        for name in found.mentioned:
            if self._may_be_there(found, name):
                for matched in self._worlds(found, name):
                    left = _schemas(found.groups, name, matched)
                    if not all(self._entails(left, [node]) for node in _schemas([goal], name, matched)):
                        return False
        for matched in self._other_worlds(found):
            left = _schemas(found.groups, None, matched)
            if _is_shut(left):
                continue
            if not all(self._entails(left, [node]) for node in _schemas([goal], None, matched)):
                return False
        return True

    def _all_names(self, goal: Atom, found: _Object) -> bool:
        wanted = goal.child("propertyNames")
        for name in found.mentioned:
            if self._may_be_there(found, name) and self._evaluator.holds(wanted, name) is not True:
                return False
        node = goal.node.document.node
        rules = [atom.child("propertyNames") for atom in found.names]
        for matched in self._other_worlds(found):
            if not _is_shut(_schemas(found.groups, None, matched)):
                name_facts = [node({"type": "string"}), *(node({"pattern": pattern}) for pattern in sorted(matched))]
                if not self._entails([*name_facts, *rules], [wanted]):
                    return False
        return True

    def _may_be_there(self, found: _Object, name: str) -> bool:
        if name in found.absent or any(
            self._evaluator.holds(a.child("propertyNames"), name) is False for a in found.names
        ):
            return False
        return not all(_is_shut(_schemas(found.groups, name, matched)) for matched in self._worlds(found, name))

    def _worlds(self, found: _Object, name: str | None) -> Iterator[frozenset[str]]:
        self._budget.spend(1 + len(found.patterns) + len(found.groups))
        return _worlds(found.patterns, name)

    def _is_impossible(self, found: _Object) -> bool:
        """Whether a property that must be there cannot have a value, or not this name."""
        for name in sorted(found.present):
            if not self._may_be_there(found, name):
                return True
            lefts = [_schemas(found.groups, name, matched) for matched in self._worlds(found, name)]
            if all(left and self._entails(left, []) for left in lefts):
                return True
        return False

    def _others(self, found: _Object) -> Iterator[list[Node]]:
        """The schemas of properties that are not mentioned, for each set of patterns that their names may match."""
        return (_schemas(found.groups, None, matched) for matched in self._other_worlds(found))

    def _other_worlds(self, found: _Object) -> Iterator[frozenset[str]]:
        """Nothing where all names that are allowed are listed, for `_read` counts listed names as mentioned."""
        schemas = [atom.child("propertyNames").schema for atom in found.names]
        rules = [schema for schema in schemas if isinstance(schema, dict)]
        if False in schemas or any("enum" in rule or "const" in rule for rule in rules):
            return
        needed = {rule["pattern"] for rule in rules if "pattern" in rule}
        for matched in self._worlds(found, None):
            if needed.intersection(found.patterns) <= matched:
                yield matched


def _read(facts: Facts, goals: Sequence[Atom]) -> _Object:
    groups, names = tuple(facts.of("properties")), tuple(facts.of("propertyNames"))
    about = [*groups, *(goal for goal in goals if goal.kind == "properties")]
    size = bounds(facts, goals, "minProperties", "maxProperties")
    present, absent = _presence(facts, goals)
    mentioned = dict.fromkeys(name for atom in about for name in atom.node.schema.get("properties", ()))
    mentioned |= dict.fromkeys([*sorted(present), *(name for atom in names for name in _listed(atom))])
    patterns = dict.fromkeys(name for atom in about for name in atom.node.schema.get("patternProperties", ()))
    rules = [atom.child("propertyNames").schema for atom in names]
    patterns |= dict.fromkeys(rule["pattern"] for rule in rules if isinstance(rule, dict) and "pattern" in rule)
    low = max(size.low, len(present))
    return _Object(groups, names, present, absent, tuple(mentioned), tuple(patterns), Bounds(low, size.high))


def _presence(facts: Facts, goals: Sequence[Atom]) -> tuple[frozenset[str], frozenset[str]]:
    """Names that must be there, and names that cannot, where no goal is reached."""
    present = {atom.value[0] for atom in facts.of("required")}
    absent = {goal.value[0] for goal in goals if goal.kind == "required"}
    for goal in goals:
        if goal.kind == "dependentRequired":
            ((name, (other,)),) = goal.value.items()
            present.add(name)
            absent.add(other)
    return frozenset(_closure(facts, present)), frozenset(absent)


def _closure(facts: Facts, present: set[str]) -> set[str]:
    """The names that are there because others are."""
    rules = [next(iter(atom.value.items())) for atom in facts.of("dependentRequired")]
    found, grew = set(present), True
    while grew:
        more = {other for name, (other,) in rules if name in found} - found
        found |= more
        grew = bool(more)
    return found


def _listed(atom: Atom) -> list[str]:
    """The names that an assertion about names lists, if it does."""
    schema = atom.child("propertyNames").schema
    if not isinstance(schema, dict):
        return []
    return [name for name in [*schema.get("enum", ()), schema.get("const")] if isinstance(name, str)]


def _schemas(groups: Sequence[Atom], name: str | None, matched: frozenset[str]) -> list[Node]:
    """The schemas that apply to a property; without a name, to one that is not mentioned."""
    nodes: list[Node] = []
    for group in groups:
        schema, make = group.node.schema, group.node.document.node
        known = schema.get("properties", {})
        found = [known[name]] if name is not None and name in known else []
        found += [inner for pattern, inner in schema.get("patternProperties", {}).items() if pattern in matched]
        if not found and "additionalProperties" in schema:
            found = [schema["additionalProperties"]]
        nodes.extend(make(inner) for inner in found if inner is not True)
    return nodes


def _is_shut(nodes: list[Node]) -> bool:
    return any(node.schema is False for node in nodes)


def _worlds(patterns: Sequence[str], name: str | None) -> Iterator[frozenset[str]]:
    """Each set of patterns that a name may match; a name that is not known may match any."""
    answers = [None if name is None else ecma.matches(pattern, name) for pattern in patterns]
    unsure = [pattern for pattern, answer in zip(patterns, answers, strict=True) if answer is None]
    if len(unsure) > _MOST_UNSURE:
        raise _TooManyPatternsError
    sure = [pattern for pattern, answer in zip(patterns, answers, strict=True) if answer]
    for choice in product((False, True), repeat=len(unsure)):
        chosen = (pattern for pattern, taken in zip(unsure, choice, strict=True) if taken)
        yield frozenset([*sure, *chosen])
