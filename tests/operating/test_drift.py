"""`drift`: how environments differ, and what explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.operating import CONFIG, START, done, stock

if TYPE_CHECKING:
    from tests.support.repos import Repo, Result

STAGING = "prompt-config/staging.yaml"


@pytest.fixture
def two(repo: Repo) -> Repo:
    """Staging and production, alike but for what a tenant of production needs, which staging has too."""
    shop = stock(repo)
    shop.write("promptctl.yaml", "protected: [main]\nenvironments: [staging, production]\n")
    shop.write(STAGING, START)
    shop.commit("Two environments")
    return shop


def strict(repo: Repo, *arguments: str) -> Result:
    found = repo.promptctl("drift", "--strict", *arguments)
    assert found.err == ""
    return found


def test_alike(two: Repo) -> None:
    found = strict(two)
    assert (found.code, found.out) == (0, "staging and production: of 1 prompt, 0 differ\n")


def test_a_default_that_is_ahead(two: Repo) -> None:
    done(two, "rollout", "start", "qualify-lead@1.1.0", "--env", "staging", "--global", "-m", "Try it.")
    found = strict(two)
    words = "unexplained  staging has qualify-lead@1.1.0, production has qualify-lead@1.0.0"
    assert (found.code, words in found.out) == (1, True)
    assert two.promptctl("drift").code == 0


def test_an_open_rollout_explains_it(two: Repo) -> None:
    done(two, "rollout", "start", "qualify-lead@1.1.0", "--env", "staging", "--global", "-m", "Try it.")
    arguments = ("--env", "production", "--tenants", "globex", "-m", "Pilot.")
    done(two, "rollout", "start", "qualify-lead@1.1.0", *arguments)
    found = strict(two)
    assert (found.code, "(the rollout of qualify-lead@1.1.0 is open)" in found.out) == (0, True)
    done(two, "rollback", "qualify-lead", "--env", "production", "-m", "Bad.")
    assert strict(two).code == 1


def test_what_only_production_selects(two: Repo) -> None:
    text = two.read(CONFIG)
    two.write(CONFIG, text.replace("initech: {}", "initech: {prompts: {qualify-lead: qualify-lead@1.2.0}}"))
    found = strict(two)
    assert (found.code, "only production selects qualify-lead@1.2.0" in found.out) == (1, True)
    assert strict(two, "--at", "HEAD").code == 0


def test_an_older_version_of_a_tenant_is_no_drift(two: Repo) -> None:
    for path in (CONFIG, STAGING):
        two.write(path, two.read(path).replace("qualify-lead@1.0.0", "qualify-lead@1.2.0"))
    two.write(CONFIG, two.read(CONFIG).replace("initech: {}", "initech: {prompts: {qualify-lead: qualify-lead@1.1.0}}"))
    assert strict(two).code == 0


def test_a_prompt_that_one_of_them_lacks(two: Repo) -> None:
    two.write(STAGING, "tenants: {}\n")
    assert "staging has no default, production has qualify-lead@1.0.0" in strict(two).out


def test_as_a_document(two: Repo) -> None:
    done(two, "rollout", "start", "qualify-lead@1.1.0", "--env", "staging", "--global", "-m", "Try it.")
    found = two.promptctl("drift", "--format", "json", "--env", "production", "--env", "staging").report
    assert (found["version"], found["environments"]) == (1, ["staging", "production"])
    (row,) = found["prompts"]
    assert (row["name"], row["explained"]) == ("qualify-lead", False)
    assert row["selections"]["production"]["default"] == "qualify-lead@1.0.0"
    assert row["selections"]["production"]["others"]["tenants.acme-health.prompts.qualify-lead"] == "qualify-lead@2.0.0"
    assert row["differences"][0]["explained_by"] is None


def test_usage(two: Repo) -> None:
    assert two.promptctl("drift", "--env", "production").code == 2
    found = two.promptctl("drift", "--env", "production", "--env", "stagin")
    assert (found.code, "did you mean staging?" in found.err) == (2, True)
    two.write(STAGING, "tenant: {}\n")
    assert two.promptctl("drift").code == 2
