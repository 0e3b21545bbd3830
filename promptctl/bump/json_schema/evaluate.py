"""Whether an instance is valid, with three answers: where readings part, or the answer would cost much, it is None.

Unknown keywords and formats are unsure too, unless the evaluator is lenient: then it takes them for annotations, as
jsonschema does.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from promptctl.bump.json_schema import ecma
from promptctl.bump.json_schema.formats import FORMATS
from promptctl.bump.json_schema.values import identity, is_integral, type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sized

    from promptctl.bump.json_schema.atoms import Atom, Atoms
    from promptctl.bump.json_schema.budget import Budget
    from promptctl.bump.json_schema.documents import Node

_DEEPEST: Final = 40


def conjunction(answers: Iterable[bool | None]) -> bool | None:
    """All of some answers, no matter what is unsure where one is false."""
    result: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            result = None
    return result


def disjunction(answers: Iterable[bool | None]) -> bool | None:
    """Any of some answers."""
    return negation(conjunction(map(negation, answers)))


def negation(answer: bool | None) -> bool | None:  # noqa: FBT001 - an answer is what it is about
    """The other answer; unsure stays unsure."""
    return None if answer is None else not answer


class Evaluator:
    """Judges instances by schemas, within a budget."""

    __slots__ = ("_atoms", "_budget", "_depth", "_enums", "_followed", "_lenient")

    def __init__(self, atoms: Atoms, budget: Budget, *, lenient: bool = False) -> None:
        self._atoms = atoms
        self._lenient = lenient or None
        self._budget = budget
        self._depth = 0
        self._followed: set[Hashable] = set()
        self._enums = atoms.enumerated

    def holds(self, node: Node, value: Any) -> bool | None:
        """Whether a schema accepts a value.

        Raises:
            OutOfBudgetError: the steps are spent.
        """
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                return None
            return conjunction(self.atom(atom, value) for atom in self._atoms.of(node))
        finally:
            self._depth -= 1

    def atom(self, atom: Atom, value: Any) -> bool | None:
        """Whether one assertion accepts a value."""
        self._budget.spend()
        kind = atom.kind
        judged = atom.judged_type
        if judged is not None and judged != type_of(value):
            return True
        if judged == "number":
            return _number(kind, atom.value, value)
        if judged == "string":
            return self._string(kind, atom.value, value)
        if kind in {"unknown", "format"}:
            return self._lenient
        judge: Callable[[Atom, Any], bool | None] | None = getattr(self, f"_{_METHODS.get(kind, '')}", None)
        return judge(atom, value) if judge else _plain(kind, atom, value)

    def enumerated(self, atom: Atom) -> frozenset[Hashable]:
        """The identities of the values that an enumeration lists."""
        if atom.key not in self._enums:
            self._budget.spend(len(atom.value))
            self._enums[atom.key] = frozenset(map(identity, atom.value))
        return self._enums[atom.key]

    def _string(self, kind: str, wanted: Any, text: str) -> bool | None:
        if kind in {"minLength", "maxLength"}:
            return _fits(kind, wanted, text)
        if kind == "format":
            return FORMATS[wanted](text)
        self._budget.spend(1 + len(wanted) * (100 + len(text)) // 50)
        return ecma.matches(wanted, text)

    def _enum(self, atom: Atom, value: Any) -> bool:
        return identity(value) in self.enumerated(atom)

    def _reference(self, atom: Atom, value: Any) -> bool | None:
        target = atom.node.document.resolve(atom.value)
        mark = (atom.key, id(value))
        if target is None or mark in self._followed:
            return None
        self._followed.add(mark)
        try:
            return self.holds(target, value)
        finally:
            self._followed.discard(mark)

    def _all_of(self, atom: Atom, value: Any) -> bool | None:
        return conjunction(self.holds(child, value) for child in atom.children())

    def _any_of(self, atom: Atom, value: Any) -> bool | None:
        return disjunction(self.holds(child, value) for child in atom.children())

    def _one_of(self, atom: Atom, value: Any) -> bool | None:
        answers = [self.holds(child, value) for child in atom.children()]
        if answers.count(True) > 1:
            return False
        return None if None in answers else answers.count(True) == 1

    def _not(self, atom: Atom, value: Any) -> bool | None:
        return negation(self.holds(atom.child("not"), value))

    def _condition(self, atom: Atom, value: Any) -> bool | None:
        condition = self.holds(atom.child("if"), value)
        if condition is None:
            return conjunction((self.holds(atom.child("then"), value), self.holds(atom.child("else"), value))) or None
        return self.holds(atom.child("then" if condition else "else"), value)

    def _properties(self, atom: Atom, value: dict[str, Any]) -> bool | None:
        return conjunction(self._property(atom, name, item) for name, item in value.items())

    def _property(self, atom: Atom, name: str, item: Any) -> bool | None:
        """One property; where it is unsure which patterns its name matches, only what holds either way is sure."""
        answers: list[bool | None] = []
        document, schema = atom.node.document, atom.node.schema
        known = schema.get("properties", {})
        matched: bool | None = name in known
        if name in known:
            answers.append(self.holds(document.node(known[name]), item))
        for pattern, inner in schema.get("patternProperties", {}).items():
            self._budget.spend(1 + 2 * len(pattern))
            match = ecma.matches(pattern, name)
            if match is not False:
                answer = self.holds(document.node(inner), item)
                answers.append(answer if match or answer else None)
            matched = disjunction((matched, match))
        if matched is not True and "additionalProperties" in schema:
            answer = self.holds(atom.child("additionalProperties"), item)
            answers.append(answer if matched is False or answer else None)
        return conjunction(answers)

    def _names(self, atom: Atom, value: dict[str, Any]) -> bool | None:
        return conjunction(self.holds(atom.child("propertyNames"), name) for name in value)

    def _dependent_schemas(self, atom: Atom, value: dict[str, Any]) -> bool | None:
        ((name, inner),) = atom.value.items()
        return name not in value or self.holds(atom.node.document.node(inner), value)

    def _items(self, atom: Atom, value: list[Any]) -> bool | None:
        return conjunction(self.holds(item_schema(atom, index), item) for index, item in enumerate(value))

    def _contains(self, atom: Atom, value: list[Any]) -> bool | None:
        answers = [self.holds(atom.child("contains"), item) for item in value]
        sure, possible = answers.count(True), len(answers) - answers.count(False)
        least, most = atom.node.schema["minContains"], atom.node.schema.get("maxContains")
        if possible < least or (most is not None and sure > most):
            return False
        return True if sure >= least and (most is None or possible <= most) else None

    def _unique(self, atom: Atom, value: list[Any]) -> bool:
        self._budget.spend(len(value))
        return not atom.value or len(set(map(identity, value))) == len(value)


_METHODS: Final = {
    "$ref": "reference",
    "allOf": "all_of",
    "anyOf": "any_of",
    "contains": "contains",
    "dependentSchemas": "dependent_schemas",
    "enum": "enum",
    "if": "condition",
    "items": "items",
    "not": "not",
    "oneOf": "one_of",
    "properties": "properties",
    "propertyNames": "names",
    "uniqueItems": "unique",
}


def item_schema(atom: Atom, index: int) -> Node:
    """The schema that `prefixItems` and `items` give to one place of an array."""
    prefix = atom.node.schema.get("prefixItems", [])
    return atom.node.document.node(prefix[index]) if index < len(prefix) else atom.child("items")


def _plain(kind: str, atom: Atom, value: Any) -> bool | None:
    """The keywords that look at nothing but the instance's own shape."""
    if kind == "false":
        return False
    if kind == "opaque":
        return None
    wanted = atom.value
    if kind == "type":
        return has_type(wanted, value)
    if kind == "required":
        return wanted[0] in value
    if kind == "dependentRequired":
        ((name, (other,)),) = wanted.items()
        return name not in value or other in value
    return _fits(kind, wanted, value)


def _fits(kind: str, wanted: float, value: Sized) -> bool:
    return len(value) >= wanted if kind.startswith("min") else len(value) <= wanted


def has_type(wanted: str | list[str], value: Any) -> bool:
    """Whether a value has one of the types; 1.0 is an integer."""
    names = [wanted] if isinstance(wanted, str) else wanted
    kind = type_of(value)
    return kind in names or (kind == "number" and "integer" in names and is_integral(value))


def _number(kind: str, wanted: float, value: float) -> bool | None:
    if kind == "multipleOf":
        return _is_multiple(value, wanted)
    if kind in {"minimum", "exclusiveMinimum"}:
        return value > wanted or (value == wanted and kind == "minimum")
    return value < wanted or (value == wanted and kind == "maximum")


def _is_multiple(value: Any, wanted: Any) -> bool | None:
    """Unsure where decimal, binary and rounded arithmetic do not agree, as on 0.3 and 0.1."""
    decimal = (_decimal(value) / _decimal(wanted)).denominator == 1
    binary = (Fraction(value) / Fraction(wanted)).denominator == 1
    try:
        rounded = float(value / wanted).is_integer() if isinstance(wanted, float) else value % wanted == 0
    except OverflowError:
        return None
    return binary if decimal == binary == rounded else None


def _decimal(number: Any) -> Fraction:
    """The number as its author wrote it."""
    return Fraction(number) if isinstance(number, int) else Fraction(Decimal(repr(number)))
