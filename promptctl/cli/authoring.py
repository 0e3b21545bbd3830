"""What the authoring commands have in common: they print, write or commit a plan."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.cli.console import is_interactive, print_lines
from promptctl.core.errors import Refused, UsageError
from promptctl.core.styled import Part, Role, line

if TYPE_CHECKING:
    from promptctl.operations.compared import Question
    from promptctl.operations.writing import Plan
    from promptctl.repo.repository import Repository


def carry_out(question: Question, repository: Repository, plan: Plan, *, dry_run: bool, commit: bool) -> None:
    """Print the plan's diff, or write it, or write and commit it; then what there is to say."""
    from promptctl.operations.writing import commit_plan, with_disk_state, write_plan

    plan = with_disk_state(repository, plan)
    if dry_run:
        print_diff(plan)
        return
    notes = list(plan.notes)
    if commit and plan.files:
        sha = commit_plan(question, repository, plan)
        notes = [note for note in notes if not note.startswith("next: ")] + [f"committed as {sha[:10]}"]
    else:
        write_plan(repository, plan)
    print_lines(line(note) for note in notes)


def print_diff(plan: Plan) -> None:
    """Print what would become of every file."""
    from promptctl.operations.writing import diff_text

    print_lines(line(Part(text, _role(text))) for text in diff_text(plan))


def _role(text: str) -> Role:
    if text.startswith(("+++", "---")):
        return "strong"
    if text.startswith("@@"):
        return "hint"
    return "added" if text.startswith("+") else "dim" if text.startswith("-") else "plain"


def ask(value: str | None, question: str, option: str) -> str:
    """A value that is needed: as given, else asked for at a terminal. Raises UsageError where nobody can be asked."""
    if value is not None:
        return value
    if not is_interactive():
        message = f"{option} is missing"
        raise UsageError(message, hint=f"without a terminal nothing can be asked: give {option}")
    import typer

    answer: str = typer.prompt(question, err=True)
    return answer


def edit_text(repository: Repository, text: str) -> str:
    """Let the author's git editor change a text. Raises Refused when the editor fails or leaves nothing."""
    editor = repository.git.run("var", "GIT_EDITOR").decode("utf-8", "surrogateescape").strip()
    handle, name = tempfile.mkstemp(suffix=".md", prefix="promptctl-")
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        done = subprocess.run(["sh", "-c", f"{editor} {shlex.quote(name)}"], check=False)  # noqa: S603, S607 - as git does
        edited = path.read_bytes().decode("utf-8", "replace") if done.returncode == 0 else ""
    finally:
        path.unlink(missing_ok=True)
    if not edited.strip():
        raise Refused("the editor left no text", hint="nothing was changed")
    return edited
