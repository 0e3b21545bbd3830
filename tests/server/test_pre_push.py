"""`hook run --stage pre-push` as git calls it: every ref of a push, before it leaves the clone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, FOLDER, POLICY, Repo, Result, clone
from tests.support.servers import EDITED, REMOVED, ZERO, edit, install, release

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _hooks(repo: Repo) -> None:
    assert install(repo).code == 0


def refused(found: Result, *words: str) -> bool:
    assert "Traceback" not in found.err
    assert all(word in found.err for word in words), found.err
    assert "failed to push some refs" in found.err
    return found.code == 1


def bad_branch(repo: Repo, name: str = "bad") -> None:
    repo.switch(name, "main")
    edit(repo, FIRST)
    repo.git("checkout", "--quiet", "main")


def test_a_lawful_push(repo: Repo, origin: Repo) -> None:
    release(repo)
    found = repo.try_git("push", "origin", "main")
    assert (found.code, "with main on the remote (" in found.err) == (0, True), found.err
    found = repo.try_git("push", "origin", "main")
    assert (found.code, found.err.strip()) == (0, "Everything up-to-date")
    assert origin.git("rev-parse", "main") == repo.git("rev-parse", "main")


@pytest.mark.usefixtures("origin")
def test_the_second_of_two_branches_is_judged_too(repo: Repo) -> None:
    bad_branch(repo)
    repo.git("branch", "good", "main")
    found = repo.try_git("push", "origin", "good", "bad")
    assert refused(found, "refs/heads/good:", "no findings", "refs/heads/bad:", f"[{EDITED}]", "with origin/main (")
    assert refused(repo.try_git("push", "origin", "bad", "good"), f"[{EDITED}]")
    assert repo.try_git("push", "origin", "good").code == 0


@pytest.mark.usefixtures("origin")
def test_the_remote_name_decides(repo: Repo) -> None:
    bad_branch(repo)
    assert refused(repo.try_git("push", "origin", "bad:main"), f"[{EDITED}]", "with main on the remote (")
    assert refused(repo.try_git("push", "origin", "bad:refs/for/main"), f"[{EDITED}]")
    assert repo.try_git("push", "origin", "main:bad").code == 0
    assert repo.try_git("push", "origin", "HEAD@{0}:refs/heads/from-reflog").code == 0
    assert "refs/heads/by-date:" in repo.try_git("push", "origin", "HEAD@{1 second ago}:refs/heads/by-date").err


@pytest.mark.usefixtures("origin")
def test_forced_pushes(repo: Repo) -> None:
    path = release(repo)
    repo.git("push", "--quiet", "origin", "main")
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    assert refused(repo.try_git("push", "--force", "origin", "main"), f"[{REMOVED}]", path)
    repo.git("branch", "--quiet", "feature", "origin/main")
    repo.git("push", "--quiet", "origin", "feature")
    assert repo.try_git("push", "--force", "origin", "main:feature").code == 0, "it is only behind"


def test_deletions(repo: Repo, origin: Repo) -> None:
    origin.git("config", "receive.denyDeleteCurrent", "ignore")
    repo.git("push", "--quiet", "origin", "main:feature")
    assert refused(repo.try_git("push", "origin", ":feature", ":main"), "main is protected and may not be deleted")
    assert repo.try_git("push", "origin", ":feature").code == 0
    repo.git("checkout", "--quiet", "--detach")
    repo.git("branch", "--delete", "--force", "main")
    assert refused(repo.try_git("push", "origin", "--delete", "main"), "main is protected")


@pytest.mark.usefixtures("origin")
def test_the_policy_of_the_base_counts_wherever_head_is(repo: Repo) -> None:
    repo.git("push", "--quiet", "origin", "main:stable")
    repo.write("promptctl.yaml", POLICY.replace("[main]", "[main, stable]"))
    repo.commit("Protect stable")
    repo.git("push", "--quiet", "origin", "main")
    repo.git("checkout", "--quiet", "--detach", "main~1")
    assert refused(repo.try_git("push", "origin", ":stable"), "stable is protected")
    edit(repo, FIRST)
    assert refused(repo.try_git("push", "origin", "HEAD:stable"), f"[{EDITED}]", "with stable on the remote")


@pytest.mark.usefixtures("origin")
def test_tags_release_nothing(repo: Repo) -> None:
    bad_branch(repo)
    repo.git("tag", "-a", "-m", "Annotated", "heavy", "bad")
    repo.git("tag", "blob", f"bad:{FIRST}")
    found = repo.try_git("push", "origin", "--tags")
    assert (found.code, EDITED in found.err) == (0, False)


def test_what_the_remote_has_must_be_here_to_be_compared(repo: Repo, origin: Repo, tmp_path: Path) -> None:
    other = clone(origin, tmp_path / "other")
    release(other)
    other.git("push", "--quiet", "origin", "main")
    repo.write("notes.txt", "ours")
    repo.commit()
    found = repo.try_git("push", "--force", "origin", "main")
    assert refused(found, "main on the remote is at", "which is not in this clone", "help: git fetch origin")
    repo.git("fetch", "--quiet", "origin")
    assert refused(repo.try_git("push", "--force", "origin", "main"), f"[{REMOVED}]", f"{FOLDER}/1.1.0.md")


def test_a_clone_without_the_protected_branch(repo: Repo, origin: Repo, tmp_path: Path) -> None:
    repo.git("push", "--quiet", "origin", "main:feature")
    single = clone(origin, tmp_path / "single", "--single-branch", "--branch=feature")
    install(single)
    single.write("notes.txt", "ours")
    single.commit()
    found = single.try_git("push", "origin", "feature")
    assert refused(found, "the protected branch is not in this clone: main", "help: git fetch origin")
    assert refused(single.try_git("push", "origin", ":main"), "main is protected")


@pytest.mark.usefixtures("origin")
def test_in_pre_commit_its_variables_count(repo: Repo) -> None:
    """It reads git's words itself and hands on one commit."""
    bad_branch(repo)
    variables = {"PRE_COMMIT_REMOTE_NAME": "origin", "PRE_COMMIT_TO_REF": repo.git("rev-parse", "bad")}
    for arguments in ((), ("--stage", "pre-push")):
        assert EDITED in repo.promptctl("hook", "run", *arguments, env=variables).out
    for stage in ("pre-commit", "pre-merge-commit", "manual"):
        assert repo.promptctl("hook", "run", "--stage", stage, env=variables).code == 0, "the index is lawful"


def test_words_that_git_would_not_say(repo: Repo) -> None:
    for words in (f"main {ZERO} refs/heads/main", f"{ZERO} refs/heads/main {ZERO}", "?"):
        found = repo.promptctl("hook", "run", "--stage", "pre-push", stdin=words.encode())
        assert (found.code, "standard input is not" in found.err) == (2, True)
    assert repo.promptctl("hook", "run", "--stage", "pre-push").code == 0, "everything is up to date"
    assert repo.promptctl("hook", "run", "--stage", "commit-msg").code == 2
