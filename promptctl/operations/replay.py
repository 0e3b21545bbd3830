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


class Event(NamedTuple):
    """A happening, and the commit that made it."""

    commit: Commit
    happening: Happening


class Replay:
    """The state of the watched folders after each commit, and what became of the versions in them.

    The policy says where versions lie. Where it is absent or unreadable, what it last said goes on to hold; what was
    released under an earlier one stays watched. `folders` are all the template folders that it ever named.
    """

    def __init__(self, library: Library, root: str) -> None:
        self._library = library
        self._layout = layout_for(root, Paths())
        self._versions = self._layout.templates + "/"
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
        self._state.update(step.placed)
        for path in step.removed:
            self._state.pop(path, None)
        placed = step.placed
        if self._state.get(self.policy_path) != before and self._moves():
            placed = sorted(self._state.items())
        law = CommitLaw(self, step, before)
        happenings: list[Happening] = []
        for path in step.removed:
            self._judge(path, None, law, happenings)
        for path, entry in placed:
            self._judge(path, entry, law, happenings)
        return [Event(step.commit, happening) for happening in happenings]

    def _moves(self) -> bool:
        """Whether the policy that is now there puts the versions elsewhere."""
        policy = self.policy(self._state.get(self.policy_path))
        layout = layout_for(self._layout.root, policy.paths) if policy else self._layout
        moved = layout.templates != self._layout.templates
        self._layout = layout
        self._versions = layout.templates + "/"
        self.folders.add(layout.templates)
        return moved

    def policy(self, entry: Entry | None) -> Policy | None:
        return parse_policy(self._library.policy(entry)) if entry else None

    def life(self, folder: str) -> Life | None:
        """What the manifest in a folder now says; None where it cannot be read. Where there is none, it is silent."""
        entry = self._state.get(f"{folder}/{MANIFEST}")
        return self._lives.read(entry, self._library.blob(entry)) if entry else SILENT

    def _judge(self, path: str, entry: Entry | None, law: CommitLaw, found: list[Happening]) -> None:
        folder, _, file_name = path.rpartition("/")
        role = role_of(file_name)
        if role is Role.VERSION and (path.startswith(self._versions) or path in self._ledger):
            ref = f"{folder[folder.rfind('/') + 1 :]}@{file_name[:-3]}"
            happening = self._ledger.record(path, ref, entry, law)
            if happening is not None:
                found.append(happening)
        elif role is Role.MANIFEST:
            found += self._read_manifest(path, folder)

    def _read_manifest(self, path: str, folder: str) -> Iterator[Happening]:
        """What is newly deprecated, and what no longer is though it was not retired."""
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
