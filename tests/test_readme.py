"""README.md shows what promptctl prints: its `console runnable` blocks are run, in order, in one new repository.

`UPDATE_README=1 pytest tests/test_readme.py` puts in what is printed now; read the difference.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=^```console runnable\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def run(command: str, where: Path) -> str:
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=where,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout.replace(str(where), "/repository")


def played(block: str, where: Path) -> str:
    """The commands of a block, each with what it prints."""
    commands = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]
    outputs = [run(command, where) for command in commands]
    return "".join(f"$ {command}\n{output}" for command, output in zip(commands, outputs, strict=True))


def normal(text: str) -> str:
    """Text without what differs from day to day and from release to release."""
    text = re.sub(r'("name": "promptctl",\s*"version": )"[^"]*"', r'\1"VERSION"', text)
    text = re.sub(r"\b\d{4}-\d{2}-\d{2}\b", "DATE", text)
    return re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b", "ID", text)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    where = tmp_path / "leads"
    run(f"git init --quiet --initial-branch main {where}", tmp_path)
    run("git config user.name Ada && git config user.email ada@example.com", where)
    return where


def test_the_readme_shows_what_is_printed(repository: Path) -> None:
    text = README.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    printed = [played(block, repository) for block in blocks]
    if os.environ.get("UPDATE_README"):
        for old, new in zip(blocks, printed, strict=True):
            text = text.replace(old, old if normal(old) == normal(new) else new)
        README.write_text(text, encoding="utf-8")
    assert [normal(block) for block in BLOCK.findall(text)] == [normal(block) for block in printed]


def test_every_link_leads_to_a_file() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert missing == []


def test_the_hooks_that_the_readme_names_exist() -> None:
    text = README.read_text(encoding="utf-8")
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    for name in set(re.findall(r"^ +- id: (\S+)$", text, re.MULTILINE)) | {"promptctl", "promptctl-files"}:
        assert f"- id: {name}\n" in hooks
