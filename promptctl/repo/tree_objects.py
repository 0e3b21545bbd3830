"""Reads tree objects, and takes none that git itself would not write.

Git passes on trees that name a path twice or out of order unless it is told to check them (`receive.fsckObjects`), and
its commands then disagree about what such a tree holds: what a comparison overlooks may be what a checkout writes.
"""

from __future__ import annotations

import stat
from functools import lru_cache

from promptctl.core.entries import EXECUTABLE, REGULAR, Entry
from promptctl.core.errors import Undecided
from promptctl.repo.git import decode

FOLDER = "040000"
_LINK = "120000"
_SUBMODULE = "160000"
_NO_NAMES = frozenset({b"", b".", b"..", b".git"})


def parse_tree(oid: str, data: bytes) -> dict[str, Entry]:
    r"""The entries by name, of `<mode> <name>\\0<raw id>` each. Raises Undecided where the tree is malformed."""
    width = len(oid) // 2  # 20 bytes an id for sha1, 32 for sha256
    entries: dict[str, Entry] = {}
    position, before = 0, b""
    try:
        while position < len(data):
            space = data.index(b" ", position)
            null = data.index(b"\0", space)
            mode, raw = _mode(data[position:space]), data[space + 1 : null]
            position = null + 1 + width
            name, key = decode(raw), raw + b"/" if mode == FOLDER else raw
            if key <= before or name in entries or b"/" in raw or raw.lower() in _NO_NAMES:
                raise _malformed(oid, name)
            before = key
            entries[name] = Entry(mode, data[null + 1 : position].hex())
    except ValueError as error:
        raise _malformed(oid, None) from error
    if position != len(data):
        raise _malformed(oid, None)
    return entries


@lru_cache(maxsize=64)
def _mode(raw: bytes) -> str:
    """A mode as git understands it: old trees have more of them than git writes today."""
    mode = int(raw, 8)
    if stat.S_ISREG(mode):
        return EXECUTABLE if mode & stat.S_IXUSR else REGULAR
    if stat.S_ISLNK(mode):
        return _LINK
    return FOLDER if stat.S_ISDIR(mode) else _SUBMODULE


def _malformed(oid: str, name: str | None) -> Undecided:
    where = f" at {name!r}" if name is not None else ""
    message = f"tree {oid} is malformed{where}: git would not have written it, and nobody can say what it holds"
    return Undecided(message, hint="git fsck names what is wrong; make the commit anew with git add and git commit")
