from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.repos import Repo

if TYPE_CHECKING:
    from pathlib import Path

MADE = {"promptctl.yaml", ".pre-commit-config.yaml", ".gitattributes", "CODEOWNERS"}


@pytest.fixture
def empty(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "empty")
    repo.path.mkdir()
    repo.git("init", "--quiet")
    return repo


def files(repo: Repo) -> set[str]:
    return {path.name for path in repo.path.iterdir() if path.name != ".git"}


def test_from_nothing_to_a_first_protected_prompt(empty: Repo) -> None:
    assert empty.promptctl("init").code == 0
    assert files(empty) == MADE
    assert empty.git("status", "--porcelain", "--untracked-files=no") == ""
    assert empty.promptctl("new", "qualify-lead", "--purpose", "Judge leads.").code == 0
    empty.git("add", "-A")
    empty.git("commit", "-m", "Adopt promptctl")
    assert empty.check("--all").rules == []
    first = "prompt-templates/task/qualify-lead/0.1.0.md"
    empty.write(first, empty.read(first) + "More.\n")
    refused = empty.try_git("commit", "-am", "Edit in place")
    assert refused.code == 1
    assert "released-version-edited" in refused.out + refused.err
    assert "promptctl new-version qualify-lead --from-edit" in refused.out + refused.err


def test_what_it_leaves_passes_its_own_first_hooked_commit(empty: Repo) -> None:
    empty.promptctl("init", "--sample")
    empty.git("add", "-A")
    empty.git("commit", "-m", "Adopt promptctl")
    assert empty.check("--all").rules == []
    assert empty.promptctl("render", "summarise-text", "--var", "text=T", "--var", "audience=A").code == 0


def test_a_second_run_writes_nothing(empty: Repo) -> None:
    empty.promptctl("init")
    before = {name: empty.read(name) for name in MADE}
    found = empty.promptctl("init", "--no-install")
    assert (found.code, {name: empty.read(name) for name in MADE}) == (0, before)
    assert "wrote" not in found.out


def test_dry_run_writes_nothing(empty: Repo) -> None:
    found = empty.promptctl("init", "--dry-run")
    assert (found.code, files(empty)) == (0, set())
    assert "+protected: [main]" in found.out
    assert not (empty.path / ".git/hooks/pre-commit").exists()


def test_files_that_are_there_are_added_to(empty: Repo) -> None:
    config = (
        "# ours\nrepos:\n- repo: https://github.com/pre-commit/pre-commit-hooks\n  rev: v5.0.0\n  hooks:\n"
        "  - id: trailing-whitespace   # tidy\n  - id: check-yaml\n\n# the end\n"
    )
    empty.write(".pre-commit-config.yaml", config)
    empty.write(".gitattributes", "*.png binary")
    empty.write(".github/CODEOWNERS", "* @everyone\n")
    empty.write("promptctl.yaml", "protected: [trunk]\n")
    found = empty.promptctl("init", "--no-install")
    assert found.code == 0
    new = empty.read(".pre-commit-config.yaml")
    assert new.startswith(config.split("\n# the end", maxsplit=1)[0])
    assert new.endswith("\n# the end\n")
    assert "\n- repo: local\n  hooks:\n    - id: promptctl\n" in new
    assert empty.read(".gitattributes").startswith("*.png binary\n/prompt-templates/** text eol=lf")
    assert empty.read(".github/CODEOWNERS").startswith("* @everyone\n\n# promptctl: ")
    assert empty.read("promptctl.yaml") == "protected: [trunk]\n"
    assert not (empty.path / "CODEOWNERS").exists()


@pytest.mark.parametrize("hook", ["trailing-whitespace", "end-of-file-fixer", "prettier", "mdformat"])
def test_formatters_that_reach_the_prompts_are_named_with_the_line_to_add(empty: Repo, hook: str) -> None:
    block = f"repos:\n  - repo: https://example.com/x\n    rev: v1.0.0\n    hooks:\n      - id: {hook}\n"
    empty.write(".pre-commit-config.yaml", block)
    found = empty.promptctl("init", "--no-install")
    assert hook in found.out
    assert "exclude: ^prompt-templates/" in found.out
    (empty.path / ".pre-commit-config.yaml").write_text(block + "        exclude: ^prompt-templates/\n")
    assert hook not in empty.promptctl("init", "--no-install").out
    (empty.path / ".pre-commit-config.yaml").write_text("exclude: ^prompt-\n" + block)
    assert hook not in empty.promptctl("init", "--no-install").out


@pytest.mark.parametrize("config", ["repos: []\n", "repos: [{repo: local, hooks: []}]\n", "- a\n", "repos: {\n"])
def test_a_hook_file_that_cannot_be_added_to_is_left_alone(empty: Repo, config: str) -> None:
    empty.write(".pre-commit-config.yaml", config)
    found = empty.promptctl("init", "--no-install")
    assert (found.code, empty.read(".pre-commit-config.yaml")) == (0, config)
    assert "- id: promptctl" in found.out


def test_a_project_in_a_subfolder(empty: Repo) -> None:
    (empty.path / "ai").mkdir()
    assert empty.promptctl("-C", "ai", "init").code == 0
    assert files(empty) == {*MADE - {"promptctl.yaml"}, "ai"}
    assert "entry: promptctl hook run -C ai" in empty.read(".pre-commit-config.yaml")
    assert empty.promptctl("new", "x", "--purpose", "X.", "-C", "ai").code == 0
    assert (empty.path / "ai/prompt-templates/task/x/0.1.0.md").exists()
    empty.git("add", "-A")
    empty.git("commit", "-m", "Adopt promptctl")
    first = "ai/prompt-templates/task/x/0.1.0.md"
    empty.write(first, empty.read(first) + "More.\n")
    refused = empty.try_git("commit", "-am", "Edit in place")
    assert f"{first}:" in refused.out + refused.err


def test_the_branch_that_is_found_is_protected(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "r")
    repo.path.mkdir()
    repo.git("init", "--quiet", "--initial-branch", "trunk")
    repo.promptctl("init", "--no-install")
    assert "protected: [trunk]" in repo.read("promptctl.yaml")


def test_without_pre_commit_it_says_what_to_run(empty: Repo, tmp_path: Path) -> None:
    only = tmp_path / "bin"
    only.mkdir()
    (only / "git").symlink_to(str(shutil.which("git")))
    blocked = tmp_path / "blocked"
    (blocked / "pre_commit").mkdir(parents=True)
    (blocked / "sitecustomize.py").write_text("import sys\nsys.modules['pre_commit'] = None\n")
    found = empty.promptctl("init", env={"PATH": str(only), "PYTHONPATH": str(blocked)})
    assert found.code == 0
    assert "pre-commit install" in found.out


def test_outside_a_repository_it_says_git_init(tmp_path: Path) -> None:
    bare = Repo(tmp_path / "nowhere")
    bare.path.mkdir()
    found = bare.promptctl("init")
    assert found.code == 3
    assert "git init" in found.err
