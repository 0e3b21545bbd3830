"""The same pins are found in the work tree, the index and a commit, whatever is checked out or configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, FOLDER, MANIFEST, Repo, Result, clone, make_repo, version_text

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "hardcoded-version"
PIN = 'prompt = get("qualify-lead@1.0.0")\n'
FREE = 'prompt = get("qualify-lead")\n'


def found(result: Result) -> list[tuple[str, str, int]]:
    return [(item["path"], item["rule"], item["line"]) for item in result.report["findings"]]


def test_the_work_tree_with_untracked_and_without_ignored_files(repo: Repo) -> None:
    repo.write(".gitignore", "build/\n")
    repo.write("gone.py", PIN)
    repo.commit()
    repo.write("app/new.py", FREE + PIN)
    repo.write("build/new.py", PIN)
    (repo.path / "gone.py").unlink()
    for arguments in ((), ("--all",)):
        assert found(repo.check(*arguments)) == [("app/new.py", VERSION, 2)]
    assert found(repo.check("--staged")) == []
    assert found(repo.check("--staged", "--all")) == [("gone.py", VERSION, 1)]


def test_the_index_and_not_the_disk(repo: Repo) -> None:
    repo.write("app/a.py", PIN)
    repo.write("app/b.py", FREE)
    repo.git("add", "-A")
    repo.write("app/a.py", FREE)
    repo.write("app/b.py", PIN)
    for arguments in ((), ("--all",)):
        assert found(repo.check("--staged", *arguments)) == [("app/a.py", VERSION, 1)]
    repo.install_hook("pre-commit")
    refused = repo.try_git("commit", "-m", "Pin")
    assert (refused.code, VERSION in refused.out + refused.err) == (1, True)


def test_a_commit_in_a_clone_and_in_a_bare_one(repo: Repo, tmp_path: Path) -> None:
    repo.switch("topic")
    repo.write("app/a.py", FREE + PIN)
    repo.commit()
    bare = clone(repo, tmp_path / "bare", "--bare")
    for place in (repo, bare):
        for arguments in (("--base", "main"), ("--all",)):
            assert found(place.check("--head", "topic", *arguments)) == [("app/a.py", VERSION, 2)]


def test_a_project_in_a_subfolder(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.git("init", "--quiet")
    repo.write("service/promptctl.yaml", "hardcoded: {exclude: [old]}\n")
    repo.write(f"service/{FOLDER}/prompt.yaml", MANIFEST.format(name="qualify-lead", recommended="1.0.0"))
    repo.write(f"service/{FIRST}", version_text("1.0.0"))
    repo.commit()
    for path in ("app.py", "service/app.py", "service/old/app.py", f"service/{FOLDER}/README.md"):
        repo.write(path, PIN)
    expected = [("app.py", VERSION, 1), ("service/app.py", VERSION, 1)]
    for arguments in ((), ("--all",)):
        assert found(repo.promptctl("-C", "service", "check", "--format", "json", *arguments)) == expected


def test_only_what_head_itself_changed(repo: Repo) -> None:
    repo.write("app/a.py", PIN)
    repo.write("app/b.py", PIN)
    fork = repo.commit()
    repo.write("app/a.py", FREE)
    repo.commit("Mend one")
    repo.switch("topic", fork)
    repo.write("app/b.py", "import prompts\n" + PIN)
    repo.commit()
    assert found(repo.check("--base", "main")) == []
    repo.write("app/b.py", "import prompts\n" + PIN + PIN)
    repo.commit()
    assert found(repo.check("--base", "main")) == [("app/b.py", VERSION, 3)]


def test_a_policy_that_is_loosened_while_head_is_behind(repo: Repo) -> None:
    """What others changed on base is no part of this change."""
    repo.write("app/a.py", FREE)
    fork = repo.commit()
    repo.write("app/a.py", FREE * 2)
    repo.commit()
    repo.switch("topic", fork)
    repo.write("promptctl.yaml", repo.read("promptctl.yaml") + "hardcoded: {exclude: [app]}\n")
    repo.commit()
    assert repo.check("--base", "main").rules == ["policy-loosened"]


def test_files_that_are_named(repo: Repo) -> None:
    repo.write("app/a.py", PIN)
    repo.write("web/a.py", PIN)
    both = [("app/a.py", VERSION, 1), ("web/a.py", VERSION, 1)]
    for everything in ([], ["--all"]):
        assert found(repo.check("web", *everything)) == both[1:]
        assert found(repo.check("app/a.py", FIRST, *everything)) == both[:1]
        assert found(repo.check(".", *everything)) == both


def test_a_file_that_only_another_commit_has(repo: Repo) -> None:
    repo.switch("topic")
    repo.write("app/a.py", PIN)
    repo.commit()
    repo.git("switch", "--quiet", "main")
    assert found(repo.check("--base", "main", "--head", "topic", "app")) == [("app/a.py", VERSION, 1)]
    assert repo.check("--base", "main", "--head", "topic", "apps").code == 2


@pytest.mark.parametrize("arguments", [(), ("--all",), ("--staged",), ("--staged", "--all")])
def test_paths_that_are_hard_to_write(repo: Repo, arguments: tuple[str, ...]) -> None:
    names = [":(top)a.py", "[a]*.py", "a\nb.py", "--a.py", "a b.py", "é.py"]
    for name in names:
        repo.write(name, PIN)
    repo.git("add", "-A")
    paths = [item["path"] for item in repo.check(*arguments).report["findings"]]
    assert sorted(paths) == sorted(names)


def test_more_files_than_a_command_can_name(repo: Repo) -> None:
    for number in range(300):
        repo.write(f"app/{number:03}.py", PIN if number % 100 == 7 else FREE)
    assert [path for path, _, _ in found(repo.check())] == ["app/007.py", "app/107.py", "app/207.py"]


def test_the_first_commit_of_all(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.git("init", "--quiet")
    repo.write(f"{FOLDER}/prompt.yaml", MANIFEST.format(name="qualify-lead", recommended="1.0.0"))
    repo.write(FIRST, version_text("1.0.0"))
    repo.write("app/a.py", PIN)
    assert found(repo.check()) == [("app/a.py", VERSION, 1)]


def test_new_version_commits_although_old_code_pins_one(repo: Repo) -> None:
    repo.write("app/a.py", PIN)
    repo.commit()
    assert repo.promptctl("new-version", "qualify-lead", "--bump", "minor", "-m", "More.", "--commit").code == 0


def test_a_symbolic_link_is_not_followed(repo: Repo) -> None:
    repo.write("build/a.py", PIN)
    repo.write(".gitignore", "build\n")
    (repo.path / "link.py").symlink_to("build/a.py")
    for arguments in ((), ("--all",)):
        assert found(repo.check(*arguments)) == []


def test_a_sparse_checkout_lacks_nothing(repo: Repo) -> None:
    repo.write("app/a.py", PIN)
    repo.write("web/a.py", PIN)
    repo.commit()
    repo.git("sparse-checkout", "set", "prompt-templates", "web")
    assert not (repo.path / "app").exists()
    assert [path for path, _, _ in found(repo.check("--all"))] == ["app/a.py", "web/a.py"]


def test_ids_of_sha256(tmp_path: Path) -> None:
    repo = make_repo(tmp_path / "sha256", "--object-format=sha256")
    repo.write("app/a.py", PIN)
    repo.commit()
    assert found(repo.check("--head", "HEAD", "--all")) == [("app/a.py", VERSION, 1)]
