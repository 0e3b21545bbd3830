"""A YAML file that promptctl reads whole, judged by its schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from promptctl.core.text import Lines
from promptctl.tree.faults import Fault
from promptctl.tree.nodes import Mapping, YamlFault, parse_yaml
from promptctl.tree.schemas import locate, to_data, validate
from promptctl.tree.text_file import MAX_BYTES, read_text

if TYPE_CHECKING:
    from promptctl.core.entries import Blob, Entry
    from promptctl.tree.nodes import Node


@dataclass(frozen=True, eq=False)
class Document:
    """A YAML file that promptctl reads whole: its values, where they stand, and what is wrong with them.

    One is equal to itself alone, so that what is made of it can be looked up by it.
    """

    text: str | None
    node: Mapping | None = None
    data: dict[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.text or "")

    def string(self, key: str) -> str | None:
        value = self.data.get(key)
        return value if isinstance(value, str) else None

    def section(self, key: str) -> dict[str, Any]:
        """A mapping at the top level, empty where it is absent or no mapping."""
        value = self.data.get(key)
        return value if isinstance(value, dict) else {}

    def locate(self, *pointer: str | int, on_key: bool = False) -> tuple[int, int]:
        """Character offsets of a value, or of what should hold it."""
        return locate(self.node, pointer, on_key=on_key)


def read_document(
    entry: Entry, blob: Blob | None, kind: str, *, rule: str = "metadata-invalid", limit: int = MAX_BYTES
) -> Document:
    """A YAML mapping judged by the schema `kind`; its faults are reported by `rule`. An empty file has no values."""
    text, faults = read_text(entry, blob, limit)
    if text is None:
        return Document(None, faults=faults)
    try:
        node = parse_yaml(text)
    except YamlFault as error:
        return Document(text, faults=(*faults, Fault(rule, error.message, error.start, error.end, "yaml")))
    if node is None:
        return Document(text, None, {}, (*faults, *_schema_faults(None, {}, kind, rule)))
    if not isinstance(node, Mapping):
        return Document(text, faults=(*faults, Fault(rule, "the file must be a mapping", node.start, node.end, "yaml")))
    data = to_data(node, kind)
    return Document(text, node, data, (*faults, *_schema_faults(node, data, kind, rule)))


def _schema_faults(node: Node | None, data: dict[str, Any], kind: str, rule: str) -> list[Fault]:
    return [Fault(rule, f.message, f.start, f.end, f.subject, f.hint) for f in validate(node, data, kind)]
