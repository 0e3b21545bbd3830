"""Commits of planned files: whole or not at all, alone, and with everything that `git commit` does for people."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from promptctl.core.errors import Refused, Undecided
from promptctl.repo.commit import commit_on_head
from promptctl.repo.drafting import draft_commit
from promptctl.repo.landing import refuse_unsaved
from promptctl.repo.repository import open_repository
from tests.support.repos import FIRST, FOLDER, Repo, version_text

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = "prompt-config/production.yaml"
NEW = b"defaults: {}\n"


@pytest.fixture
def busy(repo: Repo) -> Repo:
    """A work tree with staged, unstaged and untracked work of every kind."""
    repo.write("gone.txt", "1\n")
    repo.write("both.txt", "1\n")
    repo.write(CONFIG, "# none yet\n")
    repo.commit()
    repo.write("staged.txt", "staged\n")
    repo.write("both.txt", "2\n")
    repo.git("add", "staged.txt", "both.txt")
    repo.git("rm", "--quiet", "gone.txt")
    repo.write("both.txt", "3\n")
    repo.write("untracked.txt", "u\n")
    repo.write("intended.txt", "i\n")
    repo.git("add", "--intent-to-add", "intended.txt")
    return repo


def state(repo: Repo) -> tuple[str, ...]:
    """What is staged, what is not, and what every file holds."""
    files = sorted(path for path in repo.path.rglob("*") if path.is_file() and ".git" not in path.parts)
    shown = "".join(f"{path.relative_to(repo.path)}={path.read_text()}" for path in files)
    return repo.git("diff", "--cached"), repo.git("diff"), repo.git("status", "--porcelain"), shown


def commit(repo: Repo, files: dict[str, bytes | None], message: str = "Select\n\nTrailer: x\n") -> str:
    with open_repository(repo.path) as repository:
        return commit_on_head(repository, files, message)


def hook(repo: Repo, name: str, text: str) -> None:
    path = repo.path / repo.git("rev-parse", "--git-path", f"hooks/{name}")
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def changed(repo: Repo, name: str = "HEAD") -> list[str]:
    return repo.git("diff-tree", "--no-commit-id", "--name-status", "-r", name).splitlines()


def test_the_planned_files_and_nothing_else(busy: Repo) -> None:
    staged, unstaged, status, _ = state(busy)
    sha = commit(busy, {CONFIG: NEW, FIRST: None, "new/deep.yaml": b"a: 1\n"})
    assert busy.git("rev-parse", "HEAD") == sha
    assert changed(busy) == ["A\tnew/deep.yaml", f"M\t{CONFIG}", f"D\t{FIRST}"]
    assert busy.git("log", "-1", "--format=%B").split("\n") == ["Select", "", "Trailer: x"]
    assert state(busy)[:3] == (staged, unstaged, status)
    assert busy.read(CONFIG) == NEW.decode()
    assert busy.read("new/deep.yaml") == "a: 1\n"
    assert not (busy.path / FIRST).exists()
    assert [busy.read(name) for name in ("staged.txt", "both.txt", "untracked.txt")] == ["staged\n", "3\n", "u\n"]
    assert busy.git("reflog", "-1", "--format=%gs") == "promptctl: Select"


def test_a_hook_that_says_no_leaves_everything(busy: Repo) -> None:
    before, head = state(busy), busy.git("rev-parse", "HEAD")
    hook(busy, "pre-commit", "echo not today >&2; exit 1")
    with pytest.raises(Refused, match="not today"):
        commit(busy, {CONFIG: NEW})
    assert (state(busy), busy.git("rev-parse", "HEAD")) == (before, head)


def test_a_message_that_a_hook_refuses(busy: Repo) -> None:
    hook(busy, "commit-msg", 'grep -q Ticket "$1" || { echo no ticket >&2; exit 1; }')
    with pytest.raises(Refused, match="no ticket"):
        commit(busy, {CONFIG: NEW})
    commit(busy, {CONFIG: NEW}, "Select\n\nTicket: 1\n")


@pytest.mark.parametrize(
    "what", [f"echo '# formatted' >> {CONFIG}; git add {CONFIG}", "echo 1 > more.txt; git add more.txt"]
)
def test_a_hook_that_changes_what_is_committed_is_refused(busy: Repo, what: str) -> None:
    head, staged = busy.git("rev-parse", "HEAD"), busy.git("diff", "--cached")
    hook(busy, "pre-commit", what)
    with pytest.raises(Refused, match=r"a hook changed what was to be committed: (more\.txt|prompt-config)"):
        commit(busy, {CONFIG: NEW})
    assert (busy.git("rev-parse", "HEAD"), busy.git("diff", "--cached")) == (head, staged)


def test_a_hook_may_add_to_the_message(busy: Repo) -> None:
    hook(busy, "prepare-commit-msg", 'echo "Change-Id: I1" >> "$1"')
    commit(busy, {CONFIG: NEW})
    assert busy.git("log", "-1", "--format=%B").endswith("Change-Id: I1")


def test_hooks_see_the_branch_and_what_will_be_committed(busy: Repo) -> None:
    hook(
        busy,
        "pre-commit",
        "echo $(basename $(git symbolic-ref HEAD)) $(git diff --cached --name-only) > seen; pwd >> seen",
    )
    commit(busy, {CONFIG: NEW})
    assert busy.read("seen") == f"main {CONFIG}\n{busy.path}\n"


def test_our_own_hook_judges_the_commit(busy: Repo) -> None:
    busy.install_hook("pre-commit")
    with pytest.raises(Refused, match="released-version-edited"):
        commit(busy, {FIRST: version_text("1.0.0", "Other.").encode()})
    commit(busy, {CONFIG: NEW})


def test_it_is_signed_where_commits_are(busy: Repo, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"author@example.com {key.with_suffix('.pub').read_text()}")
    for name, value in (("commit.gpgsign", "true"), ("gpg.format", "ssh"), ("user.signingkey", f"{key}.pub")):
        busy.git("config", name, value)
    busy.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    commit(busy, {CONFIG: NEW})
    assert busy.git("log", "-1", "--format=%G?") == "G"
    busy.git("config", "user.signingkey", str(tmp_path / "none.pub"))
    with pytest.raises(Refused, match="sign"):
        commit(busy, {CONFIG: b"defaults: {}  # again\n"})


def test_without_an_identity_nothing_happens(busy: Repo) -> None:
    before = state(busy)
    busy.git("config", "user.useConfigOnly", "true")
    (busy.path.parent / "home").mkdir(exist_ok=True)
    busy.git("config", "user.name", "")
    with pytest.raises(Refused, match="ident"):
        commit(busy, {CONFIG: NEW})
    assert state(busy) == before


def test_a_detached_head_moves(busy: Repo) -> None:
    busy.git("checkout", "--quiet", "--detach")
    sha = commit(busy, {CONFIG: NEW})
    assert busy.git("rev-parse", "HEAD", "main~0").split() == [sha, busy.git("rev-parse", "main")]
    assert busy.git("rev-parse", "HEAD~1") == busy.git("rev-parse", "main")


def test_the_first_commit_of_all(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "r")
    repo.path.mkdir()
    repo.git("init", "--quiet")
    repo.write("mine.txt", "m\n")
    commit(repo, {CONFIG: NEW})
    assert (changed(repo, ["--root", "HEAD"][1]), repo.git("status", "--porcelain")) == ([], "?? mine.txt")
    assert repo.git("ls-tree", "-r", "--name-only", "HEAD") == CONFIG


def test_in_a_linked_work_tree(busy: Repo, tmp_path: Path) -> None:
    busy.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    side = Repo(tmp_path / "side")
    main = busy.git("rev-parse", "main")
    sha = commit(side, {CONFIG: NEW})
    assert (side.git("rev-parse", "side"), busy.git("rev-parse", "main")) == (sha, main)
    assert side.git("status", "--porcelain") == ""


@pytest.mark.parametrize("layout", ["files", "sha256"])
def test_other_object_formats(tmp_path: Path, layout: str) -> None:
    repo = Repo(tmp_path / "r")
    repo.path.mkdir()
    repo.git("init", "--quiet", *(["--object-format=sha256"] if layout == "sha256" else []))
    repo.write("a", "a")
    repo.commit()
    commit(repo, {CONFIG: NEW, "a": None})
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.parametrize("name", ["MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge"])
def test_not_while_something_else_is_going_on(busy: Repo, name: str) -> None:
    (busy.path / ".git" / name).write_text(busy.git("rev-parse", "HEAD"))
    with pytest.raises(Undecided, match="is in progress"):
        commit(busy, {CONFIG: NEW})


def test_a_locked_index(busy: Repo) -> None:
    before, head = state(busy), busy.git("rev-parse", "HEAD")
    lock = busy.path / ".git/index.lock"
    lock.touch()
    with pytest.raises(Undecided, match="another git command holds the index"):
        commit(busy, {CONFIG: NEW})
    assert lock.exists()
    lock.unlink()
    assert (state(busy), busy.git("rev-parse", "HEAD")) == (before, head)


def test_a_branch_that_moved_meanwhile(busy: Repo) -> None:
    hook(
        busy,
        "post-commit",
        f"cd {busy.path}; unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE; git commit -q --no-verify -m other",
    )
    before = busy.git("diff")
    with pytest.raises(Undecided, match="the branch cannot be moved"):
        commit(busy, {CONFIG: NEW})
    assert busy.git("log", "-1", "--format=%s") == "other"
    assert (busy.git("diff"), busy.read(CONFIG)) == (before, "# none yet\n")
    assert not (busy.path / ".git/index.lock").exists()


def test_changes_that_are_not_committed_are_not_mixed_in(busy: Repo) -> None:
    with open_repository(busy.path) as repository:
        refuse_unsaved(repository, [CONFIG, FIRST, "nowhere.yaml"])
        for name in ("both.txt", "staged.txt", "gone.txt", "untracked.txt"):
            with pytest.raises(Refused, match=f"{name} has changes that are not committed"):
                refuse_unsaved(repository, [CONFIG, name])


def test_a_commit_beside_the_checkout(busy: Repo) -> None:
    """What a branch that is not checked out gets: hooks apply, and neither the checkout nor any branch moves."""
    before, refs = state(busy), busy.git("for-each-ref")
    hook(busy, "pre-commit", "git diff --cached --name-only > $SEEN; ls >> $SEEN; git status --porcelain >> $SEEN")
    seen = busy.path.parent / "seen"
    os.environ["SEEN"] = str(seen)
    with open_repository(busy.path) as repository:
        draft = draft_commit(repository, repository.head, "main", {CONFIG: NEW}, "Select", checkout=False)
    del os.environ["SEEN"]
    assert seen.read_text().split("\n")[:2] == [CONFIG, "both.txt"]
    assert f"M  {CONFIG}\n" in seen.read_text()
    assert f"{FOLDER}" not in seen.read_text()
    assert (state(busy), busy.git("for-each-ref")) == (before, refs)
    assert changed(busy, draft.commit) == [f"M\t{CONFIG}"]
    assert busy.git("rev-parse", f"{draft.commit}~1") == busy.git("rev-parse", "HEAD")


def test_nothing_is_left_behind(busy: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    there = {path.name for path in (busy.path / ".git").iterdir()}
    commit(busy, {CONFIG: NEW})
    assert list(scratch.iterdir()) == []
    assert {path.name for path in (busy.path / ".git").iterdir()} <= there | {"COMMIT_EDITMSG", "ORIG_HEAD", "logs"}


def test_killed_at_any_moment(busy: Repo) -> None:
    """Whatever the moment, the branch has the whole commit and its files are taken over, or everything is as before."""
    code = (
        "import sys; from pathlib import Path; from promptctl.repo.repository import open_repository;"
        "from promptctl.repo.commit import commit_on_head\n"
        "with open_repository(Path(sys.argv[1])) as r: commit_on_head(r, {sys.argv[2]: sys.argv[3].encode()}, 'Select')"
    )
    moments = random.Random(7)  # noqa: S311 - moments, not secrets
    hook(busy, "pre-commit", "sleep 0.02")
    whole = 0
    others = busy.git("diff", "--cached", "--", ".", f":!{CONFIG}"), busy.git("diff", "--", ".", f":!{CONFIG}")
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, busy.path, CONFIG, "defaults: {}  # first\n"], check=True)
    longest = 1.5 * (time.perf_counter() - begin)
    for number in range(25):
        head, old, new = busy.git("rev-parse", "HEAD"), busy.read(CONFIG), f"defaults: {{}}  # {number}\n"
        process = subprocess.Popen([sys.executable, "-c", code, busy.path, CONFIG, new], start_new_session=True)
        if number in {8, 16}:  # however busy the machine is now, some end
            process.wait()
        else:
            time.sleep(moments.uniform(0.0, longest))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        settle(busy)
        moved = busy.git("rev-parse", "HEAD") != head
        whole += moved
        assert busy.read(CONFIG) == (new if moved else old)
        assert busy.git("status", "--porcelain", "--", CONFIG) == ""
        assert (
            busy.git("diff", "--cached", "--", ".", f":!{CONFIG}"),
            busy.git("diff", "--", ".", f":!{CONFIG}"),
        ) == others
        assert not moved or (busy.git("rev-parse", "HEAD~1"), changed(busy)) == (head, [f"M\t{CONFIG}"])
    assert 0 < whole < 25


def settle(repo: Repo) -> None:
    """Wait for the program that moves branch, index and files to its end; it outlives who started it."""
    deadline = time.monotonic() + 5
    time.sleep(0.05)
    while (repo.path / ".git/index.lock").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)
