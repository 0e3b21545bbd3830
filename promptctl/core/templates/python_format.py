"""The engine `python`: str.format with named fields, which reach into dicts and lists but never into objects.

`scan` follows CPython's MarkupIterator (Objects/stringlib/unicode_format.h), and adds what it lacks: offsets.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from promptctl.core.templates.model import TemplateError, TemplateFault, Variable, demand

# Both of these can match nothing, so they match everywhere.
_LITERAL: Final = re.compile(r"(?:[^{}]|\{\{|\}\})*+")
_HEAD: Final = re.compile(r"((?:[^{}:!\[]|\[[^\]]*+)*+)(?:!([\s\S]))?(:?)")
_PATH: Final = re.compile(r"([^\W\d][\w-]*)((?:\.[^.\[]+|\[[^\]]+\])*)")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[([^\]]+)\]")
_CONVERSIONS: Final[Mapping[str, Callable[[object], object]]] = {
    "": lambda value: value,
    "s": str,
    "r": repr,
    "a": ascii,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A replacement field; `start` is where its name begins, `spec_start` where its format specification does."""

    name: str
    start: int
    conversion: str
    spec: str
    spec_start: int


def variables(body: str) -> tuple[Variable, ...]:
    """Return every field's root name, those inside format specifications too.

    Raises:
        TemplateFault: a brace is unbalanced, or a field is positional, nested twice or without a proper name.
    """
    return tuple(_uses(body, 0, 0))


def render(body: str, values: Mapping[str, object]) -> str:
    """Return the body with every field formatted; `{lead.name}` and `{items[0]}` look up keys and indices.

    Raises:
        MissingVariable: a variable has no value.
        TemplateFault: as `variables`, or a value lacks the key, or does not take the format.
    """
    demand(variables(body), values)
    return _rendered(body, 0, values)


def scan(text: str, base: int = 0) -> Iterator[str | Field]:
    """Yield unescaped literals and fields by turns; `base` is added to every offset.

    Raises:
        TemplateFault: a brace is unbalanced.
    """
    place = 0
    while place < len(text):
        literal = cast("re.Match[str]", _LITERAL.match(text, place))
        yield literal[0].replace("{{", "{").replace("}}", "}")
        place = literal.end()
        if place == len(text):
            return
        if text[place] == "}" or place + 1 == len(text):
            raise TemplateFault(f"a single '{text[place]}', write it twice to mean the character", base + place)
        field, place = _field(text, place + 1, base)
        yield field


def _field(text: str, start: int, base: int) -> tuple[Field, int]:
    """Return the field whose name begins at `start`, and the place after its closing brace."""
    head = cast("re.Match[str]", _HEAD.match(text, start))
    end = _closing(text, head.end()) if head[3] else head.end()
    match text[end : end + 1]:
        case "}":
            return Field(head[1], base + start, head[2] or "", text[head.end() : end], base + head.end()), end + 1
        case "{":
            message, place = "'{' inside a field", end
        case "" | "!":
            message, place = "this '{' is never closed", start - 1
        case _:
            message, place = "expected ':' or '}' after the conversion", end
    raise TemplateFault(message, base + place)


def _closing(text: str, start: int) -> int:
    depth = 1
    for brace in re.compile("[{}]").finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.start()
    return len(text)


def _uses(text: str, base: int, depth: int) -> Iterator[Variable]:
    for part in scan(text, base):
        if isinstance(part, str):
            continue
        if depth > 1:
            raise TemplateFault("a field inside a field's format cannot hold a third one", part.start)
        name, _ = _path(part)
        yield Variable(name, part.start, part.start + len(name))
        yield from _uses(part.spec, part.spec_start, depth + 1)


def _path(field: Field) -> tuple[str, list[str]]:
    """Return the root name and the steps that lead from it."""
    path = _PATH.fullmatch(field.name)
    if not path:
        bad = "a positional field" if re.fullmatch(r"\d*(?:[.\[].*)?", field.name) else f"{field.name!r}"
        raise TemplateFault(f"{bad} is no variable, write '{{{{' to mean a brace", field.start)
    if field.conversion not in _CONVERSIONS:
        raise TemplateFault(f"there is no conversion {field.conversion!r}, only r, s and a", field.start)
    return path[1], [step[0] for step in _STEP.finditer(path[2])]


def _rendered(text: str, base: int, values: Mapping[str, object]) -> str:
    return "".join(part if isinstance(part, str) else _formatted(part, values) for part in scan(text, base))


def _formatted(field: Field, values: Mapping[str, object]) -> str:
    try:
        name, steps = _path(field)
        value = values[name]
        for step in steps:
            value = _step(value, step)
        return format(_CONVERSIONS[field.conversion](value), _rendered(field.spec, field.spec_start, values))
    except TemplateError:
        raise
    except Exception as error:  # whatever a value's own __str__ or __format__ raises
        raise TemplateFault(f"cannot format {field.name!r}: {error}", field.start) from error


def _step(value: object, step: str) -> object:
    key = step[1:] if step.startswith(".") else step[1:-1]
    index = int(key) if step.startswith("[") and key.isdecimal() else key
    if isinstance(value, Mapping) and (index in value or key in value):
        return value[index if index in value else key]
    if isinstance(value, (list, tuple)) and isinstance(index, int) and index < len(value):
        return value[index]
    raise LookupError(f"a {type(value).__name__} has no {step}")
