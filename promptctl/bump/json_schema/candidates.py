"""Instances that are likely to be valid under one schema and not under another; whether they are, others say."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from promptctl.bump.json_schema import ecma, scalars
from promptctl.bump.json_schema.shapes import item_schemas, of_kind, options, property_schemas, shapes
from promptctl.bump.json_schema.values import identity

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from promptctl.bump.json_schema.atoms import Atom, Atoms
    from promptctl.bump.json_schema.budget import Budget
    from promptctl.bump.json_schema.documents import Node
    from promptctl.bump.json_schema.evaluate import Evaluator

_DEEPEST: Final = 8
_KEPT: Final = 24  # candidates for a value inside another
_MOST_ITEMS: Final = 60
_MOST_NAMES: Final = 40
_MOST_LISTED: Final = 400
_NOTHING: Final = object()


class Candidates:
    """Makes instances, from the inside out."""

    __slots__ = ("_atoms", "_budget", "_depth", "_evaluator", "_firsts", "_inner", "_shapes")

    def __init__(self, atoms: Atoms, evaluator: Evaluator, budget: Budget) -> None:
        self._atoms = atoms
        self._evaluator = evaluator
        self._budget = budget
        self._depth = 0
        self._firsts: dict[Hashable, Any] = {}
        self._inner: dict[Hashable, list[Any]] = {}
        self._shapes: dict[Hashable, list[list[Atom]]] = {}

    def make(self, narrow: Sequence[Node], wide: Sequence[Node]) -> Iterator[Any]:
        """Values that may be valid under all of `narrow`, first those at which `wide` is likely to part.

        Raises:
            OutOfBudgetError: the steps are spent.
        """
        theirs = self._forms(wide, frozenset())
        ours = self._forms(narrow, options(wide, self._atoms))
        hints = [atom for shape in theirs for atom in shape]
        hints += self._negated([atom for shape in (*ours, *theirs) for atom in shape])
        everything = [*(atom for shape in ours for atom in shape), *hints]
        yield from islice(scalars.listed(everything), _MOST_LISTED)
        yield from scalars.PLAIN
        yield from scalars.numbers(everything)
        yield from scalars.strings(everything)
        yield from ([], {})
        if self._depth >= _DEEPEST:
            return
        for shape in [*ours, *theirs]:
            yield from self._objects(shape, hints)
            yield from self._arrays(shape, hints)

    def _of_property(self, groups: Sequence[Atom], name: str) -> list[Node]:
        self._budget.spend(1 + sum(len(group.node.schema.get("patternProperties", ())) for group in groups))
        return property_schemas(groups, name)

    def _names(self, shape: Sequence[Atom], hints: Sequence[Atom]) -> list[str]:
        groups = of_kind([*shape, *hints], "properties")
        self._budget.spend(20 * sum(len(group.node.schema.get("patternProperties", ())) for group in groups))
        return _names([*shape, *hints])

    def _negated(self, atoms: Sequence[Atom]) -> list[Atom]:
        """What schemas say that must not hold: their bounds and names matter too."""
        nodes = dict.fromkeys(atom.child("not") for atom in atoms if atom.kind == "not")
        return [atom for node in nodes for shape in self._forms([node], frozenset()) for atom in shape]

    def _forms(self, nodes: Sequence[Node], shared: frozenset[Hashable]) -> list[list[Atom]]:
        key = (tuple(node.key for node in nodes), shared)
        if key not in self._shapes:
            self._budget.spend(20 + len(shared))
            self._shapes[key] = shapes(nodes, self._atoms, shared)
        return self._shapes[key]

    def _first(self, nodes: Sequence[Node]) -> Any:
        """A value that the schemas accept, or nothing."""
        key = frozenset(node.key for node in nodes)
        if key not in self._firsts:
            self._firsts[key] = _NOTHING  # for a schema that holds itself
            self._depth += 1
            try:
                made = self._unique(self.make(nodes, []))
                found = next((value for value in made if self._accepts(nodes, value)), _NOTHING)
            finally:
                self._depth -= 1
            if found is _NOTHING:
                del self._firsts[key]
                return _NOTHING
            self._firsts[key] = found
        return self._firsts[key]

    def _variants(self, narrow: Sequence[Node], wide: Sequence[Node]) -> list[Any]:
        """Values for a place inside, all of them fine for `narrow`; those that `wide` refuses come first."""
        key = (frozenset(node.key for node in narrow), frozenset(node.key for node in wide))
        if key not in self._inner:
            self._inner[key] = []
            self._depth += 1
            try:
                made = [value for value in self._unique(self.make(narrow, wide)) if self._accepts(narrow, value)]
            finally:
                self._depth -= 1
            refused = {id(value) for value in made if any(self._evaluator.holds(w, value) is False for w in wide)}
            made.sort(key=lambda value: id(value) not in refused)
            self._inner[key] = made[:_KEPT]
        return self._inner[key]

    def _accepts(self, nodes: Sequence[Node], value: Any) -> bool:
        return all(self._evaluator.holds(node, value) is not False for node in nodes)

    def _unique(self, values: Iterable[Any]) -> Iterator[Any]:
        seen: set[Hashable] = set()
        for value in values:
            self._budget.spend(1 + (len(value) if isinstance(value, (list, dict)) else 0))
            mark = identity(value)
            if mark not in seen:
                seen.add(mark)
                yield value

    def _objects(self, shape: Sequence[Atom], hints: Sequence[Atom]) -> Iterator[dict[str, Any]]:
        """Objects with little and with much in them, and each of these with one property changed."""
        names = self._names(shape, hints)
        ours, theirs = of_kind(shape, "properties"), of_kind(hints, "properties")
        firsts = {
            name: value for name in names if (value := self._first(self._of_property(ours, name))) is not _NOTHING
        }
        needed = _needed(shape)
        if not firsts.keys() >= set(needed):
            return
        chosen = dict.fromkeys([*needed, *list(firsts)[: _lowest(shape, "minProperties")]])
        least = {name: firsts[name] for name in chosen}
        full = {**least, **firsts}
        yield least
        parting: dict[str, list[Any]] = {}
        for name in names:
            inner, outer = self._of_property(ours, name), self._of_property(theirs, name)
            if inner != outer:
                parting[name] = self._variants(inner, outer)
                yield from ({**least, name: value} for value in parting[name])
        yield full
        for name in names[:_MOST_NAMES]:
            if name in firsts:
                yield {**least, name: firsts[name]}
            yield from ({key: item for key, item in start.items() if key != name} for start in (least, full))
        yield from ({**full, name: value} for name, values in parting.items() for value in values[:3])
        yield from self._sized(shape, hints, least)

    def _sized(self, shape: Sequence[Atom], hints: Sequence[Atom], least: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Objects with as many properties as some bound allows, and one more or less."""
        ours = of_kind(shape, "properties")
        for size in _sizes([*shape, *hints], "minProperties", "maxProperties"):
            filled = dict(least)
            for name in [*self._names(shape, hints), *(f"p{number}" for number in range(size))]:
                if len(filled) >= size:
                    break
                value = self._first(self._of_property(ours, name))
                if name not in filled and value is not _NOTHING:
                    filled[name] = value
            yield filled

    def _arrays(self, shape: Sequence[Atom], hints: Sequence[Atom]) -> Iterator[list[Any]]:
        base = self._base(shape, _lowest(shape, "minItems"))
        if base is None:
            return
        yield base
        yield from self._counted(shape, hints, base)
        fixed = max(
            (len(atom.node.schema.get("prefixItems", ())) for atom in (*shape, *hints) if atom.kind == "items"),
            default=0,
        )
        for place in range(min(fixed, _MOST_ITEMS) + 1):
            start = base if len(base) > place else self._base(shape, place + 1)
            if start is None:
                break
            yield start
            for value in self._variants(item_schemas(shape, place), item_schemas(hints, place)):
                yield [*start[:place], value, *start[place + 1 :]]
                yield [*start[:place], value]
        for size in _sizes([*shape, *hints], "minItems", "maxItems"):
            if (sized := self._base(shape, size)) is not None:
                yield sized
                yield sized[:1] * size

    def _counted(self, shape: Sequence[Atom], hints: Sequence[Atom], base: list[Any]) -> Iterator[list[Any]]:
        """Arrays that hold what `contains` counts, as often as some bound allows, and once more or less."""
        for atom in (*shape, *hints):
            if atom.kind != "contains":
                continue
            place = len(base)
            values = self._variants([*item_schemas(shape, place), atom.child("contains")], [])
            bounds = [atom.node.schema["minContains"], atom.node.schema.get("maxContains", 0)]
            for count in dict.fromkeys(int(bound) + more for bound in bounds for more in (0, 1, -1)):
                if values and 0 < count <= _MOST_ITEMS:
                    yield (values * count)[:count]
                    yield [*base, *(values * count)[:count]]
                    yield [values[0]] * count
                    yield [values[0]] * count + base
            others = self._variants(item_schemas(shape, place), [atom.child("contains")])
            yield others[:2]
            yield from ([*values[:1], other] for other in others)

    def _base(self, shape: Sequence[Atom], size: int) -> list[Any] | None:
        """An array of a size that the form is likely to allow, with different items where there are enough."""
        items: list[Any] = []
        if size > _MOST_ITEMS:
            return None
        for place in range(size):
            schemas = item_schemas(shape, place)
            made = self._variants(schemas, [])
            value = next((value for value in made if identity(value) not in map(identity, items)), _NOTHING)
            if value is _NOTHING:
                value = self._first(schemas)
            if value is _NOTHING:
                return None
            items.append(value)
        return items


def _needed(shape: Sequence[Atom]) -> list[str]:
    """The names that must be there, also because others are."""
    found = dict.fromkeys(atom.value[0] for atom in shape if atom.kind == "required")
    for _ in shape:
        more = [
            other for a in shape if a.kind == "dependentRequired" for name, (other,) in a.value.items() if name in found
        ]
        if found.keys() >= set(more):
            break
        found |= dict.fromkeys(more)
    return list(found)


def _names(atoms: Iterable[Atom]) -> list[str]:
    """Names that may matter, and one that nobody has thought of."""
    found: dict[str, None] = {}
    for atom in atoms:
        if atom.kind == "required":
            found[atom.value[0]] = None
        elif atom.kind == "properties":
            found |= dict.fromkeys(atom.node.schema.get("properties", ()))
            for pattern in atom.node.schema.get("patternProperties", ()):
                found |= dict.fromkeys(ecma.samples(pattern)[:2])
        elif atom.kind == "dependentRequired":
            found |= dict.fromkeys([*atom.value, *next(iter(atom.value.values()))])
        elif atom.kind == "propertyNames":
            found |= dict.fromkeys(_allowed_names(atom.child("propertyNames").schema))
    return [*found, "other"]


def _allowed_names(schema: Any) -> list[str]:
    if not isinstance(schema, dict):
        return []
    listed = [name for name in schema.get("enum", ()) if isinstance(name, str)]
    longest = min(int(schema.get("maxLength", 10)), 1_000)
    return [
        *listed,
        *ecma.samples(schema.get("pattern", "a"), int(schema.get("minLength", 0)) % 1_000),
        "a" * (longest + 1),
    ]


def _lowest(shape: Sequence[Atom], kind: str) -> int:
    return max((int(atom.value) for atom in shape if atom.kind == kind), default=0)


def _sizes(atoms: Sequence[Atom], least: str, most: str) -> list[int]:
    bounds = [int(atom.value) for atom in atoms if atom.kind in {least, most}]
    near = dict.fromkeys([2, *(size for bound in bounds for size in (bound, bound + 1, bound - 1))])
    return [size for size in near if 0 < size <= _MOST_ITEMS]
