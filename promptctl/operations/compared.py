"""Opens the views that a command asks for and puts together what rules look at."""

from __future__ import annotations

import posixpath
from contextlib import contextmanager
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided, UsageError
from promptctl.repo.base import choose_base
from promptctl.repo.comparison import compare, head_alone
from promptctl.repo.heads import Head, HeadKind, open_head
from promptctl.repo.protected import Base
from promptctl.repo.repository import Repository, find_root, open_repository
from promptctl.rules.base import Context
from promptctl.tree.layout import layout_for
from promptctl.tree.library import Library
from promptctl.tree.policy import POLICY_FILE, Policy, parse_policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from promptctl.core.entries import Entry
    from promptctl.repo.ci import Merge, Push
    from promptctl.tree.change import Change
    from promptctl.tree.document import Document
    from promptctl.tree.layout import Layout


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be compared. `base` and `commit` are names of commits; `today` is an ISO date in UTC.

    `planned` asks about `commit`, by default HEAD, with these files changed (None removes one). `replaces`:
    head takes the place of base, as in a push, instead of being merged into it. `event` is what CI says.
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


@dataclass(frozen=True)
class Compared:
    """The views, open. `policy_source` is `base`, `head` or `default`.

    `base_known` is false where a question about the whole of head was answered without a protected branch.
    """

    repository: Repository
    head: Head
    base: Base
    context: Context
    policy_source: str
    base_known: bool = True

    @property
    def change(self) -> Change:
        return self.context.change


@contextmanager
def compared(question: Question) -> Iterator[Compared]:
    """Open the repository and the views. Raises Undecided or UsageError where the question cannot be answered."""
    with open_repository(question.directory) as repository:
        root = find_root(repository)
        asked = question.commit or ("HEAD" if question.kind is HeadKind.COMMIT else None)
        commit = repository.resolve(asked) if asked else None
        if repository.bare and question.kind is not HeadKind.COMMIT:
            raise UsageError("a bare repository has no index and no work tree", hint="promptctl check --head REF")
        with open_head(repository, question.kind, commit=commit, planned=question.planned) as head:
            yield _compare(question, repository, root, head)


def _compare(question: Question, repository: Repository, root: str, head: Head) -> Compared:
    library = Library(head)
    base, known = _base(question, repository, library, root, head.commit)
    base_document = _document(library, repository.snapshot(base.commit).entry(root + POLICY_FILE))
    policy, source = _policy_in_force(head, library, root, base_document)
    layout = layout_for(root, policy.paths)
    head.include(layout.managed)
    change = _change(question, repository, head, library, layout, base if known else None)
    _refuse_unknown_files(question, repository, head, change)
    context = Context(
        change=change,
        policy=policy,
        today=question.today,
        base_name=base.name,
        base_document=base_document,
        head_document=_document(library, change.head.entry(layout.policy)),
    )
    return Compared(repository, head, base, context, source, known)


def _change(
    question: Question, repository: Repository, head: Head, library: Library, layout: Layout, base: Base | None
) -> Change:
    paths = tuple(_repository_path(repository, name) for name in question.files)
    only = () if "" in paths else paths  # the top of the repository is no limit
    if base is None:
        return head_alone(repository, head, layout, library, only=only)
    replaces, everything = question.replaces or base.replaced, question.everything
    return compare(repository, base.commit, head, layout, library, everything=everything, only=only, replaces=replaces)


def _base(
    question: Question, repository: Repository, library: Library, root: str, judged: str | None
) -> tuple[Base, bool]:
    """The base, and whether it is known. A question about the whole of head can be answered without one."""
    try:
        return choose_base(repository, library, root, question.base, question.event, judged), True
    except Undecided as error:
        if not question.everything or question.base is not None:
            raise
        return Base(None, f"nothing: {error.message}"), False


def _document(library: Library, entry: Entry | None) -> Document | None:
    return library.policy(entry) if entry else None


def _policy_in_force(head: Head, library: Library, root: str, base: Document | None) -> tuple[Policy, str]:
    """That of base; of head only where base has none that can be read; else the defaults."""
    policy = parse_policy(base) if base else None
    if policy is not None:
        return policy, "base"
    head.include((root + POLICY_FILE,))
    document = _document(library, head.entry(root + POLICY_FILE))
    policy = parse_policy(document) if document else None
    if policy is None and document is None and base is None:
        _refuse_nested(head, root)
    return (policy, "head") if policy else (Policy(), "default")


def _refuse_nested(head: Head, root: str) -> None:
    """A project in a subfolder is not seen from above it: nothing wrong here must not look like nothing wrong there."""
    nested = sorted(head.nested(root, POLICY_FILE))
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
