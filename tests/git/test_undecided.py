"""An unanswered question is never a pass: exit 3, one line saying why, and the command that mends it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, FOLDER, GONE, Repo, Result, bare_remote, clone

if TYPE_CHECKING:
    from pathlib import Path


def refused(found: Result, why: str, command: str) -> bool:
    """Whether a run ended undecided and said this much, and no more."""
    assert (found.code, found.out) == (3, ""), found.err
    error, remedy = found.err.splitlines()
    assert error.startswith("error: ")
    assert why in error
    assert remedy.startswith("  help: ")
    assert command in remedy
    return True


def loose(repo: Repo, name: str) -> Path:
    """The file of a loose object."""
    oid = repo.git("rev-parse", name)
    return repo.path / ".git/objects" / oid[:2] / oid[2:]


def test_no_repository(tmp_path: Path) -> None:
    outside = Repo(tmp_path)
    assert refused(outside.check(), "is not in a git repository", "git init")
    assert refused(outside.promptctl("hook", "run"), "is not in a git repository", "git init")
    assert refused(outside.promptctl("list"), "is not in a git repository", "git init")


def test_inside_a_git_directory(repo: Repo) -> None:
    inside = Repo(repo.path / ".git")
    assert refused(inside.check(), "is inside a git directory", "work tree")


def test_a_repository_of_another_user(repo: Repo) -> None:
    found = repo.check(env={"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    assert refused(found, "git does not trust", f"git config --global --add safe.directory {repo.path}")


def test_without_git(repo: Repo, tmp_path: Path) -> None:
    found = repo.check(env={"PATH": str(tmp_path)})
    assert refused(found, "git is not installed", "install git")


@pytest.mark.parametrize("option", ["--base", "--head"])
def test_a_missing_ref(repo: Repo, option: str) -> None:
    found = repo.check(option, "origin/release")
    assert refused(found, "there is no commit 'origin/release' in this clone", "git fetch origin +refs/heads/release")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("release", "git fetch origin +refs/heads/release:refs/remotes/origin/release, and name it origin/release"),
        ("c" * 40, f"git fetch origin {'c' * 40}"),
        ("HEAD~7", "git branch --all lists what can be named"),
        ("", "git branch --all lists what can be named"),
        ("-x", "git branch --all lists what can be named"),
    ],
)
def test_the_hint_fetches_only_what_a_remote_could_know(repo: Repo, name: str, command: str) -> None:
    assert refused(repo.check(f"--base={name}"), f"there is no commit '{name}' in this clone", f"help: {command}")


def test_a_parent_beyond_the_end_of_a_shallow_clone(repo: Repo, tmp_path: Path) -> None:
    repo.write("notes.txt", "more")
    repo.commit()
    cut = clone(repo, tmp_path / "cut", "--depth=1")
    assert refused(cut.check("--base=HEAD~1"), "there is no commit 'HEAD~1'", "help: git fetch --unshallow")
    cut.git("fetch", "--quiet", "--unshallow")
    assert cut.check("--base=HEAD~1").code == 0


def test_a_policy_that_names_no_branch_because_it_cannot_be_read(repo: Repo) -> None:
    repo.git("branch", "--move", "main", "trunk")
    repo.write("promptctl.yaml", "protected: [trunk, 'rel ease']\n")
    repo.git("commit", "-qam", "Break the policy", "--no-verify")
    found = repo.check()
    assert refused(found, "the policy in HEAD cannot be read, so nothing says which branch is protected", "commit that")
    assert "main" not in found.err


@pytest.mark.parametrize("command", ["new-version qualify-lead --bump minor -m More", "renumber qualify-lead@1.1.0"])
def test_no_number_is_taken_where_nobody_knows_which_are_free(repo: Repo, command: str) -> None:
    repo.switch("feature")
    repo.add_version("1.1.0", "New.", supersedes="1.0.0", summary="Says new.")
    repo.commit()
    repo.git("branch", "--delete", "--force", "main")
    found = repo.promptctl(*command.split())
    assert refused(found, "the protected branch is not in this clone: main", "git fetch origin +refs/heads/main")
    assert repo.git("status", "--porcelain") == ""


def test_a_missing_protected_branch(repo: Repo) -> None:
    repo.git("branch", "--move", "main", "feature")
    command = "git fetch origin +refs/heads/main:refs/remotes/origin/main"
    for arguments in (("check",), ("check", "--staged"), ("hook", "run")):
        assert refused(repo.promptctl(*arguments), "the protected branch is not in this clone: main", command)


def test_a_shallow_clone_in_which_nothing_says_who_is_behind(repo: Repo, tmp_path: Path) -> None:
    repo.switch("feature")
    repo.write("notes.txt", "ours")
    repo.commit()
    repo.git("checkout", "--quiet", "main")
    repo.add_version("1.1.0", "New.", supersedes="1.0.0", summary="Says new.")
    repo.commit()
    cut = clone(repo, tmp_path / "cut", "--depth=1", "--no-single-branch", "--branch=feature")
    assert refused(cut.check(), "cannot decide whether", "git fetch --unshallow origin")
    cut.git("fetch", "--quiet", "--unshallow", "origin")
    assert cut.check().code == 0


def conflict(repo: Repo) -> None:
    """Leave a merge of main into feature unfinished: both added 1.1.0."""
    for name in ("feature", "main"):
        repo.git("checkout", "--quiet", "-B", name, "main")
        repo.add_version("1.1.0", f"From {name}.", supersedes="1.0.0", summary="Says more.")
        repo.commit()
        repo.git("branch", "--quiet", "--force", f"kept-{name}")
        repo.git("reset", "--quiet", "--hard", "main~1" if name == "main" else "main")
    repo.git("checkout", "--quiet", "kept-feature")
    repo.git("branch", "--quiet", "--force", "main", "kept-main")
    assert repo.try_git("merge", "main").code == 1


def test_an_unmerged_index(repo: Repo) -> None:
    conflict(repo)
    why = f"{FOLDER}/1.1.0.md is unmerged"
    for arguments in (("check", "--staged"), ("hook", "run"), ("check", "--staged", "--all")):
        assert refused(repo.promptctl(*arguments), why, "`git add` the file, or abort")
    assert repo.check().code != 0
    repo.git("checkout", "--quiet", "--theirs", FOLDER)
    repo.git("add", "-A")
    assert repo.check("--staged").code == 0


def test_a_missing_blob(repo: Repo) -> None:
    repo.edit()
    repo.git("add", "-A")
    loose(repo, f":{FIRST}").unlink()
    assert refused(repo.check("--staged"), "cannot be read", "git fsck")


def test_a_missing_tree(repo: Repo) -> None:
    repo.switch("feature")
    repo.edit()
    repo.commit()
    loose(repo, f"main:{FOLDER}").unlink()
    assert refused(repo.check("--base", "main"), "git diff-tree failed", "fsck")


def test_a_missing_commit(repo: Repo) -> None:
    parent = loose(repo, "HEAD")
    repo.commit()
    parent.unlink()
    assert repo.check().code == 0
    repo.edit()
    assert refused(repo.check(), "git log failed: ", "git fsck"), "were these its first bytes?"
    loose(repo, "HEAD").unlink()
    assert refused(repo.check(), "cannot be read", "git fsck")


@pytest.mark.parametrize("content", [b"", b"garbage", b"x\x9cK\xca\xc9OR04b\x00\x00"])
def test_a_corrupt_object(repo: Repo, content: bytes) -> None:
    repo.edit()
    repo.git("add", "-A")
    blob = loose(repo, f":{FIRST}")
    blob.chmod(0o644)
    blob.write_bytes(content)
    assert refused(repo.check("--staged"), f"object {repo.git('rev-parse', f':{FIRST}')} cannot be read", "git fsck")


def test_a_corrupt_index(repo: Repo) -> None:
    (repo.path / ".git/index").write_bytes(b"DIRC nonsense")
    for arguments in ((), ("--staged",)):
        assert refused(repo.check(*arguments), "failed: fatal: ", "git read-tree HEAD")
    repo.git("read-tree", "HEAD")
    assert repo.check("--staged").code == 0


def test_a_corrupt_head(repo: Repo) -> None:
    (repo.path / ".git/HEAD").write_text("0" * 40)
    assert refused(repo.check(), "HEAD does not name a readable commit", "git fsck")


def test_a_lock_that_another_git_holds_does_not_matter(repo: Repo) -> None:
    (repo.path / ".git/index.lock").touch()
    repo.edit()
    assert (repo.check("--staged").rules, repo.check().rules) == ([], ["released-version-edited"])


@pytest.mark.parametrize("path", [FIRST, "promptctl.yaml"])
def test_a_pipe_in_the_place_of_a_file(repo: Repo, path: str) -> None:
    (repo.path / path).unlink(missing_ok=True)
    os.mkfifo(repo.path / path)
    assert refused(repo.check(), f"Unable to process path {path}", "remove it")


@pytest.fixture
def partial(repo: Repo, tmp_path: Path) -> Repo:
    """A clone that left all but the newest files out, and whose remote is gone."""
    bare = bare_remote(repo)
    repo.add_version("1.1.0", "Judge well.", supersedes="1.0.0", summary="Says well.")
    repo.commit()
    repo.edit(f"{FOLDER}/1.1.0.md")
    repo.commit()
    repo.git("push", "--quiet", "origin", "main")
    bare.git("config", "uploadpack.allowFilter", "true")
    copy = clone(bare, tmp_path / "partial", "--filter=blob:none")
    shutil.rmtree(bare.path)
    return copy


def test_a_partial_clone_answers_where_no_content_is_needed(partial: Repo) -> None:
    assert partial.check().rules == []
    assert partial.check("--staged").rules == []
    (partial.path / FIRST).unlink()
    assert partial.check().rules == GONE
    partial.git("checkout", "--quiet", "--", FIRST)
    partial.edit()
    assert partial.check().rules == ["released-version-edited"]


def test_a_partial_clone_says_what_it_lacks(partial: Repo) -> None:
    found = partial.check("--base", "main~1", "--head", "main")
    assert refused(found, "cannot be read", "git fetch --refetch origin")


def test_an_edit_is_seen_by_its_id_where_the_released_bytes_cannot_be_read(repo: Repo) -> None:
    released = repo.git("rev-parse", f"HEAD:{FIRST}")
    repo.write(FIRST, repo.read(FIRST) + "More.\n")
    (repo.path / ".git/objects" / released[:2] / released[2:]).unlink()
    found = repo.check()
    assert (found.code, found.rules) == (1, ["released-version-edited"])


@pytest.mark.parametrize("tree", [b"garbage", b"100644 prompt-templates\0short"])
def test_a_malformed_tree(repo: Repo, tree: bytes) -> None:
    written = repo.path / "tree"
    written.write_bytes(tree)
    oid = repo.git("hash-object", "-t", "tree", "-w", "--literally", "tree")
    written.unlink()
    commit = repo.git("commit-tree", oid, "-p", "HEAD", "-m", "broken")
    assert refused(repo.check("--base", "HEAD", "--head", commit), "too-short tree object", "git fsck")
    assert refused(repo.check("--all", "--head", commit), "tree object", "git fsck")
    assert refused(repo.promptctl("list", "--at", commit), "tree object", "git fsck")
