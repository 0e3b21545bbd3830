"""Every version that an environment's files name, whatever is selected in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from promptctl.core.refs import parse_ref
from promptctl.core.text import Lines
from promptctl.tree.environments import environment_files
from promptctl.tree.nodes import Mapping, Scalar, YamlFault, parse_yaml
from promptctl.tree.text_file import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.tree.layout import Layout
    from promptctl.tree.library import Library
    from promptctl.tree.nodes import Node
    from promptctl.tree.snapshot import Snapshot

Pointer: TypeAlias = tuple[str | int, ...]


class Named(NamedTuple):
    """A place that names a version: `start` and `end` are character offsets into the file at `path`."""

    path: str
    ref: str
    start: int
    end: int
    lines: Lines


def named_versions(
    snapshot: Snapshot, layout: Layout, library: Library, environment: str
) -> dict[Pointer, Named] | None:
    """Every `name@version` in an environment's files, by the keys that lead to it; None where one cannot be read.

    The short form of an entry counts as its `use`, and a key that is a reference leads to itself.
    """
    found: dict[Pointer, Named] = {}
    for path, entry in environment_files(snapshot, layout, environment):
        text, _ = read_text(entry, library.blob(entry))
        try:
            root = parse_yaml(text) if text is not None else None
        except YamlFault:
            return None
        if text is None:
            return None
        lines = Lines(text)
        for pointer, scalar in _references(root, ()):
            found[pointer] = Named(path, scalar.text, scalar.start, scalar.end, lines)
    return found


def _references(node: Node | None, pointer: Pointer) -> Iterator[tuple[Pointer, Scalar]]:
    if isinstance(node, Scalar):
        if parse_ref(node.text) is not None:
            yield pointer, node
    elif isinstance(node, Mapping):
        for key, value in node.pairs:
            inner = (*pointer, key.text)
            if parse_ref(key.text) is not None:
                yield inner, key
            yield from _references(value, pointer if key.text == "use" else inner)
    elif node is not None:
        for number, item in enumerate(node.items):
            yield from _references(item, (*pointer, number))
