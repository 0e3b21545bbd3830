"""`rollout expand`, `pause`, `resume`, `finish` and `status`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.operating import CONFIG, changed_lines, day, done, environment, gets, idle, message, refused

if TYPE_CHECKING:
    from tests.support.repos import Repo

TARGET = "qualify-lead@1.1.0"


@pytest.fixture
def pilot(shop: Repo) -> Repo:
    done(shop, "rollout", "start", TARGET, "--tenants", "globex", "-m", "Pilot.")
    return shop


@pytest.fixture
def share(shop: Repo) -> Repo:
    arguments = ("--flag", "brief", "--expires", day(30), "--percentage", "10")
    done(shop, "rollout", "start", TARGET, *arguments, "-m", "Share.")
    return shop


def test_expanding_takes_more_tenants_in(pilot: Repo) -> None:
    done(pilot, "rollout", "expand", "qualify-lead", "--tenants", "initech")
    assert [gets(pilot, tenant=name) for name in ("globex", "initech", None)] == ["1.1.0", "1.1.0", "1.0.0"]
    assert environment(pilot).rollouts[TARGET].step == 2
    subject, trailers = message(pilot)
    assert subject == f"rollout(production): expand {TARGET} to initech"
    assert (trailers["Event"], trailers["From"], trailers["Tenants"]) == (
        *("rollout-expand", "qualify-lead@1.0.0", "initech"),
    )
    assert "nothing to do" in idle(pilot, "rollout", "expand", TARGET, "--tenants", "initech,globex")


def test_expanding_moves_from_where_the_rollout_moves_from(pilot: Repo) -> None:
    done(pilot, "rollout", "start", "qualify-lead@1.2.0", "--tenants", "initech", "-m", "Another.")
    said = refused(pilot, 1, "rollout", "expand", TARGET, "--tenants", "initech")
    assert "they are on qualify-lead@1.2.0" in said
    assert "several open rollouts" not in said
    assert "did you mean" in refused(pilot, 2, "rollout", "expand", TARGET, "--tenants", "initec")
    assert "--new-tenant" in refused(pilot, 2, "rollout", "expand", TARGET, "--tenants", "umbrella")
    done(pilot, "rollout", "expand", TARGET, "--tenants", "umbrella", "--new-tenant")
    assert gets(pilot, tenant="umbrella") == "1.1.0"


def test_a_share_only_grows(share: Repo) -> None:
    done(share, "rollout", "expand", TARGET, "--percentage", "60")
    assert environment(share).value("flags", "brief", "percentage") == 60
    assert message(share)[0] == f"rollout(production): expand {TARGET} to 60 %"
    assert "a share only grows" in refused(share, 2, "rollout", "expand", TARGET, "--percentage", "20")
    assert "say to whom" in refused(share, 2, "rollout", "expand", TARGET)


def test_which_rollout_is_meant(pilot: Repo) -> None:
    done(pilot, "rollout", "start", "qualify-lead@1.2.0", "--tenants", "initech", "-m", "Another.")
    assert "several open rollouts" in refused(pilot, 2, "rollout", "pause", "qualify-lead")
    assert "no open rollout" in refused(pilot, 2, "rollout", "pause", "qualify-lead@2.0.0")
    assert "did you mean" in refused(pilot, 2, "rollout", "pause", "qualify-leed")
    done(pilot, "rollout", "pause", "salesAgent.again@1.2.0")
    assert environment(pilot).rollouts["qualify-lead@1.2.0"].state == "paused"


def test_pausing_forbids_expanding_and_moves_nobody(pilot: Repo) -> None:
    assert "moves  nobody" in done(pilot, "rollout", "pause", "qualify-lead", "-m", "Refusals rise.")
    assert gets(pilot, tenant="globex") == "1.1.0"
    assert changed_lines(pilot) == (["    state: running"], ["    state: paused"])
    assert message(pilot)[1] | {"Reason": "Refusals rise.", "Event": "rollout-pause"} == message(pilot)[1]
    said = refused(pilot, 1, "rollout", "expand", "qualify-lead", "--tenants", "initech")
    assert "paused" in said
    assert f"promptctl rollout resume {TARGET}" in said
    assert "nothing to do" in idle(pilot, "rollout", "pause", "qualify-lead")
    done(pilot, "rollout", "resume", "qualify-lead")
    done(pilot, "rollout", "expand", "qualify-lead", "--tenants", "initech")


def test_finishing_makes_it_what_everybody_gets(pilot: Repo) -> None:
    done(pilot, "rollout", "finish", "qualify-lead", "-m", "Better for all.")
    slots = ("qualify-lead", "salesAgent.qualifyLead", "salesAgent.again")
    assert [gets(pilot, slot, tenant) for slot in slots for tenant in (None, "globex")] == ["1.1.0"] * 6
    assert gets(pilot, tenant="acme-health") == "2.0.0"
    found = environment(pilot)
    assert found.selection.tenants["globex"].overrides == {}
    assert found.rollouts[TARGET].state == "finished"
    assert found.text("defaults", "qualify-lead", "because") == "Better for all."
    assert message(pilot)[0] == f"rollout(production): finish {TARGET}"
    assert pilot.check("--all").rules == []


def test_the_reason_of_the_start_is_that_of_the_end_unless_told(pilot: Repo) -> None:
    done(pilot, "rollout", "finish", "qualify-lead")
    assert environment(pilot).text("defaults", "qualify-lead", "because") == "Pilot."


def test_finishing_takes_the_flag_away(share: Repo) -> None:
    done(share, "rollout", "finish", "qualify-lead")
    assert environment(share).selection.flags == ()
    assert gets(share) == "1.1.0"


def test_an_override_that_holds_against_a_flag_stays(shop: Repo) -> None:
    done(shop, "rollout", "start", TARGET, "--tenants", "globex", "-m", "Pilot.")
    arguments = ("--flag", "long", "--expires", day(30))
    done(shop, "rollout", "start", "qualify-lead@1.2.0", *arguments, "-m", "For all but globex.")
    done(shop, "rollout", "finish", TARGET)
    assert str(environment(shop).selection.tenants["globex"].overrides["qualify-lead"]) == TARGET
    assert [gets(shop, tenant=name) for name in ("globex", "initech", None)] == ["1.1.0", "1.2.0", "1.2.0"]


def test_entries_stay_until_the_next_rollout_finishes(pilot: Repo) -> None:
    done(pilot, "rollout", "finish", "qualify-lead")
    done(pilot, "rollout", "start", "qualify-lead@1.2.0", "--tenants", "globex", "-m", "Next.")
    assert set(environment(pilot).rollouts) == {TARGET, "qualify-lead@1.2.0"}
    done(pilot, "rollout", "finish", "qualify-lead")
    assert set(environment(pilot).rollouts) == {"qualify-lead@1.2.0"}


def test_finishing_a_breaking_version_has_to_be_accounted_for(shop: Repo) -> None:
    done(shop, "rollout", "start", "qualify-lead@2.0.0", "--tenants", "globex", "-m", "Pilot.")
    assert "global-rollout-risky" in refused(shop, 1, "rollout", "finish", "qualify-lead")
    done(shop, "rollout", "finish", "qualify-lead", "--unobserved-because", "No metrics yet.")
    assert gets(shop) == "2.0.0"
    assert environment(shop).selection.tenants["acme-health"].overrides == {}


def test_status_tells_of_every_rollout(pilot: Repo) -> None:
    found = pilot.promptctl("rollout", "status", "--format", "json")
    assert found.code == 0
    (row,) = found.report["rollouts"]
    started = environment(pilot).rollouts[TARGET].started
    assert found.report["version"] == 1
    assert row == {
        "environment": "production",
        "target": TARGET,
        "source": "qualify-lead@1.0.0",
        "strategy": "tenant",
        "state": "running",
        "started": started,
        "step": 1,
        "because": "Pilot.",
        "tenants": ["globex"],
        "emergency": False,
    }
    text = pilot.promptctl("rollout", "status", "--env", "production").out
    assert all(word in text for word in (TARGET, "running", started, "Pilot."))
    pilot.git("checkout", "--quiet", "HEAD~1")
    assert json.loads(pilot.promptctl("rollout", "status", "--format", "json").out)["rollouts"] == []
    assert "no rollout is on record" in pilot.promptctl("rollout", "status").out
    assert pilot.promptctl("rollout", "status", "--at", "main").out == text


def test_steps_leave_the_rest_of_the_page_alone(pilot: Repo) -> None:
    done(pilot, "rollout", "expand", "qualify-lead", "--tenants", "initech")
    old, new = changed_lines(pilot)
    assert all("number:" in line or "at:" in line or "initech" in line for line in old)
    assert len(new) <= len(old) + 2
    assert "# since spring" in pilot.read(CONFIG)
