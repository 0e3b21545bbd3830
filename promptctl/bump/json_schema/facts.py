"""What is known of an instance while something is proved of it: assertions that hold, and schemas that do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from promptctl.bump.json_schema.values import TYPES

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from promptctl.bump.json_schema.atoms import Atom, Atoms
    from promptctl.bump.json_schema.documents import Node

SPLITS: Final = frozenset({"anyOf", "oneOf", "if", "dependentSchemas"})


@dataclass(slots=True)
class Facts:
    """Assertions about one instance, all of which hold. Never changed once made; `with_` makes another."""

    atoms: dict[Hashable, Atom] = field(default_factory=dict)
    keys: set[Hashable] = field(default_factory=set)
    denied: dict[Hashable, Node] = field(default_factory=dict)
    """Schemas that the instance does not satisfy, as goals that need not be proved."""
    split: frozenset[Hashable] = frozenset()
    """The alternatives of which one has been taken."""
    is_contradiction: bool = False
    types: tuple[str, ...] = TYPES
    is_integral: bool = False

    def of(self, kind: str) -> Iterator[Atom]:
        """The assertions of one kind."""
        return (atom for atom in self.atoms.values() if atom.kind == kind)

    def values(self) -> list[Any] | None:
        """All that the instance can be, where an enumeration says so."""
        return min((atom.value for atom in self.of("enum")), key=len, default=None)

    def pending(self) -> Atom | None:
        """Alternatives of which none has been taken yet; those with fewest first."""
        open_ = (atom for atom in self.atoms.values() if atom.kind in SPLITS and atom.key not in self.split)
        return min(open_, key=lambda atom: len(atom.value) if isinstance(atom.value, list) else 2, default=None)


def with_(
    facts: Facts,
    atoms: Atoms,
    nodes: Iterable[Node],
    *,
    denied: Iterable[Node] = (),
    split: Atom | None = None,
) -> tuple[Facts, list[Node]]:
    """More facts, and the schemas that they rule out: each of these may be taken for a goal."""
    more = Facts(
        dict(facts.atoms),
        set(facts.keys),
        {**facts.denied, **{node.key: node for node in denied}},
        facts.split | {split.key} if split else facts.split,
        facts.is_contradiction,
        facts.types,
        facts.is_integral,
    )
    ruled_out: list[Node] = []
    queue = list(nodes)
    while queue:
        node = queue.pop()
        if node.key in more.keys:
            continue
        more.keys.add(node.key)
        for atom in atoms.of(node):
            more.keys.add(atom.key)
            queue.extend(_read(more, atom, ruled_out))
    more.is_contradiction = more.is_contradiction or not more.types or not more.denied.keys().isdisjoint(more.keys)
    return more, ruled_out


def _read(facts: Facts, atom: Atom, ruled_out: list[Node]) -> list[Node]:
    """Take one assertion in; returns the schemas that hold because of it."""
    if atom.kind == "allOf":
        return atom.children()
    if atom.kind == "$ref":
        target = atom.node.document.resolve(atom.value)
        return [] if target is None else [target]
    if atom.kind == "not":
        ruled_out.append(atom.child("not"))
        return []
    if atom.kind == "false":
        facts.is_contradiction = True
    if atom.kind == "type":
        _narrow_types(facts, [atom.value] if isinstance(atom.value, str) else atom.value)
    facts.atoms[atom.key] = atom
    return []


def _narrow_types(facts: Facts, names: list[str]) -> None:
    allowed = {"number" if name == "integer" else name for name in names}
    facts.types = tuple(kind for kind in facts.types if kind in allowed)
    facts.is_integral = facts.is_integral or ("integer" in names and "number" not in names)
