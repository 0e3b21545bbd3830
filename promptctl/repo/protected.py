"""The protected branches as this clone knows them: which they are, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.repo.git import decode, fetch_command
from promptctl.tree.policy import POLICY_FILE, Policy, parse_policy

if TYPE_CHECKING:
    from promptctl.repo.repository import Repository
    from promptctl.tree.library import Library


@dataclass(frozen=True, slots=True)
class Base:
    """`commit` is None where nothing is protected yet; `label` says in words which base was taken.

    `name` is what git calls it, for commands that people are to run. `replaced`: head took its place, as in a push,
    and is not merged into it. `others` are the tips of the other protected branches, where nothing says which of them
    the change is meant for.
    """

    commit: str | None
    label: str
    name: str = "HEAD"
    replaced: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Branch:
    """A local branch: its commit, its upstream's ref name, and whether it is checked out here."""

    commit: str
    upstream: str
    current: bool


def protected_at(repository: Repository, library: Library, root: str, commit: str | None) -> tuple[str, ...]:
    """The branches that the policy committed at `commit` protects, or the default where it says nothing readable."""
    entry = repository.snapshot(commit).entry(root + POLICY_FILE)
    policy = parse_policy(library.policy(entry)) if entry else None
    return (policy or Policy()).protected


def refuse_unreadable(repository: Repository, library: Library, root: str) -> None:
    """Raise Undecided where HEAD's policy cannot be read, so that nobody looks for a branch that it does not name."""
    entry = repository.snapshot(repository.head).entry(root + POLICY_FILE)
    document = library.policy(entry) if entry else None
    if document is not None and parse_policy(document) is None:
        fault = document.faults[0].message if document.faults else "it is no text"
        message = f"the policy in HEAD cannot be read, so nothing says which branch is protected: {fault}"
        raise Undecided(message, hint=f"mend {POLICY_FILE} and commit that alone; or --base REF")


def protected_tips(repository: Repository, protected: tuple[str, ...]) -> list[Base]:
    """Every protected branch that this clone knows, its upstream before itself."""
    refs = _read_refs(repository, protected)
    tips = []
    for name in protected:
        tips += [base for base in (_upstream(repository, refs, name), _local(refs, name)) if base]
    return tips


def local_base(repository: Repository, protected: tuple[str, ...]) -> Base:
    """The first protected branch that is here: the one that is checked out before others, upstreams before branches.

    Raises Undecided, with the fetch that mends it, where none is here although there are commits.
    """
    refs = _read_refs(repository, protected)
    ordered = sorted(protected, key=lambda name: not _is_current(refs, name))
    found = [base for name in ordered if (base := _upstream(repository, refs, name) or _local(refs, name))]
    if found:
        others = () if _is_current(refs, ordered[0]) else tuple(str(base.commit) for base in found[1:])
        return replace(found[0], others=others)
    if repository.head is None:
        return Base(None, "nothing: no commit is protected yet")
    raise _missing(repository, protected)


def _missing(repository: Repository, protected: tuple[str, ...]) -> Undecided:
    message = f"the protected branch is not in this clone: {' or '.join(protected)}"
    out = repository.git.run("for-each-ref", "--count=3", "--sort=-HEAD", "--format=%(refname)", "refs/heads/")
    here = ", ".join(decode(line).removeprefix("refs/heads/") for line in out.split(b"\n")[:-1])
    misspelt = f"or, where {POLICY_FILE} misspells it, name another under `protected`" + (f" ({here})" if here else "")
    alone = f"and commit that alone: git commit -m 'Mend the policy' {POLICY_FILE}"
    return Undecided(message, hint=f"{fetch_command(protected[0])}; or --base REF; {misspelt} {alone}")


def _upstream(repository: Repository, refs: dict[str, _Branch], name: str) -> Base | None:
    local = refs.get(f"refs/heads/{name}")
    if local is not None and local.upstream:
        commit = repository.objects.commit(local.upstream)
        if commit is not None:
            short = local.upstream.removeprefix("refs/remotes/").removeprefix("refs/heads/")
            return Base(commit, short, short)
    remote = refs.get(f"refs/remotes/origin/{name}")
    return Base(remote.commit, f"origin/{name}", f"origin/{name}") if remote else None


def _local(refs: dict[str, _Branch], name: str) -> Base | None:
    local = refs.get(f"refs/heads/{name}")
    if local is None:
        return None
    return Base(local.commit, f"HEAD on {name}", "HEAD") if local.current else Base(local.commit, name, name)


def _is_current(refs: dict[str, _Branch], name: str) -> bool:
    local = refs.get(f"refs/heads/{name}")
    return local is not None and local.current


def _read_refs(repository: Repository, names: tuple[str, ...]) -> dict[str, _Branch]:
    patterns = [f"{place}{name}" for name in names for place in ("refs/heads/", "refs/remotes/origin/")]
    fields = "%(refname)%00%(objectname)%00%(upstream)%00%(HEAD)"
    out = repository.git.run("for-each-ref", f"--format={fields}", *patterns)
    refs = {}
    for line in decode(out).split("\n")[:-1]:  # a name may hold what Python takes for the end of a line
        ref, commit, upstream, current = line.split("\0")
        refs[ref] = _Branch(commit, upstream, current == "*")
    return refs
