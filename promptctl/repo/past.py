"""What some files were at each commit of a branch, from its tip backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.entries import Entry
from promptctl.core.errors import Undecided
from promptctl.repo.git import decode
from promptctl.repo.history import PLAIN
from promptctl.repo.raw import RAW, parse_differences
from promptctl.tree.snapshot import FlatSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.repo.repository import Repository

_ABSENT = "000000"


def states(repository: Repository, tip: str, paths: tuple[str, ...]) -> Iterator[FlatSnapshot]:
    """The files under `paths` at the tip, and before each first-parent commit that changed any, the newest first.

    Raises Undecided where a shallow clone is cut off: what was before is not known.
    """
    entries = _files(repository, tip, paths)
    yield FlatSnapshot(dict(entries))
    ends = _cut_off(repository)
    for commit, differences in _changes(repository, tip, paths):
        if commit in ends:
            raise Undecided("this is a shallow clone: its history is cut short", hint="git fetch --unshallow")
        for path, old in differences:
            entries.pop(path, None)
            if old is not None:
                entries[path] = old
        yield FlatSnapshot(dict(entries))
    if ends:
        raise Undecided("this is a shallow clone: its history is cut short", hint="git fetch --unshallow")


def _files(repository: Repository, tip: str, paths: tuple[str, ...]) -> dict[str, Entry]:
    out = repository.git.run("diff-tree", *RAW, repository.empty_tree, tip, "--", *paths)
    return {path: new for path, _, new in parse_differences(out) if new is not None}


def _cut_off(repository: Repository) -> frozenset[str]:
    if not repository.shallow:
        return frozenset()
    file = repository.common_dir / "shallow"
    return frozenset(file.read_text(encoding="ascii").split()) if file.exists() else frozenset({""})


def _changes(
    repository: Repository, tip: str, paths: tuple[str, ...]
) -> Iterator[tuple[str, list[tuple[str, Entry | None]]]]:
    """Each commit with the paths that it changed and what they were before."""
    order = ("--first-parent", "-m", "-z", "--raw", "--no-renames", "--no-abbrev", "--format=%x01%H")
    out = repository.git.with_settings(PLAIN).run("log", *order, tip, "--", *paths)
    commit, found = "", list[tuple[str, Entry | None]]()
    tokens = iter(decode(token).lstrip("\n") for token in out.split(b"\0"))
    for token in tokens:
        if token.startswith("\x01"):
            if commit:
                yield commit, found
            commit, found = token[1:], []
        elif token.startswith(":"):
            mode, _, oid, *_ = token[1:].split(" ")
            found.append((next(tokens), None if mode == _ABSENT else Entry(mode, oid)))
    if commit:
        yield commit, found
