"""`rollout start`: for tenants, behind a flag, for everybody; what it refuses, and what it says."""

from __future__ import annotations

import re

import pytest

from tests.support.operating import CONFIG, changed_lines, day, done, environment, gets, idle, message, refused, run
from tests.support.repos import FOLDER, Repo

PILOT = ("rollout", "start", "qualify-lead@1.1.0", "--tenants", "globex,initech", "-m", "A pilot: two tenants.")


def test_tenants_get_the_version_and_nobody_else_does(shop: Repo) -> None:
    done(shop, *PILOT)
    assert [gets(shop, tenant=name) for name in ("globex", "initech", "acme-health", None)] == [
        *("1.1.0", "1.1.0", "2.0.0", "1.0.0")
    ]
    rollout = environment(shop).rollouts["qualify-lead@1.1.0"]
    assert (str(rollout.source), rollout.strategy, rollout.state, rollout.step, rollout.because) == (
        *("qualify-lead@1.0.0", "tenant", "running", 1, "A pilot: two tenants."),
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", rollout.started)
    assert rollout.step_at == rollout.started
    assert shop.check("--all").rules == []


def test_the_commit_says_who_what_and_why(shop: Repo) -> None:
    done(shop, *PILOT)
    subject, trailers = message(shop)
    assert subject == "rollout(production): start qualify-lead@1.1.0 for globex, initech"
    assert trailers == {
        "Event": "rollout-start",
        "Prompt": "qualify-lead",
        "Environment": "production",
        "From": "qualify-lead@1.0.0",
        "To": "qualify-lead@1.1.0",
        "Tenants": "globex, initech",
        "Reason": "A pilot: two tenants.",
    }
    assert shop.git("show", "--format=", "--name-only") == CONFIG
    assert shop.git("log", "-1", "--format=%an <%ae>") == "Test Author <author@example.com>"


def test_only_the_lines_of_the_entries_change(shop: Repo) -> None:
    done(shop, *PILOT)
    old, new = changed_lines(shop)
    assert old == ["  initech: {}"]
    assert all("prompts" in line or "initech" in line or "qualify-lead@1.1.0" in line for line in new[:4]), new
    assert "  globex:     # may be anything" in shop.read(CONFIG)
    text = shop.read(CONFIG)
    assert "use: qualify-lead@1.0.0   # since spring\n" in text
    assert text.startswith("# Who gets what, and why.\n")


def test_it_says_who_moves_and_who_does_not_before_it_acts(shop: Repo) -> None:
    said = done(shop, *PILOT)
    assert re.search(r"moves  qualify-lead: qualify-lead@1\.0\.0 -> qualify-lead@1\.1\.0  globex, initech\n", said)
    assert "stays  qualify-lead: qualify-lead@2.0.0  acme-health\n" in said
    assert "stays  qualify-lead: qualify-lead@1.0.0  everybody else\n" in said
    assert said.index("everybody else") < said.index("committed as")


def test_a_dry_run_changes_nothing_and_shows_the_diff(shop: Repo) -> None:
    before = shop.git("rev-parse", "HEAD"), shop.git("status", "--porcelain"), shop.read(CONFIG)
    found = shop.promptctl(*PILOT, "--dry-run")
    assert found.code == 0
    assert "+    prompts: " in found.out or "prompts:" in found.out
    assert "+rollouts:" in found.out
    assert (shop.git("rev-parse", "HEAD"), shop.git("status", "--porcelain"), shop.read(CONFIG)) == before


@pytest.mark.parametrize("stdin", [b"", b"y\n"])
def test_without_a_terminal_nobody_is_asked(shop: Repo, stdin: bytes) -> None:
    before = shop.git("rev-parse", "HEAD"), shop.read(CONFIG)
    found = shop.promptctl(*PILOT, stdin=stdin)
    assert (found.code, "--yes" in found.err) == (2, True)
    assert (shop.git("rev-parse", "HEAD"), shop.read(CONFIG)) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("qualify-lead@1.1.0", "--tenants", "globex"), "a reason is needed"),
        (("qualify-lead@1.1.0", "-m", " ", "--global"), "a reason is needed"),
        (("qualify-lead@1.1.0", "-m", "x"), "say for whom"),
        (("qualify-lead@1.1.0", "-m", "x", "--global", "--tenants", "globex"), "say for whom"),
        (("qualify-lead@1.1.0", "-m", "x", "--tenants", " , "), "names nobody"),
        (("qualify-lead@1.1.0", "-m", "x", "--tenants", "globx"), "did you mean globex?"),
        (("qualify-lead@1.1.0", "-m", "x", "--tenants", "umbrella"), "--new-tenant"),
        (("qualify-lead@1.1.0", "-m", "x", "--tenants", "globex", "--percentage", "5"), "about a flag"),
        (("qualify-lead@1.1.0", "-m", "x", "--flag", "formal"), "--expires"),
        (("qualify-lead@1.1.0", "-m", "x", "--flag", "formal", "--expires", "soon"), "no date: soon"),
        (("qualify-lead@9.9.9", "-m", "x", "--global"), "9.9.9"),
        (("qualify-leed@1.1.0", "-m", "x", "--global"), "did you mean qualify-lead"),
        (("qualify-lead", "-m", "x", "--global"), "names no version"),
        (("qualify-lead@1.1.0", "-m", "x", "--global", "--env", "produktion"), "did you mean production?"),
        (("qualify-lead@1.1.0", "-m", "x", "--tenants", "globex,acme-health"), "not everybody comes from the same"),
        (("salesAgent.again@1.1.0", "-m", "x", "--flag", "f", "--expires", "2030-01-01"), "in every slot"),
    ],
)
def test_wrong_usage_is_told_before_any_change(shop: Repo, arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(shop, 2, "rollout", "start", *arguments)


def test_a_new_tenant_is_listed_where_it_is_meant(shop: Repo) -> None:
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--tenants", "umbrella", "--new-tenant", "-m", "First.")
    assert gets(shop, tenant="umbrella") == "1.1.0"
    assert changed_lines(shop)[0] == []


def test_tenants_from_a_file(shop: Repo) -> None:
    shop.write("wave.txt", "globex\n\n initech \nglobex\n")
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--tenants", "@wave.txt", "-m", "A wave.")
    assert message(shop)[1]["Tenants"] == "globex, initech"
    assert "cannot read none.txt" in refused(
        shop, 3, "rollout", "start", "qualify-lead@1.2.0", "--tenants", "@none.txt", "-m", "x"
    )


def test_a_flag_is_made_with_an_owner_and_an_end(shop: Repo) -> None:
    arguments = ("--flag", "brief", "--expires", day(30), "--percentage", "10", "-m", "A share.")
    said = done(shop, "rollout", "start", "qualify-lead@1.1.0", *arguments)
    assert "by flag brief (10 %), else qualify-lead@1.0.0" in said
    found = environment(shop)
    value = found.value("flags", "brief")
    assert value["use"] == "qualify-lead@1.1.0"
    assert (value["owner"], value["expires"], value["percentage"]) == ("team@example.com", day(30), 10)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", value["started"])
    assert found.rollouts["qualify-lead@1.1.0"].strategy == "flag"
    assert "there is a flag brief already" in refused(shop, 1, "rollout", "start", "qualify-lead@1.2.0", *arguments)


def test_everybody_the_default_and_the_pins_on_the_version_that_is_left(shop: Repo) -> None:
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--global", "-m", "Tried in staging.")
    assert [gets(shop, slot) for slot in ("qualify-lead", "salesAgent.qualifyLead", "salesAgent.again")] == [
        "1.1.0"
    ] * 3
    assert gets(shop, tenant="acme-health") == "2.0.0"
    assert '    qualifyLead: "qualify-lead@1.1.0"  # pinned\n' in shop.read(CONFIG)
    assert "    use: qualify-lead@1.1.0   # since spring\n    because: Tried in staging.\n" in shop.read(CONFIG)
    rollout = environment(shop).rollouts["qualify-lead@1.1.0"]
    assert (rollout.strategy, rollout.state) == ("global", "finished")
    assert message(shop)[0] == "rollout(production): start qualify-lead@1.1.0 for everybody"
    assert "nothing to do" in idle(shop, "rollout", "start", "qualify-lead@1.1.0", "--global", "-m", "Again.")


def test_the_default_alone(shop: Repo) -> None:
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--global", "--default-only", "-m", "Pins later.")
    slots = ("qualify-lead", "salesAgent.qualifyLead", "salesAgent.again")
    assert [gets(shop, slot) for slot in slots] == ["1.1.0", "1.0.0", "1.1.0"]
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--global", "-m", "Later is now.")
    assert [gets(shop, slot) for slot in slots] == ["1.1.0"] * 3


def test_one_slot(shop: Repo) -> None:
    done(shop, "rollout", "start", "salesAgent.again@1.1.0", "--global", "-m", "One place first.")
    assert [gets(shop, slot) for slot in ("qualify-lead", "salesAgent.qualifyLead", "salesAgent.again")] == [
        *("1.0.0", "1.0.0", "1.1.0")
    ]
    assert str(environment(shop).rollouts["qualify-lead@1.1.0"].source) == "qualify-lead@1.0.0"


def test_one_slot_of_a_tenant(shop: Repo) -> None:
    done(shop, "rollout", "start", "salesAgent.again@1.1.0", "--tenants", "globex", "-m", "One place first.")
    assert gets(shop, "salesAgent.again", "globex") == "1.1.0"
    assert gets(shop, "qualify-lead", "globex") == "1.0.0"
    done(shop, "rollout", "expand", "salesAgent.again@1.1.0", "--tenants", "initech")
    assert gets(shop, "salesAgent.again", "initech") == "1.1.0"
    assert gets(shop, "qualify-lead", "initech") == "1.0.0"


def test_a_slot_that_is_pinned_elsewhere_comes_from_there(shop: Repo) -> None:
    done(shop, "rollout", "start", "salesAgent.again@1.1.0", "--global", "-m", "One place first.")
    done(shop, "rollout", "start", "salesAgent.again@1.2.0", "--global", "-m", "And on.")
    assert str(environment(shop).rollouts["qualify-lead@1.2.0"].source) == "qualify-lead@1.1.0"


def test_a_breaking_version_for_all_at_once_has_to_be_accounted_for(shop: Repo) -> None:
    move = ("rollout", "start", "qualify-lead@2.0.0", "--global", "-m", "Better.")
    assert "global-rollout-risky" in refused(shop, 1, *move)
    done(shop, *move, "--unobserved-because", "No metrics yet.")
    assert environment(shop).value("rollouts", "qualify-lead@2.0.0", "unobserved-because") == "No metrics yet."
    assert gets(shop) == "2.0.0"


def test_open_rollouts_may_not_overlap(shop: Repo) -> None:
    done(shop, *PILOT)
    for arguments in (
        ("qualify-lead@1.1.0", "--tenants", "acme-health"),
        ("qualify-lead@1.2.0", "--tenants", "globex"),
        ("qualify-lead@1.2.0", "--global"),
    ):
        assert "is open" in refused(shop, 1, "rollout", "start", *arguments, "-m", "x")
    done(shop, "rollout", "start", "qualify-lead@1.2.0", "--tenants", "other", "--new-tenant", "-m", "Beside it.")
    assert {str(one.target) for one in environment(shop).rollouts.values() if one.is_open} == {
        *("qualify-lead@1.1.0", "qualify-lead@1.2.0")
    }


def test_what_a_tenant_must_meet_holds(shop: Repo) -> None:
    said = refused(shop, 1, "rollout", "start", "qualify-lead@1.1.0", "--tenants", "acme-health", "-m", "Oops.")
    assert "hipaa" in said


def test_the_first_selection_of_an_environment_makes_its_file(repo: Repo) -> None:
    done(repo, "rollout", "start", "qualify-lead@1.0.0", "--global", "-m", "The first.")
    assert gets(repo) == "1.0.0"
    assert "From" not in message(repo)[1]
    assert repo.check("--all").rules == ["gates-unconfigured", "metrics-unconfigured"]


def test_the_first_selection_of_a_further_prompt(shop: Repo) -> None:
    text = (
        shop.read(f"{FOLDER}/1.0.0.md")
        .replace("qualify-lead", "greet")
        .replace("version:", "regimes: [hipaa]\nversion:")
    )
    shop.write("prompt-templates/task/greet/1.0.0.md", text)
    manifest = shop.read(f"{FOLDER}/prompt.yaml").replace("qualify-lead", "greet")
    shop.write("prompt-templates/task/greet/prompt.yaml", manifest)
    shop.commit("Greet")
    said = refused(shop, 1, "rollout", "start", "greet@1.0.0", "--tenants", "globex", "-m", "x")
    assert "default" in said
    done(shop, "rollout", "start", "greet@1.0.0", "--global", "-m", "The first.")
    assert gets(shop, "greet") == "1.0.0"
    assert changed_lines(shop)[0] == []


def test_entries_that_are_wrong_already_are_not_built_on(shop: Repo) -> None:
    shop.write(CONFIG, shop.read(CONFIG) + "tenant: {}\n")
    shop.commit("Misspell")
    said = refused(shop, 2, *PILOT)
    assert re.search(rf"{CONFIG}:\d+:1: unknown key `tenant`", said)


def test_other_work_stays_as_it_is(shop: Repo) -> None:
    shop.write("staged.txt", "1\n")
    shop.git("add", "staged.txt")
    shop.write("promptctl.yaml", shop.read("promptctl.yaml") + "# mine\n")
    before = shop.git("status", "--porcelain"), shop.git("diff"), shop.git("diff", "--cached")
    assert run(shop, *PILOT).code == 0
    assert (shop.git("status", "--porcelain"), shop.git("diff"), shop.git("diff", "--cached")) == before
    assert shop.git("show", "--format=", "--name-only") == CONFIG


def test_work_on_the_same_file_is_not_mixed_in(shop: Repo) -> None:
    shop.write(CONFIG, shop.read(CONFIG) + "# mine\n")
    assert f"{CONFIG} has changes that are not committed" in refused(shop, 1, *PILOT)


def test_what_was_wrong_before_does_not_stop_a_commit(shop: Repo) -> None:
    """A flag that nobody owns is a fault of the page, and not of the rollout."""
    shop.write(
        CONFIG, shop.read(CONFIG) + "flags:\n  x: {use: qualify-lead@1.2.0, expires: 2099-01-01, percentage: 1}\n"
    )
    shop.commit("A flag")
    done(shop, *PILOT)
    assert "flag-without-owner" in shop.check("--all").rules
