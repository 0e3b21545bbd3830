"""The surfaces that front matter declares in words of its own: purpose, engine, model, config, regimes, output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promptctl.bump.prose.surface import is_surface_edit
from promptctl.bump.reasons import Reason
from promptctl.core.canonical import canonical_json
from promptctl.core.levels import Level
from promptctl.core.text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.tree.version_file import VersionFile

_LONGEST = 80  # characters of a sentence that a message repeats


def compare_settings(old: VersionFile, new: VersionFile, *, model: Level) -> Iterator[Reason]:
    """Everything but schemas, variables and body; `model` is what the policy demands for another model."""
    yield from _purpose(old, new)
    if old.template != new.template:
        message = f"the template engine changed from {old.template} to {new.template}"
        yield Reason(Level.MAJOR, "template", message, line_of(new, "template"))
    yield from _format(old, new)
    yield from _guarantees(old, new)
    if old.data.get("model") != new.data.get("model"):
        message = f"the model changed from {_named(old.data, 'model')} to {_named(new.data, 'model')}"
        yield Reason(model, "model", message, line_of(new, "model"))
    yield from _config(old, new)
    yield from _regimes(old, new)


def line_of(file: VersionFile, *pointer: str | int) -> int:
    """The line of a front matter value, or of what should hold it."""
    return file.lines.position(file.locate(*pointer, on_key=True)[0]).line


def section(file: VersionFile, name: str) -> dict[str, Any]:
    """A mapping of the front matter, empty where it is absent or none."""
    value = file.data.get(name)
    return value if isinstance(value, dict) else {}


def _purpose(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    before, after = old.string("purpose") or "", new.string("purpose") or ""
    if before == after:
        return
    if is_surface_edit(before, after):
        yield Reason(Level.PATCH, "purpose", "the purpose is spelled differently", line_of(new, "purpose"))
    else:
        message = f"the purpose changed: it was {shortened(before, _LONGEST)!r}"
        yield Reason(Level.MAJOR, "purpose", message, line_of(new, "purpose"))


def _format(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    before, after = section(old, "output"), section(new, "output")
    if before.get("format") != after.get("format"):
        message = f"the output format changed from {_named(before, 'format')} to {_named(after, 'format')}"
        yield Reason(Level.MAJOR, "output.format", message, line_of(new, "output", "format"))


def _guarantees(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    before, after = _texts(section(old, "output"), "guarantees"), _texts(section(new, "output"), "guarantees")
    gone = [text for text in before if text not in after]
    come = [text for text in after if text not in before]
    line = line_of(new, "output", "guarantees")
    for text in gone:
        respelled = next((other for other in come if is_surface_edit(text, other)), None)
        if respelled is None:
            message = f"a guarantee is gone or changed: {shortened(text, _LONGEST)}"
            yield Reason(Level.MAJOR, "output.guarantees", message, line)
        else:
            come.remove(respelled)
            message = f"a guarantee is spelled differently: {shortened(respelled, _LONGEST)}"
            yield Reason(Level.PATCH, "output.guarantees", message, _item_line(new, respelled, after))
    for text in come:
        message = f"a guarantee is new: {shortened(text, _LONGEST)}"
        yield Reason(Level.MINOR, "output.guarantees", message, _item_line(new, text, after))


def _item_line(new: VersionFile, text: str, items: list[str]) -> int:
    return line_of(new, "output", "guarantees", items.index(text))


def _config(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    before, after = section(old, "config"), section(new, "config")
    keys = [key for key in {**before, **after} if _canonical(before, key) != _canonical(after, key)]
    if keys:
        message = f"the configuration changed: {', '.join(keys)}"
        yield Reason(Level.MINOR, "config", message, line_of(new, "config", keys[0]))


def _canonical(data: dict[str, Any], key: str) -> bytes | None:
    return canonical_json(data[key]) if key in data else None


def _regimes(old: VersionFile, new: VersionFile) -> Iterator[Reason]:
    before, after = _texts(old.data, "regimes"), _texts(new.data, "regimes")
    for name in before:
        if name not in after:
            yield Reason(Level.MAJOR, "regimes", f"no longer fit for {name}", line_of(new, "regimes"))
    for name in after:
        if name not in before:
            yield Reason(Level.MINOR, "regimes", f"fit for {name} too", line_of(new, "regimes", after.index(name)))


def _texts(data: dict[str, Any], key: str) -> list[str]:
    value = data.get(key)
    return [str(item) for item in value] if isinstance(value, list) else []


def _named(data: dict[str, Any], key: str) -> str:
    return str(data.get(key) or "none")
