"""The index as hooks see it: what is staged counts and not what lies on disk, and nothing is ever written."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, FOLDER, POLICY, Repo, make_repo, version_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EDITED = "released-version-edited"
REMOVED = "released-version-removed"
REPLACED = "released-version-replaced"


def test_what_is_staged_counts_and_not_the_disk(repo: Repo) -> None:
    released = repo.read(FIRST)
    repo.edit()
    assert (repo.check("--staged").rules, repo.check().rules) == ([], [EDITED])
    repo.git("add", "-A")
    repo.write(FIRST, released)
    assert (repo.check("--staged").rules, repo.check().rules) == ([EDITED], [])
    repo.write(FIRST, "something else\n")
    (found,) = repo.check("--staged").report["findings"]
    assert (found["line"], found["column"]) == (6, 1), "where the staged text differs"


def test_half_of_a_draft_may_be_staged(repo: Repo) -> None:
    path = repo.add_version("1.1.0", "Judge well.", supersedes="1.0.0", summary="Says well.")
    repo.git("add", path)
    repo.write(path, "---\nhalf written")
    assert (repo.check("--staged").code, repo.check().code) == (0, 1)


def test_what_is_only_intended_to_be_added_is_not_there(repo: Repo) -> None:
    repo.write(f"{FOLDER}/notes.txt", "misplaced")
    repo.git("add", "--intent-to-add", FOLDER)
    for arguments in (("--staged",), ("--staged", "--all")):
        assert repo.check(*arguments).rules == []
    assert repo.check().rules == ["misplaced-file"]


def delete(repo: Repo) -> None:
    repo.git("rm", "--quiet", FIRST)


def delete_everything(repo: Repo) -> None:
    repo.git("rm", "--quiet", "-r", "prompt-templates")
    (repo.path / "prompt-templates").mkdir()


def rename_within(repo: Repo) -> None:
    repo.git("mv", FIRST, f"{FOLDER}/2.0.0.md")


def rename_out(repo: Repo) -> None:
    repo.git("mv", FIRST, "old.md")


def rename_prompt(repo: Repo) -> None:
    repo.git("mv", FOLDER, "prompt-templates/judge-lead")


def link(repo: Repo) -> None:
    repo.git("mv", FIRST, "old.md")
    (repo.path / FIRST).symlink_to("../../../old.md")
    repo.git("add", "-A")


def make_executable(repo: Repo) -> None:
    repo.git("update-index", "--chmod=+x", FIRST)


def put_submodule(repo: Repo) -> None:
    repo.git("update-index", "--cacheinfo", f"160000,{repo.git('rev-parse', 'HEAD')},{FIRST}")


def put_folder(repo: Repo) -> None:
    repo.git("rm", "--quiet", FIRST)
    repo.write(f"{FIRST}/1.0.0.md", "hidden below")
    repo.git("add", "-A")


@pytest.mark.parametrize(
    ("how", "rule", "words"),
    [
        (delete, REMOVED, "was removed"),
        (delete_everything, REMOVED, "was removed"),
        (rename_within, REMOVED, f"was moved to {FOLDER}/2.0.0.md"),
        (rename_out, REMOVED, "was removed"),
        (rename_prompt, REMOVED, "was moved to prompt-templates/judge-lead/1.0.0.md"),
        (link, REPLACED, "became a symbolic link"),
        (make_executable, REPLACED, "became an executable file"),
        (put_submodule, REPLACED, "became a submodule"),
        (put_folder, REMOVED, "was removed"),
    ],
)
def test_every_way_to_lose_a_released_file(repo: Repo, how: Callable[[Repo], None], rule: str, words: str) -> None:
    how(repo)
    found = repo.check("--staged")
    about = next(item for item in found.report["findings"] if item["path"] == FIRST)
    assert (found.code, about["rule"]) == (1, rule)
    assert words in about["message"]
    git, *command = shlex.split(about["hint"])
    assert git == "git"
    Repo(repo.path / "prompt-templates").git(*command)
    assert rule not in repo.check("--staged").rules


def test_what_was_never_a_file_is_refused(repo: Repo) -> None:
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.git('rev-parse', 'HEAD')},{FOLDER}/1.1.0.md")
    repo.write(".gitmodules", f'[submodule "x"]\npath = {FOLDER}/1.1.0.md\nurl = x\nignore = all\n')
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"1.0.0.md")
    repo.git("update-index", "--add", "--cacheinfo", f"120000,{blob},{FOLDER}/1.2.0.md")
    messages = {item["path"]: item["message"] for item in repo.check("--staged").report["findings"]}
    assert messages[f"{FOLDER}/1.1.0.md"].startswith("a submodule, not a regular file")
    assert messages[f"{FOLDER}/1.2.0.md"].startswith("a symbolic link, not a regular file")


def test_a_hook_judges_the_index_that_git_hands_over(repo: Repo) -> None:
    """`git commit -a` and `git commit --only` commit from an index of their own."""
    repo.install_hook("pre-commit")
    repo.edit()
    assert EDITED in repo.try_git("commit", "-a", "-m", "All").out + repo.try_git("commit", "-a", "-m", "All").err
    assert repo.try_git("commit", "-m", "Only", "--only", FIRST).code == 1
    repo.write("notes.txt", "new")
    repo.git("add", "-A")
    assert repo.try_git("commit", "-m", "Staged").code == 1
    repo.git("commit", "--quiet", "-m", "Only the notes", "--only", "notes.txt")
    assert repo.git("status", "--short") == f"M  {FIRST}"
    repo.git("reset", "--quiet", "--hard")
    (repo.path / FIRST).unlink()
    assert REMOVED in repo.try_git("commit", "-a", "-m", "Gone").err
    assert repo.git("log", "--format=%s", "-1") == "Only the notes"


def traces(repo: Repo) -> dict[str, tuple[int, bytes]]:
    """Time and content of every file of the git directory."""
    files = [path for path in (repo.path / ".git").rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_looking_leaves_nothing_behind(repo: Repo, tmp_path: Path) -> None:
    """Not even the refresh that `git status` would make of files that are only touched."""
    repo.edit()
    repo.git("add", "-A")
    repo.write("large.txt", "untracked")
    repo.add_version("1.1.0", "Judge well.", supersedes="1.0.0", summary="Says well.")
    os.utime(repo.path / "promptctl.yaml", (1, 1))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = traces(repo)
    for arguments in (("check", "--staged"), ("check",), ("check", "--all"), ("check", "--base", "main"), ("list",)):
        assert repo.promptctl(*arguments, env={"TMPDIR": str(scratch)}).code in {0, 1}
    assert repo.promptctl("hook", "run", env={"TMPDIR": str(scratch)}).code == 1
    assert traces(repo) == before
    assert list(scratch.iterdir()) == []


def test_looking_adds_no_part_to_a_split_index(repo: Repo) -> None:
    repo.git("config", "splitIndex.maxPercentChange", "0")
    repo.git("config", "core.splitIndex", "true")
    repo.edit()
    before = traces(repo).keys()
    assert repo.check().rules == [EDITED]
    assert traces(repo).keys() == before


def test_looking_runs_no_hook_of_git(repo: Repo) -> None:
    hook = repo.write(".git/hooks/post-index-change", f"#!/bin/sh\ntouch '{repo.path}/ran'\n")
    hook.chmod(0o755)
    repo.edit()
    assert repo.check().rules == [EDITED]
    assert not (repo.path / "ran").exists()


STRANGE = ["new\nline", 'quo"te', "tab\there", "sta*r", "[a-z]", "-rf", ":(exclude)x", " space ", "ünïcode", "\udcff"]
ESCAPED = {0xDCFF: "\\xff"}  # what JSON cannot hold


def test_names_that_git_would_quote_or_take_for_patterns(repo: Repo) -> None:
    for name in STRANGE:
        repo.write(f"prompt-templates/{name}.txt", "misplaced")
    paths = [f"prompt-templates/{name}.txt".translate(ESCAPED) for name in STRANGE]
    for arguments in ((), ("--all",)):
        found = repo.check(*arguments)
        assert sorted(item["path"] for item in found.report["findings"]) == sorted(paths)
    repo.git("add", "-A")
    staged = repo.promptctl("check", "--staged", "--format", "concise").out.splitlines()
    assert len(staged) == len(STRANGE), "one line each"
    assert any(line.startswith("prompt-templates/new\\nline.txt: error misplaced-file: ") for line in staged)
    assert any(line.startswith("prompt-templates/\\xff.txt: error misplaced-file: ") for line in staged)
    named = ("prompt-templates/sta*r.txt", "./prompt-templates/-rf.txt")
    only = repo.promptctl("check", "--format=json", "--staged", "--", *named)
    assert len(only.rules) == 2


@pytest.mark.parametrize("folder", ["prompt*s", "[prompts]", "-p", ":(icase)prompts", "pro mpts"])
def test_a_template_folder_with_a_strange_name(tmp_path: Path, folder: str) -> None:
    repo = make_repo(tmp_path / "repo")
    repo.git("mv", "prompt-templates", f"./{folder}")
    repo.write("promptctl.yaml", f"{POLICY}paths: {{templates: '{folder}'}}\n")
    repo.write("prompts/elsewhere.txt", "matches the pattern and is none of our business")
    repo.commit()
    repo.write("prompts/elsewhere.txt", "edited")
    path = FIRST.replace("prompt-templates", folder)
    repo.write(path, version_text("1.0.0", "Weigh the lead."))
    found = repo.check()
    assert [(item["path"], item["rule"]) for item in found.report["findings"]] == [(path, EDITED)]
    repo.git("add", "-A")
    assert repo.check("--staged").report["findings"] == found.report["findings"]
