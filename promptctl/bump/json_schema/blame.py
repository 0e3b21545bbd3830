"""Where in a schema an instance fails, and where in another the same place of the instance is described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promptctl.bump.json_schema import ecma
from promptctl.bump.json_schema.evaluate import has_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.bump.json_schema.atoms import Atom, Atoms
    from promptctl.bump.json_schema.documents import Node
    from promptctl.bump.json_schema.evaluate import Evaluator
    from promptctl.bump.json_schema.model import Pointer

_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A schema, the part of the instance that it judges, and how each is reached from its root."""

    node: Node
    pointer: Pointer
    path: Pointer
    value: Any

    def inside(self, schema: Any, pointer: Pointer, *step: str | int, value: Any = None) -> Place:
        """A schema below this one, for a part of the value or, without a step, for the same value."""
        node = self.node.document.node(schema)
        return Place(node, (*self.pointer, *pointer), (*self.path, *step), value if step else self.value)


@dataclass(frozen=True, slots=True)
class Failure:
    """A keyword that refuses the value at a place."""

    place: Place
    atom: Atom
    pointer: Pointer


class Walker:
    """Follows an instance through a schema."""

    __slots__ = ("_atoms", "_evaluator")

    def __init__(self, atoms: Atoms, evaluator: Evaluator) -> None:
        self._atoms = atoms
        self._evaluator = evaluator

    def failures(self, place: Place) -> Iterator[Failure]:
        """The innermost keywords that refuse the instance."""
        if len(place.pointer) > _DEEPEST * 2 or len(place.path) > _DEEPEST:
            return
        for atom in self._atoms.of(place.node):
            if self._evaluator.atom(atom, place.value) is False:
                inner = [failure for below in self.below(place, atom) for failure in self.failures(below)]
                yield from inner or [Failure(place, atom, self._pointer(place, atom))]

    def below(self, place: Place, atom: Atom) -> list[Place]:
        """The schemas that a failing keyword passes the value on to, if one of them alone is to blame."""
        if atom.kind in {"anyOf", "oneOf"}:
            return self._likeliest(place, atom)
        if atom.kind in {"properties", "items"}:
            value = place.value
            steps = value.items() if isinstance(value, dict) else enumerate(value)
            found = [below for step, item in steps for below in parts(place, step, item)]
            return [below for below in found if below.node.schema is not False]
        return self._passed_on(place, atom)

    def _passed_on(self, place: Place, atom: Atom) -> list[Place]:
        """The schemas that judge the very same value."""
        schema, value = place.node.schema, place.value
        if atom.kind == "allOf":
            return [place.inside(inner, ("allOf", index)) for index, inner in enumerate(schema["allOf"])]
        if atom.kind == "$ref":
            target = atom.node.document.resolve(atom.value)
            pointer = atom.node.document.pointer(atom.value)
            return [] if target is None or pointer is None else [Place(target, pointer, place.path, value)]
        if atom.kind == "if":
            taken = "then" if self._evaluator.holds(atom.child("if"), value) else "else"
            return [place.inside(schema[taken], (taken,))] if taken in schema else []
        if atom.kind == "dependentSchemas":
            return [place.inside(inner, ("dependentSchemas", name)) for name, inner in atom.value.items()]
        return []

    def _likeliest(self, place: Place, atom: Atom) -> list[Place]:
        """Of alternatives that all refuse the value, the one that is meant for its type, if there is only one."""
        children = place.node.schema[atom.kind]
        places = [place.inside(inner, (atom.kind, index)) for index, inner in enumerate(children)]
        if any(self._evaluator.holds(option.node, place.value) is not False for option in places):
            return []
        fit = [option for option in places if self._fits(option)]
        return fit if len(fit) == 1 else []

    def _fits(self, option: Place) -> bool:
        atoms = self._atoms.of(option.node)
        return all(atom.kind != "type" or has_type(atom.value, option.value) for atom in atoms)

    def _pointer(self, place: Place, atom: Atom) -> Pointer:
        """The keyword; for a name that must be there, the name in its list; for one too many, what forbids it."""
        schema = place.node.schema
        if isinstance(schema, bool):
            return place.pointer
        if atom.kind == "required":
            return (*place.pointer, "required", schema["required"].index(atom.value[0]))
        if atom.kind == "enum" and "enum" not in schema:
            return (*place.pointer, "const")
        if atom.kind == "contains":
            most = atom.node.schema.get("maxContains")
            return (*place.pointer, "contains" if most is None else "maxContains")
        if atom.kind in {"properties", "items"}:
            shut = next((name for name in ("additionalProperties", "items") if schema.get(name) is False), atom.kind)
            return (*place.pointer, shut)
        return (*place.pointer, atom.kind) if atom.kind in schema else place.pointer

    def counterpart(self, place: Place, path: Pointer) -> Place:
        """The place in another schema that describes the same part of an instance, or the nearest around it."""
        for step in path[len(place.path) :]:
            value = place.value
            if not isinstance(value, (dict, list)):
                break
            inner = value.get(step) if isinstance(value, dict) else value[int(step)] if int(step) < len(value) else None
            found = next((below for here in self._here(place) for below in parts(here, step, inner)), None)
            if found is None:
                break
            place = found
        return next(iter(sorted(self._here(place), key=lambda here: "type" not in _keys(here))), place)

    def _here(self, place: Place) -> list[Place]:
        """The place, and the schemas that it passes the same value on to."""
        found: list[Place] = []
        queue = [place]
        while queue and len(found) < _DEEPEST:
            here = queue.pop(0)
            found.append(here)
            for atom in self._atoms.of(here.node):
                queue.extend(self._passed_on(here, atom))
                if atom.kind in {"anyOf", "oneOf"}:
                    options = [here.inside(inner, (atom.kind, at)) for at, inner in enumerate(atom.value)]
                    queue.extend(o for o in options if self._evaluator.holds(o.node, here.value) is True)
        return found


def _keys(place: Place) -> set[str]:
    return set(place.node.schema) if isinstance(place.node.schema, dict) else set()


def parts(place: Place, step: str | int, value: Any) -> list[Place]:
    """The schemas that the keywords of one schema give to a property or an item."""
    schema = place.node.schema
    if not isinstance(schema, dict):
        return []
    if isinstance(step, int):
        prefix = schema.get("prefixItems", [])
        if step < len(prefix):
            return [place.inside(prefix[step], ("prefixItems", step), step, value=value)]
        return [place.inside(schema["items"], ("items",), step, value=value)] if "items" in schema else []
    found = []
    if step in schema.get("properties", {}):
        found.append(place.inside(schema["properties"][step], ("properties", step), step, value=value))
    for pattern, inner in schema.get("patternProperties", {}).items():
        if ecma.matches(pattern, step):
            found.append(place.inside(inner, ("patternProperties", pattern), step, value=value))
    if not found and "additionalProperties" in schema:
        found.append(place.inside(schema["additionalProperties"], ("additionalProperties",), step, value=value))
    return found
