"""`--branch` and `--push`: commits beside the checkout, races, branches that refuse, servers that are gone."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.operating import CONFIG, START, day, done, environment, gets, message, refused, run, stock
from tests.support.repos import Repo, bare_remote, clone
from tests.support.servers import put

if TYPE_CHECKING:
    from pathlib import Path

PILOT = ("rollout", "start", "qualify-lead@1.1.0", "--tenants", "globex", "-m", "Pilot.")
OPERATORS = 20


def untouched(repo: Repo) -> tuple[str, ...]:
    """All that a commit beside the checkout leaves alone."""
    return repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain"), repo.git("diff"), repo.read(CONFIG)


@pytest.fixture
def remote(shop: Repo) -> Repo:
    """The bare origin of the shop."""
    return bare_remote(shop, "main")


def at(bare: Repo, ref: str, folder: Path) -> Repo:
    """A checkout of what a server has."""
    bare.git("worktree", "add", "--quiet", "--force", "--detach", str(folder), ref)
    return Repo(folder)


# Another branch of this repository


def test_a_new_branch_starts_at_the_protected_one(shop: Repo) -> None:
    shop.switch("work")
    shop.write(CONFIG, START + "# half done\n")
    before, main = untouched(shop), shop.git("rev-parse", "main")
    found = run(shop, *PILOT, "--branch", "pilot")
    assert found.code == 0, found.err
    assert (untouched(shop), shop.git("rev-parse", "main", "pilot~1").split()) == (before, [main, main])
    assert shop.git("diff", "--name-only", "main", "pilot") == CONFIG
    assert "on pilot" in found.out


def test_a_branch_that_is_there_gets_a_further_commit(shop: Repo) -> None:
    assert run(shop, *PILOT, "--branch", "pilot").code == 0
    first = shop.git("rev-parse", "pilot")
    arguments = ("rollout", "expand", "qualify-lead", "--tenants", "initech", "--branch", "pilot")
    assert run(shop, *arguments).code == 0
    assert shop.git("rev-parse", "pilot~1") == first
    assert gets(shop, tenant="globex") == "1.0.0"


def test_the_branch_that_is_checked_out_is_head(shop: Repo) -> None:
    done(shop, *PILOT, "--branch", "main")
    assert gets(shop, tenant="globex") == "1.1.0"


def test_a_branch_of_another_work_tree_is_left_alone(shop: Repo, tmp_path: Path) -> None:
    shop.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "other"))
    assert "checked out in another work tree" in refused(shop, 1, *PILOT, "--branch", "other")


def test_names_that_no_branch_can_have(shop: Repo) -> None:
    for name in ("a..b", "-x", "a b", "x.lock"):
        assert "no name for a branch" in refused(shop, 2, *PILOT, f"--branch={name}")
    assert shop.git("branch", "--list").split() == ["*", "main"]


def test_planned_there_and_not_here(shop: Repo) -> None:
    """The files on disk have no say in what is planned on another branch."""
    shop.switch("work")
    shop.write(CONFIG, START.replace("  globex:     # may be anything\n", ""))
    shop.commit("No globex here")
    assert run(shop, *PILOT, "--branch", "pilot").code == 0
    assert "lists no tenant globex" in refused(shop, 2, *PILOT)


# The server


def test_a_push_lands_on_the_fetched_tip(shop: Repo, remote: Repo, tmp_path: Path) -> None:
    other = clone(remote, tmp_path / "other")
    other.git("switch", "--quiet", "main")
    other.write("notes.txt", "n\n")
    other.commit("Elsewhere")
    other.git("push", "--quiet", "origin", "main")
    tip, before = other.git("rev-parse", "HEAD"), untouched(shop)
    found = run(shop, *PILOT, "--push")
    assert found.code == 0, found.err
    assert (untouched(shop), remote.git("rev-parse", "main~1")) == (before, tip)
    assert "to main on origin" in found.out
    assert shop.git("rev-parse", "origin/main") == remote.git("rev-parse", "main")


def race(repo: Repo, *moves: str) -> None:
    """Have others push, one move at each of the next pushes, once the tip was fetched."""
    script = repo.path.parent / "moves"
    script.write_text("".join(f"{move}\n" for move in moves))
    run_it = 'env -i PATH="$PATH" HOME="$HOME" sh -c "$move" >&2'
    hook = f'#!/bin/sh\nmove=$(sed -n 1p {script}); sed -i 1d {script}\n[ -z "$move" ] || {run_it}\n'
    put(repo.path / ".git/hooks", "pre-push", hook)


def command(repo: Repo, words: str) -> str:
    """What somebody else does in a clone of theirs, as a line for a shell."""
    return f"{sys.executable} -m promptctl -C {repo.path} {words} --yes --push"


def test_a_lost_race_is_planned_again_and_both_land(shop: Repo, remote: Repo, tmp_path: Path) -> None:
    other = clone(remote, tmp_path / "other")
    rival = command(other, "rollout start qualify-lead@1.2.0 --tenants initech -m x")
    race(shop, rival)
    found = run(shop, *PILOT, "--push")
    assert found.code == 0, found.err
    assert remote.git("log", "--format=%s", "main").splitlines()[:2] == [
        "rollout(production): start qualify-lead@1.1.0 for globex",
        "rollout(production): start qualify-lead@1.2.0 for initech",
    ]
    both = at(remote, "main", tmp_path / "both")
    assert [gets(both, tenant=name) for name in ("globex", "initech", None)] == ["1.1.0", "1.2.0", "1.0.0"]


def test_what_the_race_was_about_is_decided_anew(shop: Repo, remote: Repo, tmp_path: Path) -> None:
    """The other one did the same: nothing is left to do. Or something that is in the way: it is refused."""
    other = clone(remote, tmp_path / "other")
    same = command(other, "rollback qualify-lead -m Bad.")
    assert run(shop, *PILOT, "--push").code == 0
    race(shop, same)
    found = run(shop, "rollback", "qualify-lead", "-m", "Bad.", "--push")
    assert (found.code, "somebody else did it" in found.out) == (0, True), found.err
    way = command(other, "rollout start qualify-lead@1.2.0 --tenants globex -m x")
    race(shop, way)
    found = run(shop, *PILOT, "--push")
    assert (found.code, "is open for globex" in found.err) == (1, True), found.err


REFUSE_MAIN = """\
#!/bin/sh
while read old new ref; do
  case "$ref" in refs/heads/main) echo "main is protected: open a pull request" >&2; exit 1 ;; esac
done
"""


def test_a_branch_that_refuses_pushes(shop: Repo, remote: Repo) -> None:
    assert run(shop, *PILOT, "--push").code == 0
    put(remote.path / "hooks", "pre-receive", REFUSE_MAIN)
    main, before = remote.git("rev-parse", "main"), untouched(shop)
    found = run(shop, "rollback", "qualify-lead", "-m", "Bad.", "--push")
    assert (found.code, remote.git("rev-parse", "main"), untouched(shop)) == (3, main, before)
    assert "NOT LIVE" in found.err
    assert "main is protected: open a pull request" in found.err
    (branch,) = remote.git("for-each-ref", "--format=%(refname:short)", "refs/heads/rollback").splitlines()
    assert branch in found.err
    assert remote.git("rev-parse", f"{branch}~1") == main
    assert message(remote, branch)[1]["Event"] == "rollback"


def test_a_server_that_refuses_everything(shop: Repo, remote: Repo) -> None:
    put(remote.path / "hooks", "pre-receive", "#!/bin/sh\necho 'closed for today' >&2\nexit 1\n")
    before, refs = untouched(shop), remote.git("for-each-ref")
    found = run(shop, *PILOT, "--push")
    assert (found.code, untouched(shop), remote.git("for-each-ref")) == (3, before, refs)
    assert "NOT LIVE" in found.err
    assert "closed for today" in found.err


def test_a_server_that_is_gone(shop: Repo, remote: Repo) -> None:
    remote.path.rename(remote.path.with_name("gone"))
    assert "cannot fetch main from origin" in refused(shop, 3, *PILOT, "--push")


def test_a_server_that_goes_while_it_is_pushed_to(shop: Repo, remote: Repo) -> None:
    shop.git("remote", "set-url", "--push", "origin", "file:///nowhere")
    assert "cannot push to origin" in refused(shop, 3, *PILOT, "--push")
    assert remote.git("rev-parse", "main") == shop.git("rev-parse", "main")


def test_without_a_remote(shop: Repo) -> None:
    said = refused(shop, 3, *PILOT, "--push")
    assert "no remote origin" in said


def test_a_push_to_a_branch_of_ones_own(shop: Repo, remote: Repo) -> None:
    main = remote.git("rev-parse", "main")
    found = run(shop, *PILOT, "--branch", "pilot", "--push")
    assert found.code == 0, found.err
    assert remote.git("rev-parse", "main", "pilot~1").split() == [main, main]


@pytest.mark.slow
def test_twenty_operators_at_once(repo: Repo, tmp_path: Path) -> None:
    """All land, none is lost, each is a commit of its own, and the configuration has them all."""
    tenants = [f"tenant-{number}" for number in range(OPERATORS)]
    shop = stock(repo, START + "".join(f"  {name}: {{}}\n" for name in tenants))
    flags = "".join(
        f"  flag-{n}: {{use: qualify-lead@1.2.0, source: application, owner: a@example.com,"
        f" started: {day(-10)}, expires: {day(30)}}}\n"
        for n in range(OPERATORS // 2)
    )
    shop.write(CONFIG, shop.read(CONFIG) + f"flags:\n{flags}")
    shop.commit("Flags")
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--tenants", "globex", "-m", "Pilot.")
    remote = bare_remote(shop, "main")
    start = remote.git("rev-parse", "main")
    clones = [clone(remote, tmp_path / f"clone-{number}") for number in range(OPERATORS)]
    jobs = []
    for number, each in enumerate(clones):
        what = (
            ("flag", "disable", f"flag-{number // 2}")
            if number % 2
            else ("rollout", "expand", "qualify-lead", "--tenants", tenants[number])
        )
        line = [sys.executable, "-m", "promptctl", *what, "--yes", "--push"]
        jobs.append(subprocess.Popen(line, cwd=each.path, stdout=-1, stderr=-1, env=dict(os.environ)))
    told = [job.communicate() for job in jobs]
    assert [job.returncode for job in jobs] == [0] * OPERATORS, told
    assert remote.git("rev-list", "--count", "--first-parent", f"{start}..main") == str(OPERATORS)
    assert all(len(line.split()) == 2 for line in remote.git("rev-list", "--parents", f"{start}..main").splitlines())
    final = at(remote, "main", tmp_path / "final")
    assert {gets(final, tenant=name) for name in tenants[::2]} == {"1.1.0"}
    found = environment(final)
    assert not any(flag.enabled for flag in found.selection.flags)
    assert found.rollouts["qualify-lead@1.1.0"].step == 1 + OPERATORS // 2
