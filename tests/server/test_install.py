"""`hook install`: what it writes, and what it will not do."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.servers import LOCAL, install, kept, put, state

if TYPE_CHECKING:
    from tests.support.repos import Repo


@pytest.mark.parametrize("where", ["--local", "--server"])
def test_a_second_run_changes_nothing(repo: Repo, origin: Repo, where: str) -> None:
    folder = repo.path / ".git/hooks" if where == "--local" else origin.path / "hooks"
    arguments = ("--local",) if where == "--local" else ("--server", str(origin.path))
    names = LOCAL if where == "--local" else ("pre-receive",)
    for name in names:
        put(folder, name, "#!/bin/sh\n")
    empty = state(folder)
    found = install(repo, *arguments, "--dry-run")
    assert (found.code, found.out.count("+#!/bin/sh")) == (0, len(names)), "and the copies are in the diff too"
    assert state(folder) == empty
    assert install(repo, *arguments).out.count("runs first") == len(names)
    once = state(folder)
    assert once.keys() == {*names, *(kept(name) for name in names)}
    assert install(repo, *arguments).out.count("is installed already") == len(names)
    assert state(folder) == once
    assert install(repo, *arguments, "--dry-run").out == ""


def test_above_the_project_nothing_is_installed(repo: Repo) -> None:
    repo.git("mv", "promptctl.yaml", "prompt-templates/promptctl.yaml")
    repo.git("commit", "-qm", "Move the project", "--no-verify")
    before = state(repo.path / ".git/hooks")
    found = install(repo, "--local")
    assert (found.code, "there is no promptctl.yaml here, but one in prompt-templates" in found.err) == (2, True)
    assert state(repo.path / ".git/hooks") == before
    assert repo.promptctl("-C", "prompt-templates", "hook", "install", "--local").code == 0


def test_what_a_script_is(repo: Repo) -> None:
    install(repo)
    for name in LOCAL:
        path = repo.path / ".git/hooks" / name
        text = path.read_text()
        assert text.startswith("#!/bin/sh\n")
        assert f"exec '{sys.executable}' -P -m promptctl hook run --stage {name}\n" in text
        assert os.access(path, os.X_OK)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "take one of --local and --server PATH"),
        (("--local", "--server", "../origin.git"), 2, "take one of"),
        (("--server", "."), 2, "is not a bare repository"),
        (("--server", ".git"), 3, "is inside a git directory"),
        (("--server", ".."), 3, "is not in a git repository"),
        (("--server", "nowhere"), 3, "no such directory"),
        (("-C", "../origin.git", "--local"), 2, "is a bare repository"),
    ],
)
def test_requests_that_make_no_sense(
    repo: Repo, origin: Repo, arguments: tuple[str, ...], code: int, words: str
) -> None:
    found = repo.promptctl("hook", "install", *arguments)
    assert (found.code, found.out, words in found.err) == (code, "", True), found.err
    assert not (origin.path / "hooks/pre-receive").exists()
    assert not (repo.path / ".git/hooks/pre-commit").exists()


@pytest.mark.parametrize("command", ["run", "pre-receive", "install"])
def test_help_has_an_example(repo: Repo, command: str) -> None:
    found = repo.promptctl("hook", command, "--help")
    assert f"Example: promptctl hook {command}" in found.out
    assert "-C DIR" in found.out
    assert ("--dry-run" in found.out) is (command == "install")
