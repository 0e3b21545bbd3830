"""Looks for instances that tell two schemas apart, and says what each of them shows."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from promptctl.bump.json_schema.blame import Failure, Place, Walker
from promptctl.bump.json_schema.budget import Budget, OutOfBudgetError
from promptctl.bump.json_schema.candidates import Candidates
from promptctl.bump.json_schema.evaluate import Evaluator
from promptctl.bump.json_schema.library import Library
from promptctl.bump.json_schema.messages import blamed_path, explain, property_of
from promptctl.bump.json_schema.model import Difference, Witness
from promptctl.bump.json_schema.values import identity

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from promptctl.bump.json_schema.atoms import Atoms
    from promptctl.bump.json_schema.documents import Document
    from promptctl.bump.json_schema.model import Pointer, Side

_MOST_DIFFERENCES: Final = 20
_MOST_FRUITLESS: Final = 20  # instances in a row that show nothing new
_MOST_UNSURE: Final = 200  # instances that only the library can judge
_MOST_FAILURES: Final = 50  # of one instance that are told: telling each looks at a whole schema
_STEPS_TO_EXPLAIN: Final = 20_000


def refute(narrow: Document, wide: Document, atoms: Atoms, budget: Budget, new: Side) -> list[Difference]:
    """Differences with a witness each, at most one for a property and keyword; none prove nothing."""
    library = Library(narrow, wide)
    teller = _Teller(narrow, wide, atoms, new)
    found: dict[Hashable, Difference] = {}
    fruitless = 0
    for instance in _separating(narrow, wide, atoms, budget):
        told = [(key, difference) for key, difference in teller.tell(instance) if key not in found]
        if told and library.separates(instance):
            found.update(told)
            fruitless = 0
        fruitless += 1
        if len(found) >= _MOST_DIFFERENCES or (found and fruitless > _MOST_FRUITLESS):
            break
    return list(found.values())


def _separating(narrow: Document, wide: Document, atoms: Atoms, budget: Budget) -> Iterator[Any]:
    """Instances that our own reading of the schemas tells apart, or that it leaves to the library."""
    evaluator = Evaluator(atoms, budget, lenient=True)
    unsure = _MOST_UNSURE if narrow.has_opaque or wide.has_opaque else 0
    seen: set[Hashable] = set()
    try:
        for instance in Candidates(atoms, evaluator, budget).make([narrow.root], [wide.root]):
            budget.spend(len(instance) if isinstance(instance, (dict, list)) else 1)
            mark = identity(instance)
            if mark in seen:
                continue
            seen.add(mark)
            accepted, refused = evaluator.holds(narrow.root, instance), evaluator.holds(wide.root, instance)
            if accepted is True and refused is False:
                yield instance
            elif accepted is not False and refused is not True and unsure:
                unsure -= 1
                yield instance
    except (OutOfBudgetError, RecursionError):
        return


class _Teller:
    """Says what a witness shows."""

    __slots__ = ("_atoms", "_documents", "_new")

    def __init__(self, narrow: Document, wide: Document, atoms: Atoms, new: Side) -> None:
        self._documents = (narrow, wide)
        self._atoms = atoms
        self._new: Side = new

    def tell(self, instance: Any) -> list[tuple[Hashable, Difference]]:
        """Differences by property and keyword, the latter so that each is told once."""
        walker = Walker(self._atoms, Evaluator(self._atoms, Budget(_STEPS_TO_EXPLAIN), lenient=True))
        narrow, wide = (Place(document.root, (), (), instance) for document in self._documents)
        try:
            failures = islice(walker.failures(wide), _MOST_FAILURES)
            told = [self._difference(failure, walker, narrow, instance) for failure in failures]
        except (OutOfBudgetError, RecursionError):
            told = []
        if told:
            return told
        message = "accepts less than before" if self._new == "wide" else "allows more than before"
        return [("", Difference("", f"the schema {message}", (), Witness(instance)))]

    def _difference(
        self, failure: Failure, walker: Walker, narrow: Place, instance: Any
    ) -> tuple[Hashable, Difference]:
        path = blamed_path(failure)
        counterpart = walker.counterpart(narrow, failure.place.path)
        pointer = failure.pointer if self._new == "wide" else _pointer(walker.counterpart(narrow, path), failure, path)
        name = property_of(path)
        message = explain(failure, counterpart, self._new)
        return (name, failure.atom.kind), Difference(name, message, pointer, Witness(instance))


def _pointer(closest: Place, failure: Failure, path: Pointer) -> Pointer:
    """Where the new schema allows what the old one did not: at the same keyword, if it has that for the same place."""
    schema, kind = closest.node.schema, failure.atom.kind
    about_place = failure.place.path if kind == "required" else path
    has_keyword = isinstance(schema, dict) and kind in schema and closest.path == about_place
    return (*closest.pointer, kind) if has_keyword else closest.pointer
