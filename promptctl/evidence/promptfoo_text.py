"""Which prompt of a promptfoo run is a version: its text says so, and where there is no text its label."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from promptctl.evidence.nunjucks import NoNunjucks, nunjucks_text

if TYPE_CHECKING:
    from promptctl.evidence.promptfoo_rows import Prompt, Row
    from promptctl.evidence.wanted import Side

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_SYNTAX = ("{{", "{%", "{#")


def is_labelled(prompt: Prompt, side: Side) -> bool:
    """Whether a label names a version: `name@version`, with folders before it or a file name behind it."""
    name = re.escape(str(side.ref))
    return re.match(rf"(?:[A-Za-z0-9_-]+/)*{name}(?![A-Za-z0-9+.-])", prompt.label) is not None


def has_text(prompt: Prompt, side: Side) -> bool:
    """Whether a prompt that the tool was given is a version's body, alone or as a message of a chat.

    What `export promptfoo` makes of the body counts as the body.
    """
    texts = (prompt.text, *_messages(prompt.text))
    return any(_same(text, side.body) for text in texts) or _same(prompt.text, _exported(side) or side.body)


def rendered_alike(row: Row, side: Side) -> bool | None:
    """Whether a row's text is a version's body with the row's variables in it; None where that cannot be told.

    It can where the body has nothing but plain variables, and these are texts that hold no template themselves.
    """
    parts = _VARIABLE.split(side.body)
    literal, names = parts[::2], parts[1::2]
    values = [row.variables.get(name) for name in names]
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values) or any(mark in text for text in (*literal, *texts) for mark in _SYNTAX):
        return None
    expected = "".join(literal[:1]) + "".join(text + after for text, after in zip(texts, literal[1:], strict=True))
    return any(_same(text, expected) for text in (row.prompt.text, *_messages(row.prompt.text)))


def _exported(side: Side) -> str | None:
    try:
        return nunjucks_text(side.template, side.body)
    except NoNunjucks:
        return None


def _same(one: str, other: str) -> bool:
    return one.removesuffix("\n") == other.removesuffix("\n")


def _messages(text: str) -> list[str]:
    """The contents of a chat, where the text is one in JSON."""
    if not text.lstrip().startswith("["):
        return []
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        return []
    contents = [item.get("content") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return [content for content in contents if isinstance(content, str)]
