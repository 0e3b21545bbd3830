"""Reads a large configuration by what is new in it: tenants whose lines were read before in another state are recalled.

Why that is sound: YAML is read from left to right, and one line below `tenants` that starts with a key in the column of
the tenants ends whatever stood before it. So the lines of a tenant that were once read between two such lines mean the
same between any two such lines, and nothing else changes its meaning when they are left out. Whether the lines that are
left do start with such keys is looked up in what the parser made of them; where it is not so, nothing is recalled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from promptctl.tree.document import Document
from promptctl.tree.nodes import Mapping, YamlFault, parse_yaml
from promptctl.tree.schemas import locate, to_data, validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.tree.nodes import Node, Scalar

_KIND = "selection"
_SECTION = "tenants"
_HEADER = re.compile(rf"^{_SECTION}:\n", re.MULTILINE)
_END = re.compile(r"^[^ \t\n#]", re.MULTILINE)
_FIRST = re.compile(r"^( +)[^ \n#]", re.MULTILINE)
_LARGE = 1 << 16  # characters: what is shorter is read at once
_MOST = 200_000  # tenants that are remembered

_known: dict[str, tuple[str, Any]] = {}  # the name and the value of a tenant, by its lines


@dataclass(frozen=True, eq=False)
class RecalledDocument(Document):
    """A document without faults whose nodes are made only where somebody asks for a place."""

    def locate(self, *pointer: str | int, on_key: bool = False) -> tuple[int, int]:
        return locate(parse_yaml(self.text or ""), pointer, on_key=on_key)


class _Lines(NamedTuple):
    """Where the lines of each tenant start, all with a key in `column`; `end` is where those of the last one end."""

    column: int
    starts: list[int]
    end: int
    pieces: tuple[str, ...]  # the lines of every tenant but the last


def remember(document: Document) -> None:
    """Keep the tenants of a document that has no faults."""
    text, node = document.text or "", document.node
    found = _lines(text) if len(text) > _LARGE and not document.faults else None
    section = node.get(_SECTION) if node is not None else None
    if found is None or not isinstance(section, Mapping) or section.flow:
        return
    if len(_known) > _MOST:
        _known.clear()
    values = document.section(_SECTION)
    for lines, (key, _) in _pairs(found, section):
        _known[lines] = key.text, values[key.text]


def recall(text: str) -> RecalledDocument | None:
    """The document, where most of its tenants are remembered and nothing is wrong with it; else it has to be read."""
    found = _lines(text) if _known and len(text) > _LARGE and "\r" not in text else None
    if found is None:
        return None
    hits = [_known.get(lines) for lines in found.pieces]
    new = [number for number, hit in enumerate(hits) if hit is None]
    if len(new) > len(hits) // 2:
        return None
    data = _read_rest(text, found, new)
    return None if data is None else _document(text, data, [*hits, None])


def reread(text: str, old: str, root: Mapping) -> Mapping | None:
    """The nodes of a text; of a tenant whose lines stand in `old` too, which reads as `root`, the very node of `root`.

    Those nodes have their places in `old`. None where too little is the same, or where the text has to be read whole to
    say what is wrong with it.
    """
    found, there = (_lines(one) if "\r" not in one else None for one in (text, old))
    section = root.get(_SECTION)
    if len(text) <= _LARGE or found is None or there is None or not isinstance(section, Mapping) or section.flow:
        return None
    known = dict(_pairs(there, section))
    hits = [known.get(lines) for lines in found.pieces]
    new = [number for number, hit in enumerate(hits) if hit is None]
    node = _parse_rest(text, found, new) if len(new) <= len(hits) // 2 else None
    rest = node.get(_SECTION) if node is not None else None
    if node is None or not isinstance(rest, Mapping):
        return None
    others = iter(rest.entries.values())
    entries = {pair[0].text: pair for pair in (hit or next(others) for hit in [*hits, None])}
    if len(entries) != len(hits) + 1:
        return None
    label, _ = node.entries[_SECTION]
    return node._replace(entries=node.entries | {_SECTION: (label, rest._replace(entries=entries))})


def _pairs(found: _Lines, section: Mapping) -> Iterator[tuple[str, tuple[Scalar, Node]]]:
    """The lines of each tenant that stand between two keys, with its key and its value."""
    pairs = {pair[0].start - found.column: pair for pair in section.entries.values()}
    for number, start in enumerate(found.starts[:-1]):
        if start in pairs and found.starts[number + 1] in pairs:
            yield found.pieces[number], pairs[start]


@lru_cache(maxsize=4)  # a text is remembered, then edited; what the edit made is proved, then recalled
def _lines(text: str) -> _Lines | None:
    header = _HEADER.search(text)
    if header is None:
        return None
    following = _END.search(text, header.end())
    end = following.start() if following else len(text)
    first = _FIRST.search(text, header.end(), end)
    if first is None:
        return None
    column = len(first[1])
    each = re.compile(rf"^ {{{column}}}(?=[^ \n#])", re.MULTILINE)
    starts = [match.start() for match in each.finditer(text, header.end(), end)]
    return _Lines(column, starts, end, tuple(text[one:other] for one, other in pairwise(starts)))


def _read_rest(text: str, found: _Lines, new: list[int]) -> dict[str, Any] | None:
    """What stands there but for the tenants that are remembered; None where anything is wrong with it."""
    node = _parse_rest(text, found, new)
    if node is None:
        return None
    data: dict[str, Any] = to_data(node, _KIND)
    return None if validate(node, data, _KIND) else data


def _parse_rest(text: str, found: _Lines, new: list[int]) -> Mapping | None:
    """What stands there but for the tenants that are remembered; None where their lines may mean something else."""
    pieces, places, length = [text[: found.starts[0]]], [], found.starts[0]
    for number in new:
        places.append(length + found.column)
        pieces.append(found.pieces[number])
        length += len(pieces[-1])
    places.append(length + found.column)
    pieces.append(text[found.starts[-1] :])
    try:
        node = parse_yaml("".join(pieces))
    except YamlFault:
        return None
    return node if isinstance(node, Mapping) and _starts_at(node.get(_SECTION), places) else None


def _starts_at(section: Node | None, places: list[int]) -> bool:
    """Whether the entries are a block with these keys."""
    if not isinstance(section, Mapping) or section.flow:
        return False
    return [key.start for key, _ in section.entries.values()] == places


def _document(text: str, data: dict[str, Any], hits: list[tuple[str, Any] | None]) -> RecalledDocument | None:
    """All tenants in the order of the file; None where one stands twice."""
    rest = iter(data[_SECTION].items())
    tenants = dict(next(rest) if hit is None else hit for hit in hits)
    return RecalledDocument(text, None, data | {_SECTION: tenants}) if len(tenants) == len(hits) else None
