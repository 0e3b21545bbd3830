"""Walks a branch from its first commit to its tip and tells what each commit did to some folders."""

from __future__ import annotations

import re
from itertools import chain
from typing import IO, TYPE_CHECKING, NamedTuple

from promptctl.core.entries import Entry
from promptctl.core.errors import Undecided
from promptctl.repo.git import decode, unreadable
from promptctl.repo.history import PLAIN
from promptctl.repo.raw import RAW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.repo.repository import Repository

# Besides what `git log` obeys: names come in one encoding, and parents from the commits themselves, not from a cache.
_SETTINGS = (*PLAIN, "i18n.logOutputEncoding=UTF-8", "core.commitGraph=false")
_FIELDS = "--format=%H%x00%P%x00%an%x00%ae%x00%aI%x00%ct"
_CHUNK = 1 << 18
_META = (":", "\n:")  # how the description of a difference starts
_OBJECT_ID = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Commit(NamedTuple):
    """`date` is the author's, ISO 8601 with offset; `committed` is when git wrote the commit, in seconds since 1970.

    Either is empty where the commit states none that git can read.
    """

    oid: str
    author: str
    email: str
    date: str
    committed: str


class Step(NamedTuple):
    """One commit: what it put at paths, and the paths that it removed."""

    commit: Commit
    placed: list[tuple[str, Entry]]
    removed: list[str]


def walk(repository: Repository, tip: str, paths: Iterable[str]) -> Iterator[Step]:
    """Every commit on the first-parent history of `tip`, the oldest first, with its changes under `paths`.

    A merge is compared with its first parent (`-m`), so what was edited inside it counts. Commits that changed nothing
    are steps too (`--sparse`): each must be the parent of the next, which shows that none is missing. Raises Undecided
    where history is cut short or cannot be read to its end.
    """
    if repository.shallow:
        raise Undecided("this is a shallow clone: its history is cut short", hint="git fetch --unshallow")
    order = ("--first-parent", "-m", "--sparse", "--reverse")
    git = repository.git.with_settings(_SETTINGS)
    process = git.start("log", *order, *RAW, _FIELDS, tip, "--", *paths)
    try:
        if process.stdin is not None:
            process.stdin.close()
        last = None
        for last in _steps(process.stdout):
            yield last
        if process.wait() != 0 or last is None or last.commit.oid != tip:
            raise unreadable("in the history")
    finally:
        process.kill()
        if process.stdout is not None:
            process.stdout.close()
        process.wait()


def _steps(stream: IO[bytes] | None) -> Iterator[Step]:
    """What git prints: six fields a commit, then a description and a path for each difference; a zero byte ends all."""
    tokens = chain.from_iterable(_tokens(stream))
    parent = ""
    oid = next(tokens, None)
    while oid is not None:
        parents, *fields = (next(tokens, "") for _ in range(5))
        if not _OBJECT_ID.fullmatch(oid) or parents.partition(" ")[0] != parent:
            raise unreadable("in the history")
        step = Step(Commit(oid, *fields), [], [])
        parent, oid = oid, _read_changes(tokens, step)
        yield step


def _read_changes(tokens: Iterator[str], step: Step) -> str | None:
    """Fill in the differences of a commit; what stands behind them starts the next one.

    They read `:<old mode> <mode> <old id> <id> <letter>`, all but the letter of fixed width. There may be millions.
    """
    width = len(step.commit.oid)
    mode = slice(-10 - 2 * width, -4 - 2 * width)
    oid = slice(-2 - width, -2)
    for meta in tokens:
        if not meta.startswith(_META):
            return meta
        path = next(tokens, "")
        if meta[-1] == "D":
            step.removed.append(path)
        else:
            step.placed.append((path, Entry(meta[mode], meta[oid])))
    return None


def _tokens(stream: IO[bytes] | None) -> Iterator[list[str]]:
    rest = b""
    while stream is not None and (chunk := stream.read(_CHUNK)):
        whole, end, rest = (rest + chunk).rpartition(b"\0")
        if end:
            yield decode(whole).split("\0")
    if rest:
        raise unreadable("in the history")
