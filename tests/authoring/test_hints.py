"""The command that an edit's finding prints, run by a shell as it stands."""

from __future__ import annotations

import subprocess

import pytest

from tests.support.repos import FIRST, FOLDER, Repo

EDITED = "released-version-edited"


def hints(repo: Repo, *arguments: str) -> list[str]:
    findings = repo.check(*arguments).report["findings"]
    return [finding["hint"] for finding in findings if finding["rule"] == EDITED]


def run_hint(repo: Repo, hint: str) -> None:
    done = subprocess.run(["sh", "-c", hint], cwd=repo.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{hint}: {done.stderr}"


def follow(repo: Repo, *arguments: str) -> list[str]:
    """Run hints, the first of each report, until there is none; the commands."""
    ran = []
    while found := hints(repo, *arguments):
        run_hint(repo, found[0])
        ran.append(found[0])
        assert len(ran) < 9, ran
    return ran


def release(repo: Repo, version: str, supersedes: str) -> str:
    path = repo.add_version(version, f"Judge as {version}.", supersedes=supersedes, summary="Says more.")
    repo.commit()
    return path


def bodies(repo: Repo) -> dict[str, str]:
    """What every version says."""
    return {path.stem: path.read_text().rpartition("---\n")[2] for path in (repo.path / FOLDER).glob("*.md")}


@pytest.mark.parametrize("arguments", [(), ("--staged",)])
def test_one_edit(repo: Repo, arguments: tuple[str, ...]) -> None:
    repo.edit()
    repo.git("add", "-A")
    assert follow(repo, *arguments) == ['promptctl new-version qualify-lead --from-edit -m "what changed"']
    assert bodies(repo) == {"1.0.0": "Judge the lead.\n", "1.1.0": "Weigh the lead.\n"}
    assert (repo.check().rules, repo.check("--staged").rules) == ([], [])


def test_an_edit_that_is_only_staged(repo: Repo) -> None:
    repo.edit()
    repo.git("add", "-A")
    repo.git("restore", "--source=HEAD", "--worktree", FIRST)
    assert len(follow(repo, "--staged")) == 1
    assert bodies(repo) == {"1.0.0": "Judge the lead.\n", "1.1.0": "Weigh the lead.\n"}
    assert repo.git("status", "--porcelain") == f"?? {FOLDER}/1.1.0.md"


def test_the_next_number_is_taken(repo: Repo) -> None:
    release(repo, "1.1.0", "1.0.0")
    repo.edit()
    assert len(follow(repo)) == 1
    assert bodies(repo)["1.2.0"] == "Weigh the lead.\n"
    assert "supersedes: 1.1.0\n" in repo.read(f"{FOLDER}/1.2.0.md")
    assert repo.check().rules == []


def test_a_number_that_was_asked_for_is_not_changed(repo: Repo) -> None:
    release(repo, "1.1.0", "1.0.0")
    repo.edit()
    found = repo.promptctl("new-version", "qualify-lead", "--from-edit", "--bump", "minor", "-m", "x")
    assert (found.code, "1.1.0 is already taken" in found.err) == (1, True)
    assert sorted(bodies(repo)) == ["1.0.0", "1.1.0"]


@pytest.mark.parametrize("staged", [False, True])
def test_several_edits_of_one_prompt(repo: Repo, *, staged: bool) -> None:
    second = release(repo, "1.1.0", "1.0.0")
    repo.edit()
    repo.edit(second)
    if staged:
        repo.git("add", "-A")
        repo.git("restore", "--source=HEAD", "--worktree", FIRST, second)
    assert len(hints(repo, "--staged" if staged else "--worktree")) == 2
    assert len(follow(repo, "--staged" if staged else "--worktree")) == 2
    found = bodies(repo)
    assert (found["1.0.0"], found["1.1.0"]) == ("Judge the lead.\n", "Judge as 1.1.0.\n")
    assert {found["1.2.0"], found["1.3.0"]} == {"Weigh the lead.\n", "Weigh as 1.1.0.\n"}
    assert repo.check().rules == []


def test_edits_of_several_prompts(repo: Repo) -> None:
    repo.promptctl("new", "score-lead", "--purpose", "Score a lead.", "--owner", "a@example.com", "--commit")
    other = "prompt-templates/task/score-lead/0.1.0.md"
    repo.write(other, repo.read(other) + "Be brief.\n")
    repo.edit()
    assert [hint.split()[2] for hint in follow(repo)] == ["qualify-lead", "score-lead"]
    assert repo.check().rules == []


def test_an_edit_that_is_committed_on_a_branch(repo: Repo) -> None:
    repo.switch("feature")
    repo.edit()
    repo.commit()
    assert len(follow(repo)) == 1
    repo.commit()
    assert repo.check("--base", "main").rules == []


def test_an_edited_candidate(repo: Repo) -> None:
    path = release(repo, "1.1.0-rc.1", "1.0.0")
    repo.edit(path)
    assert len(follow(repo)) == 1
    assert repo.check().rules == []


def test_an_edit_that_leaves_no_readable_version_is_undone(repo: Repo) -> None:
    repo.write(FIRST, "No front matter any more.\n")
    (command,) = follow(repo)
    assert command.startswith("git restore ")
    assert bodies(repo) == {"1.0.0": "Judge the lead.\n"}


def test_in_a_folder_of_the_repository(repo: Repo) -> None:
    repo.edit()
    (hint,) = hints(repo)
    run_hint(Repo(repo.path / FOLDER), hint)
    assert sorted(bodies(repo)) == ["1.0.0", "1.1.0"]
