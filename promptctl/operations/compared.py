"""Opens the views that a command asks for and puts together what rules look at."""

from __future__ import annotations

import posixpath
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING, Any

from promptctl.core.errors import Undecided, UsageError
from promptctl.repo.base import choose_base
from promptctl.repo.comparison import compare, head_alone
from promptctl.repo.heads import Head, HeadKind, open_head
from promptctl.repo.protected import Base, local_base
from promptctl.repo.repository import Repository, base_root, find_root, open_repository
from promptctl.rules.base import Context
from promptctl.tree.layout import layout_for
from promptctl.tree.library import Library
from promptctl.tree.policy import POLICY_FILE, Policy, parse_policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from promptctl.core.entries import Entry
    from promptctl.repo.ci import Merge, Push
    from promptctl.repo.objects import Objects
    from promptctl.tree.change import Change
    from promptctl.tree.document import Document
    from promptctl.tree.layout import Layout


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be compared. `base` and `commit` are names of commits; `today` is an ISO date in UTC.

    `planned` asks about `commit`, by default HEAD, with these files changed (None removes one). `replaces`:
    head takes the place of base, as in a push, instead of being merged into it. `event` is what CI says.
    `moment` is the time, where it is known closer than to the day. `known` are objects that another question read.
    """

    directory: Path
    today: str
    kind: HeadKind = HeadKind.WORK_TREE
    commit: str | None = None
    base: str | None = None
    everything: bool = False
    files: tuple[str, ...] = ()
    planned: Mapping[str, bytes | None] | None = None
    replaces: bool = False
    event: Merge | Push | None = None
    moment: datetime | None = None
    known: Objects | None = None


def asked_at(directory: Path, now: datetime, **asked: Any) -> Question:
    """A question as of a moment; the rest is as in `Question`."""
    return Question(directory, now.date().isoformat(), moment=now, **asked)


@dataclass(frozen=True)
class Compared:
    """The views, open. `policy_source` is `base`, `head` or `default`.

    `undecided` is why no base is known, where a question about the whole of head was answered without one.
    """

    repository: Repository
    head: Head
    base: Base
    context: Context
    policy_source: str
    undecided: Undecided | None = None

    @property
    def base_known(self) -> bool:
        return self.undecided is None

    @property
    def change(self) -> Change:
        return self.context.change


@contextmanager
def compared(question: Question) -> Iterator[Compared]:
    """Open the repository and the views. Raises Undecided or UsageError where the question cannot be answered."""
    with open_repository(question.directory, question.known) as repository:
        root = find_root(repository)
        asked = question.commit or ("HEAD" if question.kind is HeadKind.COMMIT else None)
        commit = repository.resolve(asked) if asked else None
        if repository.bare and question.kind is not HeadKind.COMMIT:
            hint = "name a commit: check --head REF, others --at COMMIT"
            raise UsageError("a bare repository has no index and no work tree", hint=hint)
        with open_head(repository, question.kind, commit=commit, planned=question.planned) as head:
            yield _compare(question, repository, root, head)


def _compare(question: Question, repository: Repository, root: str, head: Head) -> Compared:
    library = Library(head)
    base, undecided = _base(question, repository, library, root, head)
    if root != (own := _root(question, repository, root, base)):
        root = own
        base, undecided = _base(question, repository, library, root, head)
    base_document = _base_document(question, repository, library, root, base)
    policy, source = _policy_in_force(repository, head, library, root, base, base_document)
    layout = layout_for(root, policy.paths)
    head.include(layout.managed)
    change = _change(question, repository, head, library, layout, None if undecided else base)
    _refuse_unknown_files(question, repository, head, change)
    context = Context(
        change=change,
        policy=policy,
        today=question.today,
        moment=question.moment,
        base_name=base.name,
        base_document=base_document,
        head_document=_document(library, change.head.entry(layout.policy)),
    )
    return Compared(repository, head, base, context, source, undecided)


def _change(
    question: Question, repository: Repository, head: Head, library: Library, layout: Layout, base: Base | None
) -> Change:
    paths = tuple(_repository_path(repository, name) for name in question.files)
    only = () if "" in paths else paths  # the top of the repository is no limit
    if base is None:
        return head_alone(repository, head, layout, library, only=only)
    replaces, everything = question.replaces or base.replaced, question.everything
    return compare(repository, base, head, layout, library, everything=everything, only=only, replaces=replaces)


def _base(
    question: Question, repository: Repository, library: Library, root: str, head: Head
) -> tuple[Base, Undecided | None]:
    """The base, or why it is not known. A question about the whole of head can be answered without one."""
    try:
        return choose_base(repository, library, root, question.base, question.event, head.commit), None
    except Undecided as error:
        mended = _mended_base(question, repository, library, root, head)
        if mended is not None:
            return mended, None
        if not question.everything or question.base is not None:
            raise
        return Base(None, f"nothing: {error.message}"), error


def _mended_base(question: Question, repository: Repository, library: Library, root: str, head: Head) -> Base | None:
    """The base by the policy of head, where HEAD's names no branch of this clone and head mends that and nothing else.

    Without it nothing could be committed past a hook, the mended policy least of all. A commit cannot choose its base
    like this: in CI and on a server the branch is named by the event or the push.
    """
    if question.base is not None or question.event is not None or head.kind is HeadKind.COMMIT:
        return None
    path = root + POLICY_FILE
    head.include((".",))
    changed = head.differences(repository.objects.root(repository.head), ()) if repository.head else {}
    document = _document(library, head.entry(path)) if changed.keys() == {path} else None
    policy = parse_policy(document) if document else None
    try:
        return local_base(repository, policy.protected) if policy else None
    except Undecided:
        return None


def _document(library: Library, entry: Entry | None) -> Document | None:
    return library.policy(entry) if entry else None


def _root(question: Question, repository: Repository, root: str, base: Base) -> str:
    """The root as base knows it: neither removing a policy nor adding one may make a check look at another project.

    Outside CI a policy that is only in head may begin a project inside another.
    """
    on_base = base_root(repository, base.commit)
    if on_base is None:
        return root
    return on_base if question.event is not None else max(root, on_base, key=len)


def _base_document(
    question: Question, repository: Repository, library: Library, root: str, base: Base
) -> Document | None:
    """The policy on base. A protected branch without one has that of the branch whose policy protects it."""
    path = root + POLICY_FILE
    entry = repository.snapshot(base.commit).entry(path)
    if entry is None and base.commit is not None and (question.replaces or question.event is not None):
        with suppress(Undecided):  # nothing else is known to be protected here
            guard = repository.head if repository.bare else choose_base(repository, library, root, None).commit
            entry = repository.snapshot(guard).entry(path)
    return _document(library, entry)


def _policy_in_force(
    repository: Repository, head: Head, library: Library, root: str, base: Base, document: Document | None
) -> tuple[Policy, str]:
    """That of base; of head only where base has none that can be read; else the defaults."""
    policy = parse_policy(document) if document else None
    if policy is not None:
        return policy, "base"
    head.include((root + POLICY_FILE,))
    stated = _document(library, head.entry(root + POLICY_FILE))
    policy = parse_policy(stated) if stated else None
    if policy is None and stated is None and document is None:
        _refuse_nested(root, [*head.nested(root, POLICY_FILE), *_nested_in(repository, base.commit, root)])
    return (policy, "head") if policy else (Policy(), "default")


def refuse_nested(repository: Repository, root: str) -> None:
    """Raise UsageError where HEAD has no project at `root`, but has one below it."""
    if repository.snapshot(repository.head).entry(root + POLICY_FILE) is None:
        _refuse_nested(root, _nested_in(repository, repository.head, root))


def _nested_in(repository: Repository, commit: str | None, root: str) -> list[str]:
    if commit is None:
        return []
    head = Head(HeadKind.COMMIT, repository.git, repository.objects, repository.empty_tree, commit)
    return head.nested(root, POLICY_FILE)


def _refuse_nested(root: str, nested: list[str]) -> None:
    """A project in a subfolder is not seen from above it: nothing wrong here must not look like nothing wrong there."""
    nested = sorted(nested)
    if nested:
        folder = nested[0].removesuffix(POLICY_FILE).removeprefix(root).rstrip("/")
        message = f"there is no {POLICY_FILE} here, but one in {folder}"
        raise UsageError(message, hint=f"promptctl -C {quote(folder)} …")


def _repository_path(repository: Repository, name: str) -> str:
    path = posixpath.normpath(posixpath.join(repository.prefix, name.replace("\\", "/")))
    top = str(repository.top)
    if posixpath.isabs(path):
        path = posixpath.relpath(posixpath.realpath(path), top)
    if path.startswith("../") or path == "..":
        message = f"{name} is outside the repository"
        raise UsageError(message)
    return "" if path == "." else path


def _refuse_unknown_files(question: Question, repository: Repository, head: Head, change: Change) -> None:
    """A misspelt file must not look like a clean one."""
    for name in question.files:
        path = _repository_path(repository, name)
        views = (change.head, change.base)
        if path and not any(view.entry(path) or view.files(path) or view.folders(path) for view in views):
            if (question.directory / name).exists() or head.differences(head.empty_tree, (path,)):
                continue  # a file that promptctl does not manage
            message = f"there is no file {name} in head or base"
            raise UsageError(message)
