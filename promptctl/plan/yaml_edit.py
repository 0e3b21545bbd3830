"""Edits a YAML mapping in place: only the lines of the edited keys change, and each edit is proved by re-reading."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused
from promptctl.core.text import Lines
from promptctl.tree.nodes import Mapping, Scalar, Sequence, YamlFault, content_end, parse_yaml, resolve_plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from promptctl.tree.nodes import Node

_SAFE = re.compile(r"[A-Za-z0-9_./@+][A-Za-z0-9_ ./@+,()'-]*")


def scalar(text: str) -> str:
    """Text as a YAML scalar: plain where every reader takes it for that text, else in double quotes."""
    plain = _SAFE.fullmatch(text) and not text.endswith(" ") and isinstance(resolve_plain(text), str)
    if plain and not re.fullmatch(r"(?i)y|n|yes|no|on|off|[0-9].*[0-9]", text):
        return text
    if re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+[-+.0-9A-Za-z]*", text):
        return text
    return json.dumps(text, ensure_ascii=False)


def set_key(text: str, key: str, value: str, *, after: str | None = None) -> str:
    """Give a top-level key a scalar value; a new key is written behind the key `after`, else at the end.

    Raises Refused where the mapping is not in block style or the result does not read back as meant.
    """
    root = _root(text)
    found = root.get(key)
    if found is None:
        return _proved(text, _inserted(text, root, f"{key}: {scalar(value)}\n", after), key, value)
    start, end = found.start, content_end(text, found)
    blank = "" if start and text[start - 1] in " \t" else " "
    return _proved(text, f"{text[:start]}{blank}{scalar(value)}{text[end:]}", key, value)


def remove_key(text: str, key: str) -> str:
    """Take a top-level key out with the lines of its value; text without the key is returned as it is."""
    root = _root(text)
    label, value = root.key(key), root.get(key)
    if label is None or value is None:
        return text
    return _proved(text, text[: _line_start(text, label.start)] + text[_line_end(text, label, value) :], key, None)


def replace_scalars(text: str, change: Callable[[str], str | None]) -> str:
    """Give every scalar value for which `change` has an answer that new value, wherever it stands."""
    try:
        root = parse_yaml(text)
    except YamlFault:
        return text
    for found in sorted(_scalars(root), key=lambda item: -item.start):
        new = change(found.text)
        if new is not None:
            quote = text[found.start] if text[found.start] in "\"'" else ""
            text = f"{text[: found.start]}{quote}{new}{quote}{text[found.end :]}"
    return text


def rename_key(text: str, pointer: tuple[str, ...], new: str) -> str:
    """Give the key at `pointer` another name; text without it is returned as it is."""
    try:
        node: Node | None = parse_yaml(text)
    except YamlFault:
        return text
    for part in pointer[:-1]:
        node = node.get(part) if isinstance(node, Mapping) else None
    label = node.key(pointer[-1]) if isinstance(node, Mapping) else None
    return text if label is None else f"{text[: label.start]}{scalar(new)}{text[label.end :]}"


def _scalars(node: Node | None) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, Mapping):
        return [found for _, value in node.pairs for found in _scalars(value)]
    return [found for item in node.items for found in _scalars(item)] if isinstance(node, Sequence) else []


def _root(text: str) -> Mapping:
    try:
        root = parse_yaml(text)
    except YamlFault as fault:
        line = Lines(text).position(fault.start).line
        message = f"line {line} is not strict YAML: {fault.message}"
        raise Refused(message, hint="mend that line by hand first") from fault
    if not isinstance(root, Mapping) or root.flow:
        raise Refused("line 1 is not a mapping with one key a line", hint="write one key a line by hand first")
    return root


def _inserted(text: str, root: Mapping, line: str, after: str | None) -> str:
    label, value = (root.key(after), root.get(after)) if after else (None, None)
    if label is None or value is None:
        label, value = root.pairs[-1]
    position = _line_end(text, label, value)
    before = text[:position]
    return f"{before}{'' if before.endswith(chr(10)) else chr(10)}{line}{text[position:]}"


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, label: Scalar, value: Node) -> int:
    """The offset behind the line on which a value ends."""
    end = max(label.end, content_end(text, value))
    newline = text.find("\n", end)
    return len(text) if newline < 0 else newline + 1


def _proved(old: str, new: str, key: str, value: str | None) -> str:
    """The new text, once it reads back as the old one with nothing but `key` changed."""
    try:
        before, after = parse_yaml(old), parse_yaml(new)
    except YamlFault:
        before = after = None
    expected = {k.text: _plain(v) for k, v in before.pairs} if isinstance(before, Mapping) else {}
    expected.pop(key, None)
    if value is not None:
        expected[key] = value
    actual = {k.text: _plain(v) for k, v in after.pairs} if isinstance(after, Mapping) else {}
    if actual != expected:
        line = Lines(old).position(before.start if before else 0).line
        message = f"cannot change `{key}` without touching other lines (near line {line})"
        raise Refused(message, hint=f"change `{key}` by hand")
    return new


def _plain(node: Node) -> object:
    """The source text of every scalar in a node, and nothing about layout."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return {key.text: _plain(value) for key, value in node.pairs}
    return [_plain(item) for item in node.items]
