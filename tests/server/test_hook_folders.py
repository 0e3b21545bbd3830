"""Where hooks go, for which project and for which Python."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, Repo
from tests.support.servers import EDITED, LOCAL, install, push, put, refused, state

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_for_hooks(repo: Repo, origin: Repo) -> None:
    repo.git("config", "core.hooksPath", "tools/git hooks")
    origin.git("config", "core.hooksPath", "custom")
    install(repo)
    install(repo, "--server", str(origin.path))
    assert state(repo.path / "tools/git hooks").keys() == set(LOCAL)
    assert state(origin.path / "custom").keys() == {"pre-receive"}
    repo.edit()
    assert EDITED in repo.try_git("commit", "-a", "-m", "Edit").err
    repo.commit()
    assert refused(push(repo, "main"), EDITED)


def test_a_folder_for_the_hooks_of_all_repositories(repo: Repo, tmp_path: Path) -> None:
    repo.git("config", "--global", "core.hooksPath", str(tmp_path / "shared"))
    found = install(repo)
    assert (found.code, "for every repository" in found.err) == (1, True)
    assert not (tmp_path / "shared").exists()
    repo.git("config", "core.hooksPath", str(tmp_path / "mine"))
    assert install(repo).code == 0
    assert state(tmp_path / "mine").keys() == set(LOCAL)


def test_hooks_that_cannot_be_written(repo: Repo) -> None:
    repo.git("config", "core.hooksPath", "/dev/null")
    found = install(repo)
    assert (found.code, "cannot write /dev/null/pre-commit" in found.err) == (3, True)
    folder = repo.path / "hooks"
    (folder / "pre-commit").mkdir(parents=True)
    repo.git("config", "core.hooksPath", "hooks")
    found = install(repo)
    assert (found.code, "cannot read" in found.err) == (3, True)
    assert list(folder.iterdir()) == [folder / "pre-commit"]


def test_a_linked_work_tree_has_the_hooks_of_its_repository(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", "-b", "feature", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked")
    assert install(linked).code == 0
    assert state(repo.path / ".git/hooks").keys() == set(LOCAL)
    for place in (linked, repo):
        place.edit()
        assert EDITED in place.try_git("commit", "-a", "-m", "Edit").err
    assert install(repo).out.count("is installed already") == len(LOCAL)


@pytest.mark.parametrize("root", ["sub", "it's $HOME", "-C", "new\nline"])
def test_a_project_in_a_folder(repo: Repo, root: str) -> None:
    (repo.path / root).mkdir()
    repo.git("mv", "promptctl.yaml", "prompt-templates", f"./{root}/")
    repo.commit()
    inside = Repo(repo.path / root)
    assert install(inside).code == 0
    for place in (repo, inside):
        repo.edit(f"{root}/{FIRST}")
        assert EDITED in place.try_git("commit", "-a", "-m", "Edit").err
        repo.git("reset", "--quiet", "--hard")
    before = state(repo.path / ".git/hooks")
    found = install(repo)
    assert (found.code, "there is no promptctl.yaml here, but one in " in found.err) == (2, True)
    repo.write("promptctl.yaml", "protected: [main]\n")
    repo.git("add", "--all")
    repo.commit("A second project", "--no-verify")
    found = install(repo)
    assert (found.code, "checks another project" in found.err) == (1, True)
    assert state(repo.path / ".git/hooks") == before


def test_the_work_tree_holds_no_modules(repo: Repo) -> None:
    """What lies at the root of a repository is data, whatever it is called."""
    install(repo)
    for name in ("promptctl/__init__.py", "promptctl/__main__.py", "yaml.py", "typer.py"):
        repo.write(name, "raise SystemExit(0)\n")
    repo.edit()
    repo.git("add", "-A")
    assert EDITED in repo.try_git("commit", "-m", "Edit").err


def test_a_python_with_a_strange_name(repo: Repo, tmp_path: Path) -> None:
    folder = tmp_path / "it's $(a) `path`"
    python = put(folder, "python", f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    program = f"import sys; sys.executable = {str(python)!r}; from promptctl.cli.main import main; main()"
    repo.write("install.py", program)
    repo.git("-c", f"alias.x=!{shlex.quote(sys.executable)} install.py hook install --local", "x")
    repo.edit()
    assert EDITED in repo.try_git("commit", "-a", "-m", "Edit").err
