"""Where a proof fails: the innermost places at which one schema could not be shown to accept what another does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from promptctl.bump.json_schema.blame import Place, parts
from promptctl.bump.json_schema.budget import Budget, OutOfBudgetError
from promptctl.bump.json_schema.messages import property_of
from promptctl.bump.json_schema.model import Difference
from promptctl.bump.json_schema.prove import Prover
from promptctl.core.text import shortened

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from promptctl.bump.json_schema.atoms import Atom, Atoms
    from promptctl.bump.json_schema.documents import Document
    from promptctl.bump.json_schema.model import Side

_STEPS: Final = 20_000
_MOST: Final = 20
_DEEPEST: Final = 20


def doubts(narrow: Document, wide: Document, atoms: Atoms, new: Side) -> list[Difference]:
    """What stands between the schemas and a proof; at least one difference, none of them with a witness."""
    search = _Search(atoms, Prover(atoms, Budget(_STEPS)), new)
    try:
        found = list(search.between(Place(narrow.root, (), (), None), Place(wide.root, (), (), None)))[:_MOST]
    except (OutOfBudgetError, RecursionError):
        found = []
    return found or [doubt("the schemas are too large to be compared")]


def doubt(message: str) -> Difference:
    """A difference of which no place is known."""
    return Difference("", message, ())


class _Search:
    """Goes down both schemas side by side."""

    __slots__ = ("_atoms", "_new", "_prover", "_seen")

    def __init__(self, atoms: Atoms, prover: Prover, new: Side) -> None:
        self._atoms = atoms
        self._prover = prover
        self._new: Side = new
        self._seen: set[Hashable] = set()

    def between(self, narrow: Place, wide: Place) -> Iterator[Difference]:
        """The doubts about one part of the instance."""
        mark = (narrow.node.key, wide.node.key)
        if mark in self._seen or len(wide.path) > _DEEPEST:
            return
        self._seen.add(mark)
        narrow, wide = self._followed(narrow), self._followed(wide)
        for atom in self._atoms.of(wide.node):
            if not self._prover.entails([narrow.node], [atom.node], is_inner=False):
                inner = [found for pair in self._pairs(narrow, wide, atom) for found in self.between(*pair)]
                yield from inner or [self._doubt(narrow, wide, atom)]

    def _followed(self, place: Place) -> Place:
        """What a schema that only refers to another refers to."""
        for _ in range(_DEEPEST):
            atoms = self._atoms.of(place.node)
            if len(atoms) != 1 or atoms[0].kind != "$ref":
                break
            document = place.node.document
            target, pointer = document.resolve(atoms[0].value), document.pointer(atoms[0].value)
            if target is None or pointer is None:
                break
            place = Place(target, pointer, place.path, None)
        return place

    def _pairs(self, narrow: Place, wide: Place, atom: Atom) -> Iterator[tuple[Place, Place]]:
        """The parts of the instance of which the keyword speaks that both schemas describe, and that are in doubt."""
        steps: list[str | int] = []
        if atom.kind == "properties":
            steps = list(atom.node.schema.get("properties", ()))
        elif atom.kind == "items":
            steps = list(range(len(atom.node.schema.get("prefixItems", ())) + 1))
        for step in steps:
            ours, theirs = parts(narrow, step, None)[:1], parts(wide, step, None)[:1]
            for first, second in zip(ours, theirs, strict=False):
                if not self._prover.entails([first.node], [second.node], is_inner=False):
                    yield first, second

    def _doubt(self, narrow: Place, wide: Place, atom: Atom) -> Difference:
        new = wide if self._new == "wide" else narrow
        keywords = [*atom.node.schema] if isinstance(atom.node.schema, dict) else []
        shared = [keyword for keyword in keywords if isinstance(new.node.schema, dict) and keyword in new.node.schema]
        name = property_of(new.path)
        subject = f"`{shortened(name)}`" if name else "the value"
        what = "still accepts all that it did" if self._new == "wide" else "allows no more than it did"
        about = f" (`{(shared or keywords)[0]}`)" if keywords else ""
        return Difference(name, f"it cannot be proved that {subject} {what}{about}", (*new.pointer, *shared[:1]))
