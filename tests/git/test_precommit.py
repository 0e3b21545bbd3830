"""The real pre-commit in real commits, merges and pushes, set up as `promptctl init` does it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from promptctl.plan.adoption import HOOK_TYPES, hooks_text
from tests.support.repos import FIRST, FOLDER, Repo, Result, bare_remote, clean_environment, make_repo

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).parents[2]
EDITED = "released-version-edited"
REMOVED = "released-version-removed"
REPLACED = "released-version-replaced"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with pre-commit's hooks, to be copied."""
    with pytest.MonkeyPatch.context() as patch:
        clean_environment(patch, tmp_path_factory.mktemp("home"))
        repo = make_repo(tmp_path_factory.mktemp("installed") / "repo")
        repo.write(".pre-commit-config.yaml", hooks_text(None, "") or "")
        repo.commit()
        types = [word for name in HOOK_TYPES for word in ("--hook-type", name)]
        subprocess.run(["pre-commit", "install", *types], cwd=repo.path, check=True, capture_output=True)
    return repo.path


@pytest.fixture
def hooked(installed: Path, tmp_path: Path) -> Repo:
    return Repo(Path(shutil.copytree(installed, tmp_path / "repo")))


def said(found: Result) -> str:
    return found.out + found.err


def refused(found: Result, *words: str) -> bool:
    """Whether git was stopped by promptctl, for this reason."""
    assert "Traceback" not in said(found)
    assert all(word in said(found) for word in words), said(found)
    return found.code == 1


def new_version(repo: Repo, version: str = "1.1.0", body: str = "Judge well.") -> str:
    return repo.add_version(version, body, supersedes="1.0.0", summary="Says more.")


def test_the_entry_that_init_writes_is_the_published_one() -> None:
    (published, *_) = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    config = yaml.safe_load(hooks_text(None, "") or "")
    (written,) = config["repos"][0]["hooks"]
    assert (published.pop("language"), written.pop("language")) == ("python", "system")
    assert written.items() <= published.items()
    assert set(config["default_install_hook_types"]) < set(written["stages"])


def test_what_is_staged_counts(hooked: Repo) -> None:
    new_version(hooked)
    hooked.git("add", "-A")
    hooked.edit()
    hooked.git("commit", "--quiet", "-m", "New version")
    assert hooked.git("status", "--short") == f"M {FIRST}"
    edited = hooked.read(FIRST)
    hooked.git("add", "-A")
    hooked.git("restore", FIRST, "--source=HEAD", "--worktree")
    assert refused(hooked.try_git("commit", "-m", "Edit"), EDITED, FIRST)
    assert hooked.git("show", f":{FIRST}") == edited.strip()


def test_commit_all_and_commit_only(hooked: Repo) -> None:
    hooked.edit()
    assert refused(hooked.try_git("commit", "-a", "-m", "Edit"), EDITED)
    assert refused(hooked.try_git("commit", "-m", "Edit", "--only", FIRST), EDITED)
    path = new_version(hooked)
    hooked.git("add", path)
    hooked.git("commit", "--quiet", "-m", "New version", "--only", path)
    assert hooked.git("status", "--short") == f"M {FIRST}"


def delete(repo: Repo) -> None:
    repo.git("rm", "--quiet", FIRST)


def rename_out(repo: Repo) -> None:
    repo.git("mv", FIRST, "old.md")


def link(repo: Repo) -> None:
    rename_out(repo)
    (repo.path / FIRST).symlink_to("../../../old.md")
    repo.git("add", "-A")


@pytest.mark.parametrize(("change", "rule"), [(delete, REMOVED), (rename_out, REMOVED), (link, REPLACED)])
def test_what_file_filters_do_not_see(hooked: Repo, change: Callable[[Repo], None], rule: str) -> None:
    change(hooked)
    assert refused(hooked.try_git("commit", "-m", "Change"), rule, FIRST)


def test_a_draft_may_be_amended_and_a_release_may_not(hooked: Repo) -> None:
    hooked.switch("feature")
    path = new_version(hooked)
    hooked.git("add", "-A")
    hooked.git("commit", "--quiet", "-m", "Draft")
    hooked.edit(path)
    hooked.git("commit", "--quiet", "-a", "--amend", "-m", "Better draft")
    hooked.edit()
    assert refused(hooked.try_git("commit", "-a", "--amend", "-m", "Worse"), EDITED, FIRST)


def diverge(repo: Repo, *, ours: str = "2.0.0", theirs: str = "1.1.0") -> None:
    """Main releases one version, feature drafts another and is left checked out."""
    repo.switch("feature")
    new_version(repo, ours, "Ours.")
    repo.commit("Ours")
    repo.git("checkout", "--quiet", "main")
    new_version(repo, theirs, "Theirs.")
    repo.commit("Theirs")
    repo.git("checkout", "--quiet", "feature")


def test_merging_the_protected_branch_in_is_never_blamed(hooked: Repo) -> None:
    diverge(hooked)
    found = hooked.try_git("merge", "--no-edit", "main")
    assert (found.code, "Passed" in said(found)) == (0, True), said(found)
    hooked.git("commit", "--quiet", "--allow-empty", "-m", "And on")
    hooked.git("checkout", "--quiet", "main")
    hooked.git("merge", "--quiet", "--no-ff", "--no-edit", "feature")


def test_a_merge_that_throws_away_what_main_released(hooked: Repo) -> None:
    """Git says what it merges only in MERGE_HEAD, and before a clean merge's hook not even there."""
    diverge(hooked)
    assert refused(hooked.try_git("merge", "--no-edit", "--strategy=ours", "main"), REMOVED, "1.1.0.md")
    hooked.git("merge", "--abort")
    hooked.git("merge", "--no-commit", "--strategy=ours", "main")
    assert refused(hooked.try_git("commit", "-m", "Merge"), REMOVED, "1.1.0.md")


def test_a_merge_in_which_both_sides_took_one_number(hooked: Repo) -> None:
    diverge(hooked, ours="1.1.0")
    assert refused(hooked.try_git("merge", "--no-edit", "--strategy-option=ours", "main"), EDITED, "1.1.0.md")
    hooked.git("merge", "--abort")
    assert hooked.try_git("merge", "--no-edit", "main").code == 1
    hooked.git("checkout", "--quiet", "--ours", FOLDER)
    hooked.git("add", "-A")
    assert refused(hooked.try_git("commit", "-m", "Merge"), EDITED, "1.1.0.md")
    hooked.git("checkout", "--quiet", "main", "--", FOLDER)
    hooked.git("commit", "--quiet", "-m", "Merge")


def test_a_merge_into_main_that_brings_an_edit(hooked: Repo) -> None:
    diverge(hooked)
    hooked.edit()
    hooked.commit("Past the hook")
    hooked.git("checkout", "--quiet", "main")
    assert refused(hooked.try_git("merge", "--no-edit", "feature"), EDITED, FIRST)


def test_the_first_push_and_new_branches(hooked: Repo) -> None:
    bare_remote(hooked)
    hooked.git("push", "--quiet", "--set-upstream", "origin", "main")
    hooked.git("push", "--quiet", "origin", "main:refs/heads/copy")
    hooked.switch("feature")
    new_version(hooked)
    hooked.commit("New version")
    hooked.git("checkout", "--quiet", "main")
    hooked.git("push", "--quiet", "origin", "feature")
    assert hooked.git("ls-remote", "--heads", "origin").count("refs/heads/") == 3


def test_a_push_is_judged_by_what_is_pushed(hooked: Repo) -> None:
    bare_remote(hooked, "main")
    hooked.switch("feature")
    hooked.edit()
    hooked.commit("Past the hook")
    hooked.git("checkout", "--quiet", "main")
    assert refused(hooked.try_git("push", "origin", "feature"), EDITED, FIRST)
    assert refused(hooked.try_git("push", "origin", "feature:main"), EDITED, FIRST)
    hooked.edit()
    hooked.git("branch", "clean")
    hooked.git("push", "--quiet", "origin", "clean")
    hooked.commit("Past the hook")
    assert refused(hooked.try_git("push", "origin", "main"), EDITED, FIRST)


def test_a_conflict_that_nobody_resolved(hooked: Repo) -> None:
    diverge(hooked, ours="1.1.0")
    assert hooked.try_git("merge", "main").code == 1
    found = hooked.promptctl("hook", "run")
    assert (found.code, "is unmerged" in found.err) == (3, True)


@pytest.mark.slow
@pytest.mark.parametrize("client", ["pre-commit", "prek"])
def test_the_published_hook_in_an_environment_of_its_own(repo: Repo, tmp_path: Path, client: str) -> None:
    if not (PROJECT / ".git").exists():
        pytest.skip("this is no checkout")
    probe = ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(tmp_path), "hatchling"]
    if run(repo, sys.executable, *probe).code != 0:
        pytest.skip("no package index can be reached")
    command = (client, "try-repo", str(PROJECT), "promptctl", "--all-files")
    found = run(repo, *command)
    assert found.code == 0, said(found)
    repo.edit()
    repo.git("add", "-A")
    assert refused(run(repo, *command), EDITED, FIRST)


def run(repo: Repo, *command: str) -> Result:
    done = subprocess.run(command, cwd=repo.path, capture_output=True, text=True, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def test_a_forced_push_that_drops_a_release_is_refused(repo: Repo, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    repo.git("init", "--quiet", "--bare", str(remote))
    repo.git("remote", "add", "origin", str(remote))
    repo.add_version("1.1.0", "B", supersedes="1.0.0", summary="b")
    repo.commit("second")
    repo.git("push", "--quiet", "-u", "origin", "main")
    repo.git("reset", "--quiet", "--hard", "main~1")
    variables = {
        "PRE_COMMIT_REMOTE_NAME": "origin",
        "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/main",
        "PRE_COMMIT_TO_REF": repo.git("rev-parse", "HEAD"),
    }
    found = repo.promptctl("hook", "run", env=variables)
    assert found.code == 1
    assert "released-version-removed" in found.out
