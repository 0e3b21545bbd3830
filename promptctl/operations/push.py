"""Judges what a clone is about to push, all of its refs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.operations.answers import Asked, answer, refuse_deletion
from promptctl.operations.compared import asked_at
from promptctl.repo.git import fetch_command
from promptctl.repo.heads import HeadKind
from promptctl.repo.protection import clone_protection
from promptctl.repo.pushes import BRANCH, Update
from promptctl.repo.repository import open_repository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from promptctl.operations.answers import Answer
    from promptctl.operations.compared import Question
    from promptctl.repo.protection import Protection

_JUDGED = ("refs/heads/", "refs/for/")  # refs/for/: where Gerrit and Gitea take changes for review


def judge_push(directory: Path, now: datetime, updates: tuple[Update, ...]) -> tuple[Answer, ...]:
    """Judge every branch of a push; tags release nothing and pass."""
    with open_repository(directory) as repository:
        protection = clone_protection(repository)
        ask = partial(_ask, protection, asked_at(directory, now, kind=HeadKind.COMMIT))
        judged = [update for update in updates if update.ref.startswith(_JUDGED)]
        answers = [answer(update.ref, partial(ask, update)) for update in judged]
        return tuple(item for item in answers if item is not None)


def update_of_pre_commit(directory: Path, variables: Mapping[str, str]) -> Update | None:
    """The ref that pre-commit says is pushed, or None where it says nothing.

    It names only the first ref of a push, and no commits where the whole history is pushed for the first time; the
    local branch is named all the same. Where the remote stood is what this clone last saw of it.
    """
    remote = variables.get("PRE_COMMIT_REMOTE_NAME")
    if not remote:
        return None
    local = variables.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD"
    ref = variables.get("PRE_COMMIT_REMOTE_BRANCH") or local
    new = variables.get("PRE_COMMIT_TO_REF") or local
    with open_repository(directory) as repository:
        known = repository.objects.commit(f"refs/remotes/{remote}/{ref.removeprefix(BRANCH)}")
        return Update(ref if ref.startswith("refs/") else BRANCH + ref, known, repository.resolve(new))


def _ask(protection: Protection, question: Question, update: Update) -> Asked | None:
    """A protected branch takes the place of what the remote has; all else is compared with the base chosen here."""
    protected = update.branch if protection.covers(update) else None
    if update.new is None:
        if protected is not None:
            raise refuse_deletion(protected)
        return None
    if protected is None or update.old is None:
        return Asked(replace(question, commit=update.new))
    if protection.repository.objects.commit(update.old) is None:
        message = f"{protected} on the remote is at {update.old}, which is not in this clone"
        raise Undecided(message, hint=fetch_command(protected))
    return Asked(replace(question, commit=update.new, base=update.old, replaces=True), f"{protected} on the remote")
