"""Who moved whom, when and why, as the content of the configuration tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.audit.support import audit
from tests.support.operating import CONFIG, START, day, done, stock

if TYPE_CHECKING:
    from tests.support.repos import Repo

BAD = "qualify-lead@1.1.0"


@pytest.fixture
def shop(repo: Repo) -> Repo:
    return stock(repo)


def moves(repo: Repo, *arguments: str) -> list[dict[str, Any]]:
    """The events that are about an environment."""
    return [event for event in audit(repo, *arguments)["events"] if event["environment"]]


def newest(repo: Repo) -> tuple[str, str, str, str, list[str]]:
    """What the newest commit did."""
    (event,) = [one for one in moves(repo) if one["commit"] == repo.git("rev-parse", "HEAD")]
    assert (event["author"], event["lawful"], event["path"]) == ("Test Author", True, CONFIG)
    return event["event"], event["from"], event["to"], event["detail"], event["scopes"]


def test_the_life_of_a_rollout(shop: Repo) -> None:
    one = "qualify-lead@1.0.0"
    done(shop, "rollout", "start", BAD, "--tenants", "globex", "-m", "Pilot.")
    assert newest(shop) == ("rollout-start", one, BAD, "Pilot.", ["tenants.globex.prompts.qualify-lead"])
    done(shop, "rollout", "expand", "qualify-lead", "--tenants", "initech")
    assert newest(shop) == ("rollout-expand", one, BAD, "Pilot.", ["tenants.initech.prompts.qualify-lead"])
    done(shop, "rollout", "pause", "qualify-lead")
    assert newest(shop) == ("rollout-pause", one, BAD, "Pilot.", [])
    done(shop, "rollout", "resume", "qualify-lead")
    assert newest(shop)[0] == "rollout-resume"
    done(shop, "rollout", "finish", "qualify-lead")
    assert newest(shop) == (
        *("rollout-finish", one, BAD, "Pilot."),
        ["defaults.qualify-lead", "salesAgent.prompts.qualifyLead"],
    )
    done(shop, "rollback", "qualify-lead", "-m", "Refusals doubled.")
    assert newest(shop)[:4] == ("rollback", BAD, one, "Refusals doubled.")


def test_a_squashed_history_tells_the_same(shop: Repo) -> None:
    """Trailers are lost with the messages; the content is not."""
    done(shop, "rollout", "start", BAD, "--global", "-m", "For all.")
    shop.git("commit", "--quiet", "--amend", "--no-verify", "-m", "wip")
    assert newest(shop)[::3] == ("rollout-start", "For all.")
    done(shop, "rollback", "qualify-lead", "-m", "Bad.")
    shop.git("commit", "--quiet", "--amend", "--no-verify", "-m", "wip")
    assert newest(shop)[::3] == ("rollback", "Bad.")


def test_edits_by_hand_and_flags(shop: Repo) -> None:
    text = shop.read(CONFIG)
    shop.write(CONFIG, text.replace("use: qualify-lead@1.0.0", "use: qualify-lead@1.2.0").replace("Works.", "By hand."))
    shop.commit("Hm")
    assert newest(shop) == (
        *("hand-edit", "qualify-lead@1.0.0", "qualify-lead@1.2.0", "By hand."),
        ["defaults.qualify-lead"],
    )
    shop.write(CONFIG, text)
    shop.commit("Back")
    assert newest(shop)[:3] == ("rollback", "qualify-lead@1.2.0", "qualify-lead@1.0.0")
    done(shop, "rollout", "start", BAD, "--flag", "brief", "--expires", day(30), "-m", "A flag.")
    assert newest(shop)[0] == "rollout-start"
    done(shop, "flag", "disable", "brief")
    assert newest(shop)[0] == "flag-disable"
    done(shop, "flag", "enable", "brief")
    assert newest(shop)[0] == "flag-enable"


def test_a_state_that_cannot_be_read_is_passed_over(shop: Repo) -> None:
    shop.write(CONFIG, "a: [\n")
    shop.commit("Break")
    shop.write(CONFIG, START)
    shop.commit("Mend")
    assert {event["event"] for event in moves(shop)} == {"hand-edit"}
    assert len({event["commit"] for event in moves(shop)}) == 1


def test_the_versions_that_a_tenant_got(shop: Repo) -> None:
    done(shop, "rollout", "start", BAD, "--tenants", "globex", "-m", "Pilot.")
    done(shop, "rollout", "expand", "qualify-lead", "--tenants", "initech")
    done(shop, "rollback", "qualify-lead", "-m", "Bad.")
    found = audit(shop, "qualify-lead", "--env", "production", "--tenant", "globex")
    assert [(one["ref"], one["reason"]) for one in found["intervals"]] == [
        ("qualify-lead@1.0.0", "default"),
        (BAD, "tenant"),
        ("qualify-lead@1.0.0", "default"),
    ]
    assert [one["until"] for one in found["intervals"]] == [
        *(one["since"] for one in found["intervals"][1:]),
        None,
    ]
    mine = [event["scopes"] for event in found["events"] if event["event"] == "rollout-expand"]
    assert mine == [], "another tenant's"
    text = shop.promptctl("audit", "qualify-lead", "--env", "production", "--tenant", "globex").out
    assert "to now         qualify-lead@1.0.0  (default)" in text
    everybody = audit(shop, "qualify-lead", "--env", "production")
    assert [one["ref"] for one in everybody["intervals"]] == ["qualify-lead@1.0.0"]


def test_what_people_read(shop: Repo) -> None:
    done(shop, "rollout", "start", BAD, "--global", "-m", "For all.")
    text = shop.promptctl("audit", "--env", "production").out
    assert f"rollout-start {BAD}: For all.\n" in text
    moved = "defaults.qualify-lead, salesAgent.prompts.qualifyLead"
    assert f"    production: qualify-lead@1.0.0 -> {BAD}  {moved}\n" in text
    rows = shop.promptctl("audit", "--env", "production", "--format", "csv").out
    assert "defaults.qualify-lead salesAgent.prompts.qualifyLead" in rows
    assert shop.promptctl("audit", "--tenant", "globex").code == 2
