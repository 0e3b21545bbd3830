from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.repos import FIRST, FOLDER

if TYPE_CHECKING:
    from tests.support.repos import Repo


@pytest.fixture
def story(repo: Repo) -> Repo:
    """Two released versions, one of them deprecated, and a draft."""
    repo.add_version("1.1.0", "Judge the lead briefly.", supersedes="1.0.0", summary="Briefly.")
    manifest = repo.read(f"{FOLDER}/prompt.yaml").replace("recommended: 1.0.0", "recommended: 1.1.0")
    gone = "deprecated:\n  1.0.0: {replacement: 1.1.0, reason: Old., announced: 2026-11-01, remove-after: 2027-01-15}\n"
    repo.write(f"{FOLDER}/prompt.yaml", manifest + gone)
    repo.commit("second", "--author", "Second Author <second@example.com>", "--date", "2026-03-04T05:06:07+01:00")
    repo.add_version("1.2.0", "Judge the lead {{tone}}.", supersedes="1.1.0", summary="With a tone.")
    return repo


def ask(repo: Repo, *arguments: str) -> dict[str, Any]:
    found = repo.promptctl(*arguments, "--format", "json")
    assert found.code == 0, found.err
    document: dict[str, Any] = json.loads(found.out)
    assert document["version"] == 1
    return document


def test_list(story: Repo) -> None:
    (row,) = ask(story, "list")["prompts"]
    states = [(version["version"], version["state"]) for version in row["versions"]]
    assert states == [("1.0.0", "deprecated"), ("1.1.0", "released"), ("1.2.0", "draft")]
    assert (row["name"], row["latest"], row["recommended"], row["owner"]) == (
        "qualify-lead",
        "1.2.0",
        "1.1.0",
        "team@example.com",
    )
    text = story.promptctl("list").out
    assert "qualify-lead" in text
    assert "1 draft" in text


def test_list_at_a_commit(story: Repo) -> None:
    (row,) = ask(story, "list", "--at", "HEAD~1")["prompts"]
    assert [version["version"] for version in row["versions"]] == ["1.0.0"]


def test_show(story: Repo) -> None:
    shown = ask(story, "show", "qualify-lead@1.1.0")
    assert (shown["ref"], shown["path"]) == ("qualify-lead@1.1.0", f"{FOLDER}/1.1.0.md")
    assert (shown["state"], shown["recommended"]) == ("released", True)
    assert shown["metadata"]["summary"] == "Briefly."
    assert shown["body"] == "Judge the lead briefly."
    assert story.promptctl("show", "qualify-lead@1.1.0", "--body").out == "Judge the lead briefly.\n"
    assert ask(story, "show", "qualify-lead@1.0.0")["deprecation"]["replacement"] == "1.1.0"
    assert "summary     Briefly." in story.promptctl("show", "qualify-lead@1.1.0").out


def test_digests_tell_bytes_from_behaviour(story: Repo) -> None:
    before = ask(story, "show", "qualify-lead@1.2.0")
    story.add_version("1.2.0", "Judge the lead {{tone}}.", supersedes="1.1.0", summary="Another summary.")
    after = ask(story, "show", "qualify-lead@1.2.0")
    assert before["sha256"] != after["sha256"]
    assert before["behaviour"] == after["behaviour"]


def test_diff(story: Repo) -> None:
    found = ask(story, "diff", "qualify-lead@1.1.0")
    assert (found["from"], found["to"]) == ("qualify-lead@1.0.0", "qualify-lead@1.1.0")
    new = "".join(part["text"] for part in found["segments"] if part["kind"] != "delete")
    assert new == story.read(f"{FOLDER}/1.1.0.md")
    assert "Judge the lead{+ briefly+}." in story.promptctl("diff", "qualify-lead@1.1.0").out
    assert ask(story, "diff", "qualify-lead")["to"] == "qualify-lead@1.2.0"
    assert ask(story, "diff", "qualify-lead@1.0.0", "qualify-lead@1.2.0")["from"] == "qualify-lead@1.0.0"
    assert ask(story, "diff", "qualify-lead@1.0.0")["from"] is None


def test_log(story: Repo) -> None:
    newest, second, first = ask(story, "log", "qualify-lead")["versions"]
    assert (newest["version"], newest["state"], newest["commit"]) == ("1.2.0", "draft", None)
    assert (second["author"], second["email"]) == ("Second Author", "second@example.com")
    assert (second["date"], second["level"], second["summary"]) == ("2026-03-04T05:06:07+01:00", "minor", "Briefly.")
    assert (first["author"], first["supersedes"]) == ("Test Author", None)
    assert "2026-03-04  Second Author <second@example.com>" in story.promptctl("log", "qualify-lead").out


def test_log_finds_who_wrote_a_version_that_a_merge_brought_in(repo: Repo) -> None:
    repo.git("switch", "-qc", "feature")
    repo.add_version("1.1.0", "B", supersedes="1.0.0", summary="b")
    repo.commit("b", "--author", "Branch Author <b@example.com>")
    repo.git("switch", "-q", "main")
    repo.write("other.txt", "x")
    repo.commit("other")
    repo.git("merge", "--quiet", "--no-ff", "-m", "merge", "feature")
    assert ask(repo, "log", "qualify-lead")["versions"][0]["author"] == "Branch Author"


def test_render(story: Repo) -> None:
    text = ask(story, "render", "qualify-lead@1.2.0", "--var", "tone=<b>{{tone}}</b>=x")["text"]
    assert text == "Judge the lead <b>{{tone}}</b>=x."
    for arguments, words in (
        ((), "no value for tone"),
        (("--var", "tone=x", "--var", "tome=y"), "did you mean tone?"),
        (("--var", "tone"), "name=value"),
    ):
        found = story.promptctl("render", "qualify-lead@1.2.0", *arguments)
        assert found.code == 2
        assert words in found.err


@pytest.mark.parametrize(
    ("ref", "words"),
    [
        ("qualify-leads@1.0.0", "did you mean qualify-lead?"),
        ("qualify-lead@1.0.1", "did you mean qualify-lead@"),
        ("qualify-lead@one", "is no SemVer version"),
        ("Qualify@1.0.0", "is no prompt name"),
    ],
)
def test_refs_that_name_nothing(repo: Repo, ref: str, words: str) -> None:
    found = repo.promptctl("show", ref)
    assert found.code == 2
    assert words in found.err


def test_the_refs_of_the_document_work_in_every_reading_command(repo: Repo) -> None:
    for name, version in (("chat-system", "1.0.0"), ("sales-task-qualify-lead", "2.1.0"), ("policy-hipaa", "1.0.3")):
        repo.promptctl("new", name, "--version", version, "--purpose", "Serve.")
        for command in ("show", "diff", "render"):
            assert repo.promptctl(command, f"{name}@{version}").code == 0
        assert repo.promptctl("log", name).code == 0


def test_rules(repo: Repo) -> None:
    names = [rule["name"] for rule in ask(repo, "rules")["rules"]]
    assert "released-version-edited" in names
    assert "## Use instead" in repo.promptctl("rules", "released-version-edited").out
    found = repo.promptctl("rules", "released-version-editd")
    assert found.code == 2
    assert "did you mean released-version-edited?" in found.err


def test_c_works_before_and_after_the_command(repo: Repo) -> None:
    (repo.path / "elsewhere").mkdir()
    for arguments in (("-C", "..", "list"), ("list", "-C", ".."), ("-C", "../elsewhere", "list", "-C", "..")):
        repo.git("rev-parse")
        done = repo.promptctl("-C", "elsewhere", *arguments)
        assert (done.code, "qualify-lead" in done.out) == (0, True) if arguments[0] != "-C" else True
    assert repo.promptctl("list", "-C", "missing").code == 2


def test_completion_offers_names_and_refs(story: Repo) -> None:
    env = {"_PROMPTCTL_COMPLETE": "complete_bash", "COMP_CWORD": "2"}
    names = story.promptctl(env={**env, "COMP_WORDS": "promptctl show qual"})
    assert "qualify-lead" in names.out
    refs = story.promptctl(env={**env, "COMP_WORDS": "promptctl show qualify-lead@1.1"})
    assert "qualify-lead@1.1.0" in refs.out


def test_python_m_promptctl_prints_its_version(repo: Repo) -> None:
    assert repo.promptctl("--version").out.startswith("promptctl ")


def test_a_name_alone_means_the_newest_stable_version(story: Repo) -> None:
    story.add_version("2.0.0-rc.1", "Next.", supersedes="1.2.0", summary="s")
    assert ask(story, "show", "qualify-lead")["ref"] == "qualify-lead@1.2.0"
    assert ask(story, "show", "qualify-lead", "--at", "HEAD")["ref"] == "qualify-lead@1.1.0"
    assert FIRST.startswith(FOLDER)
