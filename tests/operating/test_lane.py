"""The fast lane: `check --lane rollback`, and the gates that let a pure rollback straight in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.operating import CONFIG, START, day, done, gets, message, run, stock
from tests.support.repos import FOLDER, Repo, Result, clone
from tests.support.servers import put, serve

if TYPE_CHECKING:
    from pathlib import Path

BAD = "qualify-lead@1.1.0"
# Nobody owns it: a fault that `check` finds in every change of the file.
LOOSE = f"flags:\n  old: {{use: qualify-lead@2.0.0, started: {day(-10)}, expires: {day(30)}, percentage: 5}}\n"


@pytest.fixture
def live(repo: Repo) -> Repo:
    """Everybody got the bad version, and a flag without an owner is in the file; work goes on on a branch."""
    shop = stock(repo, START + LOOSE)
    shop.write(CONFIG, shop.read(CONFIG).replace("qualify-lead@1.0.0", BAD) + rollout("finished"))
    shop.commit("For all")
    shop.switch("work")
    return shop


def rollout(state: str, version: str = "1.1.0", old: str = "1.0.0") -> str:
    return (
        f"rollouts:\n  qualify-lead@{version}: {{from: qualify-lead@{old}, strategy: global,"
        f" started: 2026-11-22T09:30:00Z, state: {state}}}\n"
    )


def lane(repo: Repo, *arguments: str) -> Result:
    return repo.check("--lane", "rollback", *arguments)


def faults(repo: Repo) -> list[str]:
    """What keeps the work tree out of the lane."""
    found = lane(repo)
    assert found.code == 1, found.out + found.err
    return [f"{one['rule']}: {one['message']}" for one in found.report["findings"]]


def edited(repo: Repo, old: str, new: str) -> None:
    text = repo.read(CONFIG)
    assert old in text
    repo.write(CONFIG, text.replace(old, new))


def test_what_the_command_makes_passes(live: Repo) -> None:
    done(live, "rollback", "qualify-lead", "-m", "Bad.")
    found = lane(live, "--base", "main")
    assert (found.code, found.rules) == (0, []), found.out
    assert "flag-without-owner" in live.check("--base", "main").rules, "a whole check says more"


def test_a_tenant_a_flag_and_a_slot(live: Repo) -> None:
    live.git("switch", "--quiet", "main")
    done(live, "rollout", "start", "qualify-lead@1.2.0", "--tenants", "globex", "-m", "Pilot.")
    done(live, "rollout", "start", "salesAgent.again@2.0.0", "--tenants", "initech", "-m", "Pilot.")
    live.git("branch", "--force", "work")
    live.git("switch", "--quiet", "work")
    done(live, "rollback", "qualify-lead@1.2.0", "-m", "Bad.")
    assert lane(live, "--base", "main").code == 0
    done(live, "rollback", "qualify-lead@2.0.0", "--tenant", "initech", "-m", "Bad.")
    assert lane(live, "--base", "main").code == 0
    done(live, "flag", "disable", "old")
    assert lane(live, "--base", "main").code == 0
    done(live, "flag", "remove", "old")
    assert lane(live, "--base", "main").code == 0


def test_a_move_back_by_hand_passes(live: Repo) -> None:
    edited(live, f"use: {BAD}", "use: qualify-lead@1.0.0")
    assert lane(live).code == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f"use: {BAD}", "use: qualify-lead@1.2.0", "defaults.qualify-lead moves from qualify-lead@1.1.0 to"),
        (f'"{BAD}"', "qualify-lead@2.0.0", "salesAgent.prompts.qualifyLead moves"),
        (
            "  initech: {}",
            "  initech: {prompts: {qualify-lead: qualify-lead@1.2.0}}",
            "initech.prompts.qualify-lead moves",
        ),
        ("  initech: {}", "  initech: {prompts: {qualify-lead: qualify-lead@1.1.0}}", "nobody moves by it"),
        ("regimes: [hipaa]", "regimes: []", "what they are bound to"),
        ("  initech: {}\n", "", "leaves tenants"),
        ("  initech: {}\n", "  initech: {}\n  more: {}\n", "leaves tenants"),
        ("percentage: 5", "percentage: 90", "flags.old"),
        ("percentage: 5", "percentage: 4", "flags.old"),
        ("state: finished", "state: running", "only become rolled back"),
        ("strategy: global", "strategy: tenant", "only become rolled back"),
        (rollout("finished"), "", "only become rolled back"),
        ("tenants:\n", "unlisted-tenants: refuse\ntenants:\n", "more than which version"),
    ],
)
def test_what_is_more_than_a_move_back_does_not(live: Repo, old: str, new: str, words: str) -> None:
    edited(live, f"use: {BAD}", "use: qualify-lead@1.0.0")
    if old == f"use: {BAD}":
        old = "use: qualify-lead@1.0.0"
    edited(live, old, new)
    (fault, *_) = faults(live)
    assert fault.startswith("not-a-rollback: ")
    assert words in fault


def test_nor_what_touches_other_files(live: Repo) -> None:
    edited(live, f"use: {BAD}", "use: qualify-lead@1.0.0")
    for path, words in (
        ("notes.txt", "no configuration"),
        (f"{FOLDER}/1.3.0.md", "does not configure"),
        ("promptctl.yaml", "does not configure"),
        ("prompt-config/staging.yaml", "neither makes nor removes"),
    ):
        before = live.read(path) if (live.path / path).exists() else None
        live.write(path, (before or "") + "# more\n")
        assert any(words in fault for fault in faults(live)), path
        if before is None:
            (live.path / path).unlink()
        else:
            live.write(path, before)
    assert lane(live).code == 0


def test_nor_what_moves_nothing(live: Repo) -> None:
    assert faults(live) == ["not-a-rollback: nothing moves back"]
    live.write(CONFIG, live.read(CONFIG) + "# a comment\n")
    assert faults(live) == ["not-a-rollback: nothing moves back"]
    edited(live, "because: Works.", "because: Works well.")
    assert any("more than which version" in fault for fault in faults(live))
    live.write(CONFIG, "a: [\n")
    assert any("cannot be read" in fault for fault in faults(live))


def test_nor_a_way_back_to_what_a_rollback_left(live: Repo) -> None:
    done(live, "rollback", "qualify-lead", "-m", "Bad.")
    live.git("branch", "--force", "main", "work")
    edited(live, "use: qualify-lead@1.0.0", f"use: {BAD}")
    assert "did not serve before" in faults(live)[0]


def test_nor_what_cannot_be_served(live: Repo) -> None:
    """What holds of every selection holds of one that is put back."""
    live.git("switch", "--quiet", "main")
    edited(live, "initech: {}", "initech: {regimes: [hipaa], prompts: {qualify-lead: qualify-lead@2.0.0}}")
    edited(live, rollout("finished"), "")
    live.commit("Under HIPAA, by hand")
    live.switch("next")
    edited(live, "[hipaa], prompts: {qualify-lead: qualify-lead@2.0.0}}", "[hipaa]}")
    assert {fault.partition(":")[0] for fault in faults(live)} == {"regime-unmet"}


def test_in_a_shallow_clone_it_cannot_be_told(live: Repo, tmp_path: Path) -> None:
    live.git("switch", "--quiet", "main")
    shallow = clone(live, tmp_path / "shallow", "--depth", "1")
    edited(shallow, f"use: {BAD}", "use: qualify-lead@1.0.0")
    assert (lane(shallow).code, "--unshallow" in lane(shallow).err) == (3, True)


def test_usage_and_formats(live: Repo) -> None:
    for arguments in (("--all",), (CONFIG,), ("--all", "--write-baseline")):
        assert lane(live, *arguments).code == 2
    assert live.promptctl("check", "--lane", "fast").code == 2
    for name in ("text", "concise", "github", "sarif", "gitlab", "junit", "markdown"):
        found = live.promptctl("check", "--lane", "rollback", "--format", name)
        assert (found.code, "nothing moves back" in found.out) == (1, True), name


# The gates


@pytest.fixture
def server(live: Repo) -> Repo:
    live.git("switch", "--quiet", "main")
    return serve(live, "main")


def test_a_server_lets_a_pure_rollback_straight_in(live: Repo, server: Repo) -> None:
    """From command to protected branch: a whole check would have stopped at the flag that nobody owns."""
    found = run(live, "rollout", "pause", "qualify-lead", "--push")
    assert found.code == 2, "there is no open rollout"
    found = run(live, "rollback", "qualify-lead", "-m", "Refusals doubled.", "--push")
    assert found.code == 0, found.err
    assert message(server, "main")[0] == f"rollback(production): {BAD} back to qualify-lead@1.0.0"
    live.git("pull", "--quiet", "origin", "main")
    assert gets(live) == "1.0.0"


@pytest.mark.usefixtures("server")
def test_and_nothing_else(live: Repo) -> None:
    edited(live, f"use: {BAD}", "use: qualify-lead@1.2.0")
    live.commit("On and on")
    found = live.try_git("push", "--no-verify", "origin", "main")
    assert (found.code, "rollout-undeclared" in found.err, "flag-without-owner" in found.err) == (1, True, True)
    live.git("reset", "--quiet", "--hard", "origin/main")
    done(live, "rollback", "qualify-lead", "-m", "Bad.")
    live.edit()
    live.commit("And an edit with it")
    found = live.try_git("push", "--no-verify", "origin", "main")
    assert (found.code, "released-version-edited" in found.err) == (1, True)


def test_hooks_of_the_clone_let_it_pass_too(live: Repo, server: Repo) -> None:
    live.install_hook("pre-commit")
    live.install_hook("pre-push", "--stage", "pre-push")
    found = run(live, "rollback", "qualify-lead", "-m", "Bad.", "--push")
    assert found.code == 0, found.err
    assert message(server, "main")[1]["Event"] == "rollback"


def test_a_host_that_wants_a_review_gets_a_branch_that_passes(live: Repo, server: Repo, tmp_path: Path) -> None:
    """From command to protected branch where nobody may push to it: the job's check passes, and the host merges."""
    closed = '#!/bin/sh\nwhile read old new ref; do case "$ref" in refs/heads/main) exit 1 ;; esac; done\n'
    put(server.path / "hooks", "pre-receive", closed)
    found = run(live, "rollback", "qualify-lead", "-m", "Bad.", "--push")
    assert (found.code, "NOT LIVE" in found.err) == (3, True)
    (branch,) = server.git("for-each-ref", "--format=%(refname:short)", "refs/heads/rollback").splitlines()
    job = clone(server, tmp_path / "job", "--branch", branch)
    passed = job.promptctl("check", "--base", "origin/main", "--head", "HEAD", "--lane", "rollback")
    assert passed.code == 0, passed.out
    (server.path / "hooks/pre-receive").unlink()
    server.git("update-ref", "refs/heads/main", f"refs/heads/{branch}")
    live.git("pull", "--quiet", "origin", "main")
    assert gets(live) == "1.0.0"
