"""Repositories to measure with: deterministic, of any size, written straight into git's object database."""

from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

A_PROMPT = 10  # versions of one prompt
_CATEGORIES = 20
_WHEN = "1767225600 +0000"  # the same objects in every run
_VOCABULARY = (
    "answer ask before budget call careful clear company customer date decide describe detail every explain fact first "
    "give know lead list mention name need never note offer only order plan polite price question reason repeat reply "
    "sales say short state step team tell time tone use when why word write"
)
_POLICY = """\
protected: [main]
environments: [staging, production]
"""
_MANIFEST = """\
name: {name}
owner: team-{category}@example.com
recommended: 1.9.0
"""
_VERSION = """\
---
name: {name}
version: 1.{minor}.0
purpose: Decide what the team should do next for {name}, and say why.
{follows}input:
  schema:
    type: object
    required: [lead]
    properties:
      lead: {{type: string, minLength: 1}}
      history: {{type: array, items: {{type: string}}}}
output:
  format: json
  schema:
    type: object
    required: [decision, reason]
    properties:
      decision: {{type: string, enum: [call, wait, drop]}}
      reason: {{type: string}}
  guarantees: [Never invents contact details.]
model: anthropic/claude-sonnet-4
config: {{temperature: 0.2, max_tokens: 800}}
tags: [sales]
---
{body}

What we know about the lead: {{{{lead}}}}
What was said before: {{{{history}}}}
"""
_ROLLOUT = """\
  {name}@1.9.0:
    from: {name}@1.8.0
    strategy: tenant
    started: 2026-01-01T00:00:00Z
    step: {{number: 1, at: 2026-01-01T00:00:00Z}}
    state: {state}
    because: Pilot.
"""
_PILOTS = 50
SELECTION = "prompt-config/production.yaml"
_FOLLOWS = "supersedes: 1.{before}.0\nsummary: Says more about step {minor}.\n"


def make_repository(path: Path, versions: int) -> None:
    """A repository on main with this many released versions; its index is filled, its work tree is empty."""
    path.mkdir(parents=True)
    git(path, "init", "--quiet", "--initial-branch=main")
    _commit(path, "main", _released(versions // A_PROMPT))
    git(path, "read-tree", "HEAD")


def make_tenants(path: Path, tenants: int, prompts: int = 200) -> None:
    """A repository on main whose last commit starts a rollout to some of so many tenants; its work tree is filled.

    The tag `pilot` is main, the tag `back` a commit with what a rollback makes of it.
    """
    path.mkdir(parents=True)
    git(path, "init", "--quiet", "--initial-branch=main")
    released = dict(_released(prompts))
    _commit(path, "main", (released | {SELECTION: _tenants(tenants, prompts)}).items())
    _commit(path, "pilot", [(SELECTION, _tenants(tenants, prompts, "running", _PILOTS))], parent="main")
    _commit(path, "back", [(SELECTION, _tenants(tenants, prompts, "rolled-back"))], parent="pilot")
    for name in ("pilot", "back"):
        git(path, "tag", name, f"refs/heads/{name}")
        git(path, "branch", "--quiet", "-D", name)
    for name in ("user.name", "user.email"):
        git(path, "config", name, "benchmark@example.com")
    git(path, "reset", "--quiet", "--hard", "pilot")


def add_branch(path: Path, name: str, versions: int) -> None:
    """A branch with one new version in each of so many prompts."""
    new = ((version_path(number, A_PROMPT), version_text(number, A_PROMPT)) for number in range(versions))
    _commit(path, name, new, parent="main")


def stage_version(path: Path) -> None:
    """Put one new version into the index, as `git add` does."""
    new = path / version_path(0, A_PROMPT)
    new.parent.mkdir(parents=True)
    new.write_text(version_text(0, A_PROMPT), encoding="utf-8")
    git(path, "add", str(new))


def folder(number: int) -> str:
    return f"prompt-templates/{_category(number)}/{name_of(number)}"


def version_path(number: int, minor: int) -> str:
    return f"{folder(number)}/1.{minor}.0.md"


def version_text(number: int, minor: int) -> str:
    """A version file; each minor version has a paragraph more than the one before."""
    body = "\n\n".join(_paragraph(f"{number}.{step}") for step in range(minor + 1))
    follows = _FOLLOWS.format(before=minor - 1, minor=minor) if minor else ""
    return _VERSION.format(name=name_of(number), minor=minor, follows=follows, body=body)


def git(path: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=path, stdout=subprocess.PIPE, check=True).stdout


def _released(prompts: int) -> Iterator[tuple[str, str]]:
    yield "promptctl.yaml", _POLICY
    yield "prompt-config/production.yaml", _selection(prompts)
    for number in range(prompts):
        yield f"{folder(number)}/prompt.yaml", _MANIFEST.format(name=name_of(number), category=_category(number))
        for minor in range(A_PROMPT):
            yield version_path(number, minor), version_text(number, minor)


def name_of(number: int) -> str:
    return f"prompt-{number:05}"


def _category(number: int) -> str:
    return f"category-{number % _CATEGORIES:02}"


def _paragraph(seed: str) -> str:
    words = _VOCABULARY.split()
    chosen = [words[byte % len(words)] for byte in hashlib.shake_128(seed.encode()).digest(40)]
    return " ".join(chosen).capitalize() + "."


def _selection(prompts: int) -> str:
    entries = [
        f"  {name_of(number)}:\n    use: {name_of(number)}@1.9.0\n    because: It did best on the suite.\n"
        for number in range(prompts)
    ]
    return "defaults:\n" + "".join(entries)


def _tenants(tenants: int, prompts: int, state: str = "", pilots: int = 0) -> str:
    """A configuration; with `state` a rollout of the first prompt is recorded, which the first tenants have."""
    default = "  {name}: {{use: {name}@1.8.0, because: It did best on the suite.}}\n"
    lines = [default.format(name=name_of(number)) for number in range(prompts)]
    if state:
        lines += ["rollouts:\n", _ROLLOUT.format(name=name_of(0), state=state)]
    lines.append("tenants:\n")
    for number in range(tenants):
        name = name_of(1 + number % (prompts - 1))
        lines.append(f"  tenant-{number:05}:\n    prompts:\n      {name}: {name}@1.9.0\n")
        if number < pilots:
            lines.append(f"      {name_of(0)}: {name_of(0)}@1.9.0\n")
    return "defaults:\n" + "".join(lines)


def _commit(path: Path, branch: str, files: Iterable[tuple[str, str]], parent: str | None = None) -> None:
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=path, stdin=subprocess.PIPE) as process:
        assert process.stdin
        for piece in _stream(branch, files, parent):
            process.stdin.write(piece)
    assert process.returncode == 0


def _stream(branch: str, files: Iterable[tuple[str, str]], parent: str | None) -> Iterator[bytes]:
    yield f"commit refs/heads/{branch}\ncommitter Benchmark <benchmark@example.com> {_WHEN}\n".encode()
    yield b"data 7\nContent\n" + (f"from refs/heads/{parent}\n".encode() if parent else b"")
    for path, text in files:
        data = text.encode()
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)
