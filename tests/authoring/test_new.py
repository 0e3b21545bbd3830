from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.repos import Repo


def test_a_new_prompt_is_lawful_and_complete(repo: Repo) -> None:
    arguments = ("--category", "support/email", "--owner", "me@example.com", "--purpose", "Answer: politely #1")
    assert repo.promptctl("new", "answer-mail", *arguments).code == 0
    folder = "prompt-templates/support/email/answer-mail"
    assert repo.read(f"{folder}/prompt.yaml") == "name: answer-mail\nowner: me@example.com\nrecommended: 0.1.0\n"
    assert 'purpose: "Answer: politely #1"\n' in repo.read(f"{folder}/0.1.0.md")
    assert repo.check().rules == []


@pytest.mark.parametrize("name", ["404", "null", "no", "1e3", "x_y-z"])
def test_names_that_yaml_could_misread_stay_names(repo: Repo, name: str) -> None:
    assert repo.promptctl("new", name, "--purpose", "2026-01-01", "--owner", "on").code == 0
    assert repo.check().rules == []


def test_the_owner_is_taken_from_git(repo: Repo) -> None:
    repo.promptctl("new", "answer-mail", "--purpose", "Answer.")
    assert "owner: author@example.com" in repo.read("prompt-templates/task/answer-mail/prompt.yaml")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("answer-mail",), 2, "--purpose is missing"),
        (("Answer Mail", "--purpose", "x"), 2, "is no prompt name"),
        (("a" * 65, "--purpose", "x"), 2, "is no prompt name"),
        (("answer-mail", "--purpose", "x", "--category", "../x"), 2, "is no category"),
        (("answer-mail", "--purpose", "x", "--version", "1.0"), 2, "is no SemVer version"),
        (("answer-mail", "--purpose", "two\nlines"), 2, "one line"),
        (("qualify-lead", "--purpose", "x"), 1, "is taken"),
        (("qualify_lead", "--purpose", "x", "--category", "other"), 1, "is taken"),
    ],
)
def test_what_cannot_be_made_is_said(repo: Repo, arguments: tuple[str, ...], code: int, words: str) -> None:
    before = repo.git("status", "--porcelain")
    found = repo.promptctl("new", *arguments)
    assert found.code == code
    assert words in found.err
    assert repo.git("status", "--porcelain") == before


def test_a_pre_release_is_not_recommended(repo: Repo) -> None:
    repo.promptctl("new", "answer-mail", "--purpose", "Answer.", "--version", "1.0.0-rc.1")
    assert "recommended" not in repo.read("prompt-templates/task/answer-mail/prompt.yaml")
    assert repo.check().rules == []


def test_commit_makes_one_commit(repo: Repo) -> None:
    assert repo.promptctl("new", "answer-mail", "--purpose", "Answer.", "--commit").code == 0
    assert repo.git("log", "-1", "--format=%s") == "Add prompt answer-mail@0.1.0"
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.parametrize("category", ["task/qualify-lead", "task/qualify-lead/deeper"])
def test_no_prompt_lies_inside_another(repo: Repo, category: str) -> None:
    found = repo.promptctl("new", "inner", "--category", category, "--purpose", "Greet.")
    assert (found.code, "would lie inside each other" in found.err) == (1, True)
    assert repo.git("status", "--porcelain") == ""


def test_no_prompt_lies_around_another(repo: Repo) -> None:
    assert repo.promptctl("new", "inner", "--category", "task/sales", "--purpose", "Greet.").code == 0
    found = repo.promptctl("new", "sales", "--category", "task", "--purpose", "Sell.")
    assert (found.code, "would lie inside each other" in found.err) == (1, True)
