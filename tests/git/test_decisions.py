"""A decision may lie anywhere in head: on disk, in the index, in a commit; it must be a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import version_text

if TYPE_CHECKING:
    from tests.support.repos import Repo

POLICY = "protected: [main]\nrequire: {decision-on-major: true}\n"
WAYS = {"worktree": (), "index": ("--staged",), "commit": ("--base", "main", "--head", "change"), "all": ("--all",)}


@pytest.fixture
def breaking(repo: Repo) -> Repo:
    """A branch with a major version whose decision is `docs/d[1].md`, on disk alone."""
    repo.write("promptctl.yaml", POLICY)
    repo.git("add", "--all")
    repo.commit("Ask for decisions")
    repo.switch("change")
    text = version_text("2.0.0", "Ask.", supersedes="1.0.0", summary="Asks.", decision='"docs/d[1].md"')
    repo.write("prompt-templates/task/qualify-lead/2.0.0.md", text)
    return repo


@pytest.mark.parametrize("way", WAYS)
def test_a_decision_that_is_there_is_found(breaking: Repo, way: str) -> None:
    breaking.write("docs/d[1].md", "We break it.\n")
    if way != "worktree":
        breaking.git("add", "--all")
    if way == "commit":
        breaking.commit("Break it")
    assert breaking.check(*WAYS[way]).rules == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", [None, "docs/d1.md", "docs/d[1].md/README.md"])
def test_a_decision_that_is_not_there_is_missed(breaking: Repo, way: str, path: str | None) -> None:
    if path:
        breaking.write(path, "Something else.\n")
    if way != "worktree":
        breaking.git("add", "--all")
    if way == "commit":
        breaking.commit("Break it")
    assert "major-without-decision" in breaking.check(*WAYS[way]).rules
