"""Judges what a server is sent, before any of its refs moves."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused
from promptctl.operations.answers import Asked, answer, refuse_deletion
from promptctl.operations.compared import asked_at
from promptctl.repo.heads import HeadKind
from promptctl.repo.protection import current_branch, server_protection
from promptctl.repo.pushes import without_aliases
from promptctl.repo.repository import open_repository

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from promptctl.operations.answers import Answer
    from promptctl.operations.compared import Question
    from promptctl.repo.protection import Protection
    from promptctl.repo.pushes import Update

_REPLACEMENTS = "refs/replace/"  # whatever reads the repository on the server, or mirrors it, obeys them


def receive(directory: Path, now: datetime, updates: tuple[Update, ...]) -> tuple[Answer, ...]:
    """Judge every protected branch of a push; raises Undecided where nothing at all can be judged."""
    with open_repository(directory) as repository:
        updates = without_aliases(repository, updates)
        protection = server_protection(repository, updates)
        ask = partial(_ask, protection, asked_at(directory, now, kind=HeadKind.COMMIT))
        answers = [answer(update.ref, partial(ask, update)) for update in updates]
        return tuple(item for item in answers if item is not None)


def _ask(protection: Protection, question: Question, update: Update) -> Asked | None:
    """The question about one ref; None for tags and for branches that are not protected. Raises Refused."""
    if update.ref.startswith(_REPLACEMENTS) and update.new is not None:
        message = f"{update.ref} would show other content in place of what is stored"
        raise Refused(message, hint="git replace is for one clone alone: leave refs/replace/ out of the push")
    if update.branch is None or not protection.covers(update):
        return None
    if update.new is None:
        raise refuse_deletion(update.branch)
    repository = protection.repository
    if repository.objects.commit(update.new) != update.new:
        message = f"{update.branch} is protected, and {update.new} is no commit"
        raise Refused(message, hint="push a commit")
    if update.old is not None:
        moved = replace(question, commit=update.new, base=update.old, replaces=True)
        return Asked(moved, f"{update.branch} before the push")
    label = (current_branch(repository) or "HEAD") if repository.head else None
    return Asked(replace(question, commit=update.new, base=repository.head), label)
