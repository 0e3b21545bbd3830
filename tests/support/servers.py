"""Servers for tests: bare repositories with promptctl's hook, and the ways in which git talks to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.repos import Repo, Result, bare_remote

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

EDITED = "released-version-edited"
REMOVED = "released-version-removed"
ZERO = "0" * 40
LOCAL = ("pre-commit", "pre-merge-commit", "pre-push")

# What ssh does as far as git can tell: the last word is a command line for the user's shell, at home.
_SSH = '#!/bin/sh\nfor command; do :; done\nunset GIT_SSH GIT_SSH_COMMAND\ncd "$HOME" && exec sh -c "$command"\n'


def serve(repo: Repo, *branches: str) -> Repo:
    """A bare `origin` of a repository that has these branches, with promptctl's hook in it."""
    bare = bare_remote(repo, *branches)
    found = repo.promptctl("hook", "install", "--server", str(bare.path))
    assert found.code == 0, found.err
    return bare


def over_ssh(repo: Repo, bare: Repo, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a repository reach its origin through a program that stands in for ssh."""
    program = folder / "ssh"
    program.write_text(_SSH)
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(program))
    monkeypatch.setenv("GIT_SSH_VARIANT", "ssh")
    repo.git("remote", "set-url", "origin", f"ssh://git@server.example{bare.path}")


def release(repo: Repo, version: str = "1.1.0", body: str = "Judge well.", supersedes: str = "1.0.0") -> str:
    """Commit a further lawful version; its path."""
    path = repo.add_version(version, body, supersedes=supersedes, summary="Says more.")
    repo.commit(f"Release {version}")
    return path


def edit(repo: Repo, *paths: str) -> None:
    """Commit an edit of released files."""
    for path in paths:
        repo.edit(path)
    repo.commit("Edit")


def push(repo: Repo, *arguments: str) -> Result:
    """Push past the hooks of the clone, and find nothing but words on the other side."""
    found = repo.try_git("push", "--no-verify", "origin", *arguments)
    assert "Traceback" not in found.err
    assert "bug" not in found.err
    return found


def refused(found: Result, *words: str) -> bool:
    """Whether the server's hook stopped a push, for these reasons."""
    assert all(word in found.err for word in words), found.err
    assert "pre-receive hook declined" in found.err, found.err
    return found.code == 1


def refs(bare: Repo) -> dict[str, str]:
    """Every ref and what it names."""
    lines = bare.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return {name: oid for name, _, oid in (line.partition(" ") for line in lines)}


def put(folder: Path, name: str, script: str) -> Path:
    """An executable hook."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(script)
    path.chmod(0o755)
    return path


def install(repo: Repo, *arguments: str) -> Result:
    """Install hooks, in the clone unless told otherwise."""
    return repo.promptctl("hook", "install", *(arguments or ("--local",)))


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every hook of a folder: content, mode and time."""
    files = (path for path in folder.iterdir() if not path.name.endswith(".sample"))
    return {path.name: (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns) for path in files}


def kept(name: str) -> str:
    """What a hook that was there before is called."""
    return f"{name}.before-promptctl"
