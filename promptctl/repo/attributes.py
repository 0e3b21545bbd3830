"""What `.gitattributes` say of files: which are generated, and which git converts when it checks them out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.repo.git import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from promptctl.core.entries import Entry
    from promptctl.repo.git import Git

_FILE = ".gitattributes"
_MARKS = {
    b"linguist-generated": {b"set", b"true"},
    b"linguist-vendored": {b"set", b"true"},
    b"diff": {b"unset"},
}
_CONVERSIONS = (b"filter", b"ident", b"working-tree-encoding", b"export-subst", b"export-ignore")
_NOTHING = {b"unspecified", b"unset", b""}
_STORED = {(b"working-tree-encoding", b"utf-8"), (b"working-tree-encoding", b"utf8")}
_SETTINGS = (f"core.attributesFile={os.devnull}", "core.splitIndex=false", "core.fsmonitor=false")


def marked_files(git: Git, entry: Callable[[str], Entry | None], paths: Collection[str]) -> frozenset[str]:
    """Those of the paths that are marked as generated, vendored or not fit to be compared."""
    answers = _ask(git, entry, paths, _MARKS)
    return frozenset(path for path, mark, value in answers if value in _MARKS[mark])


def conversions(git: Git, entry: Callable[[str], Entry | None], paths: Collection[str]) -> dict[str, str]:
    """Those of the paths that git checks out or exports with other bytes than it stores, and by which attribute.

    Line ends are left to it: they depend on the machine as much, and are the same text to every reader of lines.
    """
    found: dict[str, str] = {}
    for path, word, value in _ask(git, entry, paths, _CONVERSIONS):
        if value not in _NOTHING and (word, value.lower()) not in _STORED:
            found.setdefault(path, decode(word if value == b"set" else word + b"=" + value))
    return found


def _ask(
    git: Git, entry: Callable[[str], Entry | None], paths: Collection[str], words: Iterable[bytes]
) -> Iterator[tuple[str, bytes, bytes]]:
    """Path, attribute and value, by the attribute files that `entry` knows, whatever is checked out."""
    files = {path: found for path in _attribute_files(paths) if (found := entry(path)) is not None}
    if not files:
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="promptctl-") as folder:
        extra = {"GIT_INDEX_FILE": str(Path(folder) / "index"), "GIT_ATTR_NOSYSTEM": "1"}
        git = git.with_environment(extra).with_settings(_SETTINGS)
        entries = b"".join(f"{item.mode} {item.oid}\t".encode() + encode(path) + b"\0" for path, item in files.items())
        git.run("update-index", "-z", "--index-info", stdin=entries)
        asked = b"".join(encode(path) + b"\0" for path in sorted(paths))
        out = git.run("check-attr", "--cached", "-z", "--stdin", *map(decode, words), stdin=asked).split(b"\0")
    yield from zip(map(decode, out[0::3]), out[1::3], out[2::3], strict=False)


def _attribute_files(paths: Collection[str]) -> frozenset[str]:
    """The files that could say something of the paths: one in each folder above them."""
    found = {_FILE} if paths else set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and f"{folder}/{_FILE}" not in found:
            found.add(f"{folder}/{_FILE}")
            folder = folder.rpartition("/")[0]
    return frozenset(found)
