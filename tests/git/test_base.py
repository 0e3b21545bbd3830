"""Which commit is taken for the base, and that every run says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, POLICY, Repo, bare_remote, clone

if TYPE_CHECKING:
    from pathlib import Path

EDITED = ["released-version-edited"]


def base_of(repo: Repo, *arguments: str) -> tuple[str, str]:
    """The base's name as a person reads it, and its commit."""
    found = repo.check(*arguments)
    assert found.code in {0, 1}, found.err
    label = found.err.partition(" with ")[2].partition(", policy of ")[0].partition(" (")[0]
    return label, found.report["base"]


@pytest.fixture
def ahead(repo: Repo) -> Repo:
    """A repository whose main has a commit that origin does not have, with main checked out."""
    bare_remote(repo, "main")
    repo.write("notes.txt", "not pushed yet")
    repo.commit()
    return repo


def test_the_upstream_comes_before_the_local_branch(ahead: Repo) -> None:
    pushed = ahead.git("rev-parse", "origin/main")
    assert base_of(ahead) == base_of(ahead, "--staged") == ("origin/main", pushed)
    ahead.switch("feature")
    assert base_of(ahead) == ("origin/main", pushed)
    ahead.git("config", "--unset", "branch.main.merge")
    assert base_of(ahead) == ("origin/main", pushed)


def test_on_the_protected_branch_what_is_not_pushed_is_still_a_draft(ahead: Repo) -> None:
    path = ahead.add_version("1.1.0", "Judge well.", supersedes="1.0.0", summary="Says well.")
    ahead.commit()
    ahead.edit(path)
    assert ahead.check().rules == []
    ahead.edit()
    assert ahead.check().rules == EDITED


def test_what_the_caller_asks_for_comes_first(ahead: Repo) -> None:
    tip = ahead.git("rev-parse", "main")
    assert base_of(ahead, "--base", "main") == ("main", tip)
    assert base_of(ahead, "--base", tip[:12], "--worktree") == (tip[:12], tip)
    assert base_of(ahead, "--base", "main~1", "--head", "main")[1] == ahead.git("rev-parse", "main~1")
    ahead.git("tag", "-a", "-m", "Tag", "v1", "main")
    assert base_of(ahead, "--base", "v1") == ("v1", tip)


def test_an_upstream_with_another_name(ahead: Repo) -> None:
    ahead.git("remote", "rename", "origin", "company")
    assert base_of(ahead) == ("company/main", ahead.git("rev-parse", "company/main"))
    ahead.git("push", "--quiet", "company", "main:trunk")
    ahead.git("branch", "--quiet", "--set-upstream-to=company/trunk", "main")
    assert base_of(ahead) == ("company/trunk", ahead.git("rev-parse", "main"))


def test_without_a_remote_the_local_branch_is_the_base(repo: Repo) -> None:
    tip = repo.git("rev-parse", "main")
    assert base_of(repo) == ("HEAD on main", tip)
    repo.switch("feature")
    repo.write("notes.txt", "mine")
    repo.commit()
    assert base_of(repo) == ("main", tip)
    repo.git("checkout", "--quiet", "--detach")
    assert base_of(repo) == ("main", tip)


def test_nothing_is_protected_before_the_first_commit(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "new")
    repo.path.mkdir()
    repo.git("init", "--quiet")
    repo.add_version("1.0.0")
    for arguments in ((), ("--staged",), ("--all",)):
        label, commit = base_of(repo, *arguments)
        assert (label, commit) == ("nothing: no commit is protected yet", None)
    assert repo.check().rules == ["manifest-missing"]


def test_a_clone_without_the_protected_branch(repo: Repo, tmp_path: Path) -> None:
    repo.switch("feature")
    repo.edit()
    repo.commit()
    single = clone(repo, tmp_path / "single", "--single-branch", "--branch=feature")
    found = single.check()
    assert (found.code, found.out) == (3, "")
    assert "the protected branch is not in this clone: main" in found.err
    assert "help: git fetch origin +refs/heads/main:refs/remotes/origin/main" in found.err
    assert single.check("--base", "main").code == 3
    whole = single.check("--all")
    assert (whole.code, whole.report["base"], whole.report["policy"]) == (0, None, "head")
    assert "nothing: the protected branch is not in this clone: main" in whole.err
    assert single.check("--all", "--base", "main").code == 3
    single.git("fetch", "--quiet", "origin", "+refs/heads/main:refs/remotes/origin/main")
    assert single.check().rules == EDITED


def test_a_shallow_clone_of_one_branch_still_answers_about_the_whole(repo: Repo, tmp_path: Path) -> None:
    repo.switch("feature")
    repo.write("prompt-templates/task/qualify-lead/notes.txt", "misplaced")
    repo.commit()
    single = clone(repo, tmp_path / "single", "--depth=1", "--branch=feature")
    assert single.check("--all").rules == ["misplaced-file"]


def test_the_policy_on_the_base_may_name_another_branch(repo: Repo) -> None:
    """The list is looked up once more, at what the first one led to, and not a third time."""
    trunk = repo.git("rev-parse", "main")
    repo.git("branch", "trunk")
    repo.switch("feature")
    repo.git("checkout", "--quiet", "main")
    repo.write("promptctl.yaml", POLICY.replace("main", "trunk"))
    repo.commit()
    repo.git("checkout", "--quiet", "feature")
    assert base_of(repo) == ("trunk", trunk)


def test_a_change_that_is_not_committed_cannot_choose_its_own_base(repo: Repo) -> None:
    repo.switch("feature")
    repo.write("promptctl.yaml", POLICY.replace("main", "feature"))
    repo.git("add", "-A")
    assert base_of(repo) == base_of(repo, "--staged") == ("main", repo.git("rev-parse", "main"))


def test_several_protected_branches(repo: Repo) -> None:
    repo.write("promptctl.yaml", POLICY.replace("[main]", "[main, release/1.x]"))
    repo.commit()
    repo.switch("release/1.x")
    path = repo.add_version("1.0.1", supersedes="1.0.0", summary="Says more.")
    tip = repo.commit()
    assert base_of(repo) == ("HEAD on release/1.x", tip)
    repo.edit(path)
    assert repo.check().rules == EDITED
    repo.git("checkout", "--quiet", "--", path)
    repo.switch("feature", "main")
    assert base_of(repo) == ("main", repo.git("rev-parse", "main"))
    repo.git("branch", "--quiet", "-D", "main")
    assert base_of(repo) == ("release/1.x", tip)


def test_a_detached_head_needs_no_branch_name(ahead: Repo) -> None:
    ahead.git("checkout", "--quiet", "--detach", "main")
    assert base_of(ahead)[0] == "origin/main"
    ahead.edit()
    assert ahead.check("--staged").rules == []
    ahead.commit()
    assert ahead.check().rules == EDITED


def test_an_orphan_branch_is_compared_with_the_protected_one(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "--orphan", "fresh")
    assert base_of(repo, "--staged") == ("main", repo.git("rev-parse", "main"))
    repo.edit()
    repo.git("add", "-A")
    assert repo.check("--staged").rules == EDITED


@pytest.mark.parametrize("name", ["nowhere", "-x", "--all", "main:promptctl.yaml", "a\nb", ""])
def test_a_base_that_is_no_commit(repo: Repo, name: str) -> None:
    found = repo.check(f"--base={name}")
    assert (found.code, found.out) == (3, "")
    assert "there is no commit" in found.err
    assert "Traceback" not in found.err


def test_a_tag_cannot_pass_for_a_branch(ahead: Repo) -> None:
    """Git takes a tag before a branch of the same name."""
    ahead.switch("feature")
    ahead.edit()
    ahead.commit()
    for name in ("main", "origin/main"):
        ahead.git("tag", name)
        assert ahead.check().rules == EDITED
        found = ahead.check("--base", name)
        assert (found.code, f"refs/tags/{name} or refs/heads/{name}" in found.err) == (3, True)
    assert ahead.check("--base", "refs/heads/main").rules == EDITED


def test_every_format_names_the_base(ahead: Repo, tmp_path: Path) -> None:
    ahead.edit()
    words = f"compared worktree with origin/main ({ahead.git('rev-parse', 'origin/main')[:10]}), policy of base"
    for name in ("concise", "json"):
        found = ahead.promptctl("check", "--format", name)
        assert words in found.err
        assert words not in found.out
    text = ahead.promptctl("check")
    assert words in text.out
    assert text.err == ""
    written = ahead.promptctl("check", "--format", "json", "--output", str(tmp_path / "report.json"))
    assert words in written.err
    assert words in ahead.promptctl("hook", "run").out.replace("index", "worktree")
    assert FIRST in text.out


def test_a_number_that_another_protected_branch_has_is_taken(repo: Repo) -> None:
    """Nothing says which of them a branch is meant for, so what any of them released is released."""
    repo.write("promptctl.yaml", POLICY.replace("[main]", "[main, release/1.x]"))
    repo.commit()
    repo.switch("release/1.x")
    path = repo.add_version("1.1.0", supersedes="1.0.0", summary="Says more.")
    repo.commit()
    repo.switch("feature")
    assert repo.check().rules == []
    repo.edit(path)
    (found,) = repo.check().report["findings"]
    assert (found["rule"], found["path"]) == ("version-collision", path)
    repo.git("add", "-A")
    assert repo.check("--staged").rules == ["version-collision"]
    repo.commit()
    assert repo.check("--head", "HEAD").rules == ["version-collision"]
    assert found["hint"] == "promptctl renumber qualify-lead@1.1.0 --to auto"
    assert repo.promptctl(*found["hint"].split()[1:]).code == 0
    assert repo.check().rules == []
    repo.git("stash", "--quiet", "--include-untracked")
    repo.git("checkout", "--quiet", "main")
    assert repo.check("--head", "feature").rules == [], "on a protected branch that one alone is asked"


def mistyped(repo: Repo) -> None:
    repo.write("promptctl.yaml", POLICY.replace("main", "mian"))
    repo.commit()


def test_a_policy_that_names_no_branch_says_how_to_mend_it(repo: Repo) -> None:
    mistyped(repo)
    found = repo.check()
    assert (found.code, "the protected branch is not in this clone: mian" in found.err) == (3, True)
    assert "name another under `protected` (main)" in found.err
    assert "git commit -m 'Mend the policy' promptctl.yaml" in found.err


def test_the_commit_that_mends_such_a_policy_passes_the_hook(repo: Repo) -> None:
    mistyped(repo)
    repo.install_hook("pre-commit")
    repo.write("promptctl.yaml", POLICY)
    assert repo.check().code == 0
    done = repo.try_git("commit", "-m", "Mend the policy", "promptctl.yaml")
    assert done.code == 0, done.err
    assert repo.check().code == 0
    repo.edit()
    assert repo.check().rules == EDITED


@pytest.mark.parametrize("other", [FIRST, "notes.txt"])
def test_nothing_else_passes_with_it(repo: Repo, other: str) -> None:
    mistyped(repo)
    repo.write("promptctl.yaml", POLICY)
    repo.write(other, "more\n")
    repo.git("add", "-A")
    assert (repo.check("--staged").code, repo.check().code) == (3, 3)


def test_a_commit_cannot_choose_its_base_by_mending_the_policy(repo: Repo, tmp_path: Path) -> None:
    """A clone of one branch alone: to say that this one is protected must not make it the base."""
    repo.switch("feature")
    repo.edit()
    repo.commit()
    alone = clone(repo, tmp_path / "alone", "--single-branch", "--branch=feature")
    assert alone.check("--staged").code == 3
    alone.write("promptctl.yaml", POLICY.replace("main", "feature"))
    alone.git("add", "-A")
    alone.commit()
    assert (alone.check().code, alone.check("--base", "origin/main").code) == (3, 3)
