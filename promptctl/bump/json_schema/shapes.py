"""The forms that an instance may take: for each choice among alternatives, the assertions that hold together."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from promptctl.bump.json_schema import ecma
from promptctl.bump.json_schema.atoms import CONNECTIVES
from promptctl.bump.json_schema.evaluate import item_schema

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from promptctl.bump.json_schema.atoms import Atom, Atoms
    from promptctl.bump.json_schema.documents import Node

_MOST: Final = 12  # forms of one schema that are tried
_MOST_STEPS: Final = 400


def options(nodes: Sequence[Node], atoms: Atoms) -> frozenset[Hashable]:
    """What identifies the alternatives of some schemas."""
    found: set[Hashable] = set()
    queue, seen = list(nodes), set()
    while queue:
        node = queue.pop()
        if node.key not in seen:
            seen.add(node.key)
            for atom in atoms.of(node):
                if atom.kind in {"anyOf", "oneOf"}:
                    found.update(child.key for child in atom.children())
                elif atom.kind in {"allOf", "$ref"}:
                    queue.extend(child for way in _ways(atom) for child in way)
    return frozenset(found)


def shapes(nodes: Sequence[Node], atoms: Atoms, shared: frozenset[Hashable] = frozenset()) -> list[list[Atom]]:
    """Some of the forms of an instance for which all of the schemas hold, those with shared alternatives last.

    Negations are left in as they are, so not all that has the form is valid.
    """
    found: list[list[Atom]] = []
    open_: list[tuple[list[Atom], list[Node], set[Hashable]]] = [([], list(nodes), set())]
    for _ in range(_MOST_STEPS):
        if not open_ or len(found) >= _MOST:
            break
        held, queue, seen = open_.pop(0)
        if not queue:
            found.append(held)
            continue
        node, rest = queue[0], queue[1:]
        if node.key in seen:
            open_.insert(0, (held, rest, seen))
            continue
        plain, choices = _opened(node, atoms)
        ways: list[list[Node]] = [rest]
        for choice in choices:
            choice.sort(key=lambda option: any(node.key in shared for node in option))
            ways = list(islice(([*way, *option] for option in choice for way in ways), _MOST))
        open_.extend(([*held, *plain], way, {*seen, node.key}) for way in ways)
    return found


def _opened(node: Node, atoms: Atoms) -> tuple[list[Atom], list[list[list[Node]]]]:
    """The plain assertions of a schema, and for each of the others the ways to satisfy it."""
    plain: list[Atom] = []
    choices: list[list[list[Node]]] = []
    for atom in atoms.of(node):
        if atom.kind in CONNECTIVES - {"not", "false"}:
            choices.append(_ways(atom))
        elif atom.kind != "opaque":
            plain.append(atom)
    return plain, choices


def _ways(atom: Atom) -> list[list[Node]]:
    """For each way to satisfy a connective, the schemas that then hold."""
    if atom.kind == "allOf":
        return [atom.children()]
    if atom.kind in {"anyOf", "oneOf"}:
        return [[child] for child in atom.children()]
    if atom.kind == "if":
        return [[atom.child("if"), atom.child("then")], [atom.child("else")]]
    if atom.kind == "dependentSchemas":
        return [[], [atom.node.document.node(inner) for inner in atom.value.values()]]
    target = atom.node.document.resolve(atom.value)
    return [[] if target is None else [target]]


def of_kind(shape: Sequence[Atom], kind: str) -> list[Atom]:
    """The assertions of one kind."""
    return [atom for atom in shape if atom.kind == kind]


def property_schemas(groups: Sequence[Atom], name: str) -> list[Node]:
    """The schemas that assertions about properties give to one; a pattern that may match counts."""
    nodes: list[Node] = []
    for atom in groups:
        schema, make = atom.node.schema, atom.node.document.node
        known = schema.get("properties", {})
        found = [known[name]] if name in known else []
        patterns = schema.get("patternProperties", {})
        found += [inner for pattern, inner in patterns.items() if ecma.matches(pattern, name) is not False]
        if not found and "additionalProperties" in schema:
            found = [schema["additionalProperties"]]
        nodes.extend(map(make, found))
    return nodes


def item_schemas(shape: Sequence[Atom], place: int) -> list[Node]:
    """The schemas that a form gives to an item."""
    return [item_schema(atom, place) for atom in shape if atom.kind == "items"]
