"""What rules about the configuration have in common: which environments they look at, and what versions those name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from promptctl.rules.base import problem, span_of
from promptctl.tree.catalogue import Finder
from promptctl.tree.environments import configured, environment_of, environment_order
from promptctl.tree.layout import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.core.findings import Finding
    from promptctl.core.refs import Ref
    from promptctl.core.selection import Pointer
    from promptctl.rules.base import Context
    from promptctl.tree.change import Change
    from promptctl.tree.selection import Environment
    from promptctl.tree.version_file import VersionFile


@dataclass(frozen=True)
class Judged:
    """An environment of head that rules look at: whole, or only what it says of some prompts (`names`)."""

    environment: Environment
    names: frozenset[str] | None

    def covers(self, name: str) -> bool:
        return self.names is None or name in self.names


def environments(context: Context) -> tuple[str, ...]:
    """The environments in promotion order that have a configuration in head."""
    change = context.change
    found = configured(change.after, change.layout)
    return tuple(name for name in environment_order(change.after, change.layout, context.policy) if name in found)


def touched_environments(context: Context) -> frozenset[str]:
    """The environments that head itself changed a file of."""
    layout = context.change.layout
    return frozenset(name for path in context.change.touched if (name := environment_of(layout, path)))


def judged(context: Context) -> tuple[Judged, ...]:
    """The environments that are looked at, as far as their files are YAML.

    Those that the change touches, or all of them; and what the others say of prompts whose manifest changed, or that
    lost a version.
    """
    return context.change.once("judged environments", lambda: tuple(_judged(context)))


def _judged(context: Context) -> Iterator[Judged]:
    change = context.change
    touched, names = touched_environments(context), _unsettled(change)
    for name in environments(context):
        whole = change.everything or name in touched
        if (whole or names) and (environment := change.environment(name)).is_readable:
            yield Judged(environment, None if whole else names)


def _unsettled(change: Change) -> frozenset[str]:
    """The prompts whose versions may mean something else than before to whoever selects them."""
    found = set()
    for path, places in change.touched.items():
        place = change.layout.place(path)
        if place is not None and (place.role is Role.MANIFEST or (place.role is Role.VERSION and places.head is None)):
            found.add(place.name)
    return frozenset(found)


def previous(context: Context, name: str, *, on_base: bool = False) -> str | None:
    """The nearest environment before one, in the policy's order, that has a configuration."""
    order = context.policy.environments
    if name not in order:
        return None
    snapshot = context.change.base if on_base else context.change.after
    found = configured(snapshot, context.change.layout)
    return next((other for other in reversed(order[: order.index(name)]) if other in found), None)


class _Prompt:
    """A prompt that a configuration names. A manifest is read only where it may say something of the kind, and once."""

    def __init__(self, change: Change, folder: str) -> None:
        self._change = change
        self.folder = folder
        self.versions = change.versions(folder)

    @cached_property
    def retired(self) -> Mapping[str, object]:
        return self._change.tombstones(self.folder) if self._mentions(b"retired") else {}

    @cached_property
    def deprecated(self) -> Mapping[str, object]:
        manifest = self._change.manifest(self.folder) if self._mentions(b"deprecated") else None
        return manifest.section("deprecated") if manifest else {}

    def _mentions(self, key: bytes) -> bool:
        """Whether a manifest can have a key at all: a search costs far less than reading YAML. Escapes may spell it."""
        found = (self._change.manifest_blob(self.folder, on_base=on_base) for on_base in (True, False))
        return any(blob.data is None or key in blob.data or b"\\" in blob.data for blob in found if blob)


class Known:
    """What base and head say of the versions that a configuration names; thousands of places may name the same one."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._finders = [Finder(snapshot, change.layout) for snapshot in (change.after, change.base)]
        self._prompts: dict[str, _Prompt | None] = {}

    def _prompt(self, name: str) -> _Prompt | None:
        if name not in self._prompts:
            found = (finder.folder(name) for finder in self._finders)
            folder = next((folder for folder in found if folder), None)
            self._prompts[name] = _Prompt(self._change, folder) if folder else None
        return self._prompts[name]

    def folder(self, name: str) -> str | None:
        """The folder of a prompt, or None where there is none of that name."""
        prompt = self._prompt(name)
        return prompt.folder if prompt else None

    def exists(self, ref: Ref) -> bool:
        """Whether base or head has a file of this number, whatever stands in it."""
        prompt = self._prompt(ref.name)
        return prompt is not None and ref.version in prompt.versions

    def file(self, ref: Ref) -> VersionFile | None:
        prompt = self._prompt(ref.name)
        item = prompt.versions.get(ref.version) if prompt else None
        return self._change.library.version(item.entry) if item else None

    def is_retired(self, ref: Ref) -> bool:
        prompt = self._prompt(ref.name)
        return prompt is not None and ref.version in prompt.retired

    def deprecation(self, ref: Ref) -> Mapping[str, object] | None:
        """What the manifest says of a version that is deprecated."""
        prompt = self._prompt(ref.name)
        found = prompt.deprecated.get(ref.version) if prompt else None
        return found if isinstance(found, dict) else None

    def digest(self, ref: Ref) -> str | None:
        file = self.file(ref)
        return file.digest if file else None

    def is_emergency(self, ref: Ref) -> bool:
        file = self.file(ref)
        return file is not None and "emergency" in file.data


def known(context: Context) -> Known:
    """What is known of versions, read once for all rules."""
    return context.change.once("known versions", lambda: Known(context.change))


def at(
    environment: Environment,
    pointer: Pointer,
    message: str,
    *,
    on_key: bool = False,
    ref: Ref | None = None,
    hint: str | None = None,
) -> Finding:
    """A finding at an entry of a configuration; for a default, at the version that it uses."""
    spot = environment.spot(*_to_version(environment, pointer), on_key=on_key)
    path = spot.path if spot else environment.files[0].path
    span = span_of(spot.lines, spot.start, spot.end) if spot else None
    found = problem(path, message, span=span, subject=".".join(pointer), ref=str(ref) if ref else None, hint=hint)
    return replace(found, environment=environment.name)


def _to_version(environment: Environment, pointer: Pointer) -> Pointer:
    is_entry = pointer[0] in {"defaults", "flags"} and isinstance(environment.value(*pointer), dict)
    return (*pointer, "use") if is_entry else pointer
