"""What the history of files tells: when a path appeared, with which bytes, and by whom."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.repo.git import decode
from promptctl.repo.raw import parse_differences

# `git log` obeys configuration that would follow renames, hide commits or print more than the records.
PLAIN = (
    "log.follow=false",
    "log.showSignature=false",
    "log.showRoot=true",
    "log.diffMerges=separate",
    f"diff.orderFile={os.devnull}",
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from promptctl.core.entries import Entry
    from promptctl.repo.raw import Difference
    from promptctl.repo.repository import Repository


def first_entry(repository: Repository, commit: str, path: str) -> Entry | None:
    """The entry with which a path first appeared on the first-parent history of `commit`.

    None where the history is cut short, so that an earlier appearance cannot be ruled out. `-m` makes merges show
    what they brought in, which a plain log hides.
    """
    if repository.shallow:
        return None
    found = _differences(repository, commit, path, "--reverse", "--diff-filter=A")
    return next((difference.new for difference in found if difference.path == path), None)


def stood_at(repository: Repository, commit: str, path: str, entry: Entry) -> bool:
    """Whether a path ever had this entry on the first-parent history of `commit`; True where that is cut short."""
    if repository.shallow:
        return True
    found = _differences(repository, commit, path)
    return any(difference.path == path and entry in (difference.old, difference.new) for difference in found)


def _differences(repository: Repository, commit: str, path: str, *options: str) -> Iterator[Difference]:
    """What each commit of a first-parent history did to a path, as first-parent merges show it (`-m`)."""
    arguments = ("--first-parent", "-m", *options, "--raw", "-z", "--no-renames", "--no-abbrev")
    out = repository.git.with_settings(PLAIN).run("log", "--format=", *arguments, commit, "--", path)
    return parse_differences(out)


@dataclass(frozen=True, slots=True)
class Event:
    """A commit that touched a path: `date` is the author's, ISO 8601 with offset."""

    commit: str
    author: str
    email: str
    date: str
    path: str


def introductions(repository: Repository, commit: str, folder: str) -> dict[tuple[str, str], Event]:
    """The commit that first gave each path of a folder each of its contents, by path and object id.

    Looks at the whole history of `commit`, and into merges (`-m`), so a file that only a merge brought in is found.
    """
    fields = "%x01%H%x02%aI%x02%ae%x02%an"  # the name last: it may hold anything but NUL and line ends
    order = ("-z", "-m", "--reverse", "--topo-order", "--diff-filter=AMT", "--no-renames", "--raw", "--no-abbrev")
    paths = ("--", f":(literal){folder}")
    out = repository.porcelain.git(c=PLAIN).log(*order, f"--format={fields}", commit, *paths, stdout_as_string=False)
    found: dict[tuple[str, str], Event] = {}
    current: list[str] = []
    tokens = iter(decode(token).lstrip("\n") for token in bytes(out).split(b"\0"))
    for token in tokens:
        if token.startswith("\x01"):
            current = token[1:].split("\x02", 3)
        elif token.startswith(":"):
            path = next(tokens)
            sha, date, email, author = current
            found.setdefault((path, token.split(" ")[3]), Event(sha, author, email, date, path))
    return found


def file_authors(repository: Repository, commit: str | None, path: str, entry: Entry | None) -> Collection[str]:
    """The names and addresses of those who wrote a file in the history of `commit`.

    Where no commit there has these bytes, also of whoever would commit now. Raises Undecided in a shallow clone.
    """
    if repository.shallow:
        raise Undecided("this is a shallow clone: its history is cut short", hint="git fetch --unshallow")
    events = introductions(repository, commit, path) if commit else {}
    found = {word for event in events.values() for word in (event.author, event.email)}
    if entry is None or (path, entry.oid) not in events:
        found.update(whoever(repository))
    return found


def whoever(repository: Repository) -> tuple[str, str]:
    """Name and address of whoever would be the author of a commit made now. Raises Undecided where git knows none."""
    ident = decode(repository.git.run("var", "GIT_AUTHOR_IDENT"))
    name, _, rest = ident.partition(" <")
    return name, rest.partition(">")[0]
