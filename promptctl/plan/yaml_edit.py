"""Edits YAML in place: only the lines of the edited keys change, and the result is proved by re-reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promptctl.core.errors import Refused
from promptctl.core.text import Lines
from promptctl.plan.edits import Put, Take, applied, leaf_of, merged
from promptctl.plan.yaml_splices import Splice, spliced, splices
from promptctl.plan.yaml_text import block_lines, scalar
from promptctl.tree.nodes import Mapping, Scalar, Sequence, YamlFault, content_end, parse_yaml
from promptctl.tree.recall import reread

if TYPE_CHECKING:
    from promptctl.plan.edits import Edit, Pointer
    from promptctl.plan.yaml_text import Data
    from promptctl.tree.nodes import Node


def edit(text: str, edits: list[Edit]) -> str:
    """Make edits at once, none of them inside another's value.

    Raises Refused, with what to change by hand, where the text is not a mapping in strict YAML with one key a line, or
    where the result would not read back as meant.
    """
    root = _root(text)
    if root is None:
        new = f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{_first_lines(edits)}"
        return _proved(text, new, applied({}, edits) or None, edits[0].pointer if edits else ())
    new = spliced(text, splices(text, root, edits))
    again = reread(new, text, root)
    same = _untouched(root, again, edits) if again is not None else frozenset()
    expected = applied(plain(root, same), edits)
    return _proved(text, new, expected or None, edits[0].pointer if edits else (), again, same)


def set_key(text: str, key: str, value: str, *, after: str | None = None) -> str:
    """Give a top-level key a scalar value; a new key is written behind the key `after`, else at the end."""
    return edit(text, [Put((key,), value, after)])


def remove_key(text: str, key: str) -> str:
    """Take a top-level key out with the lines of its value; text without the key is returned as it is."""
    return edit(text, [Take((key,))])


def replace_scalars(text: str, old: str, new: str) -> str:
    """Write `new` for every value that is the scalar `old`, wherever it stands, and keep its quotes.

    Text that is not strict YAML is returned as it is. Raises Refused where the result does not read back as meant.
    """
    root = _parsed(text)
    found = [item for item in _scalars(root) if item.text == old]
    edited = spliced(text, (Splice(item.start, content_end(text, item), _like(item, new, text)) for item in found))
    return _proved(text, edited, _replaced(plain(root), old, new), (old,)) if found else text


def rename_key(text: str, pointer: Pointer, new: str) -> str:
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
    return _proved(text, edited, _renamed(plain(root), pointer, new), pointer)


def _untouched(root: Mapping, again: Mapping, edits: list[Edit]) -> frozenset[int]:
    """The nodes, by identity, that two trees share two levels down and that no edit is about."""
    touched = {item.pointer[:2] for item in edits}
    shared = set[int]()
    for section, (_, inner) in again.entries.items():
        old = root.get(section)
        if isinstance(inner, Mapping) and isinstance(old, Mapping) and (section,) not in touched:
            pairs = ((name, node) for name, (_, node) in inner.entries.items() if old.get(name) is node)
            shared.update(id(node) for name, node in pairs if (section, name) not in touched)
    return frozenset(shared)


def plain(node: Node | None, same: frozenset[int] = frozenset()) -> Any:
    """The data of a node, with leaves as `leaf_of` makes them: nothing about layout.

    Nodes in `same`, by identity, stay what they are: they are equal to themselves, whatever they hold.
    """
    if isinstance(node, Mapping):
        return {key: value if id(value) in same else plain(value, same) for key, (_, value) in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item, same) for item in node.items]
    return (node.text, type(node.value).__name__) if node is not None else None


def _first_lines(edits: list[Edit]) -> str:
    """A whole file of what the edits put into it."""
    data: Data = {}
    for item in edits:
        if isinstance(item, Put):
            data = merged(data, item.pointer, item.value)
    return "".join(f"{line}\n" for line in block_lines(data, "")) if isinstance(data, dict) else ""


def _like(old: Scalar, new: str, text: str) -> str:
    quote = text[old.start] if text[old.start] in "\"'" else ""
    return f"{quote}{new}{quote}" if quote else scalar(new)


def _replaced(data: Any, old: str, new: str) -> Any:
    if isinstance(data, dict):
        return {key: _replaced(value, old, new) for key, value in data.items()}
    if isinstance(data, list):
        return [_replaced(item, old, new) for item in data]
    return leaf_of(new) if isinstance(data, tuple) and data[0] == old else data


def _renamed(data: dict[str, Any], pointer: Pointer, new: str) -> dict[str, Any]:
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


def _root(text: str) -> Mapping | None:
    try:
        root = parse_yaml(text)
    except YamlFault as fault:
        line = Lines(text).position(fault.start).line
        message = f"line {line} is not strict YAML: {fault.message}"
        raise Refused(message, hint="mend that line by hand first") from fault
    if root is not None and (not isinstance(root, Mapping) or root.flow):
        raise Refused("line 1 is not a mapping with one key a line", hint="write one key a line by hand first")
    return root


def _proved(
    old: str,
    new: str,
    expected: object,
    pointer: Pointer,
    again: Node | None = None,
    same: frozenset[int] = frozenset(),
) -> str:
    """The new text, once it reads back as `expected`. `again` are its nodes where they were read already."""
    try:
        actual = plain(parse_yaml(new) if again is None else again, same)
    except YamlFault:
        actual = YamlFault
    if actual != expected:
        what = pointer[-1]
        line = old[: max(old.find(what), 0)].count("\n") + 1
        message = f"cannot change `{'.'.join(pointer)}` without touching other lines (near line {line})"
        raise Refused(message, hint=f"change `{what}` by hand")
    return new
