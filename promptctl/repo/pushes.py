"""What a push changes, as git tells its hooks on their standard input."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promptctl.core.errors import UsageError
from promptctl.repo.git import decode

if TYPE_CHECKING:
    from promptctl.repo.repository import Repository

BRANCH = "refs/heads/"
_ID = "(?:[0-9a-f]{40}|[0-9a-f]{64})"
_RECEIVED = re.compile(f"(?P<old>{_ID}) (?P<new>{_ID}) (?P<ref>refs/.+)")
_PUSHED = re.compile(f".+ (?P<new>{_ID}) (?P<ref>refs/[^ ]+) (?P<old>{_ID})")  # the local name may hold spaces


@dataclass(frozen=True, slots=True)
class Update:
    """One ref on the side that is pushed to: where it stood (None: it is new) and stands then (None: it is deleted)."""

    ref: str
    old: str | None
    new: str | None

    @property
    def branch(self) -> str | None:
        """The branch that the ref is, or None for a tag or anything else."""
        return self.ref.removeprefix(BRANCH) if self.ref.startswith(BRANCH) else None


def parse_received(data: bytes) -> tuple[Update, ...]:
    """What pre-receive reads, `<old id> <new id> <ref>` a line; raises UsageError for anything else.

    Git does not call the hook for nothing, so an empty input means that somebody else has read it.
    """
    if not data.strip():
        raise UsageError(
            "standard input names no refs",
            hint="git passes them to the hook; a hook that reads them first must pass them on",
        )
    return _parse(data, _RECEIVED, "<old id> <new id> <ref>")


def parse_pushed(data: bytes) -> tuple[Update, ...]:
    """What pre-push reads, `<local ref> <local id> <remote ref> <remote id>` a line; none when all is up to date."""
    return _parse(data, _PUSHED, "<local ref> <local id> <remote ref> <remote id>")


def _parse(data: bytes, form: re.Pattern[str], words: str) -> tuple[Update, ...]:
    updates = []
    for line in decode(data).removesuffix("\n").split("\n") if data else ():
        found = form.fullmatch(line)
        if found is None:
            message = f"standard input is not `{words}`: {line!r}"
            raise UsageError(message, hint="git passes these lines to the hook")
        updates.append(Update(found["ref"], _known(found["old"]), _known(found["new"])))
    return tuple(updates)


def _known(oid: str) -> str | None:
    """Git writes zeros for a ref that is not there."""
    return oid if oid.strip("0") else None


def without_aliases(repository: Repository, updates: tuple[Update, ...]) -> tuple[Update, ...]:
    """The updates by the refs that they really change: a push through a symbolic ref moves the ref that it names."""
    out = repository.git.run("for-each-ref", "--format=%(refname)%00%(symref)")
    pairs = (line.split("\0") for line in decode(out).split("\n")[:-1])
    targets = {ref: target for ref, target in pairs if target}
    return tuple(replace(update, ref=targets.get(update.ref, update.ref)) for update in updates)
