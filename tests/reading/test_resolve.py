"""`resolve` and what other reading commands say of selections, in real repositories."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.repos import FOLDER

if TYPE_CHECKING:
    from tests.support.repos import Repo

CONFIG = """\
defaults:
  qualify-lead:
    use: qualify-lead@1.0.0
    because: In use since spring.
salesAgent:
  prompts:
    qualifyLead: qualify-lead@1.1.0
    again: qualify-lead
tenants:
  acme-health:
    regimes: [hipaa]
    prompts: {qualify-lead: qualify-lead@2.0.0}
  "no":
    prompts: {salesAgent.again: qualify-lead@1.1.0}
  1.10:
flags:
  formal-tone: {use: qualify-lead@2.0.0, source: application, tenants: ["no", 1.10], percentage: 50}
"""


@pytest.fixture
def story(repo: Repo) -> Repo:
    """Three versions, the last of them fit for HIPAA, and a configuration that selects all of them."""
    repo.add_version("1.1.0", "Judge the lead briefly.", supersedes="1.0.0", summary="Briefly.")
    repo.add_version("2.0.0", "Judge the lead well.", supersedes="1.1.0", summary="Well.", regimes="[hipaa]")
    repo.write("prompt-config/production.yaml", CONFIG)
    repo.commit("Select")
    return repo


def ask(repo: Repo, *arguments: str) -> dict[str, Any]:
    found = repo.promptctl("resolve", *arguments, "--format", "json")
    assert found.code == 0, found.err
    document: dict[str, Any] = json.loads(found.out)
    return document


def test_the_record_has_all_that_was_decided(story: Repo) -> None:
    found = ask(story, "qualify-lead", "--env", "production", "--tenant", "acme-health")
    path = f"{FOLDER}/2.0.0.md"
    assert found == {
        "ref": "qualify-lead@2.0.0",
        "name": "qualify-lead",
        "version": "2.0.0",
        "digest": "sha256:" + hashlib.sha256(story.read(path).encode()).hexdigest(),
        "path": path,
        "environment": "production",
        "reason": "tenant",
        "steps": [
            {
                "scope": "tenants.acme-health.prompts.qualify-lead",
                "ref": "qualify-lead@2.0.0",
                "taken": True,
                "why": "the tenant's override",
            }
        ],
        "config_commit": story.git("rev-parse", "HEAD"),
    }


@pytest.mark.parametrize(
    ("arguments", "ref", "reason"),
    [
        ("qualify-lead", "qualify-lead@1.0.0", "default"),
        ("salesAgent.qualifyLead", "qualify-lead@1.1.0", "agent"),
        ("salesAgent.again", "qualify-lead@1.0.0", "default"),
        ("salesAgent.again --tenant no", "qualify-lead@1.1.0", "tenant"),
        ("salesAgent.qualifyLead --tenant no", "qualify-lead@1.1.0", "agent"),
        ("qualify-lead --tenant 1.10 --flag formal-tone --key 2", "qualify-lead@2.0.0", "flag:formal-tone"),
        ("qualify-lead --tenant 1.10 --flag formal-tone", "qualify-lead@1.0.0", "default"),
        ("qualify-lead --tenant 1.10 --key 2", "qualify-lead@1.0.0", "default"),
        ("qualify-lead --tenant 1.1 --flag formal-tone --key 2", "qualify-lead@1.0.0", "default"),
        ("qualify-lead --tenant stranger", "qualify-lead@1.0.0", "default"),
    ],
)
def test_precedence(story: Repo, arguments: str, ref: str, reason: str) -> None:
    found = ask(story, *arguments.split())
    assert (found["ref"], found["reason"]) == (ref, reason)
    assert [step["taken"] for step in found["steps"]][-1]


def test_text_shows_every_step(story: Repo) -> None:
    found = story.promptctl("resolve", "salesAgent.qualifyLead", "--tenant", "no")
    assert found.out.splitlines()[:5] == [
        "qualify-lead@1.1.0  (agent, production)",
        "    tenants.no.prompts.salesAgent.qualifyLead  -  the tenant has no override",
        "    tenants.no.prompts.qualify-lead            -  the tenant has no override",
        "    flags.formal-tone                          qualify-lead@2.0.0  the application does not pass the flag",
        "  > salesAgent.prompts.qualifyLead             qualify-lead@1.1.0  pinned by the agent",
    ]


def test_at_a_commit_and_before_one(story: Repo) -> None:
    commit = story.git("rev-parse", "HEAD")
    story.write("prompt-config/production.yaml", CONFIG.replace("use: qualify-lead@1.0.0", "use: qualify-lead@1.1.0"))
    found = ask(story, "qualify-lead")
    assert (found["ref"], found["config_commit"]) == ("qualify-lead@1.1.0", None)
    found = ask(story, "qualify-lead", "--at", "HEAD")
    assert (found["ref"], found["config_commit"]) == ("qualify-lead@1.0.0", commit)


@pytest.mark.parametrize(
    ("config", "arguments", "code", "words"),
    [
        (CONFIG, "qualify-laed", 2, "did you mean qualify-lead?"),
        (CONFIG, "salesAgent.qualifyLaed", 2, "did you mean salesAgent.qualifyLead?"),
        (CONFIG, "qualify-lead --env produktion", 2, "did you mean production?"),
        (CONFIG + "unlisted-tenants: refuse\n", "qualify-lead --tenant stranger", 1, "stranger is not listed"),
        (CONFIG.replace("@2.0.0}\n", "@1.1.0}\n"), "qualify-lead --tenant acme-health", 1, "is not fit for hipaa"),
        (CONFIG.replace("use: qualify-lead@1.0.0", "use: qualify-lead@9.0.0"), "qualify-lead", 1, "does not exist"),
        (CONFIG.replace("because:", "becuase:"), "qualify-lead", 2, "production.yaml:4:5: unknown key `becuase`"),
        ("tenants: {acme: }\n", "qualify-lead", 1, "production selects no version of qualify-lead"),
        ("tenants: [\n", "qualify-lead", 2, "prompt-config/production.yaml:"),
    ],
)
def test_what_has_no_answer_says_why(story: Repo, config: str, arguments: str, code: int, words: str) -> None:
    story.write("prompt-config/production.yaml", config)
    found = story.promptctl("resolve", *arguments.split())
    assert found.code == code
    assert words in found.err
    assert found.out == ""


def test_environments_have_to_be_named_where_there_are_more(story: Repo) -> None:
    story.write("prompt-config/staging.yaml", "")
    found = story.promptctl("resolve", "qualify-lead")
    assert (found.code, "--env production|staging" in found.err) == (2, True)
    assert ask(story, "qualify-lead", "--env", "production")["reason"] == "default"


def test_an_environment_without_a_file(repo: Repo) -> None:
    assert "no environment is configured" in repo.promptctl("resolve", "qualify-lead").err
    assert "production has no configuration" in repo.promptctl("resolve", "qualify-lead", "--env", "production").err


def test_show_says_who_selects_a_version(story: Repo) -> None:
    found = json.loads(story.promptctl("show", "qualify-lead@1.1.0", "--format", "json").out)
    assert found["selected_by"] == [
        {"environment": "production", "scope": "salesAgent.prompts.qualifyLead"},
        {"environment": "production", "scope": "tenants.no.prompts.salesAgent.again"},
    ]
    assert "production: salesAgent.prompts.qualifyLead" in story.promptctl("show", "qualify-lead@1.1.0").out


def test_without_a_word_the_default_of_the_last_environment_is_recommended(story: Repo) -> None:
    story.write(f"{FOLDER}/prompt.yaml", "name: qualify-lead\nowner: team@example.com\n")
    (row,) = json.loads(story.promptctl("list", "--format", "json").out)["prompts"]
    assert row["recommended"] == "1.0.0"
    assert json.loads(story.promptctl("show", "qualify-lead@1.0.0", "--format", "json").out)["recommended"] is True


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("promptctl resolve sales", ["salesAgent.again", "salesAgent.qualifyLead"]),
        ("promptctl resolve qual", ["qualify-lead"]),
        ("promptctl resolve qualify-lead --env p", ["production"]),
    ],
)
def test_completion(story: Repo, words: str, wanted: list[str]) -> None:
    env = {"_PROMPTCTL_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    assert story.promptctl(env=env).out.split() == wanted
