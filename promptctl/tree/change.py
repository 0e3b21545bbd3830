"""What is judged: the views, what differs between them, and the files that rules look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from promptctl.tree.environments import read_environment
from promptctl.tree.layout import Role
from promptctl.tree.prompts import Prompt, all_prompts, prompt_at
from promptctl.tree.snapshot import Overlay, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from promptctl.core.entries import Blob, Entry
    from promptctl.core.immutability import Places
    from promptctl.tree.document import Document
    from promptctl.tree.facts import Facts
    from promptctl.tree.layout import Layout, Place
    from promptctl.tree.library import Library
    from promptctl.tree.prompts import Numbered
    from promptctl.tree.selection import Environment
    from promptctl.tree.snapshot import Snapshot


T = TypeVar("T")


@dataclass(frozen=True)
class Change:
    """Base, head and what differs.

    `differing` holds every managed path that is not the same in all views. `everything`: rules look at the whole of
    head and not only at what changed. `only`: paths that the caller named, files or folders; empty for no limit.
    """

    base: Snapshot
    head: Snapshot
    differing: Mapping[str, Places]
    layout: Layout
    library: Library
    facts: Facts
    everything: bool = False
    only: tuple[str, ...] = ()
    _prompts: dict[tuple[int, str], Prompt | None] = field(default_factory=dict, repr=False)
    _versions: dict[str, dict[str, Numbered]] = field(default_factory=dict, repr=False)
    _shared: dict[str, object] = field(default_factory=dict, repr=False)

    @cached_property
    def touched(self) -> Mapping[str, Places]:
        """The paths that head itself changed, leaving out those where it is merely behind base."""
        return {path: places for path, places in sorted(self.differing.items()) if places.touched}

    @cached_property
    def after(self) -> Snapshot:
        """What would be on base after the merge; with `everything`, head as it is."""
        if self.everything:
            return self.head
        return Overlay(self.base, {path: places.head for path, places in self.touched.items()})

    def once(self, key: str, compute: Callable[[], T]) -> T:
        """What several rules need: worked out by the first that asks."""
        if key not in self._shared:
            self._shared[key] = compute()
        return cast("T", self._shared[key])

    def asked_about(self, path: str) -> bool:
        """Whether the caller wants to hear about a path."""
        return not self.only or any(path == name or path.startswith(name + "/") for name in self.only)

    @cached_property
    def files(self) -> tuple[tuple[Place, Entry], ...]:
        """The files under the template folder that file rules look at, in path order."""
        if self.everything:
            pairs = list(walk(self.head, self.layout.templates))
        else:
            pairs = [(path, places.head) for path, places in self.touched.items() if places.head is not None]
        found = []
        for path, entry in sorted(pairs):
            place = self.layout.place(path)
            if place is not None and self.asked_about(path):
                found.append((place, entry))
        return tuple(found)

    @cached_property
    def version_files(self) -> tuple[tuple[Place, Entry], ...]:
        return tuple((place, entry) for place, entry in self.files if place.role is Role.VERSION)

    @cached_property
    def manifests(self) -> tuple[tuple[Place, Entry], ...]:
        return tuple((place, entry) for place, entry in self.files if place.role is Role.MANIFEST)

    @cached_property
    def prompts(self) -> tuple[Prompt, ...]:
        """The prompts in `after` that rules about a whole prompt look at, in path order."""
        if self.everything:
            every = all_prompts(self.head, self.layout)
            return tuple(prompt for prompt in every if self._asked_about_prompt(prompt.folder))
        places = (self.layout.place(path) for path in self.touched)
        folders = {place.folder for place in places if place is not None and place.parts}
        found = (self.prompt(folder) for folder in sorted(folders) if self._asked_about_prompt(folder))
        return tuple(prompt for prompt in found if prompt is not None)

    def _asked_about_prompt(self, folder: str) -> bool:
        return self.asked_about(folder) or any(path.startswith(folder + "/") for path in self.only)

    def prompt(self, folder: str) -> Prompt | None:
        """The prompt in a folder of `after`."""
        return self._prompt(self.after, folder)

    def versions(self, folder: str) -> Mapping[str, Numbered]:
        """The versions of a prompt that base, head or `after` has; where several have a number, the file of `after`.

        Head has more than `after` where base lost a version that head still has: that is not for head to answer.
        """
        found = self._versions.get(folder)
        if found is None:
            found = self._versions[folder] = {}
            for snapshot in (self.base, self.head, self.after):
                prompt = self._prompt(snapshot, folder)
                found.update(prompt.versions if prompt else {})
        return found

    def manifest(self, folder: str) -> Document | None:
        """The manifest of a prompt as it would be after the merge."""
        return self._manifest(self.after, folder)

    def base_manifest(self, folder: str) -> Document | None:
        """The manifest of a prompt as it is on base."""
        return self._manifest(self.base, folder)

    def manifest_blob(self, folder: str, *, on_base: bool) -> Blob | None:
        """The bytes of a prompt's manifest."""
        prompt = self._prompt(self.base if on_base else self.after, folder)
        return self.library.blob(prompt.manifest) if prompt and prompt.manifest else None

    def tombstones(self, folder: str) -> Mapping[str, Any]:
        """The retired numbers that the manifest in base or `after` records."""
        documents = (self._manifest(self.base, folder), self._manifest(self.after, folder))
        return {key: value for doc in documents if doc for key, value in doc.section("retired").items()}

    def base_tombstones(self, folder: str) -> Mapping[str, Any]:
        document = self._manifest(self.base, folder)
        return document.section("retired") if document else {}

    def environment(self, name: str, *, on_base: bool = False) -> Environment:
        """The configuration of an environment as it would be after the merge, or as it is on base."""
        snapshot = self.base if on_base else self.after
        read = partial(read_environment, snapshot, self.layout, self.library, name)
        return self.once(f"environment {name} {on_base}", read)

    def _manifest(self, snapshot: Snapshot, folder: str) -> Document | None:
        prompt = self._prompt(snapshot, folder)
        return self.library.manifest(prompt.manifest) if prompt and prompt.manifest else None

    def _prompt(self, snapshot: Snapshot, folder: str) -> Prompt | None:
        key = (id(snapshot), folder)
        if key not in self._prompts:
            self._prompts[key] = prompt_at(snapshot, self.layout, folder)
        return self._prompts[key]
