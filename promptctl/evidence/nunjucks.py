"""A body as promptfoo has to be given it, so that a model gets what it would get from the version's own engine.

promptfoo fills in every prompt with Nunjucks, takes a prompt without a line break that looks like a path for a file,
and one that begins with certain schemes for something to fetch. A body that none of this changes stays as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from promptctl.core.templates import TemplateFault
from promptctl.core.templates.plain import USE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS: Final = frozenset({"and", "else", "false", "if", "in", "is", "none", "null", "not", "or", "true"})
_SCHEME: Final = re.compile(r"[a-z]+://")
_MARK: Final = re.compile(r"#\}|\{(?=[{%#])")  # what means something to Nunjucks outside of its tags
_LAST: Final = re.compile(r"\{\Z")
_SAID: Final = "{{{{ '{}' }}}}".format
_NOTHING: Final = "{{ '' }}"
_MUSTACHE: Final = re.compile(r"\{\{\{\s*([^{}]*?)\s*\}\}\}|\{\{&?\s*([^{}]*?)\s*\}\}")

Piece = tuple[str, str | None]  # literal text, and the variable behind it


class NoNunjucks(ValueError):
    """Nunjucks has no way to say what a body says."""


@lru_cache(maxsize=8)  # every row of a result file asks about the same two bodies
def nunjucks_text(template: str, body: str) -> str:
    """The body in the language of promptfoo. Raises NoNunjucks."""
    text = body if template == "jinja2" else _translated(template, body)
    if _SCHEME.match(text):
        text = _NOTHING + text
    return text if "\n" in text else f"{text}\n"


def _translated(template: str, body: str) -> str:
    pieces = list(_pieces(template, body))
    text = _joined(pieces)
    is_kept = (
        template == "plain" and "".join(f"{part}{{{{{name}}}}}" if name else part for part, name in pieces) == text
    )
    return body if is_kept else text


def _pieces(template: str, body: str) -> Iterable[Piece]:
    match template:
        case "none":
            return [(body, None)]
        case "plain":
            return _split(USE, body)
        case "python":
            return _fields(body)
        case "mustache" | "handlebars":
            return _tags(template, body)
    raise NoNunjucks(f"there is no template engine {template}")


def _split(pattern: re.Pattern[str], body: str) -> Iterator[Piece]:
    place = 0
    for found in pattern.finditer(body):
        yield body[place : found.start()], next(name for name in found.groups() if name is not None)
        place = found.end()
    yield body[place:], None


def _fields(body: str) -> Iterator[Piece]:
    from promptctl.core.templates.python_format import Field, scan

    literal = ""
    try:
        for item in scan(body):
            if isinstance(item, Field):
                if item.conversion or item.spec:
                    raise NoNunjucks(f"the field {item.name} has a format of its own")
                yield literal, item.name
                literal = ""
            else:
                literal += item
    except TemplateFault as error:
        raise NoNunjucks(str(error)) from error
    yield literal, None


def _tags(template: str, body: str) -> Iterator[Piece]:
    for literal, name in _split(_MUSTACHE, body):
        if "{{" in literal or (template == "handlebars" and "\\" in literal):
            raise NoNunjucks(f"its {template} has more than variables")
        yield literal, name


def _joined(pieces: Iterable[Piece]) -> str:
    """Literal text in which no brace opens anything, and variables as `{{name}}`."""
    parts: list[str] = []
    for literal, name in pieces:
        parts.append(_MARK.sub(lambda found: _SAID(found[0]), literal))
        if name is not None:
            parts[-1] = _LAST.sub(_SAID("{"), parts[-1])
            if not _NAME.fullmatch(name) or name.lower() in _WORDS:
                raise NoNunjucks(f"a variable cannot be called {name}")
            parts.append(f"{{{{{name}}}}}")
    return "".join(parts)
