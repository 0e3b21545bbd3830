"""Puts base, fork and head together into the change that rules judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.core.immutability import Places
from promptctl.repo.facts import HistoryFacts
from promptctl.repo.heads import HeadKind
from promptctl.repo.objects import CommitSnapshot
from promptctl.repo.raw import RAW, parse_differences
from promptctl.tree.change import Change
from promptctl.tree.layout import Role
from promptctl.tree.snapshot import Overlay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from promptctl.core.entries import Entry
    from promptctl.repo.heads import Head
    from promptctl.repo.protected import Base
    from promptctl.repo.repository import Repository
    from promptctl.tree.layout import Layout
    from promptctl.tree.library import Library


_MERGED = "GITHEAD_"


def compare(
    repository: Repository,
    protected: Base,
    head: Head,
    layout: Layout,
    library: Library,
    *,
    everything: bool = False,
    only: tuple[str, ...] = (),
    replaces: bool = False,
) -> Change:
    """The change from what is protected to `head`. Raises Undecided as git's answers demand.

    `replaces`: head takes the place of base, as in a push, and is not merged into it; whatever it lacks is then lost.
    """
    base = protected.commit
    folders = layout.managed
    forks = (base,) if replaces and base else merge_bases(repository, base, head)
    from_base = head.differences(_base_tree(repository, base), folders)
    from_forks = [_since(repository, fork, str(base), folders) for fork in forks or ()]
    base_snapshot = repository.snapshot(base)
    differing: dict[str, Places] = {}
    for path in set(from_base).union(*from_forks):
        in_base, in_head = from_base.get(path) or (base_snapshot.entry(path),) * 2
        in_forks = None if forks is None else tuple(since.get(path, in_base) for since in from_forks)
        differing[path] = Places(in_forks, in_base, in_head)
    differing.update(_taken_elsewhere(repository, protected.others, differing, layout))
    _refuse_malformed(head, {*folders, *differing})
    patched = Overlay(base_snapshot, {path: places.head for path, places in differing.items()})
    return Change(
        base=base_snapshot,
        head=head.everything(folders) if everything else patched,
        differing=differing,
        layout=layout,
        library=library,
        facts=HistoryFacts(repository, base, forks, head, layout),
        everything=everything,
        only=only,
    )


def _taken_elsewhere(
    repository: Repository, others: tuple[str, ...], differing: Mapping[str, Places], layout: Layout
) -> Iterator[tuple[str, Places]]:
    """The versions that are new to base and that another protected branch has, as if base had them."""
    for commit in others:
        snapshot = repository.snapshot(commit)
        for path, places in differing.items():
            place = layout.place(path) if places.base is None and places.head is not None else None
            taken = snapshot.entry(path) if place is not None and place.role is Role.VERSION else None
            if taken is not None and taken != places.head:
                yield path, Places((None,), taken, places.head)


def _refuse_malformed(head: Head, paths: Iterable[str]) -> None:
    """Read every folder of a commit on the way to what differs; a malformed one may hold what git does not list."""
    if head.commit is not None:
        snapshot = CommitSnapshot(head.objects, head.objects.root(head.commit))
        for folder in sorted({path.rpartition("/")[0] for path in paths}):
            snapshot.files(folder)


def head_alone(
    repository: Repository, head: Head, layout: Layout, library: Library, *, only: tuple[str, ...] = ()
) -> Change:
    """The whole of head, where no base is known: nothing is compared, so only what head itself shows is judged."""
    return Change(
        base=repository.snapshot(None),
        head=head.everything(layout.managed),
        differing={},
        layout=layout,
        library=library,
        facts=HistoryFacts(repository, None, (), head, layout),
        everything=True,
        only=only,
    )


def _since(repository: Repository, fork: str, base: str, folders: tuple[str, ...]) -> dict[str, Entry | None]:
    """What a merge base has where it differs from base."""
    if fork == base:
        return {}
    out = repository.git.run("diff-tree", *RAW, fork, base, "--", *folders)
    return {path: old for path, old, _ in parse_differences(out)}


def _base_tree(repository: Repository, base: str | None) -> str:
    return repository.empty_tree if base is None else base


def merge_bases(repository: Repository, base: str | None, head: Head) -> tuple[str, ...] | None:
    """The best common ancestors of base and head; None where they are unknown.

    For the index head is the commit that would be made, so a merge in progress counts with all its parents. In a
    shallow clone an ancestor that was found need not be the best one: it is believed only where it is base itself or
    head's only parent, because then nothing can lie between. A parent that head's own commit names is taken for one
    where the clone is cut off before it, too.
    """
    if base is None:
        return ()
    parents = _parents(repository, head)
    if not parents:
        return None
    if parents == [base] or (head.commit is not None and base in repository.objects.parents(head.commit)):
        return (base,)
    code, out, stderr = repository.git.attempt("merge-base", "--all", base, *parents)
    if code not in {0, 1}:
        repository.git.fail(stderr, ("merge-base",))
    found = tuple(out.decode("ascii").split())
    if not found or (repository.shallow and found != (base,) and list(found) != parents):
        return None
    return found


def _parents(repository: Repository, head: Head) -> list[str]:
    if head.kind is HeadKind.COMMIT:
        return [str(head.commit)]
    if repository.head is None:
        return []
    return [repository.head, *(_merging(repository) or _merged_by_git(repository))]


def _merging(repository: Repository) -> list[str]:
    merging = repository.git_dir / "MERGE_HEAD"
    try:
        return merging.read_text(encoding="ascii").split() if merging.exists() else []
    except (OSError, ValueError) as error:
        message = f"{merging} cannot be read"
        raise Undecided(message, hint="git merge --abort") from error


def _merged_by_git(repository: Repository) -> list[str]:
    """What a `git merge` that is running merges: before its pre-merge-commit hook it tells so only by variables."""
    names = (name.removeprefix(_MERGED) for name in sorted(repository.git.environment) if name.startswith(_MERGED))
    return [commit for name in names if (commit := repository.objects.commit(name))]
