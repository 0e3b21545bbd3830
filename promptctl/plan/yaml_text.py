"""Writes data as YAML that every reader takes for that data."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import TypeAlias

from promptctl.tree.nodes import resolve_plain

# The order of a mapping is that of the page. Dates and times stand plain, strings that look like some in quotes.
Leaf: TypeAlias = str | bool | int | date
Data: TypeAlias = "Leaf | list[str] | dict[str, Data]"

_SAFE = re.compile(r"[A-Za-z0-9_./@+][A-Za-z0-9_ ./@+,()'-]*")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+[-+.0-9A-Za-z]*")
# To readers of YAML 1.1: booleans, dates and times, and numbers of every kind.
_OTHER_MEANING = re.compile(r"(?i)y|n|yes|no|on|off|[0-9].*[0-9]|[+.]*[0-9][0-9a-fxo_+.-]*|[+.]*(inf|nan)")
# What YAML forbids, or takes for a line end, and JSON writes as it is.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def scalar(text: str, *, flow: bool = False) -> str:
    """Text as a YAML scalar: plain where every reader takes it for that text, else in double quotes.

    `flow`: between brackets or braces, where a comma ends a plain scalar.
    """
    if _VERSION.fullmatch(text):
        return text
    plain = _SAFE.fullmatch(text) and not text.endswith(" ") and isinstance(resolve_plain(text), str)
    if plain and not _OTHER_MEANING.fullmatch(text) and not (flow and "," in text):
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """Text in double quotes."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def leaf(value: Leaf, *, flow: bool = False) -> str:
    """A value that is neither a list nor a mapping."""
    return scalar(value, flow=flow) if isinstance(value, str) else source_text(value)


def source_text(value: Leaf) -> str:
    """What a reader that keeps the text of scalars gets to see."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else str(value)


def flow_text(value: Data) -> str:
    """Data on one line."""
    if isinstance(value, dict):
        pairs = (f"{scalar(key, flow=True)}: {flow_text(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(scalar(item, flow=True) for item in value)}]"
    return leaf(value, flow=True)


def block_lines(data: dict[str, Data], indent: str) -> list[str]:
    """A mapping with one key a line; lists stay on theirs."""
    lines: list[str] = []
    for key, value in data.items():
        if isinstance(value, dict) and value:
            lines += [f"{indent}{scalar(key)}:", *block_lines(value, f"{indent}  ")]
        else:
            text = flow_text(value) if isinstance(value, dict | list) else leaf(value)
            lines.append(f"{indent}{scalar(key)}: {text}")
    return lines
