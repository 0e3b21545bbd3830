"""Replays a branch commit by commit and keeps the book of its released versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.happenings import Happening, Kind
from promptctl.core.ledger import Ledger
from promptctl.operations.law import CommitLaw
from promptctl.tree.layout import MANIFEST, Role, layout_for, role_of
from promptctl.tree.life import SILENT, Lives
from promptctl.tree.policy import Paths, Policy, parse_policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.entries import Entry
    from promptctl.repo.walk import Commit, Step
    from promptctl.tree.library import Library
    from promptctl.tree.life import Life

_MANIFEST = f"/{MANIFEST}"


class Event(NamedTuple):
    """A happening, and the commit that made it."""

    commit: Commit
    happening: Happening


class Replay:
    """What became of the versions after each commit, and the state of the other files in the watched folders.

    The policy says where versions lie. Where it is absent or unreadable, what it last said goes on to hold; what was
    released under an earlier one stays watched. `folders` are all the template folders that it ever named.
    """

    def __init__(self, library: Library, root: str) -> None:
        self._library = library
        self._layout = layout_for(root, Paths())
        self._state: dict[str, Entry] = {}
        self._ledger = Ledger()
        self._lives = Lives()
        self._deprecated: dict[str, dict[str, str]] = {}
        self.folders = {self._layout.templates}

    @property
    def root(self) -> str:
        return self._layout.root

    @property
    def policy_path(self) -> str:
        return self._layout.policy

    def apply(self, step: Step) -> list[Event]:
        """Take in the next commit; its removals are judged first, as the ledger asks."""
        before = self._state.get(self.policy_path)
        gone = [path for path in step.removed if path in self._ledger]
        for path in step.removed:
            self._state.pop(path, None)
        placed = self._take_in(step.placed)
        manifests = [path for path, _ in step.placed if path.endswith(_MANIFEST)]
        manifests += [path for path in step.removed if path.endswith(_MANIFEST)]
        if self._state.get(self.policy_path) != before and self._moves():
            waiting = sorted(self._state.items())
            self._state.clear()
            placed += self._take_in(waiting)
            manifests = [path for path in self._state if path.endswith(_MANIFEST)]
        law = CommitLaw(self, step, before)
        found = [self._ledger.record(path, _ref(*path.rsplit("/", 1)), None, law) for path in gone]
        found += [self._ledger.record(path, ref, entry, law) for path, ref, entry in placed]
        for path in manifests:
            found += self._read_manifest(path)
        return [Event(step.commit, happening) for happening in found if happening is not None]

    def _take_in(self, placed: list[tuple[str, Entry]]) -> list[tuple[str, str, Entry]]:
        """The version files, with their refs; all else becomes part of the state."""
        versions, prefix = [], self._layout.templates + "/"
        for path, entry in placed:
            folder, _, file_name = path.rpartition("/")
            is_version = role_of(file_name) is Role.VERSION
            if is_version and (path.startswith(prefix) or path in self._ledger):
                versions.append((path, _ref(folder, file_name), entry))
            else:
                self._state[path] = entry
        return versions

    def _moves(self) -> bool:
        """Whether the policy that is now there puts the versions elsewhere."""
        policy = self.policy(self._state.get(self.policy_path))
        layout = layout_for(self._layout.root, policy.paths) if policy else self._layout
        moved = layout.templates != self._layout.templates
        self._layout = layout
        self.folders.add(layout.templates)
        return moved

    def policy(self, entry: Entry | None) -> Policy | None:
        return parse_policy(self._library.policy(entry)) if entry else None

    def life(self, folder: str) -> Life | None:
        """What the manifest in a folder now says; None where it cannot be read. Where there is none, it is silent."""
        entry = self._state.get(folder + _MANIFEST)
        return self._lives.read(entry, self._library.blob(entry)) if entry else SILENT

    def _read_manifest(self, path: str) -> Iterator[Happening]:
        """What is newly deprecated, and what no longer is though it was not retired."""
        folder = path.removesuffix(_MANIFEST)
        known = self._deprecated.get(folder, {})
        watched = known or any(path.startswith(f"{place}/") for place in self.folders)
        life = self.life(folder) if watched else None
        if life is None or life.deprecated.keys() == known.keys():
            return
        self._deprecated[folder] = life.deprecated
        name = folder.rpartition("/")[2]
        for version, detail in life.deprecated.items():
            if version not in known:
                yield Happening(Kind.DEPRECATED, path, f"{name}@{version}", detail)
        for version in known:
            if version not in life.deprecated and version not in life.retired:
                yield Happening(Kind.UNDEPRECATED, path, f"{name}@{version}")


def _ref(folder: str, file_name: str) -> str:
    """`name@version` of a version file."""
    return f"{folder[folder.rfind('/') + 1 :]}@{file_name[:-3]}"
