"""Walks a branch from its first commit to its tip and tells what each commit did to some folders."""

from __future__ import annotations

import re
from itertools import chain
from typing import IO, TYPE_CHECKING, NamedTuple

from promptctl.core.entries import REGULAR, Entry
from promptctl.core.errors import Undecided
from promptctl.core.events import Commit
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
_DIFFERENCE = (":", "\n:")  # how one starts
ADDED = tuple(f"{start}000000 {REGULAR} " for start in _DIFFERENCE)
_OBJECT_ID = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Step(NamedTuple):
    """One commit: what it put where, as pairs of a raw difference and a path, and the paths that it removed.

    Most differences need no reading: one that starts with any of `ADDED` put a regular file where there was none.
    """

    commit: Commit
    placed: list[tuple[str, str]]
    removed: list[str]


def entry_of(difference: str) -> Entry:
    """What a raw difference, `:<old mode> <mode> <old id> <id> <letter>`, put at its path."""
    _, mode, _, oid, _ = difference.split(" ")
    return Entry(mode, oid)


def walk(repository: Repository, tip: str, paths: Iterable[str]) -> Iterator[Step]:
    """Every commit on the first-parent history of `tip`, the oldest first, with its changes under `paths`, or all.

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
    """What git prints: three pairs of fields a commit, and behind them a pair for each difference."""
    tokens = chain.from_iterable(_tokens(stream))
    pairs = zip(tokens, tokens, strict=True)
    step: Step | None = None
    try:
        for pair in pairs:
            if not pair[0].startswith(_DIFFERENCE):
                if step is not None:
                    yield step
                step = _begin(pair, pairs, step)
            elif step is None:
                raise unreadable("in the history")
            elif pair[0][-1] == "D":
                step.removed.append(pair[1])
            else:
                step.placed.append(pair)
    except ValueError as error:  # half a pair
        raise unreadable("in the history") from error
    if step is not None:
        yield step


def _begin(names: tuple[str, str], pairs: Iterator[tuple[str, str]], before: Step | None) -> Step:
    oid, parents = names
    wanted = before.commit.oid if before else ""
    if not _OBJECT_ID.fullmatch(oid) or parents.partition(" ")[0] != wanted:
        raise unreadable("in the history")
    (author, email), (date, committed) = next(pairs, ("", "")), next(pairs, ("", ""))
    return Step(Commit(oid, author, email, date, committed), [], [])


def _tokens(stream: IO[bytes] | None) -> Iterator[list[str]]:
    rest = b""
    while stream is not None and (chunk := stream.read(_CHUNK)):
        whole, end, rest = (rest + chunk).rpartition(b"\0")
        if end:
            yield decode(whole).split("\0")
    if rest:
        raise unreadable("in the history")
