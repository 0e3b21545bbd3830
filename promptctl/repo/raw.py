"""Reads what git prints with `-z`: raw differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.entries import Entry
from promptctl.core.errors import Undecided
from promptctl.repo.git import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

# What makes git print every change as bytes, whatever the configuration asks for.
RAW = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none")
_ABSENT = "000000"


class Difference(NamedTuple):
    """One path of a raw difference; None where the path is absent on that side."""

    path: str
    old: Entry | None
    new: Entry | None


def parse_differences(out: bytes) -> Iterator[Difference]:
    """The output of `git diff-tree` or `git diff-index` with `--raw -z --no-renames --no-abbrev`.

    Raises Undecided on an unmerged path: what would be committed is not known yet.
    """
    fields = out.split(b"\0")
    for header, name in zip(fields[0::2], fields[1::2], strict=False):
        old_mode, new_mode, old_oid, new_oid, status = header.lstrip(b":").decode("ascii").split(" ")
        if status == "U":
            raise unmerged(decode(name))
        yield Difference(decode(name), _entry(old_mode, old_oid), _entry(new_mode, new_oid))


def unmerged(path: str) -> Undecided:
    """What would be committed at `path` is not decided yet: a merge, a rebase or the like stopped there."""
    hint = "resolve the conflict and `git add` the file, or abort what `git status` says is in progress"
    return Undecided(f"{path} is unmerged", hint=hint)


def _entry(mode: str, oid: str) -> Entry | None:
    return None if mode == _ABSENT else Entry(mode, oid)
