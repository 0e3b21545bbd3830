"""Prompts as folders of a snapshot: which versions and which manifest lie in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.versions import Version, parse_version
from promptctl.tree.layout import MANIFEST, Role
from promptctl.tree.snapshot import walk_folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.core.entries import Entry
    from promptctl.tree.layout import Layout
    from promptctl.tree.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Numbered:
    """A version file by its file name."""

    text: str
    version: Version
    path: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Prompt:
    """A folder that holds a manifest or version files."""

    folder: str
    name: str
    versions: Mapping[str, Numbered]
    manifest: Entry | None

    @property
    def manifest_path(self) -> str:
        return f"{self.folder}/{MANIFEST}"

    def ordered(self) -> list[Numbered]:
        """By precedence, the lowest first."""
        return sorted(self.versions.values(), key=lambda item: (item.version, item.text))


def prompt_at(snapshot: Snapshot, layout: Layout, folder: str) -> Prompt | None:
    """The prompt that a folder holds, or None when it holds none."""
    versions: dict[str, Numbered] = {}
    files = snapshot.files(folder)
    for file_name, entry in files.items():
        place = layout.place(f"{folder}/{file_name}")
        if place is None or place.role is not Role.VERSION:
            continue
        version = parse_version(place.version_text)
        if version is not None:
            versions[place.version_text] = Numbered(place.version_text, version, place.path, entry)
    manifest = files.get(MANIFEST)
    if manifest is None and not versions:
        return None
    return Prompt(folder, folder.rpartition("/")[2], versions, manifest)


def all_prompts(snapshot: Snapshot, layout: Layout) -> Iterator[Prompt]:
    """Every prompt under the template folder, in path order."""
    for folder in walk_folders(snapshot, layout.templates):
        prompt = prompt_at(snapshot, layout, folder)
        if prompt is not None:
            yield prompt
