"""One version of a prompt: front matter and body, with every fault that the file shows on its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from promptctl.core.canonical import behaviour_digest
from promptctl.core.text import Lines, shortened
from promptctl.core.versions import parse_version
from promptctl.tree.faults import Fault
from promptctl.tree.nodes import Mapping, YamlFault, parse_yaml
from promptctl.tree.schemas import fault_at, locate, to_data, validate, worst_fault
from promptctl.tree.text_file import read_text

if TYPE_CHECKING:
    from promptctl.core.entries import Blob, Entry
    from promptctl.core.versions import Version
    from promptctl.tree.nodes import Node
    from promptctl.tree.schemas import Pointer

_OPENING = "---\n"
_CLOSING = re.compile(r"^---(?:\n|\Z)", re.MULTILINE)
_LONGEST_MESSAGE = 120  # the library repeats the value that is wrong, however long it is
_VERSION_FIELDS = ("version", "supersedes")
_EMERGENCY_FIELDS = frozenset({"emergency", "emergency.reason", "emergency.incident"})


@dataclass(frozen=True)
class VersionFile:
    """`data` holds the front matter as far as it could be read; `body` is None where there is no front matter.

    The body is every byte after the newline that ends the closing `---`, without the one final newline.
    """

    text: str | None
    node: Mapping | None = None
    data: dict[str, Any] = field(default_factory=dict)
    body: str | None = None
    body_start: int = 0
    faults: tuple[Fault, ...] = ()

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.text or "")

    def string(self, key: str) -> str | None:
        """The text of a top-level field, or None where it is absent or no text."""
        value = self.data.get(key)
        return value if isinstance(value, str) else None

    @property
    def version(self) -> Version | None:
        return parse_version(self.string("version") or "")

    @property
    def supersedes(self) -> Version | None:
        return parse_version(self.string("supersedes") or "")

    @property
    def template(self) -> str:
        return self.string("template") or "plain"

    @property
    def input_schema(self) -> Any:
        """The input schema, or None where the version declares none."""
        section = self.data.get("input")
        return section.get("schema") if isinstance(section, dict) else None

    def locate(self, *pointer: str | int, on_key: bool = False) -> tuple[int, int]:
        """Character offsets in the file of a front matter value (or its key), or of what should hold it."""
        start, end = locate(self.node, pointer, on_key=on_key)
        return (start + len(_OPENING), end + len(_OPENING)) if self.node else (0, 0)

    @property
    def digest(self) -> str | None:
        """The behaviour digest: what can change what the model does."""
        return None if self.body is None else behaviour_digest(self.data, self.body)


def read_version(entry: Entry, blob: Blob | None) -> VersionFile:
    """Never raises for any bytes: what is wrong is in `faults`."""
    text, faults = read_text(entry, blob)
    if text is None:
        return VersionFile(None, faults=faults)
    split = split_front_matter(text)
    if isinstance(split, Fault):
        return VersionFile(text, faults=faults or (split,))  # a carriage return hides every `---` line
    front, body_start = split
    body = text[body_start:].removesuffix("\n")
    node, data, more = _read_front_matter(front)
    told = [fault for fault in more if not (faults and fault.subject == "yaml")]  # a carriage return may be its cause
    shifted = tuple(replace(f, start=f.start + len(_OPENING), end=f.end + len(_OPENING)) for f in told)
    return VersionFile(text, node, data, body, body_start, (*faults, *shifted, *_nulls(text, body_start)))


def _nulls(text: str, body_start: int) -> list[Fault]:
    """Git takes a file with a NUL for binary, and shows no reviewer what changed. In front matter YAML forbids it."""
    first = text.find("\0", body_start)
    return (
        [Fault("unreadable-file", "has a NUL character", first, first + 1, "nul", "take it out")] if first >= 0 else []
    )


def split_front_matter(text: str) -> tuple[str, int] | Fault:
    """The YAML between the two `---` lines, and the offset at which the body starts."""
    if not text.startswith(_OPENING):
        message = "no front matter: the first line must be `---`"
        return Fault("metadata-missing", message, 0, 0, "", "every version starts with its name, version and purpose")
    closing = _CLOSING.search(text, len(_OPENING))
    if closing is None:
        return Fault("metadata-missing", "the front matter has no closing `---` line", 0, 3, "")
    return text[len(_OPENING) : closing.start()], closing.end()


def _read_front_matter(front: str) -> tuple[Mapping | None, dict[str, Any], list[Fault]]:
    try:
        node = parse_yaml(front)
    except YamlFault as error:
        return None, {}, [Fault("metadata-invalid", error.message, error.start, error.end, "yaml")]
    if not isinstance(node, Mapping):
        end = node.end if node else 0
        return None, {}, [Fault("metadata-invalid", "the front matter must be a mapping", 0, end, "yaml")]
    data = to_data(node, "version")
    faults = [_renamed(fault) for fault in validate(node, data, "version") if not _has_own_rule(fault, data)]
    return node, data, [*faults, *_version_faults(node, data), *_schema_faults(node, data)]


def _has_own_rule(fault: Fault, data: dict[str, Any]) -> bool:
    """Whether `name-mismatch`, `invalid-prompt-name` or `invalid-version` says the same of a field that is text."""
    return fault.subject in {"name", *_VERSION_FIELDS} and isinstance(data.get(fault.subject), str)


def _renamed(fault: Fault) -> Fault:
    """What is wrong with why a version is an emergency has a rule of its own."""
    return replace(fault, rule="emergency-reason") if fault.subject in _EMERGENCY_FIELDS else fault


def _version_faults(node: Node, data: dict[str, Any]) -> list[Fault]:
    faults = []
    for key in _VERSION_FIELDS:
        text = data.get(key)
        if isinstance(text, str) and parse_version(text) is None:
            message = f"`{key}` is not a SemVer 2.0.0 version: {shortened(text)}"
            hint = "a version has three numbers, such as 1.2.0, and may have a suffix such as -rc.1 or +formal-tone"
            faults.append(fault_at(node, (key,), message, rule="invalid-version", hint=hint))
    return faults


def _schema_faults(node: Node, data: dict[str, Any]) -> list[Fault]:
    """Faults of the JSON Schemas that the front matter itself holds."""
    faults: list[Fault] = []
    for section in ("input", "output"):
        holder = data.get(section)
        schema = holder.get("schema") if isinstance(holder, dict) else None
        if isinstance(schema, dict):
            faults += _bad_schema(node, (section, "schema"), schema)
    return faults


def _bad_schema(node: Node, pointer: Pointer, schema: dict[str, Any]) -> list[Fault]:
    try:
        error = worst_fault(schema)
    except RecursionError:
        return [fault_at(node, pointer, "the JSON Schema is nested too deeply to be checked")]
    if error is None:
        return []
    message = error.message if len(error.message) <= _LONGEST_MESSAGE else f"breaks `{error.validator}`"
    return [fault_at(node, (*pointer, *error.absolute_path), f"not a valid JSON Schema: {message}")]
