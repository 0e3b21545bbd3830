"""The real prek, which reads pre-commit's files: the same commits, merges and pushes are refused."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promptctl.plan.adoption import HOOK_TYPES, hooks_text
from tests.support.repos import FIRST, Repo, Result, bare_remote, clean_environment, make_repo

if TYPE_CHECKING:
    from collections.abc import Callable

EDITED = "released-version-edited"
REMOVED = "released-version-removed"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with prek's hooks, to be copied."""
    with pytest.MonkeyPatch.context() as patch:
        clean_environment(patch, tmp_path_factory.mktemp("home"))
        repo = make_repo(tmp_path_factory.mktemp("installed") / "repo")
        repo.write(".pre-commit-config.yaml", hooks_text(None, "") or "")
        repo.commit()
        types = [word for name in HOOK_TYPES for word in ("--hook-type", name)]
        subprocess.run(["prek", "install", *types], cwd=repo.path, check=True, capture_output=True)
    return repo.path


@pytest.fixture
def hooked(installed: Path, tmp_path: Path) -> Repo:
    return Repo(Path(shutil.copytree(installed, tmp_path / "repo")))


def refused(found: Result, *words: str) -> bool:
    said = found.out + found.err
    assert "Traceback" not in said
    assert all(word in said for word in words), said
    return found.code == 1


def release(repo: Repo, version: str = "1.1.0") -> None:
    repo.add_version(version, "Judge well.", supersedes="1.0.0", summary="Says more.")


def edit(repo: Repo) -> None:
    repo.edit()
    repo.git("add", "-A")


def delete(repo: Repo) -> None:
    repo.git("rm", "--quiet", FIRST)


def move(repo: Repo) -> None:
    repo.git("mv", FIRST, "old.md")


@pytest.mark.parametrize(("change", "rule"), [(edit, EDITED), (delete, REMOVED), (move, REMOVED)])
def test_commits(hooked: Repo, change: Callable[[Repo], None], rule: str) -> None:
    change(hooked)
    assert refused(hooked.try_git("commit", "-m", "Change"), rule, FIRST)
    hooked.git("reset", "--quiet", "--hard")
    release(hooked)
    hooked.git("add", "-A")
    hooked.git("commit", "--quiet", "-m", "Release")


def test_what_is_staged_counts(hooked: Repo) -> None:
    release(hooked)
    hooked.git("add", "-A")
    hooked.edit()
    hooked.git("commit", "--quiet", "-m", "Release")
    assert hooked.git("status", "--short") == f"M {FIRST}"
    assert refused(hooked.try_git("commit", "--all", "-m", "Edit"), EDITED, FIRST)


def test_a_merge_that_throws_away_what_main_released(hooked: Repo) -> None:
    hooked.switch("feature")
    hooked.write("notes.txt", "Ours.")
    hooked.commit()
    hooked.git("checkout", "--quiet", "main")
    release(hooked)
    hooked.commit()
    hooked.git("checkout", "--quiet", "feature")
    assert refused(hooked.try_git("merge", "--no-edit", "--strategy=ours", "main"), REMOVED, "1.1.0.md")
    hooked.git("merge", "--abort")
    hooked.git("merge", "--quiet", "--no-edit", "main")


def test_pushes(hooked: Repo) -> None:
    bare_remote(hooked)
    hooked.git("push", "--quiet", "--set-upstream", "origin", "main")
    hooked.switch("feature")
    release(hooked)
    hooked.commit()
    hooked.git("push", "--quiet", "origin", "feature")
    hooked.edit()
    hooked.commit("Past the hook")
    assert refused(hooked.try_git("push", "origin", "feature"), EDITED, FIRST)
    assert refused(hooked.try_git("push", "origin", "feature:main"), EDITED, FIRST)


def test_a_forced_push_that_drops_a_release(hooked: Repo) -> None:
    bare_remote(hooked)
    release(hooked)
    hooked.commit()
    hooked.git("push", "--quiet", "--set-upstream", "origin", "main")
    hooked.git("reset", "--quiet", "--hard", "HEAD~1")
    hooked.write("notes.txt", "Another past.")
    hooked.commit()
    assert refused(hooked.try_git("push", "--force", "origin", "main"), REMOVED, "1.1.0.md")


def test_a_run_by_hand(hooked: Repo) -> None:
    def run() -> Result:
        done = subprocess.run(
            ["prek", "run", "--all-files"], cwd=hooked.path, capture_output=True, text=True, check=False
        )
        return Result(done.returncode, done.stdout, done.stderr)

    assert run().code == 0
    edit(hooked)
    assert refused(run(), EDITED, FIRST)
