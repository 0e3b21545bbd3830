"""Runs an intent as one commit: plan on a commit, judge the result by the same rules, commit, and push where asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promptctl.core.entries import REGULAR, Blob, Entry
from promptctl.core.errors import Refused, UsageError
from promptctl.core.findings import Severity
from promptctl.core.refs import parse_ref
from promptctl.operations.compared import Question, asked_at, compared
from promptctl.plan.effects import Effect, effects
from promptctl.plan.yaml_edit import edit
from promptctl.repo.commit import branch_name, commit_on_head, is_branch_name, refuse_in_progress
from promptctl.repo.drafting import draft_commit
from promptctl.repo.heads import HeadKind
from promptctl.repo.landing import refuse_unsaved
from promptctl.repo.remote import fetch_tip, is_checked_out, move_branch, upstream_of
from promptctl.repo.repository import open_repository
from promptctl.rules.environments import known
from promptctl.rules.lane import STANDING
from promptctl.rules.run import run_rules
from promptctl.tree.environments import environment_files
from promptctl.tree.selection import ConfigFile, merge, read_selection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from promptctl.core.findings import Finding
    from promptctl.operations.compared import Compared
    from promptctl.plan.intents import Intent
    from promptctl.repo.repository import Repository
    from promptctl.tree.selection import Environment


_SHOWN = 5  # errors of a planned commit that are told
_PLANNED = Entry(REGULAR, "")  # of a file that is nowhere stored yet


@dataclass(frozen=True, slots=True)
class Place:
    """Where the commit goes: HEAD's branch, or another one; with `push` the branch on the server."""

    branch: str | None = None
    push: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A commit as it would be made on `tip` of `branch`; `onto` is None where that is HEAD.

    `before` has the old content of each file, for a diff.
    """

    question: Question
    intent: Intent
    files: Mapping[str, bytes | None]
    before: Mapping[str, bytes | None]
    effects: tuple[Effect, ...]
    branch: str
    onto: str | None


def prepare(directory: Path, now: datetime, decide: Callable[[Compared], Intent], place: Place) -> Prepared:
    """Plan on the commit that the place names. Raises what `decide` raises, and Refused for what cannot be edited."""
    branch, onto = _place(directory, now, place)
    question = asked_at(directory, now, kind=HeadKind.COMMIT, commit=onto, everything=True)
    if onto is not None:
        question = replace(question, base=onto, replaces=True)
    with compared(question) as views:
        intent = _labelled(views, decide(views))
        before = {path: _content(views, path) for path in (*intent.edits, *intent.removed, *intent.written)}
        files: dict[str, bytes | None] = {path: _edited(intent, path, before[path]) for path in intent.edits}
        files |= {**dict.fromkeys(intent.removed), **intent.written}
        question = replace(question, known=views.repository.objects)
        return Prepared(question, intent, files, before, _effects(views, files), branch, onto)


def _labelled(views: Compared, intent: Intent) -> Intent:
    """The intent with a word in its commit where it moves anybody to an emergency version."""
    ref = parse_ref(intent.facts.get("To", ""))
    file = known(views.context).file(ref) if ref is not None else None
    label = file.data.get("emergency") if file else None
    if not isinstance(label, dict):
        return intent
    said = f"{label.get('reason')} {label.get('incident')}"
    note = f"{ref} is an EMERGENCY version ({said})"
    return replace(intent, facts={**intent.facts, "Emergency": said}, notes=(*intent.notes, note))


def _place(directory: Path, now: datetime, place: Place) -> tuple[str, str | None]:
    """The branch that gets the commit, and the commit that it is made on where that is not HEAD."""
    with open_repository(directory) as repository:
        if place.branch is not None and not is_branch_name(repository, place.branch):
            raise UsageError(f"{place.branch!r} is no name for a branch", hint="git help check-ref-format")
        current = branch_name(repository)
        if not place.push and place.branch in {None, current}:
            refuse_in_progress(repository)
            return current, None
        there = repository.objects.commit(f"refs/heads/{place.branch}")
        if there is not None and not place.push:
            return str(place.branch), there
    with compared(asked_at(directory, now, kind=HeadKind.COMMIT, everything=True)) as views:
        protected = views.context.policy.protected[0]
        if place.push:
            return place.branch or protected, fetch_tip(views.repository, upstream_of(views.repository, protected))
        return str(place.branch), views.repository.resolve(protected)


def _content(views: Compared, path: str) -> bytes | None:
    entry = views.change.head.entry(path)
    blob = views.change.library.blob(entry) if entry else None
    return blob.data if blob else None


def _edited(intent: Intent, path: str, old: bytes | None) -> bytes:
    try:
        text = (old or b"").decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{path} is not UTF-8", hint="promptctl check says where; mend the file first") from error
    try:
        return edit(text, intent.edits[path]).encode()
    except Refused as error:
        raise Refused(f"{path}: {error.message}", hint=error.hint) from error


def _effects(views: Compared, files: Mapping[str, bytes | None]) -> tuple[Effect, ...]:
    layout = views.change.layout
    found: list[Effect] = []
    for name in sorted({name for path in files if (name := _environment(path, layout.config))}):
        old = views.change.environment(name)
        found += effects(old.selection, _planned(views, name, files).selection)
    return tuple(found)


def _environment(path: str, config: str) -> str | None:
    inside = path.removeprefix(f"{config}/")
    return None if inside == path else inside.partition("/")[0].removesuffix(".yaml")


def _planned(views: Compared, name: str, files: Mapping[str, bytes | None]) -> Environment:
    """The environment as it will be."""
    old = dict(environment_files(views.change.head, views.change.layout, name))
    mine = {path: data for path, data in files.items() if _environment(path, views.change.layout.config) == name}
    found = []
    for path in sorted({*old, *mine}):
        data = mine.get(path)
        if data is not None:
            found.append(ConfigFile(path, _PLANNED, read_selection(_PLANNED, Blob(len(data), data))))
        elif path not in mine:
            found.append(ConfigFile(path, old[path], views.change.library.selection(old[path])))
    return merge(name, found)


def judge(prepared: Prepared) -> None:
    """Raise Refused where the commit would add an error that its parent does not have."""
    planned = replace(prepared.question, kind=HeadKind.INDEX, planned=prepared.files, everything=False)
    rules = STANDING if prepared.intent.goes_back else None
    found = _errors(planned, rules)
    parent = replace(planned, planned={}, everything=True)
    known = {finding.fingerprint for finding in _errors(parent, rules)} if found else {}
    added = [finding for finding in found if finding.fingerprint not in known]
    if added:
        first, *rest = (f"{one.rule}: {one.message} ({one.path})" for one in added[:_SHOWN])
        more = f" and {len(added) - _SHOWN} more" if len(added) > _SHOWN else ""
        message = f"the commit would break {first}{''.join(f'; {text}' for text in rest)}{more}"
        raise Refused(message, hint=next((one.hint for one in added if one.hint), None))


def _errors(question: Question, rules: Collection[str] | None) -> list[Finding]:
    with compared(question) as views:
        return [finding for finding in run_rules(views.context, rules) if finding.severity is Severity.ERROR]


def commit(prepared: Prepared) -> str:
    """Judge and commit where it was planned; the new commit's id. Nothing is changed where this raises."""
    judge(prepared)
    with open_repository(prepared.question.directory) as repository:
        if prepared.onto is None:
            refuse_unsaved(repository, prepared.files)
            return commit_on_head(repository, prepared.files, prepared.intent.message)
        if is_checked_out(repository, prepared.branch):
            message = f"{prepared.branch} is checked out in another work tree"
            raise Refused(message, hint="run this there, or name another branch")
        made = draft(repository, prepared)
        there = repository.objects.commit(f"refs/heads/{prepared.branch}")
        move_branch(repository, prepared.branch, made, there or "0" * len(made))
        return made


def draft(repository: Repository, prepared: Prepared) -> str:
    """The commit, which no branch has yet."""
    files, message = prepared.files, prepared.intent.message
    return draft_commit(repository, prepared.onto, prepared.branch, files, message, checkout=False).commit
