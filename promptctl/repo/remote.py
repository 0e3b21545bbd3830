"""The protected branch on the server: where it stands there, and moving it by a push."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.repo.git import decode

if TYPE_CHECKING:
    from promptctl.repo.repository import Repository

_HEADS = "refs/heads/"
# What `git push --porcelain` gives as the reason of a `!` line when the branch had moved: found by git itself, or by a
# server that lost the race for the lock of the ref. Everything else that a server refuses, it refuses on purpose.
_RACED = (
    "fetch first",
    "non-fast-forward",
    "stale info",
    "cannot lock ref",
    "failed to update ref",
    "incorrect old value",
)


class Push(Enum):
    """How a push ended."""

    LANDED = "landed"
    RACED = "raced"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Upstream:
    """A branch on a server; `remote` is git's name for the server."""

    remote: str
    branch: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """`words` are the server's, for a push that did not land."""

    outcome: Push
    words: str = ""


def upstream_of(repository: Repository, branch: str) -> Upstream:
    """Where a local branch is pushed to: its configured upstream, else the branch of its name at `origin`.

    Raises Undecided where there is no such remote.
    """
    remote = _setting(repository, f"branch.{branch}.remote") or "origin"
    merge = _setting(repository, f"branch.{branch}.merge") or f"{_HEADS}{branch}"
    known = decode(repository.git.run("remote")).split("\n")
    if remote not in known:
        message = f"there is no remote {remote} to push to"
        raise Undecided(message, hint=f"git remote add {remote} URL; or leave out --push")
    return Upstream(remote, merge.removeprefix(_HEADS))


def _setting(repository: Repository, name: str) -> str:
    code, out, _ = repository.git.attempt("config", "--get", name)
    return decode(out).rstrip("\n") if code == 0 else ""


def fetch_tip(repository: Repository, upstream: Upstream) -> str:
    """The commit at which the branch stands on the server now. Raises Undecided where nobody answers."""
    tracking = f"refs/remotes/{upstream.remote}/{upstream.branch}"
    arguments = ("fetch", "--quiet", "--no-tags", upstream.remote, f"+{_HEADS}{upstream.branch}:{tracking}")
    code, _, err = repository.git.attempt(*arguments)
    if code != 0:
        reason = (decode(err).strip().split("\n") or [""])[-1]
        message = f"cannot fetch {upstream.branch} from {upstream.remote}: {reason}"
        raise Undecided(message, hint=f"git fetch {upstream.remote} {upstream.branch}")
    return decode(repository.git.run("rev-parse", "--verify", f"{tracking}^{{commit}}")).strip()


def push(repository: Repository, upstream: Upstream, commit: str) -> Pushed:
    """Move the branch on the server to `commit`, if it only goes forward by that.

    The porcelain lines are `<flag> TAB <from>:<to> TAB <summary> (<reason>)`, see git-push. Raises Undecided where the
    server cannot be asked.
    """
    target = f"{_HEADS}{upstream.branch}"
    code, out, err = repository.git.attempt("push", "--porcelain", upstream.remote, f"{commit}:{target}")
    told = next((line.split("\t") for line in decode(out).split("\n") if f":{target}\t" in line), None)
    if code == 0:
        return Pushed(Push.LANDED)
    if told is None or told[0] != "!":
        reason = (decode(err).strip().split("\n") or [""])[-1]
        message = f"cannot push to {upstream.remote}: {reason}"
        raise Undecided(message, hint="nothing was changed; try again")
    said = [line.removeprefix("remote:").strip() for line in decode(err).split("\n") if line.startswith("remote:")]
    words = " ".join(filter(None, said)) or told[2]
    return Pushed(Push.RACED if any(word in told[2] for word in _RACED) else Push.REFUSED, words)


def move_branch(repository: Repository, branch: str, commit: str, old: str) -> None:
    """Move a local branch that is not checked out, if it still stands at `old`. Raises Undecided where it does not."""
    code, _, err = repository.git.attempt("update-ref", "-m", "promptctl", f"{_HEADS}{branch}", commit, old)
    if code != 0:
        reason = (decode(err).strip().split("\n") or [""])[-1]
        message = f"{branch} cannot be moved: {reason}"
        raise Undecided(message, hint="nothing was changed; try again")


def is_checked_out(repository: Repository, branch: str) -> bool:
    """Whether any work tree of the repository has the branch checked out."""
    out = decode(repository.git.run("worktree", "list", "--porcelain", "-z"))
    return f"branch {_HEADS}{branch}" in out.split("\0")
