"""What manifests say of the life of versions: which ones are deprecated, and which were retired.

Made for reading very many manifests, and those of long ago: no schema is asked, and a manifest costs a parse only where
it could say something that none before it said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.events import Tombstone
from promptctl.tree.nodes import Mapping, Node, Scalar, YamlFault, parse_yaml
from promptctl.tree.text_file import read_text

if TYPE_CHECKING:
    from promptctl.core.entries import Blob, Entry

# A manifest with none of these has neither key: only an escape could spell one otherwise.
_SAYS = re.compile(rb"deprecated|retired|\\")
# Lines that may differ without changing what a manifest says of any version: wherever such a line stands, another
# plain word in it leaves every key where it was. With what stands for them all.
_ALIKE = tuple(
    (re.compile(rb"\n%s: [A-Za-z0-9][A-Za-z0-9@._+-]*$" % key, re.MULTILINE), b"\n%s: x" % key)
    for key in (b"name", b"owner", b"recommended")
)


class Life(NamedTuple):
    """By version number, as written: what is said of the deprecated ones, and the tombstones."""

    deprecated: dict[str, str]
    retired: dict[str, Tombstone]


SILENT = Life({}, {})


class Lives:
    """Reads manifests, and remembers what was read."""

    def __init__(self) -> None:
        self._known: dict[bytes, Life | None] = {}

    def read(self, entry: Entry, blob: Blob | None) -> Life | None:
        """What a manifest says, or None where it cannot be read."""
        data = blob.data if blob is not None else None
        if data is None or not entry.is_regular:
            return None
        if not _SAYS.search(data):
            return SILENT
        key = b"\n" + data
        for pattern, example in _ALIKE:
            key = pattern.sub(example, key)
        if key not in self._known:
            self._known[key] = _parse(read_text(entry, blob)[0])
        return self._known[key]


def _parse(text: str | None) -> Life | None:
    try:
        root = None if text is None else parse_yaml(text)
    except YamlFault:
        return None
    if text is None:
        return None
    deprecated = {key: _deprecation(value) for key, value in _pairs(root, "deprecated")}
    stones = ((key, _tombstone(value)) for key, value in _pairs(root, "retired"))
    return Life(deprecated, {key: stone for key, stone in stones if stone is not None})


def _pairs(root: Node | None, key: str) -> list[tuple[str, Node]]:
    section = root.get(key) if isinstance(root, Mapping) else None
    return [(name.text, value) for name, value in section.pairs] if isinstance(section, Mapping) else []


def _deprecation(node: Node) -> str:
    replacement, until, reason = (_text(node, key) for key in ("replacement", "remove-after", "reason"))
    parts = (f"replacement {replacement}" if replacement else "", f"remove after {until}" if until else "", reason)
    return "; ".join(part for part in parts if part)


def _tombstone(node: Node) -> Tombstone | None:
    """Whatever it says, a mapping with anything in it was meant as one; its form is for `check` to judge."""
    if not isinstance(node, Mapping) or not node.pairs:
        return None
    return Tombstone(*(_text(node, key) for key in ("reason", "purge", "incident")))


def _text(node: Node, key: str) -> str:
    value = node.get(key) if isinstance(node, Mapping) else None
    return value.text if isinstance(value, Scalar) else ""
