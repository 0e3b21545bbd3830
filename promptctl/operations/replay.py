"""Replays a branch commit by commit and keeps the book of its released versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.events import Event, Kind, ref_of
from promptctl.core.ledger import Ledger
from promptctl.operations.law import CommitLaw
from promptctl.operations.shifts import Shifts
from promptctl.repo.walk import ADDED, entry_of
from promptctl.tree.layout import MANIFEST, Role, layout_for, role_of
from promptctl.tree.life import SILENT, Lives
from promptctl.tree.policy import Paths, Policy, parse_policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.entries import Entry
    from promptctl.core.events import Commit
    from promptctl.operations.shifts import Asked, Interval
    from promptctl.repo.walk import Step
    from promptctl.tree.library import Library
    from promptctl.tree.life import Life

_MANIFEST = f"/{MANIFEST}"


class Replay:
    """What became of the versions after each commit, and the state of the other files in the watched folders.

    The policy says where versions lie. Where it is absent or unreadable, what it last said goes on to hold; what was
    released under an earlier one stays watched. `folders` are all the template folders that it ever named.
    """

    def __init__(self, library: Library, root: str, asked: Asked | None = None) -> None:
        self._library = library
        self._layout = layout_for(root, Paths())
        self._state: dict[str, Entry] = {}
        self._fresh: dict[str, str] = {}  # differences that released a file which no commit has touched since
        self._ledger = Ledger()
        self._lives = Lives()
        self._shifts = Shifts(library, asked)
        self._deprecated: dict[str, dict[str, str]] = {}
        self.folders = {self._layout.templates}

    @property
    def root(self) -> str:
        return self._layout.root

    @property
    def policy_path(self) -> str:
        return self._layout.policy

    @property
    def intervals(self) -> list[Interval]:
        return self._shifts.intervals

    def apply(self, step: Step) -> list[Event]:
        """Take in the next commit; its removals are judged first, as the ledger asks."""
        before = self._state.get(self.policy_path)
        for path in step.removed:
            self._state.pop(path, None)
        manifests = [path for path in step.removed if path.endswith(_MANIFEST)]
        events, touched = self._release(step, manifests)
        if self._state.get(self.policy_path) != before and self._moves():
            touched += self._sweep()
            manifests += [path for path in self._state if path.endswith(_MANIFEST)]
        if touched or step.removed:
            law = CommitLaw(self, step, before)
            changes = [*((path, None) for path in step.removed if self._is_watched(path)), *touched]
            events += [event for path, entry in changes if (event := self._touch(path, entry, law))]
        for path in manifests:
            events += self._read_manifest(path, step.commit)
        return [*events, *self._shift(step)]

    def _shift(self, step: Step) -> list[Event]:
        """What a commit moved in environments."""
        config = f"{self._layout.config}/"
        changed: list[tuple[str, Entry | None]] = [(path, None) for path in step.removed if path.startswith(config)]
        changed += [(path, entry_of(raw)) for raw, path in step.placed if path.startswith(config)]
        return list(self._shifts.apply(step.commit, self._layout, changed)) if changed else []

    def _release(self, step: Step, manifests: list[str]) -> tuple[list[Event], list[tuple[str, Entry]]]:
        """The versions that a commit plainly adds, and those that it did something else to; the rest is state.

        Manifests in the rest are noted.
        """
        added: list[tuple[str, str]] = []
        touched: list[tuple[str, Entry]] = []
        prefix, version = self._layout.templates + "/", Role.VERSION
        may_return = bool(step.removed) or self._ledger.misses_any
        for change in step.placed:
            difference, path = change
            is_version = path.startswith(prefix) and role_of(path[path.rfind("/") + 1 :]) is version
            if is_version and not may_return and difference.startswith(ADDED) and path not in self._ledger:
                added.append((path, difference))
            elif is_version or self._is_watched(path):
                touched.append((path, entry_of(difference)))
            else:
                self._state[path] = entry_of(difference)
                if path.endswith(_MANIFEST):
                    manifests.append(path)
        self._fresh.update(added)
        commit, released = step.commit, Kind.RELEASED
        return [Event(commit, released, path) for path, _ in added], touched

    def _is_watched(self, path: str) -> bool:
        return path in self._fresh or path in self._ledger

    def _sweep(self) -> list[tuple[str, Entry]]:
        """The files that are versions now that the policy looks where they lie."""
        prefix = self._layout.templates + "/"
        found = [path for path in sorted(self._state) if path.startswith(prefix)]
        return [(p, self._state.pop(p)) for p in found if role_of(p.rpartition("/")[2]) is Role.VERSION]

    def _touch(self, path: str, entry: Entry | None, law: CommitLaw) -> Event | None:
        released = self._fresh.pop(path, None)
        if released is not None:
            self._ledger.enter(path, entry_of(released))
        verdict = self._ledger.record(path, ref_of(path), entry, law)
        return Event(law.step.commit, verdict[0], path, verdict[1]) if verdict else None

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

    def _read_manifest(self, path: str, commit: Commit) -> Iterator[Event]:
        """What is newly deprecated, and what no longer is though it was not retired."""
        folder = path.removesuffix(_MANIFEST)
        known = self._deprecated.get(folder, {})
        watched = known or any(path.startswith(f"{place}/") for place in self.folders)
        life = self.life(folder) if watched else None
        if life is None or life.deprecated.keys() == known.keys():
            return
        self._deprecated[folder] = life.deprecated
        for version, detail in life.deprecated.items():
            if version not in known:
                yield Event(commit, Kind.DEPRECATED, path, detail, version)
        for version in known:
            if version not in life.deprecated and version not in life.retired:
                yield Event(commit, Kind.UNDEPRECATED, path, "", version)
