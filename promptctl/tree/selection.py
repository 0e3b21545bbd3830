"""The little that the linter needs to know of the selection configuration: what the last environment names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from promptctl.core.refs import parse_ref
from promptctl.core.text import Lines
from promptctl.tree.nodes import Mapping, Scalar, YamlFault, parse_yaml
from promptctl.tree.snapshot import walk
from promptctl.tree.text_file import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.entries import Entry
    from promptctl.tree.layout import Layout
    from promptctl.tree.library import Library
    from promptctl.tree.nodes import Node
    from promptctl.tree.policy import Policy
    from promptctl.tree.snapshot import Snapshot

_SUFFIX = ".yaml"

Pointer: TypeAlias = tuple[str | int, ...]


class Named(NamedTuple):
    """A place that names a version: `start` and `end` are character offsets into the file at `path`."""

    path: str
    ref: str
    start: int
    end: int
    lines: Lines


def last_environment(snapshot: Snapshot, layout: Layout, policy: Policy) -> str | None:
    """The last environment of the policy's order; without one, the only configuration there is, if it is one."""
    if policy.environments:
        return policy.environments[-1]
    names = {name.removesuffix(_SUFFIX) for name in snapshot.files(layout.config) if name.endswith(_SUFFIX)}
    found = names | snapshot.folders(layout.config)
    return next(iter(found)) if len(found) == 1 else None


def environment_files(snapshot: Snapshot, layout: Layout, environment: str) -> Iterator[tuple[str, Entry]]:
    """The files of an environment, in path order: `<env>.yaml` and every YAML file in `<env>/`."""
    single = f"{layout.config}/{environment}{_SUFFIX}"
    entry = snapshot.entry(single)
    if entry is not None:
        yield single, entry
    for path, item in walk(snapshot, f"{layout.config}/{environment}"):
        if path.endswith(_SUFFIX):
            yield path, item


def default_version(snapshot: Snapshot, layout: Layout, library: Library, policy: Policy, name: str) -> str | None:
    """The version that a prompt has by default in the last environment, or None where nothing readable says so."""
    environment = last_environment(snapshot, layout, policy)
    if environment is None:
        return None
    for _, entry in environment_files(snapshot, layout, environment):
        text, _ = read_text(entry, library.blob(entry))
        found = _default(text or "", name)
        if found is not None:
            return found
    return None


def _default(text: str, name: str) -> str | None:
    try:
        root = parse_yaml(text)
    except YamlFault:
        return None
    node = _child(_child(root, "defaults"), name)
    node = _child(node, "use") if isinstance(node, Mapping) else node
    ref = parse_ref(node.text) if isinstance(node, Scalar) else None
    return ref.version if ref is not None and ref.name == name else None


def _child(node: Node | None, key: str) -> Node | None:
    return node.get(key) if isinstance(node, Mapping) else None


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
