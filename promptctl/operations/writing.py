"""Writes planned files into the work tree, one whole file at a time, and commits them where that is asked for."""

from __future__ import annotations

import difflib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, Undecided
from promptctl.core.findings import Severity
from promptctl.operations.compared import Question, compared
from promptctl.repo.commit import commit_on_head
from promptctl.repo.heads import HeadKind
from promptctl.repo.index import put_entries
from promptctl.rules.run import run_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.core.entries import Entry
    from promptctl.core.findings import Finding
    from promptctl.repo.repository import Repository


@dataclass(frozen=True)
class Plan:
    """What a command would write. `files` maps repository paths to content, None to remove; `message` is the commit's.

    `before` holds what is on disk now at the same paths; `notes` are for the person who asked. `unstaged` are entries
    that go back into the index, so that a released file which was staged with an edit is restored there too. `created`
    are files that must not be on disk yet, not even as ignored ones.
    """

    files: Mapping[str, bytes | None]
    message: str
    notes: tuple[str, ...] = ()
    before: Mapping[str, bytes | None] = field(default_factory=dict)
    unstaged: Mapping[str, Entry] = field(default_factory=dict)
    created: tuple[str, ...] = ()


def with_disk_state(repository: Repository, plan: Plan) -> Plan:
    """The plan with what is on disk now.

    Raises Refused where a path leads out of the repository, or where a file that is to be made is there already.
    """
    before: dict[str, bytes | None] = {}
    for path in plan.files:
        target = repository.top / path
        if not target.parent.resolve().is_relative_to(repository.top):
            message = f"{path} would be written outside the repository, through a link"
            raise Refused(message, hint="replace the link by a folder")
        if path in plan.created and (target.exists() or target.is_symlink()):
            message = f"{path} is on disk already, and would be overwritten"
            raise Refused(message, hint="move that file away, or take another number")
        try:
            before[path] = target.read_bytes() if target.exists() else None
        except OSError as error:
            raise _cannot("read", path, error) from error
    return replace(plan, before=before)


def diff_text(plan: Plan) -> Iterator[str]:
    """The plan as a unified diff against what is on disk, line by line."""
    for path, content in sorted(plan.files.items()):
        old, new = (_lines(data) for data in (plan.before.get(path), content))
        before = f"a/{path}" if plan.before.get(path) is not None else "/dev/null"
        yield from difflib.unified_diff(
            old, new, before, f"b/{path}" if content is not None else "/dev/null", lineterm=""
        )


def _lines(data: bytes | None) -> list[str]:
    lines = (data or b"").decode("utf-8", "replace").split("\n")
    return lines if lines[-1] else lines[:-1]


def write_plan(repository: Repository, plan: Plan) -> None:
    """Write every file or none: what was written is put back when a later one fails."""
    done: list[str] = []
    try:
        for path, content in plan.files.items():
            done.append(path)
            _write(repository.top / path, content)
    except OSError as error:
        for path in done:
            with suppress(OSError):  # what could not be written needs no undoing
                _write(repository.top / path, plan.before.get(path))
        raise _cannot("write", done[-1], error) from error
    put_entries(repository, plan.unstaged)


def _write(target: Path, content: bytes | None) -> None:
    if content is None:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".promptctl-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def read_file(target: Path) -> bytes | None:
    """What a file holds, wherever it is; None where there is none. Raises Undecided."""
    try:
        return target.read_bytes() if target.exists() else None
    except OSError as error:
        raise _cannot("read", str(target), error) from error


def replace_file(target: Path, content: bytes) -> None:
    """Write a file, wherever it is, so that a reader finds the old content or the new one. Raises Undecided."""
    try:
        _write(target, content)
    except OSError as error:
        raise _cannot("write", str(target), error) from error


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def commit_plan(question: Question, repository: Repository, plan: Plan) -> str:
    """Commit the plan alone, and write it; the new commit's id.

    Raises Refused when the commit would add an error that HEAD does not have, or when git or a hook refuses it; nothing
    is changed then.
    """
    added = _new_errors(question, plan)
    if added:
        first = added[0]
        message = f"the commit would break {first.rule}: {first.message} ({first.path})"
        raise Refused(message, hint=first.hint)
    return commit_on_head(repository, plan.files, plan.message)


def _new_errors(question: Question, plan: Plan) -> list[Finding]:
    found = _errors(question, plan.files)
    known = {finding.fingerprint for finding in _errors(question, {}, everything=True)} if found else {}
    return [finding for finding in found if finding.fingerprint not in known]


def _errors(question: Question, files: Mapping[str, bytes | None], *, everything: bool = False) -> list[Finding]:
    asked = replace(question, kind=HeadKind.INDEX, planned=files, everything=everything, files=())
    with compared(asked) as views:
        return [finding for finding in run_rules(views.context) if finding.severity is Severity.ERROR]


def _cannot(verb: str, path: str, error: OSError) -> Undecided:
    message = f"cannot {verb} {path}: {error.strerror}"
    return Undecided(message, hint="nothing was changed")
