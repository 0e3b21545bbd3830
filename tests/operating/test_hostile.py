"""Repositories and machines that do not help: what cannot be done is said, and everything is as before."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.operating import CONFIG, done, gets, message, refused, run, stock
from tests.support.repos import Repo, Result, bare_remote, make_repo
from tests.support.servers import put

if TYPE_CHECKING:
    from pathlib import Path

PILOT = ("rollout", "start", "qualify-lead@1.1.0", "--tenants", "globex", "-m", "Pilot.")


def test_hooks_that_say_no(shop: Repo) -> None:
    put(shop.path / ".git/hooks", "pre-commit", "#!/bin/sh\necho no deployments today >&2\nexit 1\n")
    assert "no deployments today" in refused(shop, 1, *PILOT)
    assert "no deployments today" in refused(shop, 1, *PILOT, "--branch", "pilot")


def test_hooks_that_change_what_is_committed(shop: Repo) -> None:
    put(shop.path / ".git/hooks", "pre-commit", f"#!/bin/sh\necho '# x' >> {CONFIG}\ngit add {CONFIG}\n")
    head, text = shop.git("rev-parse", "HEAD"), shop.read(CONFIG)
    found = run(shop, *PILOT, "--branch", "pilot")
    assert (found.code, "a hook changed what was to be committed" in found.err) == (1, True)
    assert (shop.git("rev-parse", "HEAD"), shop.read(CONFIG)) == (head, text)


def test_our_own_hook(shop: Repo) -> None:
    shop.install_hook("pre-commit")
    done(shop, *PILOT)
    done(shop, "rollback", "qualify-lead", "-m", "Bad.")


def test_our_own_hooks_let_a_rollback_pass_that_adds_a_finding(shop: Repo) -> None:
    """The version that is gone back to is deprecated by now: that is for another day, for the hooks too."""
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--global", "-m", "For all.")
    manifest = "prompt-templates/task/qualify-lead/prompt.yaml"
    entry = "{replacement: 1.1.0, reason: Old., announced: 2026-11-01, remove-after: 2099-06-01}"
    shop.write(manifest, shop.read(manifest).replace("1.0.0", "1.1.0") + f"deprecated:\n  1.0.0: {entry}\n")
    shop.commit("Deprecate")
    remote = bare_remote(shop, "main")
    shop.install_hook("pre-commit")
    shop.install_hook("pre-push", "--stage", "pre-push")
    found = run(shop, "rollback", "qualify-lead", "-m", "Bad.", "--push")
    assert found.code == 0, found.err
    assert message(remote, "main")[1]["Event"] == "rollback"


def test_signed_where_commits_are(shop: Repo, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    for name, value in (("commit.gpgsign", "true"), ("gpg.format", "ssh"), ("user.signingkey", f"{key}.pub")):
        shop.git("config", name, value)
    bare_remote(shop, "main")
    assert run(shop, *PILOT, "--push").code == 0
    assert "gpgsig -----BEGIN SSH SIGNATURE" in shop.git("cat-file", "commit", "origin/main")
    key.unlink()
    assert "sign" in refused(shop, 1, *PILOT)


def test_a_detached_head(shop: Repo) -> None:
    shop.git("checkout", "--quiet", "--detach")
    main = shop.git("rev-parse", "main")
    done(shop, *PILOT)
    assert (shop.git("rev-parse", "main"), gets(shop, tenant="globex")) == (main, "1.1.0")


@pytest.mark.parametrize("command", [PILOT, ("recommend", "qualify-lead@1.2.0")])
def test_while_a_merge_waits(shop: Repo, command: tuple[str, ...]) -> None:
    shop.switch("side")
    shop.write("a.txt", "1\n")
    shop.commit("One")
    shop.git("switch", "--quiet", "main")
    shop.write("a.txt", "2\n")
    shop.commit("Two")
    assert shop.try_git("merge", "side").code == 1
    assert "a merge is in progress" in refused(shop, 3, *command)
    assert run(shop, *PILOT, "--branch", "pilot").code == 0


@pytest.mark.parametrize("operation", ["rebase", "cherry-pick", "revert", "bisect"])
def test_while_something_else_waits(shop: Repo, operation: str) -> None:
    shop.write("a.txt", "1\n")
    first = shop.commit("One")
    shop.switch("side")
    shop.write("a.txt", "2\n")
    shop.commit("Two")
    shop.git("switch", "--quiet", "main")
    shop.write("a.txt", "3\n")
    shop.commit("Three")
    if operation == "bisect":
        shop.git("bisect", "start")
    else:
        assert shop.try_git(operation, first if operation == "revert" else "side").code == 1
    before = untouched(shop)
    said = refused(shop, 3, *PILOT)
    assert "is in progress" in said
    assert "finish or abort it first" in said
    assert untouched(shop) == before


def untouched(repo: Repo) -> tuple[str, ...]:
    return repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain"), repo.read(CONFIG)


def test_outside_of_a_repository(tmp_path: Path) -> None:
    found = run(Repo(tmp_path), *PILOT)
    assert found.code in {2, 3}


def inside(script: str, repo: Repo, *arguments: str) -> Result:
    """Run a command in a mount name space of its own, once `script` has set that up."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode != 0:
        pytest.skip("no name space of one's own can be had")
    line = f'{script}\nexec "$@"'
    command = ["unshare", "-rm", "sh", "-ec", line, "sh", sys.executable, "-m", "promptctl", *arguments, "--yes"]
    made = subprocess.run(command, cwd=repo.path, capture_output=True, text=True, check=False)
    return Result(made.returncode, made.stdout, made.stderr)


@pytest.mark.parametrize("more", [(), ("--branch", "pilot")])
def test_a_file_system_that_is_read_only(shop: Repo, more: tuple[str, ...]) -> None:
    before = shop.git("rev-parse", "HEAD"), shop.git("for-each-ref"), shop.read(CONFIG)
    script = f"mount --bind {shop.path} {shop.path}; mount -o remount,bind,ro {shop.path}; cd {shop.path}"
    found = inside(script, shop, *PILOT, *more)
    assert found.code in {1, 3}
    assert "Traceback" not in found.err
    assert "ead-only" in found.err, found.err
    assert (shop.git("rev-parse", "HEAD"), shop.git("for-each-ref"), shop.read(CONFIG)) == before


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """Whatever still fits: the commit is whole, or everything is as before."""
    shop = stock(make_repo(tmp_path / "source"))
    disk = tmp_path / "disk"
    disk.mkdir()
    states = set()
    for spare in (0, 4, 12, 24, 40, 64, 200):
        script = (
            f"mount -t tmpfs -o size=8m tmpfs {disk}; cp -a {shop.path} {disk}/r; cd {disk}/r; mkdir t\n"
            f"export TMPDIR={disk}/r/.git/t; mkdir .git/t; rmdir t\n"
            f"dd if=/dev/zero of={disk}/fill bs=1k 2>/dev/null || :; truncate -s -{spare}k {disk}/fill\n"
            f'set +e; "$@" >{tmp_path}/said 2>&1; echo "code $?"; rm {disk}/fill; cd {disk}/r\n'
            "git log --format=%s -2; git status --porcelain; git fsck --no-dangling; git show HEAD:"
            f"{CONFIG} | cmp - {CONFIG}; exit"
        )
        found = inside(script, shop, *PILOT)
        said = (tmp_path / "said").read_text()
        code, head, *rest = found.out.splitlines()
        assert "Traceback" not in said
        if code == "code 0":
            assert (head, rest) == ("rollout(production): start qualify-lead@1.1.0 for globex", ["Select"]), found.err
        else:
            assert (code in {"code 1", "code 3"}, head) == (True, "Select"), said
            assert rest == ["Release qualify-lead@1.0.0"], (rest, said)
        states.add(code)
    assert "code 0" in states
    assert len(states) > 1
