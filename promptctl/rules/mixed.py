"""The rule that a version and its move are two changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.findings import Severity
from promptctl.core.text import plural
from promptctl.rules.base import problem, ref_of, rule, span_of
from promptctl.tree.environments import environment_files, last_environment
from promptctl.tree.layout import Role
from promptctl.tree.named import named_versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.tree.named import Named


@rule("mixed-change", family="rollouts", severity=Severity.WARNING, subject="move")
def mixed_change(context: Context) -> Iterator[Finding]:
    """A version is written and the last environment moves, in one change.

    ## What it does
    In a change that adds or edits a version file, compares which versions the configuration of the last environment
    names, entry by entry, with the base. It goes by what is written and resolves no selection: an entry that changes
    nobody's version counts, and a move that names no version, such as switching a flag on, is not seen. Left alone are
    prompts that the configuration did not name before, files that cannot be read, and the change that brings
    `promptctl.yaml`.

    ## Why is this bad?
    Whoever takes back the move takes back the version with it, and whoever reviews the text decides on the rollout in
    passing.

    ## Example
    ```text
    prompt-templates/task/qualify-lead/1.2.0.md     added
    prompt-config/production.yaml                   qualify-lead@1.1.0 becomes qualify-lead@1.2.0
    ```

    ## Use instead
    Two changes: first the version, then the move once that is merged.
    """
    change = context.change
    environment = last_environment(change.after, change.layout, context.policy)
    written = [ref for path, places in change.touched.items() if places.head and (ref := _version(context, path))]
    if environment is None or context.base_document is None or not written:
        return
    moves = list(_moves(context, environment))
    if not moves:
        return
    first = moves[0]
    more = f" (and {plural(len(moves) - 1, 'more entry')})" if moves[1:] else ""
    others = f" (and {plural(len(written) - 1, 'more version')})" if written[1:] else ""
    found = problem(
        first.where.path,
        f"{first.words} in {environment}{more}, in the change that writes {written[0]}{others}",
        span=span_of(first.where.lines, first.where.start, first.where.end) if first.new else None,
        subject=environment,
        ref=first.new,
        hint="two changes: first the version, then the move once that is merged",
    )
    yield replace(found, environment=environment)


class _Move(NamedTuple):
    """An entry that names another version than before; `where` is its place in head, or in base where it is gone."""

    where: Named
    old: str | None
    new: str | None

    @property
    def words(self) -> str:
        if self.old is None:
            return f"{self.new} is newly named"
        return f"{self.old} gives way to {self.new}" if self.new else f"{self.old} is no longer named"


def _version(context: Context, path: str) -> str | None:
    place = context.change.layout.place(path)
    return ref_of(place) if place is not None and place.role is Role.VERSION else None


def _moves(context: Context, environment: str) -> Iterator[_Move]:
    """What an environment's files name in base and in head, where that differs; nothing where one is unreadable."""
    change = context.change
    entries = [dict(environment_files(view, change.layout, environment)) for view in (change.base, change.after)]
    if entries[0] == entries[1]:
        return
    before, after = (
        named_versions(view, change.layout, change.library, environment) for view in (change.base, change.after)
    )
    if before is None or after is None:
        return
    prompts = {_prompt(old) for old in before.values()}
    for pointer, new in after.items():
        old = before.get(pointer)
        if old is None and _prompt(new) not in prompts:
            continue  # nobody there had the prompt, so nobody moves
        if old is None or old.ref != new.ref:
            yield _Move(new, old.ref if old else None, new.ref)
    for pointer, old in before.items():
        if pointer not in after:
            yield _Move(old, old.ref, None)


def _prompt(place: Named) -> str:
    return place.ref.partition("@")[0]
