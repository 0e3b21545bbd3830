"""Edits a YAML mapping in place: only the lines of the edited keys change, and each edit is proved by re-reading."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from promptctl.core.errors import Refused
from promptctl.core.text import Lines
from promptctl.tree.nodes import Mapping, Scalar, Sequence, YamlFault, content_end, parse_yaml, resolve_plain

if TYPE_CHECKING:
    from promptctl.tree.nodes import Node

_SAFE = re.compile(r"[A-Za-z0-9_./@+][A-Za-z0-9_ ./@+,()'-]*")
# What YAML forbids, or takes for a line end, and JSON writes as it is.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def scalar(text: str) -> str:
    """Text as a YAML scalar: plain where every reader takes it for that text, else in double quotes."""
    plain = _SAFE.fullmatch(text) and not text.endswith(" ") and isinstance(resolve_plain(text), str)
    if plain and not re.fullmatch(r"(?i)y|n|yes|no|on|off|[0-9].*[0-9]", text):
        return text
    if re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+[-+.0-9A-Za-z]*", text):
        return text
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def set_key(text: str, key: str, value: str, *, after: str | None = None) -> str:
    """Give a top-level key a scalar value; a new key is written behind the key `after`, else at the end.

    Raises Refused where the mapping is not in block style or the result does not read back as meant.
    """
    root = _root(text)
    found = root.get(key)
    if found is None:
        return _proved(text, _inserted(text, root, f"{key}: {scalar(value)}\n", after), plain(root) | {key: value}, key)
    start, end = found.start, content_end(text, found)
    blank = "" if start and text[start - 1] in " \t" else " "
    return _proved(text, f"{text[:start]}{blank}{scalar(value)}{text[end:]}", plain(root) | {key: value}, key)


def remove_key(text: str, key: str) -> str:
    """Take a top-level key out with the lines of its value; text without the key is returned as it is."""
    root = _root(text)
    label, value = root.key(key), root.get(key)
    if label is None or value is None:
        return text
    new = text[: _line_start(text, label.start)] + text[_line_end(text, label, value) :]
    return _proved(text, new, {name: found for name, found in plain(root).items() if name != key} or None, key)


def replace_scalars(text: str, old: str, new: str) -> str:
    """Write `new` for every value that is the scalar `old`, wherever it stands, and keep its quotes.

    Text that is not strict YAML is returned as it is. Raises Refused where the result does not read back as meant.
    """
    root = _parsed(text)
    found = [item for item in _scalars(root) if item.text == old]
    edited = text
    for item in sorted(found, key=lambda item: -item.start):
        quote = text[item.start] if text[item.start] in "\"'" else ""
        value = f"{quote}{new}{quote}" if quote else scalar(new)
        edited = f"{edited[: item.start]}{value}{edited[content_end(text, item) :]}"
    return _proved(text, edited, _replaced(plain(root), old, new), old) if found else text


def rename_key(text: str, pointer: tuple[str, ...], new: str) -> str:
    """Give the key at `pointer` another name; text without it, or that is not strict YAML, is returned as it is.

    Raises Refused where the result does not read back as meant, as where that name is taken.
    """
    root = node = _parsed(text)
    for part in pointer[:-1]:
        node = node.get(part) if isinstance(node, Mapping) else None
    label = node.key(pointer[-1]) if isinstance(node, Mapping) else None
    if label is None:
        return text
    edited = f"{text[: label.start]}{scalar(new)}{text[label.end :]}"
    return _proved(text, edited, _renamed(plain(root), pointer, new), pointer[-1])


def plain(node: Node | None) -> Any:
    """The source text of every scalar in a node, and nothing about layout."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.pairs}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text if node is not None else None


def _replaced(data: Any, old: str, new: str) -> Any:
    if isinstance(data, dict):
        return {key: _replaced(value, old, new) for key, value in data.items()}
    if isinstance(data, list):
        return [_replaced(item, old, new) for item in data]
    return new if data == old else data


def _renamed(data: dict[str, Any], pointer: tuple[str, ...], new: str) -> dict[str, Any]:
    first, *rest = pointer
    if rest:
        return data | {first: _renamed(data[first], tuple(rest), new)}
    return {(new if key == first else key): value for key, value in data.items()}


def _parsed(text: str) -> Node | None:
    try:
        return parse_yaml(text)
    except YamlFault:
        return None


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


def _proved(old: str, new: str, expected: object, what: str) -> str:
    """The new text, once it reads back as `expected`."""
    try:
        actual = plain(parse_yaml(new))
    except YamlFault:
        actual = YamlFault
    if actual != expected:
        line = old[: max(old.find(what), 0)].count("\n") + 1
        message = f"cannot change `{what}` without touching other lines (near line {line})"
        raise Refused(message, hint=f"change `{what}` by hand")
    return new
