"""Which files `.gitattributes` call generated, vendored or not fit to be compared."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.repo.git import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from promptctl.core.entries import Entry
    from promptctl.repo.git import Git

_FILE = ".gitattributes"
_MARKS = {
    b"linguist-generated": {b"set", b"true"},
    b"linguist-vendored": {b"set", b"true"},
    b"diff": {b"unset"},
}
_SETTINGS = (f"core.attributesFile={os.devnull}", "core.splitIndex=false", "core.fsmonitor=false")


def marked_files(git: Git, entry: Callable[[str], Entry | None], paths: Collection[str]) -> frozenset[str]:
    """Those of the paths that are marked, by the attribute files that `entry` knows, whatever is checked out."""
    files = {path: found for path in _attribute_files(paths) if (found := entry(path)) is not None}
    if not files:
        return frozenset()
    import tempfile

    with tempfile.TemporaryDirectory(prefix="promptctl-") as folder:
        extra = {"GIT_INDEX_FILE": str(Path(folder) / "index"), "GIT_ATTR_NOSYSTEM": "1"}
        git = git.with_environment(extra).with_settings(_SETTINGS)
        entries = b"".join(f"{item.mode} {item.oid}\t".encode() + encode(path) + b"\0" for path, item in files.items())
        git.run("update-index", "-z", "--index-info", stdin=entries)
        asked = b"".join(encode(path) + b"\0" for path in sorted(paths))
        words = [decode(mark) for mark in _MARKS]
        out = git.run("check-attr", "--cached", "-z", "--stdin", *words, stdin=asked).split(b"\0")
    triples = zip(out[0::3], out[1::3], out[2::3], strict=False)
    return frozenset(decode(path) for path, mark, value in triples if value in _MARKS[mark])


def _attribute_files(paths: Collection[str]) -> frozenset[str]:
    """The files that could say something of the paths: one in each folder above them."""
    found = {_FILE} if paths else set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and f"{folder}/{_FILE}" not in found:
            found.add(f"{folder}/{_FILE}")
            folder = folder.rpartition("/")[0]
    return frozenset(found)
