"""Writes down which versions code pins today, so that the rules about them can be adopted before all is mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.errors import UsageError
from promptctl.operations.compared import Question, compared
from promptctl.operations.writing import Plan, with_disk_state, write_plan
from promptctl.repo.heads import HeadKind
from promptctl.rules.pins import listed
from promptctl.tree.baseline import baseline_text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Written:
    """The file, and how many lines it has now; without any there is no file."""

    path: str
    lines: int


def write_baseline(question: Question) -> Written:
    """Write the file into the work tree; where base has one, lines only go.

    Raises UsageError unless the question is about the whole work tree.
    """
    if not question.everything or question.kind is not HeadKind.WORK_TREE or question.files:
        raise UsageError("--write-baseline lists the whole work tree", hint="promptctl check --all --write-baseline")
    with compared(question) as views:
        path, counts = views.change.layout.baseline, listed(views.context)
        files: Mapping[str, bytes | None] = {path: baseline_text(counts).encode() if counts else None}
        write_plan(views.repository, with_disk_state(views.repository, Plan(files, message="")))
        return Written(path, len(counts))
