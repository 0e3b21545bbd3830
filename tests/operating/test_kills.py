"""SIGKILL at any moment of any command that commits: the commit is whole, or everything is as before.

`PROMPTCTL_KILLS` says how many moments are tried.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.support.operating import START, day, done, stock
from tests.support.repos import FOLDER, Repo
from tests.support.servers import put

if TYPE_CHECKING:
    from pathlib import Path

MOMENTS = int(os.environ.get("PROMPTCTL_KILLS", "24"))
FLAG = f"flags:\n  brief: {{use: qualify-lead@1.0.0, owner: a@example.com, started: {day(-10)}, expires: {day(30)}}}\n"
GRACE = "deprecated:\n  1.2.0: {replacement: 1.1.0, reason: x, announced: 2026-01-01, remove-after: 2026-03-01}\n"
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("rollout", "start", "qualify-lead@2.0.0", "--tenants", "initech", "-m", "x", "--yes"),
    ("rollout", "expand", "qualify-lead", "--tenants", "initech", "--yes"),
    ("rollout", "pause", "qualify-lead", "--yes"),
    ("rollout", "finish", "qualify-lead", "--yes"),
    ("rollback", "qualify-lead", "-m", "x", "--yes"),
    ("flag", "disable", "brief", "--yes"),
    ("flag", "remove", "brief", "--yes"),
    ("recommend", "qualify-lead@2.0.0", "--yes"),
    ("deprecate", "qualify-lead@2.0.0", "--replacement", "3.0.0", "--remove-after", "2099-01-01", "-m", "x", "--yes"),
    ("retire", "qualify-lead@1.2.0", "-m", "x", "--usage-unknown-because", "x", "--yes"),
    ("rollback", "--at", "HEAD~2", "-m", "x", "--yes"),
    ("new", "ask-budget", "--purpose", "Ask.", "--commit"),
    ("new-version", "qualify-lead", "--bump", "minor", "--body", "body.txt", "-m", "Anew.", "--commit"),
    ("renumber", "qualify-lead@3.0.0", "--to", "2.1.0", "--commit"),
    ("gate", "record", "qualify-lead@2.0.0", "tests", "--from", "results.xml", "--commit"),
    ("rollout", "start", "qualify-lead@2.0.0", "--tenants", "initech", "-m", "x", "--yes", "--branch", "pilot"),
)
GATES = "gates: {tests: {environments: [staging], format: junit}}"
MANAGED = ("prompt-config/", "prompt-templates/", "prompt-evidence/")
OTHERS = ("gone.txt", "staged.txt", "both.txt", "untracked.txt")


def busy(repo: Repo) -> Repo:
    """A shop with an open rollout, a flag, a version whose time is over, and work of every kind that waits."""
    shop = stock(repo, START + FLAG)
    manifest = f"{FOLDER}/prompt.yaml"
    shop.write(manifest, shop.read(manifest) + GRACE)
    shop.write("gone.txt", "1\n")
    shop.write("both.txt", "1\n")
    shop.commit("Other files")
    shop.write("results.xml", "<testsuite><testcase name='a' classname='b'/></testsuite>\n")
    shop.write("body.txt", "Judge the lead once more.\n")
    shop.write("promptctl.yaml", shop.read("promptctl.yaml").replace("gates: {}", GATES))
    shop.commit("Results")
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--tenants", "globex", "-m", "Pilot.")
    shop.switch("work")
    shop.add_version("3.0.0", "Judge the lead anew.", supersedes="2.0.0", summary="Anew.", regimes="[hipaa]")
    shop.commit("Draft")
    put(shop.path / ".git/hooks", "pre-commit", "#!/bin/sh\nsleep 0.02\n")
    shop.write("staged.txt", "staged\n")
    shop.write("both.txt", "2\n")
    shop.git("add", "staged.txt", "both.txt")
    shop.git("rm", "--quiet", "gone.txt")
    shop.write("both.txt", "3\n")
    shop.write("untracked.txt", "u\n")
    return shop


def work(repo: Repo) -> tuple[object, ...]:
    """What waits: staged by content, on disk by content."""
    staged = repo.git("ls-files", "--stage", "--", *OTHERS)
    disk = [(repo.path / name).read_bytes() if (repo.path / name).exists() else None for name in OTHERS]
    return staged, disk, repo.git("status", "--porcelain")


def outcome(repo: Repo) -> tuple[object, ...]:
    """All that counts of a repository but for dates: refs by what they hold, and the files."""
    trees = {
        ref: repo.git("rev-parse", f"{ref}^{{tree}}") for ref in repo.git("for-each-ref", "--format=%(refname)").split()
    }
    counts = {ref: repo.git("rev-list", "--count", ref) for ref in trees}
    return counts, repo.git("ls-files", "--stage", "--", "prompt-*"), work(repo)


def start(repo: Repo, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-m", "promptctl", *command]
    return subprocess.Popen(line, cwd=repo.path, stdout=-3, stderr=-3, start_new_session=True)


def settle(repo: Repo) -> None:
    """Wait for the program that takes a commit over: it outlives who started it."""
    time.sleep(0.1)
    deadline = time.monotonic() + 10
    while (repo.path / ".git/index.lock").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)


def test_killed_at_any_moment(repo: Repo, tmp_path: Path) -> None:
    shop = busy(repo)
    moments = random.Random(11)  # noqa: S311 - moments, not secrets
    ends: dict[str, int] = {"as before": 0, "whole": 0}
    longest = 1.5 * undisturbed(shop, tmp_path)
    for number in range(MOMENTS):
        command = COMMANDS[number % len(COMMANDS)]
        case = Repo(tmp_path / f"case-{number}")
        shutil.copytree(shop.path, case.path, symlinks=True)
        before = outcome(case)
        process = start(case, command)
        time.sleep(moments.uniform(0.0, longest))
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() in {0, -signal.SIGKILL}, command
        settle(case)
        ends[judge(case, command, before)] += 1
        shutil.rmtree(case.path)
    print(ends)
    assert min(ends.values()) > 0, ends


def undisturbed(shop: Repo, tmp_path: Path) -> float:
    """The seconds that a command takes here and now, so that moments fall before and behind its end."""
    case = Repo(tmp_path / "undisturbed")
    shutil.copytree(shop.path, case.path, symlinks=True)
    begin = time.perf_counter()
    assert start(case, COMMANDS[0]).wait() == 0
    return time.perf_counter() - begin


def judge(case: Repo, command: tuple[str, ...], before: tuple[object, ...]) -> str:
    """Which of the two it is; anything in between fails."""
    assert not (case.path / ".git/index.lock").exists()
    assert case.git("status", "--porcelain", "--", *MANAGED) == "", command
    after = outcome(case)
    assert after[2] == before[2], command
    if after == before:
        return "as before"
    ref = "pilot" if "--branch" in command else "HEAD"
    assert case.git("rev-list", "--count", f"{ref}~1..{ref}") == "1"
    changed = case.git("diff-tree", "--no-commit-id", "--name-only", "-r", ref).splitlines()
    assert changed, command
    assert all(path.startswith(MANAGED) for path in changed), changed
    assert case.git("fsck", "--no-dangling", "--connectivity-only") == ""
    return "whole"
