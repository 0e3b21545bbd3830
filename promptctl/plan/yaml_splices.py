"""Where edits of data change the text of a YAML file: the fewest places that make it read as meant.

Nothing is proved here: layouts that this does not foresee give a text that does not read back as meant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from promptctl.plan.edits import Put, merged
from promptctl.plan.yaml_text import block_lines, flow_text, quoted, scalar
from promptctl.tree.nodes import Mapping, Scalar, Sequence, content_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.plan.edits import Edit, Pointer
    from promptctl.plan.yaml_text import Data
    from promptctl.tree.nodes import Node

_STEP = "  "


class Splice(NamedTuple):
    """`text[start:end]` becomes `new`."""

    start: int
    end: int
    new: str


class _Entry(NamedTuple):
    """A pair of a mapping or an item of a list: from its first character to behind its content."""

    start: int
    end: int


@dataclass(slots=True)
class _Changes:
    """What happens to one mapping that is there, the value of `label`; `flow`: the label stands between braces.

    `behind` says behind which key a new one stands.
    """

    label: Scalar | None
    mapping: Mapping
    flow: bool
    gone: set[str] = field(default_factory=set)
    new: dict[str, Data] = field(default_factory=dict)
    values: dict[str, Data] = field(default_factory=dict)
    behind: dict[str, str] = field(default_factory=dict)


def spliced(text: str, places: Iterable[Splice]) -> str:
    """The text with every splice made, from its end backwards."""
    pieces, rest = [], len(text)
    for splice in sorted(places, reverse=True):
        pieces += [text[splice.end : rest], splice.new]
        rest = splice.start
    return "".join([text[:rest], *reversed(pieces)])


def splices(text: str, root: Mapping, edits: Iterable[Edit]) -> Iterator[Splice]:
    """The places at which a text that reads as `root` changes."""
    changes: dict[Pointer, _Changes] = {}
    for edit in edits:
        depth, found = _deepest(root, edit.pointer)
        key, rest = edit.pointer[depth], edit.pointer[depth + 1 :]
        change = changes.setdefault(edit.pointer[:depth], found)
        if isinstance(edit, Put):
            there = change.new if change.mapping.key(key) is None else change.values
            there[key] = merged(there.get(key), rest, edit.value)
            if edit.after is not None:
                change.behind[key] = edit.after
        elif change.mapping.key(key) is not None and not rest:
            change.gone.add(key)
    for change in changes.values():
        yield from _within(text, change)


def _deepest(root: Mapping, pointer: Pointer) -> tuple[int, _Changes]:
    """The last mapping on the way to a pointer that is there and has something in it, and how deep that is."""
    depth, found = 0, _Changes(None, root, flow=False)
    for key in pointer[:-1]:
        below = found.mapping.get(key)
        if not isinstance(below, Mapping) or not below.pairs:
            break
        depth, found = depth + 1, _Changes(found.mapping.key(key), below, found.mapping.flow)
    return depth, found


def _within(text: str, change: _Changes) -> Iterator[Splice]:
    mapping, label = change.mapping, change.label
    if label is not None and len(change.gone) == len(mapping.pairs):
        yield from _replaced(text, label, mapping, change.new, flow=change.flow)
        return
    entries = [_Entry(key.start, max(key.end, content_end(text, value))) for key, value in mapping.pairs]
    gone = [index for index, (key, _) in enumerate(mapping.pairs) if key.text in change.gone]
    yield from _removed(text, entries, gone, flow=mapping.flow)
    if mapping.flow:
        new = [f"{scalar(key, flow=True)}: {flow_text(value)}" for key, value in change.new.items()]
        yield from _added(text, entries, gone, new, flow=True)
    else:
        yield from _new_lines(text, entries, change)
    for name, value in change.values.items():
        key, old = mapping.key(name), mapping.get(name)
        if key is not None and old is not None:
            yield from _replaced(text, key, old, value, flow=mapping.flow)


def _new_lines(text: str, entries: list[_Entry], change: _Changes) -> Iterator[Splice]:
    """New keys of a mapping in block style, each behind the one that it is to stand behind."""
    order = {key.text: index for index, (key, _) in enumerate(change.mapping.pairs)}
    lines: dict[int, list[str]] = {}
    for key, value in change.new.items():
        index = order.get(change.behind.get(key, ""), len(entries) - 1)
        lines.setdefault(index, []).extend(block_lines({key: value}, _indent(text, entries[0].start)))
    for index, new in lines.items():
        yield _behind_line(text, entries[index].end, new)


def _removed(text: str, entries: list[_Entry], gone: list[int], *, flow: bool) -> Iterator[Splice]:
    """Entries without their lines, or without their commas; some entry stays."""
    if not flow:
        yield from (Splice(_line_start(text, entries[i].start), _line_end(text, entries[i].end), "") for i in gone)
        return
    kept = [index for index in range(len(entries)) if index not in set(gone)]
    if kept[0] > 0:
        yield Splice(entries[0].start, entries[kept[0]].start, "")
    for index, following in zip(kept, [*kept[1:], len(entries)], strict=True):
        if following > index + 1:
            yield Splice(entries[index].end, entries[following - 1].end, "")


def _added(text: str, entries: list[_Entry], gone: list[int], new: list[str], *, flow: bool) -> Iterator[Splice]:
    """New entries behind the last one that stays."""
    if not new:
        return
    last = max(index for index in range(len(entries)) if index not in set(gone))
    if flow:
        yield Splice(entries[last].end, entries[last].end, "".join(f", {item}" for item in new))
    else:
        indent = _indent(text, entries[last].start)
        yield _behind_line(text, entries[-1].end, [f"{indent[:-2]}- {item}" for item in new])


def _replaced(text: str, label: Scalar, old: Node, value: Data, *, flow: bool) -> Iterator[Splice]:
    """Another value for a key; `flow`: the key stands between braces."""
    end = content_end(text, old)
    if isinstance(old, Sequence) and isinstance(value, list) and (kept := _kept(old, value)):
        yield from _list_changed(text, old, kept, value)
    elif not flow and not _is_flow(old) and isinstance(value, dict) and value:
        lines = block_lines(value, _indent(text, label.start) + _STEP)
        yield from _as_block(text, label, old, lines)
    elif not flow and not isinstance(old, Scalar) and not old.flow:
        yield Splice(_line_start(text, old.start), _line_end(text, end), "")
        colon = text.index(":", label.end) + 1
        yield Splice(colon, colon, f" {_inline(value, old, text)}")
    else:
        blank = "" if old.start and text[old.start - 1] in " \t" else " "
        yield Splice(old.start, end, blank + _inline(value, old, text))


def _as_block(text: str, label: Scalar, old: Node, lines: list[str]) -> Iterator[Splice]:
    """A mapping on lines of its own, below the key."""
    end = content_end(text, old)
    if "\n" in text[label.end : old.start]:
        yield Splice(_line_start(text, old.start), end, "\n".join(lines))
        return
    colon = text.index(":", label.end) + 1
    if end > old.start:
        yield Splice(colon, end, "")
    yield _behind_line(text, max(end, colon), lines)


def _inline(value: Data, old: Node, text: str) -> str:
    """A value on one line, in the quotes of the one before."""
    if isinstance(value, str) and isinstance(old, Scalar) and text[old.start : old.start + 1] == '"':
        return quoted(value)
    return flow_text(value)


def _is_flow(node: Node) -> bool:
    return isinstance(node, Mapping) and node.flow and bool(node.pairs)


def _kept(old: Sequence, value: list[str]) -> list[int]:
    """Which items of a list stay, where those come first and in their order in the new one; else none."""
    there = [item.text if isinstance(item, Scalar) else None for item in old.items]
    kept = [index for index, item in enumerate(there) if item in value]
    return kept if [there[index] for index in kept] == value[: len(kept)] else []


def _list_changed(text: str, old: Sequence, kept: list[int], value: list[str]) -> Iterator[Splice]:
    entries = [_Entry(item.start, content_end(text, item)) for item in old.items]
    gone = [index for index in range(len(entries)) if index not in set(kept)]
    yield from _removed(text, entries, gone, flow=old.flow)
    new = [scalar(item, flow=old.flow) for item in value[len(kept) :]]
    yield from _added(text, entries, gone, new, flow=old.flow)


def _behind_line(text: str, end: int, lines: list[str]) -> Splice:
    """Lines behind the one in which something ends."""
    position = _line_end(text, end)
    first = "" if text[:position].endswith("\n") or not position else "\n"
    return Splice(position, position, first + "".join(f"{line}\n" for line in lines))


def _indent(text: str, offset: int) -> str:
    return " " * (offset - _line_start(text, offset))


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    """Behind the line that holds an offset."""
    newline = text.find("\n", offset)
    return len(text) if newline < 0 else newline + 1
