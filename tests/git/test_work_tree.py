"""Files on disk: what `git add` would store of them is what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, FOLDER, GONE, POLICY, Repo, clone, make_repo

if TYPE_CHECKING:
    from pathlib import Path

EDITED = "released-version-edited"
REMOVED = "released-version-removed"
REPLACED = "released-version-replaced"


def test_an_edit_of_the_same_size_in_the_same_second_is_seen(repo: Repo) -> None:
    """Size and time say that nothing changed; git looks into such files, and so must a copy of its index."""
    repo.edit()
    assert repo.check().rules == [EDITED]


def test_line_ends_that_git_converts_are_no_edit(repo: Repo, tmp_path: Path) -> None:
    windows = clone(repo, tmp_path / "windows", "--config=core.autocrlf=true")
    assert b"\r\n" in (windows.path / FIRST).read_bytes()
    assert windows.check("--all").rules == []
    windows.git("config", "core.safecrlf", "true")
    windows.write(FIRST, repo.read(FIRST))
    assert windows.check().rules == [], "git would refuse to add line ends that it cannot give back"
    windows.write(FIRST, windows.read(FIRST).replace("Judge", "Weigh"))
    (found,) = windows.check().report["findings"]
    assert (found["rule"], found["line"]) == (EDITED, 6)
    windows.git("config", "core.autocrlf", "false")
    windows.git("checkout", "--quiet", "HEAD", "--", ".")
    windows.write(FIRST, windows.read(FIRST).replace("\r", "").replace("\n", "\r\n"))
    (found, *_) = windows.check().report["findings"]
    assert (found["rule"], "only line ends differ" in found["message"]) == (EDITED, True)


def test_what_a_clean_filter_takes_out_is_no_edit(repo: Repo) -> None:
    repo.git("config", "filter.upper.clean", "tr a-z A-Z | tr A-Z a-z")
    repo.write(".gitattributes", f"{FOLDER}/2*.md filter=upper\n")
    path = repo.add_version("2.0.0", "judge the lead.", supersedes="1.0.0", summary="says more.")
    repo.commit()
    repo.write(path, repo.read(path).replace("judge", "JUDGE"))
    assert repo.check().rules == []
    repo.write(path, repo.read(path).replace("JUDGE", "WEIGH"))
    assert repo.check().rules == [EDITED]


def test_a_filter_that_fails_is_no_answer(repo: Repo) -> None:
    repo.git("config", "filter.broken.clean", "false")
    repo.git("config", "filter.broken.required", "true")
    repo.write(".git/info/attributes", "*.md filter=broken\n")
    repo.edit()
    assert repo.check().code == 3


def test_untracked_files_count_and_ignored_ones_do_not(repo: Repo) -> None:
    repo.write(".gitignore", "*.orig\n")
    repo.write(f"{FOLDER}/1.0.0.md.orig", "ignored")
    repo.write(f"{FOLDER}/notes.txt", "misplaced")
    repo.write("prompt-templates/new/deep/down/notes.txt", "misplaced")
    found = repo.check().report["findings"]
    assert [item["path"] for item in found] == ["prompt-templates/new/deep/down/notes.txt", f"{FOLDER}/notes.txt"]
    repo.write(".gitignore", "prompt-templates\n")
    assert repo.check().rules == []
    repo.edit()
    assert repo.check().rules == [EDITED], "what is tracked cannot be ignored"


def test_every_way_to_lose_a_file_on_disk(repo: Repo) -> None:
    released, target = repo.read(FIRST), repo.path / FIRST
    target.chmod(0o755)
    assert repo.check().rules == [REPLACED]
    target.unlink()
    assert repo.check().rules == GONE
    (repo.path / "old.md").write_text(released)
    target.symlink_to("../../../old.md")
    assert repo.check().rules == [REPLACED]
    target.unlink()
    repo.write(f"{FIRST}/notes.txt", "a folder took its place")
    assert REMOVED in repo.check().rules
    (target / "notes.txt").unlink()
    nested = Repo(target)
    nested.git("init", "--quiet")
    nested.commit()
    assert repo.check().rules in (GONE, [REPLACED])


def test_a_folder_that_became_a_link_holds_nothing(repo: Repo) -> None:
    (repo.path / "prompt-templates").rename(repo.path / "elsewhere")
    (repo.path / "prompt-templates").symlink_to("elsewhere")
    assert repo.check().rules == GONE


def test_a_file_system_without_executable_bits(repo: Repo) -> None:
    repo.git("config", "core.fileMode", "false")
    (repo.path / FIRST).chmod(0o755)
    assert repo.check().rules == []
    repo.git("update-index", "--chmod=+x", FIRST)
    assert repo.check().rules == [REPLACED]


def test_a_sparse_checkout_lacks_nothing(repo: Repo) -> None:
    repo.write("src/main.py", "print()")
    repo.commit()
    for options in (("--no-cone", "/promptctl.yaml", "/src/"), ("--cone", "--sparse-index", "src")):
        repo.git("sparse-checkout", "set", *options)
        assert not (repo.path / FIRST).exists()
        for arguments in ((), ("--all",), ("--staged",)):
            assert repo.check(*arguments).rules == []
    repo.git("rm", "--quiet", "--sparse", "--cached", FIRST)
    assert repo.check().rules == repo.check("--staged").rules == GONE


def test_a_linked_work_tree(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", "-b", "feature", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked")
    linked.edit()
    assert (linked.check().rules, repo.check().rules) == ([EDITED], [])
    linked.git("add", "-A")
    assert (linked.check("--staged").rules, repo.check("--staged").rules) == ([EDITED], [])
    linked.install_hook("pre-commit")
    assert EDITED in linked.try_git("commit", "-m", "Edit").err


def test_a_project_in_a_folder_of_a_linked_work_tree(tmp_path: Path) -> None:
    """Its hooks get a GIT_DIR, with which git takes any folder for the root of the work tree."""
    repo = in_folder(tmp_path, "sub")
    repo.git("worktree", "add", "--quiet", "-b", "feature", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked")
    linked.install_hook("pre-commit", "-C", "sub")
    linked.edit(f"sub/{FIRST}")
    assert f"sub/{FIRST}" in linked.try_git("commit", "-a", "-m", "Edit").err
    assert f"sub/{FIRST}" in Repo(linked.path / "sub").try_git("commit", "-a", "-m", "Edit").err


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 1024 * 1024 * 1024])
def test_a_huge_file_is_refused_at_once(repo: Repo, size: int) -> None:
    for path in (FIRST, f"{FOLDER}/1.1.0.md"):
        with repo.write(path, "").open("wb") as file:
            file.truncate(size)
    found = repo.check().report["findings"]
    assert {(item["path"], item["rule"]) for item in found} >= {
        (FIRST, EDITED),
        (f"{FOLDER}/1.1.0.md", "unreadable-file"),
    }
    assert any(f"{size:,} bytes" in item["message"] for item in found)


def test_a_large_file_that_is_committed_is_not_read(repo: Repo) -> None:
    repo.write(f"{FOLDER}/1.1.0.md", b"x" * (1024 * 1024 + 1))
    repo.git("add", "-A")
    assert repo.check("--staged").rules == ["unreadable-file"]
    repo.commit()
    assert repo.check("--all").rules == ["unreadable-file"]


def in_folder(tmp_path: Path, root: str) -> Repo:
    """A repository whose project lies in a folder, beside files that are none of its business."""
    repo = make_repo(tmp_path / "repo")
    (repo.path / root).mkdir(parents=True)
    repo.git("mv", "promptctl.yaml", "prompt-templates", f"./{root}/")
    repo.write(f"{FOLDER}/9.9.9.md", "of another project")
    repo.commit()
    return repo


def test_a_project_in_a_folder(tmp_path: Path) -> None:
    repo = in_folder(tmp_path, "deep/sub")
    path = f"deep/sub/{FIRST}"
    repo.edit(path)
    repo.write(f"{FOLDER}/9.9.9.md", "edited")
    inside = Repo(repo.path / "deep/sub")
    below = Repo(repo.path / "deep/sub" / FOLDER)
    for found in (repo.check("-C", "deep/sub"), inside.check(), below.check(), below.check("1.0.0.md")):
        assert [(item["path"], item["rule"]) for item in found.report["findings"]] == [(path, EDITED)]
    assert inside.check("--base", "HEAD").rules == []


@pytest.mark.parametrize("root", ["-C", "st*r", "two words", "new\nline", "ünïcode"])
def test_a_project_in_a_folder_with_a_strange_name(tmp_path: Path, root: str) -> None:
    repo = in_folder(tmp_path, root)
    repo.edit(f"{root}/{FIRST}")
    (found,) = repo.check(f"-C{root}").report["findings"]
    assert (found["path"], found["rule"]) == (f"{root}/{FIRST}", EDITED)
    repo.git("add", "-A")
    assert Repo(repo.path / root).check("--staged").report["findings"] == [found]


def test_the_project_of_a_folder_is_the_nearest_one(repo: Repo) -> None:
    repo.write("sub/promptctl.yaml", POLICY)
    repo.write(f"sub/{FOLDER}/notes.txt", "misplaced")
    assert [item["path"] for item in repo.check("-C", "sub").report["findings"]] == [f"sub/{FOLDER}/notes.txt"]
    assert repo.check().rules == []


def test_a_project_whose_policy_was_removed_on_disk_is_still_found(tmp_path: Path) -> None:
    repo = in_folder(tmp_path, "sub")
    (repo.path / "sub/promptctl.yaml").unlink()
    repo.edit(f"sub/{FIRST}")
    assert set(repo.check("-C", "sub").rules) == {EDITED, "policy-removed"}


def test_a_bare_repository(repo: Repo, tmp_path: Path) -> None:
    repo.switch("feature")
    repo.edit()
    repo.commit()
    bare = clone(repo, tmp_path / "bare", "--bare")
    found = bare.check()
    assert (found.code, found.out) == (2, "")
    assert "a bare repository has no index and no work tree" in found.err
    assert bare.check("--base", "main", "--head", "feature").rules == [EDITED]
    assert bare.check("--base", "main", "--head", "main").rules == []
    assert bare.check("--head", "feature").rules == [EDITED]


def test_the_git_directory_may_lie_elsewhere(repo: Repo, tmp_path: Path) -> None:
    repo.git("init", "--quiet", "--separate-git-dir", str(tmp_path / "elsewhere"))
    repo.edit()
    assert repo.check().rules == [EDITED]
    (repo.path / ".git").unlink()
    for variables in ({"GIT_WORK_TREE": "."}, {"GIT_WORK_TREE": str(repo.path)}, {}):
        assert repo.check("-C", FOLDER, env={**variables, "GIT_DIR": "../elsewhere"}).rules == [EDITED]


def test_a_project_in_a_subfolder_is_not_passed_over_from_above(tmp_path: Path) -> None:
    repo = make_repo(tmp_path / "repo")
    repo.git("mv", "promptctl.yaml", "prompt-templates/")
    (repo.path / "svc").mkdir()
    repo.git("mv", "prompt-templates/promptctl.yaml", "svc/promptctl.yaml")
    repo.git("mv", "prompt-templates", "svc/prompt-templates")
    repo.commit("move")
    for arguments in ((), ("--all",), ("--staged",), ("--head", "HEAD")):
        found = repo.check(*arguments)
        assert found.code == 2
        assert "promptctl -C svc" in found.err
    assert repo.check("-C", "svc").code == 0
