"""The selection configuration of one environment: typed, with the place of every entry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from promptctl.core.entries import Entry
from promptctl.core.text import shortened, suggest
from promptctl.tree.coherence import incoherences
from promptctl.tree.document import Document, read_document
from promptctl.tree.faults import Fault
from promptctl.tree.recall import recall, remember
from promptctl.tree.selection_values import RESERVED, SECTIONS, UNLISTED, mapping, typed
from promptctl.tree.text_file import MOST_BYTES, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from promptctl.core.entries import Blob
    from promptctl.core.rollouts import Rollout
    from promptctl.core.selection import Pointer, Selection
    from promptctl.core.text import Lines

_RULE = "selection-invalid"
# What rules of their own report where it is empty, so that the schema's word for the same fault is dropped.
_NAMED_ELSEWHERE = {("defaults", "because"), ("flags", "owner"), ("flags", "expires")}


class ConfigFile(NamedTuple):
    """One file of an environment."""

    path: str
    entry: Entry
    document: Document


class Spot(NamedTuple):
    """A place in a file of the configuration: `start` and `end` are character offsets."""

    path: str
    lines: Lines
    start: int
    end: int


@dataclass(frozen=True)
class Environment:
    """What the files of an environment say together. What cannot be read of them is left out, and is in `faults`.

    `holders` has the file of every entry: of a default, a tenant, a flag, a rollout, a slot, `unlisted-tenants`.
    """

    name: str
    files: tuple[ConfigFile, ...]
    selection: Selection
    rollouts: Mapping[str, Rollout]
    holders: Mapping[Pointer, ConfigFile]
    faults: tuple[tuple[ConfigFile, Fault], ...]

    @property
    def is_readable(self) -> bool:
        """Whether every file is YAML: else nobody can tell what the environment selects."""
        return not any(_is_unread(file.document) for file in self.files)

    def holder(self, pointer: Pointer) -> ConfigFile | None:
        """The file that has the entry which `pointer` leads to, or into."""
        return next((file for n in range(len(pointer), 0, -1) if (file := self.holders.get(pointer[:n]))), None)

    def value(self, *pointer: str) -> Any:
        """What stands at these keys, as JSON values; None where nothing does."""
        holder = self.holder(pointer)
        return _at(holder.document.data, pointer) if holder else None

    def text(self, *pointer: str) -> str:
        """The text at these keys, without blanks around it; empty where there is none."""
        found = self.value(*pointer)
        return found.strip() if isinstance(found, str) else ""

    def spot(self, *pointer: str, on_key: bool = False) -> Spot | None:
        """Where the value at these keys stands (or its key), or the nearest thing around it that exists."""
        holder = self.holder(pointer)
        if holder is None:
            return None
        return Spot(holder.path, holder.document.lines, *holder.document.locate(*pointer, on_key=on_key))


def read_selection(entry: Entry, blob: Blob | None) -> Document:
    """One file. Never raises for any bytes: what is wrong is in `faults`, as `selection-invalid`."""
    return _read(Entry(entry.mode, ""), blob)


@lru_cache(maxsize=8)  # several steps of one command open their views anew, and ask for the same few files
def _read(entry: Entry, blob: Blob | None) -> Document:
    document = _document(entry, blob)
    misspelt = {key: close for key in document.data if (close := _meant(key, document.data))}
    faults = [_unknown_key(document, key, close) for key, close in misspelt.items()]
    for fault in document.faults:
        about = fault.subject.partition(".")[0]
        if about not in misspelt and not _has_own_rule(fault, document):
            faults.append(replace(fault, rule=_RULE))
    return replace(document, faults=tuple(sorted(faults, key=lambda fault: fault.start)))


def _document(entry: Entry, blob: Blob | None) -> Document:
    text, faults = read_text(entry, blob, MOST_BYTES)
    recalled = recall(text) if text is not None and not faults else None
    if recalled is not None:
        return recalled
    document = read_document(entry, blob, "selection", rule=_RULE, limit=MOST_BYTES)
    remember(document)
    return document


def _meant(key: str, data: Mapping[str, Any]) -> str | None:
    """The reserved key that one which leads to no agent was meant to be."""
    if key in RESERVED or "prompts" in mapping(data[key]):
        return None
    return suggest(key, RESERVED)


def _unknown_key(document: Document, key: str, close: str) -> Fault:
    start, end = document.locate(key, on_key=True)
    return Fault(_RULE, f"unknown key `{shortened(key)}`", start, end, key, f"did you mean `{close}`?")


def _has_own_rule(fault: Fault, document: Document) -> bool:
    section, _, rest = fault.subject.partition(".")
    entry, _, key = rest.rpartition(".")
    value = mapping(document.section(section).get(entry)).get(key)
    return (section, key) in _NAMED_ELSEWHERE and (value is None or value == "")


def merge(name: str, files: Iterable[ConfigFile]) -> Environment:
    """The environment that these files, in this order, make up together. Never raises for any content."""
    return _merge(name, tuple(files))


@lru_cache(maxsize=16)
def _merge(name: str, found: tuple[ConfigFile, ...]) -> Environment:
    holders: dict[Pointer, ConfigFile] = {}
    faults = [(file, fault) for file in found for fault in file.document.faults]
    values: dict[Pointer, Any] = {}
    for file in found:
        for pointer, value in _entries(file.document.data):
            if pointer in holders:
                faults.append((file, _twice(file.document, pointer, holders[pointer])))
            else:
                holders[pointer], values[pointer] = file, value
    selection, rollouts = typed(name, values.items())
    environment = Environment(name, found, selection, rollouts, holders, ())
    places = ((place, fault) for pointer, fault in incoherences(environment) if (place := environment.holder(pointer)))
    return replace(environment, faults=(*faults, *places))


def _is_unread(document: Document) -> bool:
    return document.text is None or any(fault.subject == "yaml" for fault in document.faults)


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[Pointer, Any]]:
    """The keys that may stand but once in an environment."""
    for key, section in data.items():
        if key == UNLISTED:
            yield (key,), section
        elif key in SECTIONS:
            for name, value in mapping(section).items():
                yield (key, name), value
        else:
            for slot, value in mapping(mapping(section).get("prompts")).items():
                yield (key, "prompts", slot), value


def _at(data: Mapping[str, Any], pointer: Pointer) -> Any:
    found: Any = data
    for key in pointer:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _twice(document: Document, pointer: Pointer, other: ConfigFile) -> Fault:
    start, end = document.locate(*pointer, on_key=True)
    name = ".".join(pointer)
    hint = f"keep one of the two; the other is in {other.path}"
    return Fault(_RULE, f"`{name}` stands in two files of the environment", start, end, name, hint)
