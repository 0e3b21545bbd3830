from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, FOLDER, MANIFEST, Repo

if TYPE_CHECKING:
    from tests.support.repos import Result


@pytest.fixture
def branch(repo: Repo) -> Repo:
    """A branch with its own 1.1.0, while main released another one."""
    repo.git("switch", "-qc", "feature")
    repo.add_version("1.1.0", "Mine.", supersedes="1.0.0", summary="mine")
    repo.commit("mine")
    repo.git("switch", "-q", "main")
    repo.add_version("1.1.0", "Theirs.", supersedes="1.0.0", summary="theirs")
    repo.commit("theirs")
    repo.git("switch", "-q", "feature")
    return repo


def renumber(repo: Repo, *arguments: str) -> Result:
    return repo.promptctl("renumber", "qualify-lead@1.1.0", *arguments)


def test_a_collision_is_mended_by_the_line_that_it_prints(branch: Repo) -> None:
    found = branch.check("--base", "main", "--head", "feature")
    assert found.rules == ["version-collision"]
    command = found.report["findings"][0]["hint"].split()
    assert branch.promptctl(*command[1:]).code == 0
    text = branch.read(f"{FOLDER}/1.2.0.md")
    assert "version: 1.2.0\n" in text
    assert "supersedes: 1.1.0\n" in text
    assert text.endswith("Mine.\n")
    branch.commit("renumber")
    assert branch.check("--base", "main", "--head", "feature").rules == []


def test_a_skipped_number_becomes_one_step_of_the_same_level(repo: Repo) -> None:
    repo.add_version("1.4.0", "B", supersedes="1.0.0", summary="b")
    assert repo.check().rules == ["version-skipped"]
    assert repo.promptctl("renumber", "qualify-lead@1.4.0").code == 0
    assert repo.check().rules == []
    assert "version: 1.1.0" in repo.read(f"{FOLDER}/1.1.0.md")


def test_everything_that_names_the_draft_follows(repo: Repo) -> None:
    repo.add_version("1.4.0", "B", supersedes="1.0.0", summary="b")
    repo.add_version("1.5.0", "C", supersedes="1.4.0", summary="c")
    repo.write(f"{FOLDER}/prompt.yaml", MANIFEST.format(name="qualify-lead", recommended="1.4.0  # soon"))
    repo.write("prompt-evidence/qualify-lead/1.4.0/evals.json", "{}\n")
    config = "defaults:\n  # why\n  qualify-lead: {{use: 'qualify-lead@{0}'}}\nrollouts:\n  qualify-lead@{0}: {{}}\n"
    repo.write("prompt-config/production.yaml", config.format("1.4.0"))
    assert repo.promptctl("renumber", "qualify-lead@1.4.0", "--to", "1.1.0").code == 0
    assert "supersedes: 1.1.0\n" in repo.read(f"{FOLDER}/1.5.0.md")
    assert "recommended: 1.1.0  # soon\n" in repo.read(f"{FOLDER}/prompt.yaml")
    assert repo.read("prompt-config/production.yaml") == config.format("1.1.0")
    assert (repo.path / "prompt-evidence/qualify-lead/1.1.0/evals.json").exists()
    assert not (repo.path / "prompt-evidence/qualify-lead/1.4.0/evals.json").exists()


def test_a_released_version_keeps_its_number(repo: Repo) -> None:
    found = repo.promptctl("renumber", "qualify-lead@1.0.0", "--to", "1.0.1")
    assert found.code == 1
    assert "is released" in found.err


@pytest.mark.parametrize("committed", [False, True])
def test_an_edited_release_is_no_draft(repo: Repo, committed: bool) -> None:  # noqa: FBT001 - a case
    repo.switch("edit")
    repo.edit()
    if committed:
        repo.git("commit", "-qam", "Edit", "--no-verify")
    found = repo.promptctl("renumber", "qualify-lead@1.0.0", "--to", "1.0.1")
    assert found.code == 1
    assert "promptctl new-version qualify-lead --from-edit" in found.err
    assert repo.git("status", "--porcelain", "-uall") == ("" if committed else f"M {FIRST}")


def test_a_taken_number_is_refused(branch: Repo) -> None:
    assert renumber(branch, "--to", "1.0.0").code == 1
    assert renumber(branch, "--to", "nonsense").code == 2


def test_a_ref_is_needed(branch: Repo) -> None:
    assert branch.promptctl("renumber", "qualify-lead").code == 2
    assert branch.promptctl("renumber", "qualify-lead@9.9.9").code == 2


def test_dry_run_moves_nothing(branch: Repo) -> None:
    found = renumber(branch, "--dry-run")
    assert found.code == 0
    assert "+version: 1.2.0" in found.out
    assert branch.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    "broken", [b"defaults: {a: qualify-lead@1.1.0}\n# caf\xe9\n", b"- &a qualify-lead@1.1.0\n- *a\n"]
)
def test_what_names_the_draft_and_cannot_be_read_is_left_alone(branch: Repo, broken: bytes) -> None:
    path = branch.path / "prompt-config/production.yaml"
    path.parent.mkdir()
    path.write_bytes(broken)
    found = renumber(branch, "--to", "1.2.0")
    assert found.code == 1
    assert "prompt-config/production.yaml names qualify-lead@1.1.0 and cannot be read" in found.err
    assert path.read_bytes() == broken
    assert (branch.path / f"{FOLDER}/1.1.0.md").exists()


def test_what_does_not_name_the_draft_need_not_be_readable(branch: Repo) -> None:
    branch.write("prompt-config/production.yaml", "a: [\n")
    assert renumber(branch, "--to", "1.2.0").code == 0


def test_an_entry_of_the_new_number_is_not_doubled(branch: Repo) -> None:
    manifest = f"{FOLDER}/prompt.yaml"
    text = branch.read(manifest) + "emergencies:\n  1.1.0: {postmortem: a.md}\n  1.2.0: {postmortem: b.md}\n"
    branch.write(manifest, text)
    found = renumber(branch, "--to", "1.2.0")
    assert found.code == 1
    assert "cannot change `emergencies.1.1.0`" in found.err
    assert branch.read(manifest) == text
