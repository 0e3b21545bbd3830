"""What the authoring commands have in common: they print, write or commit a plan."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.cli.console import is_interactive, print_lines
from promptctl.core.errors import PromptctlError, Refused, UsageError
from promptctl.core.styled import Part, Role, line

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def edit_text(repository: Repository, text: str) -> tuple[str, Path]:
    """What the author's git editor makes of a text, and the file that keeps it until the caller is done with it.

    Raises Refused when the editor fails or leaves nothing; the file stays then, if there is one.
    """
    editor = repository.git.run("var", "GIT_EDITOR").decode("utf-8", "surrogateescape").strip()
    handle, name = tempfile.mkstemp(suffix=".md", prefix="promptctl-draft-")
    path = Path(name)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    done = subprocess.run(["sh", "-c", f"{editor} {shlex.quote(name)}"], check=False)  # noqa: S603, S607 - as git does
    try:
        edited = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        edited = ""
    if done.returncode != 0 or not edited.strip():
        kept = f"; what was typed is in {path}" if edited.strip() and edited != text else ""
        raise Refused("the editor failed or left no text", hint=f"no version was made{kept}")
    return edited, path


@contextmanager
def keeping(drafts: list[Path]) -> Iterator[None]:
    """Remove edited drafts once all went well; where it did not, say where they are."""
    try:
        yield
    except PromptctlError as error:
        if drafts:
            error.hint = f"{error.hint or 'no version was made'}; what was typed is in {drafts[-1]}"
        raise
    for draft in drafts:
        draft.unlink(missing_ok=True)
