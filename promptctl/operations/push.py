"""Judges what a clone is about to push, all of its refs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.operations.answers import Asked, answer, refuse_deletion
from promptctl.operations.compared import Question
from promptctl.repo.git import fetch_command
from promptctl.repo.heads import HeadKind
from promptctl.repo.protection import clone_protection
from promptctl.repo.repository import open_repository

if TYPE_CHECKING:
    from pathlib import Path

    from promptctl.operations.answers import Answer
    from promptctl.repo.protection import Protection
    from promptctl.repo.pushes import Update

_JUDGED = ("refs/heads/", "refs/for/")  # refs/for/: where Gerrit and Gitea take changes for review


def judge_push(directory: Path, today: str, updates: tuple[Update, ...]) -> tuple[Answer, ...]:
    """Judge every branch of a push; tags release nothing and pass."""
    with open_repository(directory) as repository:
        protection = clone_protection(repository)
        ask = partial(_ask, protection, Question(directory, today, kind=HeadKind.COMMIT))
        judged = [update for update in updates if update.ref.startswith(_JUDGED)]
        answers = [answer(update.ref, partial(ask, update)) for update in judged]
        return tuple(item for item in answers if item is not None)


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
