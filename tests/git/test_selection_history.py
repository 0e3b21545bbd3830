"""What the history of the configuration tells, in real repositories: moves back, merges, clones that are cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.repos import clone

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repos import Repo

CONFIG = "prompt-config/production.yaml"


def config(version: str, more: str = "") -> str:
    return f"defaults:\n  qualify-lead:\n    use: qualify-lead@{version}\n    because: In use.\n{more}"


def entry(version: str, before: str, state: str = "finished") -> str:
    return (
        f"rollouts:\n  qualify-lead@{version}: {{from: qualify-lead@{before}, strategy: global,"
        f" started: 2026-11-22T09:30:00Z, state: {state}}}\n"
    )


@pytest.fixture
def story(repo: Repo) -> Repo:
    """Production went from 1.0.0 to 1.1.0, each step a commit."""
    repo.add_version("1.1.0", "Judge the lead briefly.", supersedes="1.0.0", summary="Briefly.")
    repo.add_version("1.2.0", "Judge the lead at length.", supersedes="1.1.0", summary="At length.")
    repo.write(CONFIG, config("1.0.0"))
    repo.commit("First selection")
    repo.write(CONFIG, config("1.1.0", entry("1.1.0", "1.0.0")))
    repo.commit("Move on")
    repo.switch("work")
    return repo


def errors(repo: Repo) -> list[dict[str, Any]]:
    found = repo.check()
    assert found.code in {0, 1}, found.err
    return [finding for finding in found.report["findings"] if finding["severity"] == "error"]


def rules(repo: Repo) -> list[str]:
    return [finding["rule"] for finding in errors(repo)]


def test_a_move_on_has_to_be_declared(story: Repo) -> None:
    story.write(CONFIG, config("1.2.0"))
    assert rules(story) == ["rollout-undeclared"]
    story.write(CONFIG, config("1.2.0", entry("1.2.0", "1.1.0", "running")))
    assert rules(story) == []


def test_a_move_back_has_not(story: Repo) -> None:
    story.write(CONFIG, config("1.0.0"))
    assert rules(story) == []


def test_a_move_back_to_what_a_rollback_left_has(story: Repo) -> None:
    story.write(CONFIG, config("1.0.0", entry("1.1.0", "1.0.0", "rolled-back")))
    story.commit("Roll back")
    story.git("branch", "--force", "main", "work")
    story.write(CONFIG, config("1.1.0", entry("1.1.0", "1.0.0", "rolled-back")))
    assert rules(story) == ["rollout-undeclared"]


def test_what_only_a_merge_brought_in_was_served(story: Repo) -> None:
    story.git("switch", "--quiet", "main")
    story.switch("side")
    story.write(CONFIG, config("1.2.0", entry("1.2.0", "1.1.0")))
    story.commit("To 1.2.0")
    story.git("switch", "--quiet", "main")
    story.git("merge", "--quiet", "--no-ff", "-m", "Merge", "side")
    story.write(CONFIG, config("1.1.0"))
    story.commit("Back again")
    story.switch("next")
    story.write(CONFIG, config("1.2.0"))
    assert rules(story) == []


def test_a_configuration_that_moved_to_a_folder_keeps_its_past(story: Repo) -> None:
    story.git("switch", "--quiet", "main")
    (story.path / CONFIG).unlink()
    story.write("prompt-config/production/defaults.yaml", config("1.1.0"))
    story.commit("Split")
    story.switch("next")
    story.write("prompt-config/production/defaults.yaml", config("1.0.0"))
    assert rules(story) == []


def test_a_shallow_clone_knows_what_it_has(story: Repo, tmp_path: Path) -> None:
    story.git("switch", "--quiet", "main")
    for number in range(3):
        story.write("README.md", f"{number}\n")
        story.commit("Other work")
    shallow = clone(story, tmp_path / "shallow", "--depth", "2")
    shallow.write(CONFIG, config("1.0.0"))
    found = shallow.check()
    assert (found.code, "git fetch --unshallow" in found.err) == (3, True)
    shallow.write(CONFIG, config("1.2.0", entry("1.2.0", "1.1.0", "running")))
    assert rules(shallow) == []
    deep = clone(story, tmp_path / "deep", "--depth", "5")
    deep.write(CONFIG, config("1.0.0"))
    assert rules(deep) == []


def test_names_that_yaml_gives_a_meaning_are_the_same_tenant(story: Repo) -> None:
    story.git("switch", "--quiet", "main")
    names = ("no", "1.10", "2026-01-01", "null", '"say: \\"x\\""', "größe")
    tenants = "".join(f"  {name}: {{prompts: {{qualify-lead: qualify-lead@1.1.0}}}}\n" for name in names)
    story.write(CONFIG, config("1.1.0", f"tenants:\n{tenants}"))
    story.commit("Tenants")
    story.switch("next")
    story.write(
        CONFIG,
        config("1.1.0", f"tenants:\n{tenants}").replace("1.10: {prompts: {qualify-lead: qualify-lead@1.1.0}}", "1.10:"),
    )
    assert rules(story) == []
    story.write(
        CONFIG,
        config("1.1.0", f"tenants:\n{tenants}").replace(
            "no: {prompts: {qualify-lead: qualify-lead@1.1.0", "no: {prompts: {qualify-lead: qualify-lead@1.2.0"
        ),
    )
    (finding,) = errors(story)
    assert (finding["rule"], finding["environment"], finding["ref"]) == (
        "rollout-undeclared",
        "production",
        "qualify-lead@1.2.0",
    )
    assert finding["message"].startswith("tenants.no.prompts.qualify-lead moves from")
