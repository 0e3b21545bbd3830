"""Folders on disk as the views that rules compare, without a repository."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from promptctl.core.entries import Blob, Entry
from promptctl.core.errors import Undecided
from promptctl.core.immutability import Places
from promptctl.core.mentions import NEAR
from promptctl.rules.base import Context
from promptctl.tree.change import Change
from promptctl.tree.layout import Layout, layout_for
from promptctl.tree.library import Library
from promptctl.tree.policy import POLICY_FILE, Policy, parse_policy
from promptctl.tree.snapshot import FlatSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Tree:
    """The entries of a folder and the content of its files, by object id."""

    entries: dict[str, Entry] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)

    def add(self, path: str, data: bytes, mode: str = "100644") -> None:
        oid = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        self.entries[path] = Entry(mode, oid)
        self.blobs[oid] = data

    def blob(self, entry: Entry) -> Blob:
        data = self.blobs[entry.oid]
        return Blob(len(data), data if len(data) <= 1024 * 1024 else None)

    def prefetch(self, entries: Any) -> None:
        list(entries)


@dataclass
class CaseFacts:
    """What a case says of history, in its `facts.yaml`, and what its trees say of files that are not managed."""

    said: dict[str, Any]
    layout: Layout
    head: Tree
    before: tuple[Tree, ...]
    past: tuple[Tree, ...] = ()

    def history(self, paths: Any) -> Iterator[FlatSnapshot]:
        """Base, and what the case's `past/` holds: a folder for each state before, the newest first."""
        for tree in (self.before[0], *self.past):
            kept = {
                p: e for p, e in tree.entries.items() if any(p == name or p.startswith(f"{name}/") for name in paths)
            }
            yield FlatSnapshot(kept)
        if self.said.get("history") == "cut":
            raise Undecided("this is a shallow clone: its history is cut short", hint="git fetch --unshallow")

    def authors(self, path: str) -> list[str]:
        return list(self.said.get("authors", {}).get(path, ["Test Author", "author@example.com"]))

    def first_release(self, path: str) -> Entry | None:
        oid = self.said.get("first-release", {}).get(path)
        return Entry("100644", oid) if oid else None

    def was_released(self, path: str, _: Entry) -> bool:
        return path not in self.said.get("drafts", ())

    def exists(self, path: str) -> bool:
        return path in self.head.entries

    def changes_elsewhere(self) -> bool:
        return bool(self.said.get("changes-elsewhere"))

    def touched_elsewhere(self) -> list[str]:
        entries = self.head.entries.items()
        changed = [path for path, entry in entries if all(entry != tree.entries.get(path) for tree in self.before)]
        return [path for path in changed if not self.layout.is_managed(path)]

    def outside(self, *, everything: bool) -> list[str]:
        outside = [path for path in self.head.entries if not self.layout.is_managed(path)]
        return outside if everything else [path for path in outside if path in self.touched_elsewhere()]

    def conversions(self, paths: Any, _: Any) -> dict[str, str]:
        return {path: word for path, word in self.said.get("conversions", {}).items() if path in paths}

    def mentions(self, names: Any, paths: Any, _: Any) -> dict[str, dict[int, str]]:
        return self._mentions(self.head, names, paths)

    def mentioned_before(self, names: Any, paths: Any) -> list[dict[str, dict[int, str]]]:
        return [self._mentions(tree, names, paths) for tree in self.before]

    def _mentions(self, tree: Tree, names: Any, paths: Any) -> dict[str, dict[int, str]]:
        found = {}
        for path, entry in tree.entries.items():
            data = tree.blobs[entry.oid]
            asked = not paths or any(path == name or path.startswith(f"{name}/") for name in paths)
            if asked and entry.mode != "120000" and b"\0" not in data and not self.layout.is_managed(path):
                lines = data.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n")
                hits = [number for number, line in enumerate(lines, 1) if any(name in line for name in names)]
                near = {number for hit in hits for number in range(hit - NEAR - 1, hit + NEAR + 2)}
                found[path] = {number: line for number, line in enumerate(lines, 1) if number in near}
        return found

    def generated(self, paths: Any) -> set[str]:
        return set(self.said.get("generated", ())) & set(paths)


def read_tree(folder: Path) -> Tree:
    """Every file of a folder: links and executable bits as git would store them."""
    tree = Tree()
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root) / name
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink():
                tree.add(relative, str(path.readlink()).encode(), "120000")
            else:
                tree.add(relative, path.read_bytes(), "100755" if os.access(path, os.X_OK) else "100644")
    return tree


def context_of(
    base: Tree, head: Tree, fork: Tree | None, facts: dict[str, Any], past: tuple[Tree, ...] = ()
) -> Context:
    """The context that rules get for these trees; `facts` as in a case's `facts.yaml`, `past` as in its `past/`."""
    every = Tree({}, {oid: data for tree in (base, head, fork or base, *past) for oid, data in tree.blobs.items()})
    library = Library(every)
    root = str(facts.get("root", ""))
    file = root + POLICY_FILE
    documents = [library.policy(t.entries[file]) if file in t.entries else None for t in (base, head)]
    policy = next((p for d in documents if d and (p := parse_policy(d))), Policy())
    forks: tuple[Tree, ...] | None = None if facts.get("fork") == "unknown" else (fork or base,)
    paths = set(base.entries) | set(head.entries) | set((fork or base).entries)
    differing = {}
    for path in paths:
        in_forks = None if forks is None else tuple(t.entries.get(path) for t in forks)
        places = Places(in_forks, base.entries.get(path), head.entries.get(path))
        if places.base != places.head or any(entry != places.base for entry in in_forks or ()):
            differing[path] = places
    layout = layout_for(root, policy.paths)
    change = Change(
        base=FlatSnapshot(base.entries),
        head=FlatSnapshot(head.entries),
        differing=differing,
        layout=layout,
        library=library,
        facts=CaseFacts(facts, layout, head, (base, *(forks or ())), past),
        everything=bool(facts.get("all")),
        only=tuple(facts.get("only", ())),
    )
    today = str(facts.get("today", "2026-11-22"))
    return Context(change, policy, today, base_document=documents[0], head_document=documents[1])


def read_facts(case: Path) -> dict[str, Any]:
    path = case / "facts.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}


def read_past(case: Path) -> tuple[Tree, ...]:
    """The states in a case's `past/`, by the names of their folders."""
    folder = case / "past"
    return tuple(read_tree(state) for state in sorted(folder.iterdir())) if folder.is_dir() else ()
