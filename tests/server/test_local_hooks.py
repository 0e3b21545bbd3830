"""Git's own hooks in a clone without pre-commit: commits and merges. Pushes have a page of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, Repo, Result
from tests.support.servers import EDITED, REMOVED, install, release

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def hooked(repo: Repo) -> Repo:
    assert install(repo).code == 0
    return repo


def refused(found: Result, *words: str) -> bool:
    said = found.out + found.err
    assert "Traceback" not in said
    assert all(word in said for word in words), said
    return found.code == 1


def diverge(repo: Repo) -> None:
    """Feature drafts one version, main releases another; feature is left checked out."""
    repo.switch("feature")
    release(repo, "2.0.0")
    repo.git("checkout", "--quiet", "main")
    release(repo, "1.1.0")
    repo.git("checkout", "--quiet", "feature")


def test_a_commit(hooked: Repo) -> None:
    hooked.edit()
    assert refused(hooked.try_git("commit", "-a", "-m", "Edit"), EDITED, FIRST)
    assert refused(hooked.try_git("commit", "-m", "Edit", "--only", FIRST), EDITED)
    hooked.write("notes.txt", "new")
    hooked.git("add", "notes.txt")
    found = hooked.try_git("commit", "-m", "What is staged is lawful")
    assert (found.code, "compared index with HEAD on main" in found.err) == (0, True)
    hooked.git("rm", "--quiet", "--force", FIRST)
    assert refused(hooked.try_git("commit", "-m", "Gone"), REMOVED)


def test_a_merge(hooked: Repo) -> None:
    diverge(hooked)
    assert refused(hooked.try_git("merge", "--no-edit", "--strategy=ours", "main"), REMOVED, "1.1.0.md")
    hooked.git("merge", "--abort")
    assert hooked.try_git("merge", "--no-edit", "main").code == 0
    hooked.edit()
    hooked.commit("Past the hook")
    hooked.git("checkout", "--quiet", "main")
    assert refused(hooked.try_git("merge", "--no-ff", "--no-edit", "feature"), EDITED, FIRST)


def test_what_was_there_runs_first_and_may_refuse(repo: Repo, tmp_path: Path) -> None:
    said = tmp_path / "said"
    for name in ("pre-commit", "pre-merge-commit"):
        hook = repo.path / ".git/hooks" / name
        hook.write_text(f'#!/bin/sh\necho {name} "$GIT_INDEX_FILE" "$#" >>"{said}"\ntest ! -e stop\n')
        hook.chmod(0o755)
    assert install(repo).code == 0
    diverge(repo)
    repo.git("merge", "--quiet", "--no-edit", "main")
    repo.edit()
    assert refused(repo.try_git("commit", "-a", "-m", "Edit"), EDITED)
    first, second = said.read_text().splitlines()
    assert (first.split()[0], second.split()[0]) == ("pre-merge-commit", "pre-commit")
    assert second.endswith("index.lock 0"), "the index that git hands over"
    (repo.path / "stop").touch()
    found = repo.try_git("commit", "-a", "-m", "Edit")
    assert (found.code, EDITED in found.err) == (1, False)


def test_an_unfinished_merge_is_no_pass(hooked: Repo) -> None:
    hooked.switch("feature")
    release(hooked, body="Ours.")
    hooked.git("checkout", "--quiet", "main")
    release(hooked, body="Theirs.")
    hooked.git("checkout", "--quiet", "feature")
    assert hooked.try_git("merge", "main").code == 1
    for stage in ("pre-commit", "pre-merge-commit", "manual"):
        found = hooked.promptctl("hook", "run", "--stage", stage)
        assert (found.code, "is unmerged" in found.err) == (3, True)
