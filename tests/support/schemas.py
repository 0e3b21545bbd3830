"""Pairs of JSON Schemas, made by hand and at random, and instances to try them with.

Everything random takes a `random.Random`, so that Hypothesis may drive it as well as a seed. Nothing here uses what it
is meant to test: validity is what jsonschema says.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry

from promptctl.bump.json_schema import Verdict
from promptctl.bump.json_schema.depth import chain_of
from promptctl.bump.json_schema.documents import Document, Interner
from promptctl.bump.json_schema.library import _checker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

FOLDER = Path(__file__).parent.parent / "bump" / "schema_pairs"
FORMATS = _checker()
NAMES = ("a", "b", "ab", "x1")
PATTERNS = ("^a", "b$", "^[ab]+$", "1", "^.{2}$", "a|b", ".*")
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 1.0, 2, -1, 0.5, 3, 4, 1.5, "", "a", "b", "ab", "x1", "abc", "2026-01-31", "192.0.2.1"),
    *([], [1], [1, True], ["a", "a"], [[]], [{}], {}, {"a": 1}, {"a": None, "b": "a"}, {"x1": 0.5}, {"ab": {}}),
)
TYPES = ("string", "integer", "number", "null", "boolean", "object", "array")


@dataclass(frozen=True)
class Pair:
    """Two schemas, and what is known of them."""

    name: str
    narrow: Any
    wide: Any
    verdict: Verdict | None = None
    message: str | None = None
    place: str | None = None


def hand_made() -> list[Pair]:
    """The pairs of the files, each named after its file and place there."""
    return [
        Pair(f"{path.stem}-{number}", *_fields(row))
        for path in sorted(FOLDER.glob("*.yaml"))
        for number, row in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1)
    ]


def _fields(row: dict[str, Any]) -> tuple[Any, Any, Verdict, str | None, str | None]:
    return row["narrow"], row["wide"], Verdict(row["verdict"]), row.get("message"), row.get("property")


def is_schema(value: Any) -> bool:
    try:
        Draft202012Validator.check_schema(value)
    except (SchemaError, RecursionError):
        return False
    return True


def is_valid(schema: Any, instance: Any) -> bool:
    return bool(oracle(schema).is_valid(instance))


def oracle(schema: Any) -> Draft202012Validator:
    """The library, as far as it needs no network: by default it would fetch what a schema refers to."""
    nothing: Registry[Any] = Registry()
    return Draft202012Validator(schema, format_checker=FORMATS, registry=nothing)


def has_end(schema: Any) -> bool:
    """Whether jsonschema comes to an end on it: it follows a reference to itself until the process breaks."""
    return chain_of(Document(schema, Interner(), "")) is not None


def refutation(pair: Pair, instances: list[Any]) -> list[Any]:
    """The first of some instances that is valid under the narrow schema and not under the wide one, in a list."""
    if not (has_end(pair.narrow) and has_end(pair.wide)):
        return []
    narrow, wide = (oracle(schema) for schema in (pair.narrow, pair.wide))
    for instance in instances:
        try:
            if narrow.is_valid(instance) and not wide.is_valid(instance):
                return [instance]
        except Exception:  # noqa: BLE001, S112 - an endless or dangling reference is an answer to nothing
            continue
    return []


class Schemas:
    """Makes schemas out of all keywords; few names and small numbers, so that keywords get to meet."""

    def __init__(self, random: Random, references: tuple[str, ...] = ()) -> None:
        self.random = random
        self.references = references

    def schema(self, depth: int) -> Any:
        random = self.random
        if depth <= 0 or random.random() < 0.06:
            return self._leaf()
        families = list(_FAMILIES.values())
        keywords = set(random.sample(family := random.choice(families), random.randint(1, min(4, len(family)))))
        if random.random() < 0.5:
            keywords.add("type")
        if random.random() < 0.4:
            keywords.add(random.choice(random.choice(families)))
        return {keyword: _MAKERS[keyword](self, depth - 1) for keyword in sorted(keywords)}

    def _leaf(self) -> Any:
        kind = self.random.random()
        if kind < 0.1:
            return {"$ref": self.random.choice(self.references)} if self.references else True
        if kind < 0.2:
            return kind < 0.15
        if kind < 0.6:
            return {"type": self.random.choice(TYPES)}
        return {"enum": self.values()}

    def values(self) -> list[Any]:
        return copy.deepcopy(self.random.sample(VALUES, self.random.randint(1, 5)))

    def some(self, depth: int) -> list[Any]:
        return [self.schema(depth) for _ in range(self.random.randint(1, 3))]

    def named(self, depth: int, names: tuple[str, ...] = NAMES) -> dict[str, Any]:
        return {name: self.schema(depth) for name in self.random.sample(names, self.random.randint(1, 3))}

    def names(self) -> list[str]:
        return self.random.sample(NAMES, self.random.randint(0, 2))

    def document(self, depth: int) -> Any:
        """A schema that may refer to itself."""
        made = self.schema(depth)
        if self.references and isinstance(made, dict):
            made["$defs"] = {"d": self.schema(2)}
        return made

    def mutated(self, schema: Any) -> Any:
        """The schema with one to three changes anywhere in it."""
        changed = copy.deepcopy(schema)
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            places = list(_mappings(changed))
            if places:
                self._change(self.random.choice(places))
        return changed

    def _change(self, place: dict[str, Any]) -> None:
        random, inner = self.random, dict(place)
        kind = random.random()
        if kind < 0.3 and place:
            del place[random.choice(list(place))]
        elif kind < 0.7:
            place.update(made if isinstance(made := self.schema(2), dict) else {})
        elif kind < 0.8:
            place.clear()
            place[random.choice(("anyOf", "oneOf", "allOf"))] = [inner, self.schema(1)]
        else:
            for keyword, value in inner.items():
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    place[keyword] = max(0, value + random.choice((-1, 1))) or 1
                elif isinstance(value, list) and len(value) > 1:
                    del value[random.randrange(len(value))]


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _mappings(inner)


_MAKERS: dict[str, Callable[[Schemas, int], Any]] = {
    "type": lambda make, _: make.random.choice(
        (*TYPES, ["string", "null"], ["integer", "string"], ["object", "array"])
    ),
    "enum": lambda make, _: make.values(),
    "const": lambda make, _: make.values()[0],
    "multipleOf": lambda make, _: make.random.choice((1, 2, 3, 0.5, 0.1, 1.5, 1.0)),
    "minLength": lambda make, _: make.random.randint(0, 2),
    "maxLength": lambda make, _: make.random.randint(0, 3),
    "pattern": lambda make, _: make.random.choice(PATTERNS),
    "format": lambda make, _: make.random.choice(("date", "email", "ipv4", "date-time", "unheard-of")),
    "required": lambda make, _: make.names(),
    "properties": lambda make, depth: make.named(depth),
    "patternProperties": lambda make, depth: make.named(depth, PATTERNS),
    "additionalProperties": lambda make, depth: make.random.choice((False, make.schema(depth))),
    "propertyNames": lambda make, depth: make.random.choice(
        ({"enum": ["a", "x1"]}, {"pattern": make.random.choice(PATTERNS)}, {"maxLength": 1}, make.schema(depth)),
    ),
    "dependentRequired": lambda make, _: {make.random.choice(NAMES): make.names()},
    "dependentSchemas": lambda make, depth: make.named(depth),
    "prefixItems": lambda make, depth: make.some(depth),
    "uniqueItems": lambda make, _: make.random.random() < 0.7,
    "unevaluatedProperties": lambda make, depth: make.random.choice((False, make.schema(depth))),
    "unevaluatedItems": lambda _make, _depth: False,
    "x-unknown": lambda make, _: make.random.randint(0, 1),
    "title": lambda make, _: make.random.choice(NAMES),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        lambda make, _: make.random.choice((-1, 0, 1, 0.5, 2, 3)),
    ),
    **dict.fromkeys(
        ("minItems", "maxItems", "minContains", "maxContains", "minProperties", "maxProperties"),
        lambda make, _: make.random.randint(0, 3),
    ),
    **dict.fromkeys(("items", "contains", "if", "then", "else", "not"), lambda make, depth: make.schema(depth)),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), lambda make, depth: make.some(depth)),
}
_FAMILIES = {
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "object": (
        *("required", "properties", "patternProperties", "additionalProperties", "propertyNames", "minProperties"),
        *("maxProperties", "dependentRequired", "dependentSchemas"),
    ),
    "more objects": ("required", "properties", "additionalProperties"),
    "array": (
        *("items", "prefixItems", "contains", "minContains", "maxContains", "uniqueItems", "minItems", "maxItems"),
    ),
    "any": ("type", "enum", "const"),
    "connectives": ("if", "then", "else", "allOf", "anyOf", "oneOf", "not"),
    "rest": ("unevaluatedProperties", "unevaluatedItems", "x-unknown", "title"),
}


def random_pair(random: Random) -> Pair:
    """A schema and a mutation of it, or, now and then, another schema."""
    make = Schemas(random, ("#/$defs/d", "#") if random.random() < 0.3 else ())
    narrow = make.document(random.randint(1, 3))
    wide = make.mutated(narrow) if random.random() < 0.8 else make.document(random.randint(1, 3))
    if not make.references and random.random() < 0.1:
        wide = {random.choice(("anyOf", "allOf")): [copy.deepcopy(narrow), wide]}
    if random.random() < 0.3:
        narrow, wide = wide, narrow
    return Pair("random", narrow, wide)


def instances(random: Random, pair: Pair, count: int) -> list[Any]:
    """Instances made of what the schemas themselves name, some of them meant to fit, and some at random."""
    words = [word for schema in (pair.narrow, pair.wide) for word in _words(schema)]
    scalars = [*VALUES, *words]
    names = list(dict.fromkeys([*NAMES, "other", *(word for word in words if isinstance(word, str))]))
    made = list(scalars)
    for number in range(count):
        schema = (pair.narrow, pair.wide)[number % 2]
        made.append(_fitting(random, schema, schema, scalars, names, 4))
    return copy.deepcopy(made)


def _words(value: Any) -> Iterator[Any]:
    """Everything that a schema holds as an instance, and the neighbours of its numbers."""
    yield value
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from (value + 1, value - 1, value + 0.5)
        if 0 <= value < 50:
            yield from ("a" * int(value), "a" * (int(value) + 1))


def _fitting(  # noqa: PLR0911 - one for each kind of schema
    random: Random, schema: Any, root: Any, scalars: list[Any], names: list[str], depth: int
) -> Any:
    """A value that follows the schema's own words now and then, and chance otherwise."""
    if not isinstance(schema, dict) or depth <= 0 or random.random() < 0.15:
        return _chance(random, scalars, names, depth)
    if schema.get("$ref") == "#":
        return _fitting(random, root, root, scalars, names, depth - 1)
    if str(schema.get("$ref", "")).startswith("#/$defs/") and isinstance(root, dict):
        target = root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2])
        return _fitting(random, target, root, scalars, names, depth - 1)
    branches = [inner for keyword in ("anyOf", "oneOf", "allOf") for inner in schema.get(keyword, [])]
    branches += [schema[keyword] for keyword in ("if", "then", "else") if keyword in schema]
    if branches and random.random() < 0.5:
        return _fitting(random, random.choice(branches), root, scalars, names, depth)
    if "const" in schema or schema.get("enum"):
        return random.choice([*schema.get("enum", []), *([schema["const"]] if "const" in schema else [])])
    if "properties" in schema or "required" in schema or schema.get("type") == "object":
        known = schema.get("properties", {})
        chosen = [name for name in [*known, *schema.get("required", [])] if random.random() < 0.7]
        chosen += [random.choice(names)] if random.random() < 0.3 else []
        other = schema.get("additionalProperties", True)
        return {n: _fitting(random, known.get(n, other), root, scalars, names, depth - 1) for n in chosen}
    if "items" in schema or "prefixItems" in schema or "contains" in schema or schema.get("type") == "array":
        first, rest = schema.get("prefixItems", []), schema.get("items", schema.get("contains", True))
        schemas = [*first, rest, rest, rest][: random.randint(0, len(first) + 2)]
        return [_fitting(random, inner, root, scalars, names, depth - 1) for inner in schemas]
    return _chance(random, scalars, names, depth)


def _chance(random: Random, scalars: list[Any], names: list[str], depth: int) -> Any:
    kind = random.random()
    if depth <= 0 or kind < 0.6:
        return random.choice(scalars)
    if kind < 0.8:
        chosen = random.sample(names, min(len(names), random.randint(0, 3)))
        return {name: _chance(random, scalars, names, depth - 1) for name in chosen}
    return [_chance(random, scalars, names, depth - 1) for _ in range(random.randint(0, 3))]


def ordinary(random: Random, depth: int = 3) -> dict[str, Any]:
    """An object schema such as authors of prompts write."""
    names = random.sample(("name", "email", "score", "tags", "reason", "lead", "status", "notes"), random.randint(1, 5))
    made: dict[str, Any] = {"type": "object", "properties": {name: _ordinary_value(random, depth) for name in names}}
    if needed := [name for name in names if random.random() < 0.6]:
        made["required"] = needed
    if random.random() < 0.5:
        made["additionalProperties"] = False
    return made


def _ordinary_value(random: Random, depth: int) -> dict[str, Any]:
    kinds: list[Callable[[], dict[str, Any]]] = [
        lambda: {"type": "string", "minLength": random.randint(1, 3), "maxLength": random.randint(5, 9)},
        lambda: {"type": "string", "enum": random.sample(["low", "medium", "high", "none", "other"], 3)},
        lambda: {"type": "number", "minimum": 0, "maximum": random.randint(1, 100)},
        lambda: {"type": "integer", "minimum": random.randint(-3, 3)},
        lambda: {"type": "boolean"},
        lambda: {"type": "string", "pattern": "^[A-Z]{2}$"},
        lambda: {"type": "string", "format": "email"},
        lambda: {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]},
        lambda: {"type": ["string", "null"], "minLength": 1},
    ]
    if depth > 0:
        kinds += [
            lambda: {"type": "array", "items": _ordinary_value(random, depth - 1), "minItems": random.randint(1, 2)},
            lambda: ordinary(random, depth - 1),
            lambda: {"type": "array", "items": ordinary(random, depth - 1), "maxItems": random.randint(2, 5)},
        ]
    return random.choice(kinds)()


def widened(random: Random, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema after one to three edits, each of which makes it accept no less."""
    changed = copy.deepcopy(schema)
    for _ in range(random.randint(1, 3)):
        ways = [way for place in _places(changed) for way in _widenings(random, place)]
        random.choice(ways)()
    return changed


def _places(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for inner in [*schema.get("properties", {}).values(), schema.get("items"), *schema.get("anyOf", [])]:
        if isinstance(inner, dict):
            yield from _places(inner)


def _widenings(random: Random, place: dict[str, Any]) -> list[Callable[[], Any]]:
    ways: list[Callable[[], Any]] = [lambda: place.update(description="what it is")]
    for limit, less in (("minimum", -1), ("minLength", -1), ("minItems", -1), ("maximum", 1), ("maxLength", 1)):
        if limit in place:
            lowest = place[limit] - 1 if limit == "minimum" else 0
            looser = max(lowest, place[limit] + less)
            ways.append(lambda limit=limit, looser=looser: place.update({limit: looser}))
            ways.append(lambda limit=limit: place.pop(limit))
    ways += [lambda key=key: place.pop(key) for key in ("pattern", "format", "maxItems", "required") if key in place]
    if "enum" in place:
        ways.append(lambda: place["enum"].insert(random.randint(0, len(place["enum"])), f"new{random.random()}"))
    elif isinstance(place.get("type"), str):
        ways.append(lambda: place.update(type=[place["type"], "null"]))
    if place.get("type") == "integer":
        ways.append(lambda: place.update(type="number"))
    if place.get("required"):
        ways.append(place["required"].pop)
    if place.get("additionalProperties") is False:
        ways.append(lambda: place["properties"].update({f"new{random.random()}": {"type": "string"}}))
        ways.append(lambda: place.pop("additionalProperties"))
    if "anyOf" in place:
        ways.append(lambda: place["anyOf"].append({"type": "boolean"}))
    elif "type" in place:
        inner = dict(place)
        ways.append(lambda: (place.clear(), place.update(anyOf=[inner, {"type": "null"}])))
    return ways


def from_suite(folder: Path) -> list[Any]:
    """The schemas of the official test suite for draft 2020-12, each once."""
    found: dict[str, Any] = {}
    for path in sorted((folder / "tests" / "draft2020-12").rglob("*.json")):
        for group in json.loads(path.read_text(encoding="utf-8")):
            found.setdefault(json.dumps(group["schema"], sort_keys=True), group["schema"])
    return list(found.values())
