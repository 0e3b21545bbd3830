"""The prompts that there are, by name, in base or in head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.refs import is_name
from promptctl.tree.layout import MANIFEST
from promptctl.tree.prompts import prompt_at
from promptctl.tree.snapshot import walk_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.tree.change import Change
    from promptctl.tree.layout import Layout
    from promptctl.tree.snapshot import Snapshot


class Finder:
    """Finds the folder of a prompt by its name, and reads no more folders than that takes."""

    def __init__(self, snapshot: Snapshot, layout: Layout) -> None:
        self._snapshot = snapshot
        self._layout = layout
        self._level = [layout.templates]
        self._found: dict[str, str] = {}

    def folder(self, name: str) -> str | None:
        """Of two prompts with one name, the one that lies less deep, or first."""
        while name not in self._found and self._level:
            self._descend()
        folder = self._found.get(name)
        is_prompt = folder is not None and prompt_at(self._snapshot, self._layout, folder) is not None
        return folder if is_prompt else None

    def _descend(self) -> None:
        self._level = [f"{folder}/{name}" for folder in self._level for name in sorted(self._snapshot.folders(folder))]
        for folder in self._level:
            self._found.setdefault(folder.rpartition("/")[2], folder)


class Catalogue:
    """Names at once, versions when they are asked for."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._folders: dict[str, list[str]] = {}
        self._versions: dict[str, frozenset[str]] = {}
        for snapshot in (change.base, change.after):
            for folder in self._prompts(snapshot):
                self._folders.setdefault(folder.rpartition("/")[2], []).append(folder)

    def _prompts(self, snapshot: Snapshot) -> Iterator[str]:
        layout = self._change.layout
        for folder in walk_folders(snapshot, layout.templates):
            if is_name(folder.rpartition("/")[2]) and (
                MANIFEST in snapshot.files(folder) or prompt_at(snapshot, layout, folder) is not None
            ):
                yield folder

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._folders))

    def __contains__(self, name: str) -> bool:
        return name in self._folders

    def parents(self, name: str) -> frozenset[str]:
        return frozenset(folder.split("/")[-2] for folder in self._folders[name])

    def versions(self, name: str) -> frozenset[str]:
        found = self._versions.get(name)
        if found is None:
            every = (self._change.versions(folder) for folder in self._folders[name])
            found = self._versions[name] = frozenset(text for versions in every for text in versions)
        return found
