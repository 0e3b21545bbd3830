"""`rollback`: every scope goes back to what that same scope served before."""

from __future__ import annotations

import pytest

from tests.support.operating import (
    CONFIG,
    START,
    changed_lines,
    day,
    done,
    environment,
    gets,
    idle,
    message,
    refused,
    stock,
)
from tests.support.repos import FOLDER, MANIFEST, Repo

BAD = "qualify-lead@1.1.0"


def back(repo: Repo, *arguments: str) -> str:
    return done(repo, "rollback", *arguments, "-m", "Refusals doubled.")


@pytest.fixture
def pilot(shop: Repo) -> Repo:
    done(shop, "rollout", "start", BAD, "--tenants", "globex,initech", "-m", "Pilot.")
    return shop


@pytest.fixture
def everybody(shop: Repo) -> Repo:
    done(shop, "rollout", "start", BAD, "--global", "-m", "For all.")
    return shop


def test_an_open_rollout(pilot: Repo) -> None:
    said = back(pilot, "qualify-lead")
    assert [gets(pilot, tenant=name) for name in ("globex", "initech", "acme-health", None)] == [
        *("1.0.0", "1.0.0", "2.0.0", "1.0.0")
    ]
    found = environment(pilot)
    assert (found.rollouts[BAD].state, found.rollouts[BAD].because) == ("rolled-back", "Refusals doubled.")
    assert found.selection.tenants["globex"].overrides == {}
    assert set(found.selection.tenants) == {"acme-health", "globex", "initech"}
    assert "globex, initech" in said
    subject, trailers = message(pilot)
    assert subject == f"rollback(production): {BAD} back to qualify-lead@1.0.0"
    assert trailers == {
        "Event": "rollback",
        "Prompt": "qualify-lead",
        "Environment": "production",
        "From": BAD,
        "To": "qualify-lead@1.0.0",
        "Tenants": "globex, initech",
        "Reason": "Refusals doubled.",
    }
    assert pilot.git("show", "--format=", "--name-only") == CONFIG
    assert pilot.check("--all").rules == []


def test_repeating_it_does_nothing(pilot: Repo) -> None:
    back(pilot, "qualify-lead")
    for arguments in (("qualify-lead",), (BAD,), ("salesAgent.again",), (BAD, "--tenant", "globex")):
        assert "nothing to do" in idle(pilot, "rollback", *arguments, "-m", "Again.")


def test_one_that_is_finished(everybody: Repo) -> None:
    back(everybody, "qualify-lead")
    assert [gets(everybody, slot) for slot in ("qualify-lead", "salesAgent.qualifyLead", "salesAgent.again")] == [
        *("1.0.0", "1.0.0", "1.0.0")
    ]
    assert environment(everybody).rollouts[BAD].state == "rolled-back"
    assert environment(everybody).text("defaults", "qualify-lead", "because") == f"Back from {BAD}: Refusals doubled."
    assert everybody.check("--all").rules == []


def test_a_tenant_alone(pilot: Repo) -> None:
    back(pilot, "qualify-lead", "--tenant", "globex")
    assert [gets(pilot, tenant=name) for name in ("globex", "initech")] == ["1.0.0", "1.1.0"]
    assert environment(pilot).rollouts[BAD].state == "running"
    assert message(pilot)[0].endswith("for globex")
    back(pilot, "qualify-lead", "--tenant", "initech")
    assert environment(pilot).rollouts[BAD].state == "rolled-back"


def test_a_version_that_is_named(pilot: Repo) -> None:
    done(pilot, "rollout", "start", "qualify-lead@1.2.0", "--tenants", "new", "--new-tenant", "-m", "Beside.")
    said = refused(pilot, 2, "rollback", "qualify-lead", "-m", "Which?")
    assert "qualify-lead@1.1.0" in said
    assert "qualify-lead@1.2.0" in said
    back(pilot, "qualify-lead@1.2.0")
    assert [gets(pilot, tenant=name) for name in ("globex", "new")] == ["1.1.0", "1.0.0"]


def test_a_slot_stands_for_its_prompt(pilot: Repo) -> None:
    back(pilot, "salesAgent.qualifyLead")
    assert gets(pilot, tenant="globex") == "1.0.0"


@pytest.mark.parametrize("to", ["1.2.0", "qualify-lead@1.2.0"])
def test_to_a_version_of_ones_choice(everybody: Repo, to: str) -> None:
    back(everybody, "qualify-lead", "--to", to)
    assert [gets(everybody), gets(everybody, "salesAgent.qualifyLead")] == ["1.2.0", "1.2.0"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-m", "x"), "say what to take back"),
        (("qualify-lead", "--at", "HEAD", "-m", "x"), "say what to take back"),
        (("--at", "HEAD", "--tenant", "globex", "-m", "x"), "whole environment"),
        (("qualify-lead",), "a reason is needed"),
        (("qualify-leed", "-m", "x"), "did you mean qualify-lead"),
        (("qualify-lead@x", "-m", "x"), "no reference"),
        (("qualify-lead", "--tenant", "globx", "-m", "x"), "no tenant globx"),
        (("qualify-lead", "--to", "9.9.9", "-m", "x"), "9.9.9"),
        (("qualify-lead", "--to", "1.1.0", "-m", "x"), "is what is rolled back"),
        (("--at", "nowhere", "-m", "x"), "nowhere"),
    ],
)
def test_wrong_usage_is_told(pilot: Repo, arguments: tuple[str, ...], words: str) -> None:
    found = pilot.promptctl("rollback", *arguments, "--yes")
    assert (found.code in {2, 3}, words in found.err) == (True, True), found.err
    assert message(pilot)[1]["Event"] == "rollout-start"


def test_without_a_rollout_the_candidates_are_named(shop: Repo) -> None:
    said = refused(shop, 2, "rollback", "qualify-lead", "-m", "Something is wrong.")
    assert "qualify-lead@1.0.0 or qualify-lead@2.0.0" in said


def test_a_version_that_nobody_ever_had_is_no_success(pilot: Repo) -> None:
    assert "there is no version qualify-lead@9.2.0" in refused(
        pilot, 2, "rollback", "qualify-lead@9.2.0", "-m", "Bad.", "--yes"
    )
    assert "nothing to do" in idle(pilot, "rollback", "qualify-lead@1.2.0", "-m", "Bad.")


def test_an_override_that_was_there_from_the_start_goes(repo: Repo) -> None:
    """It never served anything else, so it falls back to the default; every gate lets that pass."""
    stock(repo, START.replace("tenants:\n", f"tenants:\n  old-friend: {{prompts: {{qualify-lead: {BAD}}}}}\n"))
    done(repo, "rollout", "start", BAD, "--global", "-m", "For all.")
    back(repo, "qualify-lead")
    assert (gets(repo, tenant="old-friend"), gets(repo)) == ("1.0.0", "1.0.0")
    for lane in ((), ("--lane", "rollback")):
        assert repo.check("--base", "HEAD~1", *lane).rules == []


def test_a_flag_that_is_new_goes_and_one_that_was_off_is_switched_off(shop: Repo) -> None:
    flag = ("--flag", "brief", "--expires", day(30), "-m", "Flagged.")
    done(shop, "rollout", "start", BAD, *flag)
    back(shop, "qualify-lead")
    assert environment(shop).selection.flags == ()
    done(shop, "rollout", "start", BAD, *flag)
    done(shop, "flag", "disable", "brief")
    done(shop, "flag", "enable", "brief")
    back(shop, "qualify-lead")
    assert environment(shop).value("flags", "brief", "enabled") is False
    assert gets(shop) == "1.0.0"


def test_each_scope_has_a_past_of_its_own(repo: Repo) -> None:
    config = START.replace(
        "  globex:     # may be anything\n", "  globex: {prompts: {qualify-lead: qualify-lead@1.2.0}}\n"
    )
    shop = stock(repo, config)
    shop.write(CONFIG, config.replace("qualify-lead@1.2.0", BAD).replace("use: qualify-lead@1.0.0", f"use: {BAD}"))
    shop.commit("By hand")
    back(shop, BAD)
    assert [gets(shop, tenant=name) for name in ("globex", None)] == ["1.2.0", "1.0.0"]
    assert changed_lines(shop)[0].count("  globex: {prompts: {qualify-lead: qualify-lead@1.1.0}}") == 1


def test_what_a_tenant_got_by_following_the_default_counts(repo: Repo) -> None:
    """Before it got an override for the bad version, the tenant had the bad version already, as everybody."""
    one = START.replace("  initech: {}\n", "  initech: {prompts: {qualify-lead: qualify-lead@1.2.0}}\n")
    shop = stock(repo, one)
    two = START.replace("use: qualify-lead@1.0.0", f"use: {BAD}")
    shop.write(CONFIG, two)
    shop.commit("The default moves, and initech follows it")
    shop.write(CONFIG, two.replace("  initech: {}\n", f"  initech: {{prompts: {{qualify-lead: {BAD}}}}}\n"))
    shop.commit("Pinned")
    back(shop, BAD)
    assert [gets(shop, tenant="initech"), gets(shop)] == ["1.2.0", "1.0.0"]


def test_who_followed_the_default_gets_what_they_had_though_it_moved(repo: Repo) -> None:
    shop = stock(repo)
    two = START.replace("  initech: {}\n", f"  initech: {{prompts: {{qualify-lead: {BAD}}}}}\n")
    shop.write(CONFIG, two)
    shop.commit("Initech tries it")
    shop.write(CONFIG, two.replace("use: qualify-lead@1.0.0", "use: qualify-lead@1.2.0"))
    shop.commit("The default moves meanwhile")
    back(shop, BAD)
    assert gets(shop, tenant="initech") == "1.0.0"


def test_a_slot_that_followed_the_default_follows_it_again(shop: Repo) -> None:
    done(shop, "rollout", "start", "salesAgent.again@1.1.0", "--global", "-m", "One place.")
    back(shop, "qualify-lead")
    assert environment(shop).value("salesAgent", "prompts", "again") == "qualify-lead"
    assert gets(shop, "salesAgent.again") == "1.0.0"


def test_what_a_rollback_left_is_not_gone_back_to(shop: Repo) -> None:
    done(shop, "rollout", "start", BAD, "--global", "-m", "For all.")
    done(shop, "rollout", "start", "qualify-lead@1.2.0", "--global", "-m", "For all.")
    back(shop, "qualify-lead")
    assert gets(shop) == "1.1.0"
    back(shop, BAD)
    assert gets(shop) == "1.0.0"


def test_by_first_parents(shop: Repo) -> None:
    """What only a side branch had was never served."""
    shop.switch("side")
    done(shop, "rollout", "start", "qualify-lead@1.2.0", "--global", "-m", "Aside.", "--branch", "side")
    shop.git("switch", "--quiet", "main")
    done(shop, "rollout", "start", BAD, "--global", "-m", "For all.")
    shop.git("merge", "--quiet", "--strategy=ours", "--no-edit", "side")
    back(shop, "qualify-lead")
    assert gets(shop) == "1.0.0"


def test_a_state_that_cannot_be_read_tells_nothing(shop: Repo) -> None:
    shop.write(CONFIG, "a: [\n")
    shop.commit("Break")
    shop.write(CONFIG, START.replace("use: qualify-lead@1.0.0", f"use: {BAD}"))
    shop.commit("Mend")
    back(shop, BAD)
    assert gets(shop) == "1.0.0"


def test_a_retired_target_stops_it(repo: Repo) -> None:
    repo.add_version("1.1.0", "Judge the lead briefly.", supersedes="1.0.0", summary="Briefly.")
    config = "defaults:\n  qualify-lead:\n    use: qualify-lead@{}\n    because: x\n"
    repo.write(CONFIG, config.format("1.0.0"))
    repo.commit("One")
    repo.write(CONFIG, config.format("1.1.0"))
    (repo.path / FOLDER / "1.0.0.md").unlink()
    tombstone = "retired:\n  1.0.0: {digest: x, on: 2026-11-01, reason: Over.}\n"
    repo.write(f"{FOLDER}/prompt.yaml", MANIFEST.format(name="qualify-lead", recommended="1.1.0") + tombstone)
    repo.commit("Two")
    said = refused(repo, 1, "rollback", BAD, "-m", "Bad.")
    assert "defaults.qualify-lead cannot go back to qualify-lead@1.0.0: it is retired" in said
    assert "--to" in said


def test_an_unmet_regime_stops_it(shop: Repo) -> None:
    text = shop.read(CONFIG).replace(
        "  initech: {}", "  initech: {regimes: [hipaa], prompts: {qualify-lead: qualify-lead@2.0.0}}"
    )
    shop.write(CONFIG, text)
    shop.commit("Initech is under HIPAA now, and has what that needs")
    assert "hipaa" in refused(shop, 1, "rollback", "qualify-lead@2.0.0", "--tenant", "initech", "-m", "Bad.")
    assert "hipaa" in refused(shop, 1, "rollback", "qualify-lead@2.0.0", "--to", "1.0.0", "-m", "Bad.")


def test_nothing_else_stops_it(everybody: Repo) -> None:
    """A target that is deprecated, and a flag that has expired, are for another day."""
    manifest = everybody.read(f"{FOLDER}/prompt.yaml")
    entry = "{replacement: 1.1.0, reason: Old., announced: 2026-11-01, remove-after: 2099-06-01}"
    everybody.write(f"{FOLDER}/prompt.yaml", manifest.replace("1.0.0", "1.1.0") + f"deprecated:\n  1.0.0: {entry}\n")
    flag = "flags:\n  old: {use: qualify-lead@1.2.0, owner: a@example.com, started: 2026-01-01, expires: 2026-02-01}\n"
    everybody.write(CONFIG, everybody.read(CONFIG) + flag)
    everybody.commit("Deprecate")
    head = everybody.git("rev-parse", "HEAD")
    assert everybody.promptctl("rollback", "qualify-lead", "-m", "Bad.", "--yes").code == 0
    assert everybody.git("rev-parse", "HEAD~1") == head
    assert str(environment(everybody).selection.defaults["qualify-lead"]) == "qualify-lead@1.0.0"


def test_in_a_shallow_clone_it_cannot_be_told(pilot: Repo) -> None:
    from tests.support.repos import clone

    shallow = clone(pilot, pilot.path.parent / "shallow", "--depth", "1")
    assert "git fetch --unshallow" in refused(shallow, 3, "rollback", "qualify-lead", "-m", "Bad.")
    back(shallow, "qualify-lead", "--to", "1.0.0")
    assert gets(shallow, tenant="globex") == "1.0.0"


def test_the_first_selection_goes_where_nothing_needs_it(repo: Repo) -> None:
    done(repo, "rollout", "start", "qualify-lead@1.0.0", "--global", "-m", "The first.")
    back(repo, "qualify-lead")
    assert environment(repo).selection.defaults == {}


def test_a_dry_run_changes_nothing(pilot: Repo) -> None:
    before = pilot.git("rev-parse", "HEAD"), pilot.read(CONFIG)
    found = pilot.promptctl("rollback", "qualify-lead", "-m", "Bad.", "--dry-run")
    assert (found.code, "-    state: running" in found.out, "+    state: rolled-back" in found.out) == (0, True, True)
    assert (pilot.git("rev-parse", "HEAD"), pilot.read(CONFIG)) == before
    assert pilot.promptctl("rollback", "qualify-lead", "-m", "Bad.").code == 2


# The whole environment


def test_the_whole_environment_as_it_was(pilot: Repo) -> None:
    start = pilot.git("rev-parse", "HEAD~1")
    flag = ("--flag", "long", "--expires", day(30))
    done(pilot, "rollout", "start", "qualify-lead@1.2.0", *flag, "-m", "Flagged.")
    done(pilot, "rollback", "--at", start, "-m", "All of it.")
    assert [gets(pilot, tenant=name) for name in ("globex", "initech", "acme-health", None)] == [
        *("1.0.0", "1.0.0", "2.0.0", "1.0.0")
    ]
    found = environment(pilot)
    assert found.selection.flags == ()
    assert {rollout.state for rollout in found.rollouts.values()} == {"rolled-back"}
    subject, trailers = message(pilot)
    assert subject == f"rollback(production): everything back to {start[:10]}"
    assert (trailers["Event"], trailers["To"]) == ("rollback", start)
    assert "nothing to do" in idle(pilot, "rollback", "--at", start, "-m", "Again.")


def test_rollouts_that_the_past_had_too_go_on(pilot: Repo) -> None:
    there = pilot.git("rev-parse", "HEAD")
    done(pilot, "rollout", "start", "qualify-lead@1.2.0", "--tenants", "new", "--new-tenant", "-m", "Beside.")
    done(pilot, "rollback", "--at", there, "-m", "Only that.")
    states = {key: rollout.state for key, rollout in environment(pilot).rollouts.items()}
    assert states == {BAD: "running", "qualify-lead@1.2.0": "rolled-back"}
    assert [gets(pilot, tenant=name) for name in ("globex", "new")] == ["1.1.0", "1.0.0"]


def test_a_flag_comes_back_as_it_was(shop: Repo) -> None:
    flag = ("--flag", "brief", "--expires", day(30), "--percentage", "10")
    done(shop, "rollout", "start", BAD, *flag, "-m", "Flagged.")
    there, value = shop.git("rev-parse", "HEAD"), environment(shop).value("flags", "brief")
    done(shop, "rollout", "expand", BAD, "--percentage", "50")
    done(shop, "rollback", "--at", there, "-m", "Too fast.")
    assert environment(shop).value("flags", "brief") == value
    done(shop, "flag", "remove", "brief")
    done(shop, "rollback", "--at", there, "-m", "Wanted after all.")
    assert environment(shop).value("flags", "brief") == value


def test_entries_whose_version_is_gone_stay(repo: Repo) -> None:
    shop = stock(repo)
    there = shop.git("rev-parse", "HEAD")
    text = START.replace('"qualify-lead@1.0.0"', '"qualify-lead@1.2.0"').replace(
        "use: qualify-lead@1.0.0", "use: qualify-lead@1.2.0"
    )
    shop.write(CONFIG, text.replace("    prompts: {qualify-lead: qualify-lead@2.0.0}\n", "").replace("[hipaa]", "[]"))
    (shop.path / FOLDER / "1.0.0.md").unlink()
    tombstone = "retired:\n  1.0.0: {digest: x, on: 2026-11-01, reason: Over.}\n"
    shop.write(f"{FOLDER}/prompt.yaml", MANIFEST.format(name="qualify-lead", recommended="1.1.0") + tombstone)
    shop.commit("Later")
    said = done(shop, "rollback", "--at", there, "-m", "As it was.")
    assert "stays as it is: defaults.qualify-lead: qualify-lead@1.0.0: it is retired" in said
    assert [gets(shop, tenant=name) for name in ("acme-health", None)] == ["2.0.0", "1.2.0"]


def test_an_environment_as_it_was_before_a_rollback(everybody: Repo) -> None:
    """The rollout is on record as it was again, so that `check` finds the move recorded, on a server too."""
    there, recorded = everybody.git("rev-parse", "HEAD"), environment(everybody).rollouts[BAD]
    before = everybody.git("rev-parse", "HEAD~1")
    back(everybody, "qualify-lead")
    done(everybody, "rollback", "--at", there, "-m", "It was something else.")
    assert gets(everybody) == BAD.partition("@")[2]
    assert environment(everybody).rollouts[BAD] == recorded
    assert everybody.check("--base", before).rules == []
    back(everybody, "qualify-lead")
    assert gets(everybody) == "1.0.0"
