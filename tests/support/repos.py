"""Repositories for tests: made with git itself, driven through promptctl's command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

# What tells git or promptctl about another repository, hook or CI run than the one under test.
_FOREIGN = (
    *("GIT_", "PRE_COMMIT", "SKIP", "CI", "GITHUB_", "GITLAB_", "TF_", "SYSTEM_PULL", "BUILD_"),
    *("BITBUCKET_", "JENKINS_", "CHANGE_", "BRANCH_NAME"),
)
POLICY = "protected: [main]\nenvironments: [production]\n"
MANIFEST = "name: {name}\nowner: team@example.com\nrecommended: {recommended}\n"
FOLDER = "prompt-templates/task/qualify-lead"
FIRST = f"{FOLDER}/1.0.0.md"
GONE = ["released-version-removed", "removed-without-deprecation"]  # the findings of a file that was simply deleted


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def rules(self) -> list[str]:
        """The rules of the findings of a JSON report, in order."""
        return [finding["rule"] for finding in self.report["findings"]]


def clean_environment(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """No configuration but the one written here, and no trace of the git or CI that runs the tests."""
    for name in list(os.environ):
        if name.startswith(_FOREIGN):
            monkeypatch.delenv(name)
    (home / ".gitconfig").write_text(
        "[user]\n name = Test Author\n email = author@example.com\n[init]\n defaultBranch = main\n"
        '[protocol "file"]\n allow = always\n[commit]\n gpgsign = false\n'
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def version_text(version: str, body: str = "Judge the lead.", *, name: str = "qualify-lead", **fields: str) -> str:
    """A lawful version file; `fields` are further lines of front matter (`_` stands for `-`)."""
    lines = [f"name: {name}", f"version: {version}", "purpose: Decide whether a lead is worth a call."]
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in fields.items()]
    return "---\n" + "\n".join(lines) + f"\n---\n{body}\n"


class Repo:
    """A repository and what people do in it. Every method that runs git raises when git fails."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> str:
        done = self.try_git(*arguments, stdin=stdin, env=env)
        assert done.code == 0, f"git {arguments}: {done.err}"
        return done.out.strip()

    def try_git(self, *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> Result:
        return self._run(["git", *arguments], stdin, env)

    def write(self, path: str, content: str | bytes) -> Path:
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def read(self, path: str) -> str:
        return (self.path / path).read_bytes().decode()

    def add_version(self, version: str, body: str = "Judge the lead.", **fields: str) -> str:
        """Write a version of qualify-lead to disk; its path."""
        path = f"{FOLDER}/{version}.md"
        self.write(path, version_text(version, body, **fields))
        return path

    def commit(self, message: str = "Change", *arguments: str) -> str:
        """Commit everything on disk, past any hook; the new commit."""
        self.git("add", "-A")
        self.git("commit", "--quiet", "--no-verify", "--allow-empty", "-m", message, *arguments)
        return self.git("rev-parse", "HEAD")

    def edit(self, path: str = FIRST) -> None:
        """Change one word of a file; its size stays the same."""
        self.write(path, self.read(path).replace("Judge", "Weigh"))

    def switch(self, name: str, start: str = "HEAD") -> None:
        """Start a branch and check it out."""
        self.git("switch", "--quiet", "--create", name, start)

    def install_hook(self, name: str, *arguments: str) -> None:
        """A hook of git that calls promptctl without anything in between."""
        command = " ".join([sys.executable, "-m", "promptctl", "hook", "run", *arguments])
        folder = self.path / self.git("rev-parse", "--git-path", "hooks")
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\nexec {command}\n")
        (folder / name).chmod(0o755)

    def promptctl(self, *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> Result:
        """Run the real command line in a process of its own."""
        return self._run([sys.executable, "-m", "promptctl", *arguments], stdin, env)

    def _run(self, command: list[str], stdin: bytes, env: dict[str, str] | None) -> Result:
        variables = {**os.environ, **(env or {})}
        done = subprocess.run(command, cwd=self.path, input=stdin, capture_output=True, check=False, env=variables)
        out, err = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
        return Result(done.returncode, out, err)

    def check(self, *arguments: str, env: dict[str, str] | None = None) -> Result:
        return self.promptctl("check", *arguments, "--format", "json", env=env)


def make_repo(path: Path, *git_options: str) -> Repo:
    """A repository on main with a policy and `qualify-lead@1.0.0`, all of it committed."""
    path.mkdir(parents=True)
    repo = Repo(path)
    repo.git("init", "--quiet", *git_options)
    repo.write("promptctl.yaml", POLICY)
    repo.write(f"{FOLDER}/prompt.yaml", MANIFEST.format(name="qualify-lead", recommended="1.0.0"))
    repo.add_version("1.0.0")
    repo.commit("Release qualify-lead@1.0.0")
    return repo


def clone(source: Repo, path: Path, *options: str) -> Repo:
    """A clone over the file protocol, so that depth and filters work."""
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["git", "clone", "--quiet", *options, source.path.as_uri(), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return Repo(path)


def bare_remote(repo: Repo, *branches: str) -> Repo:
    """An empty bare repository as `origin`, and these branches pushed there."""
    path = repo.path.parent / "origin.git"
    repo.git("init", "--quiet", "--bare", str(path))
    repo.git("remote", "add", "origin", path.as_uri())
    if branches:
        repo.git("push", "--quiet", "--set-upstream", "--no-verify", "origin", *branches)
    return Repo(path)
