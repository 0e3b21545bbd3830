"""The JSON Schemas that promptctl ships, and what they say of a file: converted values and faults with a place."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from promptctl.core.canonical import canonical_json
from promptctl.core.text import shortened, suggest
from promptctl.tree.acceptor import acceptor
from promptctl.tree.faults import Fault
from promptctl.tree.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsonschema import Draft202012Validator

    from promptctl.tree.acceptor import Acceptor

Pointer: TypeAlias = tuple[str | int, ...]
ValidationError: TypeAlias = Any  # the library types every attribute as possibly unset

_MOST = 100  # faults of one file: a file that has more is no file of this kind, and each of them costs time
_DRAFT = "https://json-schema.org/draft/2020-12/"
_ANY: dict[str, Any] = {}  # a schema that says nothing
_OURS = "https://promptctl.invalid/draft/2020-12/"


def schema_folder() -> Path:
    """Where the schemas lie: inside the installed package, or beside it in a source checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "schemas"
    return installed if installed.is_dir() else package.parent / "schemas"


@cache
def load_schema(kind: str) -> dict[str, Any]:
    """The schema of one kind of file, such as version, manifest, selection, policy, report or evidence."""
    schema: dict[str, Any] = json.loads((schema_folder() / f"{kind}.json").read_text(encoding="utf-8"))
    return schema


@cache
def _validator(kind: str) -> Draft202012Validator:
    return _dialect()(load_schema(kind) | {"$schema": _OURS})


@cache
def _accepts(kind: str) -> Acceptor:
    return acceptor(load_schema(kind))


@cache
def _accepts_schema() -> Acceptor:
    """Made from the schema of schemas as one document; `make docs` writes it from what jsonschema brings."""
    return acceptor(json.loads((Path(__file__).parent / "metaschema.json").read_text(encoding="utf-8")))


@cache
def _dialect() -> type[Draft202012Validator]:
    """Draft 2020-12 with two keywords made fast enough for thousands of entries."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    faster = {"uniqueItems": _unique_items, "patternProperties": _pattern_properties}
    dialect: type[Draft202012Validator] = extend(Draft202012Validator, faster)  # type: ignore[no-untyped-call]
    return dialect


def _pattern_properties(validator: Any, patterns: Any, instance: Any, _: Any) -> Iterator[ValidationError]:
    """Values that are written alike are judged once: most of ten thousand tenants say what others say."""
    if not isinstance(instance, dict):
        return
    for pattern, schema in patterns.items():
        lawful: set[str] = set()
        for key, value in instance.items():
            written = repr(value)
            if written in lawful or not re.search(pattern, key):
                continue
            errors = list(validator.descend(value, schema, path=key, schema_path=pattern))
            if not errors:
                lawful.add(written)
            yield from errors


def _unique_items(_: Any, wanted: Any, instance: Any, __: Any) -> Iterator[ValidationError]:
    """In linear time: the library compares each item with each other one."""
    from jsonschema import ValidationError

    if wanted and isinstance(instance, list) and len({canonical_json(item) for item in instance}) < len(instance):
        yield ValidationError("the same item stands twice")


@cache
def _meta() -> Draft202012Validator:
    """The schema of schemas, by another name: under its own the library would not let a dialect judge it."""
    from jsonschema import Draft202012Validator
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    parts = {uri: resource.contents for uri, resource in REGISTRY.items() if uri.startswith(_DRAFT)}
    ours = json.loads(json.dumps(parts).replace(_DRAFT, _OURS))
    resources = ((uri, DRAFT202012.create_resource(part)) for uri, part in ours.items())
    root = ours[Draft202012Validator.META_SCHEMA["$id"].replace(_DRAFT, _OURS)]
    return _dialect()(root, registry=Registry().with_resources(resources).crawl())


def worst_fault(schema: Any) -> ValidationError | None:
    """What is most wrong with a JSON Schema of draft 2020-12, or None; raises RecursionError where it is too deep."""
    if _accepts_schema()(schema):
        return None
    errors = list(islice(_meta().iter_errors(schema), _MOST))
    if not errors:
        return None
    from jsonschema.exceptions import best_match

    return best_match(errors)


def to_data(node: Node | None, kind: str) -> Any:
    """The node as JSON values; where the schema asks for text, the source text of a plain scalar."""
    return _reader(kind).convert(node, load_schema(kind))


@cache
def _reader(kind: str) -> _Reader:
    return _Reader(load_schema(kind))


class _Reader:
    """Converts nodes by a schema. Where a part of the schema leads to is worked out once for every kind of node."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._forms: dict[tuple[int, type], dict[str, Any]] = {}  # by identity: `load_schema` keeps every part alive
        self._parts: dict[int, Callable[[str], Any]] = {}

    def convert(self, node: Node | None, schema: Any) -> Any:
        key = (id(schema), type(node))
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = self._resolve(schema, node)
        if isinstance(node, Scalar):
            return node.text if node.plain and node.text and form.get("type") == "string" else node.value
        if isinstance(node, Mapping):
            part = self._part_of(form)
            return {name: self.convert(pair[1], part(name)) for name, pair in node.entries.items()}
        if node is None:
            return None
        items = form.get("items", _ANY)
        return [self.convert(item, items) for item in node.items]

    def _part_of(self, form: dict[str, Any]) -> Callable[[str], Any]:
        """What a form says of the values of a mapping, by their keys."""
        found = self._parts.get(id(form))
        if found is None:
            found = self._parts[id(form)] = _parts(form)
        return found

    def _resolve(self, schema: Any, node: Node | None) -> dict[str, Any]:
        """Follow local references, and of several forms take the one that has the node's shape."""
        while isinstance(schema, dict) and ("$ref" in schema or "oneOf" in schema):
            if "$ref" in schema:
                schema = self._root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
            else:
                schema = next((form for form in schema["oneOf"] if self._has_shape(form, node)), _ANY)
        return schema if isinstance(schema, dict) else _ANY

    def _has_shape(self, form: dict[str, Any], node: Node | None) -> bool:
        kind = self._resolve(form, node).get("type")
        shape = "object" if isinstance(node, Mapping) else "array" if isinstance(node, Sequence) else None
        return kind == shape if shape else kind not in {"object", "array"}


def _parts(schema: dict[str, Any]) -> Callable[[str], Any]:
    """The part of a schema that a key leads to."""
    named = schema.get("properties", _ANY)
    patterns = [(re.compile(pattern).search, part) for pattern, part in schema.get("patternProperties", _ANY).items()]
    other = schema.get("additionalProperties", _ANY)

    def part(key: str) -> Any:
        if key in named:
            return named[key]
        return next((value for search, value in patterns if search(key)), other) if patterns else other

    return part


def validate(node: Node | None, data: Any, kind: str) -> list[Fault]:
    """The ways in which `data` breaks the schema, in file order; the rule is always `metadata-invalid`."""
    if _accepts(kind)(data):
        return []
    faults = (fault for error in _validator(kind).iter_errors(data) for fault in _faults(error, node))
    return sorted(set(islice(faults, _MOST)), key=lambda fault: (fault.start, fault.message))


def _faults(error: ValidationError, node: Node | None) -> Iterator[Fault]:
    pointer: Pointer = tuple(error.absolute_path)
    if error.validator == "oneOf":
        yield from _closest_form(error, node)
    elif error.validator == "additionalProperties":
        yield from _unknown_keys(error, pointer, node)
    elif error.validator == "required":
        for key in error.validator_value:
            if key not in error.instance:
                yield fault_at(node, pointer, f"`{key}` is missing", subject=dotted((*pointer, key)))
    else:
        yield fault_at(node, pointer, _explain(error, pointer))


def _closest_form(error: ValidationError, node: Node | None) -> Iterator[Fault]:
    """Where a value may have several forms, the faults of the one whose type it has."""
    depth = len(error.absolute_path)
    forms: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        forms.setdefault(inner.schema_path[0], []).append(inner)
    for errors in forms.values():
        if not any(inner.validator == "type" and len(inner.absolute_path) == depth for inner in errors):
            for inner in errors:
                yield from _faults(inner, node)
            return
    pointer: Pointer = tuple(error.absolute_path)
    yield fault_at(node, pointer, f"{_name(pointer)} has none of the forms allowed here")


def _unknown_keys(error: ValidationError, pointer: Pointer, node: Node | None) -> Iterator[Fault]:
    known = list(error.schema.get("properties", {}))
    patterns = error.schema.get("patternProperties", {})
    for key in error.instance:
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        close = suggest(key, [name for name in known if name not in error.instance] or known)
        hint = f"did you mean `{close}`?" if close else (f"known keys: {', '.join(known)}" if known else None)
        yield fault_at(node, (*pointer, key), f"unknown key `{shortened(key)}`", on_key=True, hint=hint)


def _explain(error: ValidationError, pointer: Pointer) -> str:
    name, value, want = _name(pointer), _shown(error.instance), error.validator_value
    if error.validator == "type":
        return f"{name} must be {_types(want)}, not {_shown_type(error.instance)}"
    if error.validator in {"enum", "const"}:
        allowed = want if error.validator == "enum" else [want]
        close = suggest(str(error.instance), [str(item) for item in allowed])
        meant = f"; did you mean {close}?" if close else ""
        return f"{name} must be one of {', '.join(map(str, allowed))}, not {value}{meant}"
    if error.validator == "pattern":
        if isinstance(error.instance, str) and not error.instance.strip():
            return f"{name} is empty"
        return f"{name} is not in the right form: {value}"
    if error.validator == "propertyNames" or "propertyNames" in error.schema_path:
        return f"{name} has a key in the wrong form: {value}"
    bounds = {
        "minLength": "is empty" if want == 1 else f"is shorter than {want} characters",
        "maxLength": f"is longer than {want} characters",
        "maxItems": f"has more than {want} items",
        "minItems": "is empty" if want == 1 else f"has fewer than {want} items",
        "uniqueItems": "has the same item twice",
        "minimum": f"must be at least {want}",
        "maximum": f"must be at most {want}",
        "exclusiveMinimum": f"must be more than {want}",
    }
    return f"{name} {bounds.get(str(error.validator), f'breaks {error.validator}')}"


def _types(want: Any) -> str:
    words = {"object": "a mapping", "array": "a list", "string": "text", "boolean": "true or false", "null": "empty"}
    names = [want] if isinstance(want, str) else want
    return " or ".join(words.get(name, f"a {name}") for name in names)


def _shown_type(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "empty" if value is None else _shown(value)


def _shown(value: Any) -> str:
    is_plain = isinstance(value, (str, bool, int, float))
    return shortened(json.dumps(value, ensure_ascii=False) if is_plain else str(value))


def _name(pointer: Pointer) -> str:
    return f"`{shortened(dotted(pointer))}`" if pointer else "the file"


def dotted(pointer: Pointer) -> str:
    """A pointer as people write it: `output.guarantees[0]`."""
    text = ""
    for part in pointer:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def fault_at(
    node: Node | None,
    pointer: Pointer,
    message: str,
    *,
    rule: str = "metadata-invalid",
    on_key: bool = False,
    subject: str | None = None,
    hint: str | None = None,
) -> Fault:
    """A fault at the value that `pointer` names (or its key), or at the nearest thing around it that exists."""
    start, end = locate(node, pointer, on_key=on_key)
    name = dotted(pointer) if subject is None else subject
    return Fault(rule=rule, message=message, start=start, end=end, subject=name, hint=hint)


def locate(node: Node | None, pointer: Pointer, *, on_key: bool = False) -> tuple[int, int]:
    """Character offsets of the value at `pointer`; where it is absent, of the key of what should hold it."""
    if node is None:
        return (0, 0)
    place: Node = node
    label: Scalar | None = None
    for part in pointer:
        child: Node | None = None
        if isinstance(place, Mapping):
            label = place.key(str(part)) or label
            child = place.get(str(part))
        elif isinstance(place, Sequence) and isinstance(part, int) and part < len(place.items):
            label, child = None, place.items[part]
        if child is None:
            break
        place = child
    if label is not None and (on_key or not isinstance(place, Scalar) or place.start == place.end):
        return (label.start, label.end)
    if isinstance(place, Scalar):
        return (place.start, place.end)
    return (place.start, place.start)
