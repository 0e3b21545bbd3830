"""A hook that is there stays, runs first and gets the same words."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST
from tests.support.servers import EDITED, edit, install, kept, push, put, refs, refused, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repos import Repo

RECORDING = '#!/bin/sh\n{{ echo "$@"; cat; }} >"{0}"\n'


def test_what_is_there_gets_the_same_words(repo: Repo, origin: Repo, tmp_path: Path) -> None:
    server, local = tmp_path / "server said", tmp_path / "clone said"
    put(origin.path / "hooks", "pre-receive", RECORDING.format(server))
    put(repo.path / ".git/hooks", "pre-push", RECORDING.format(local))
    install(repo, "--server", str(origin.path))
    install(repo)
    old = repo.git("rev-parse", "main")
    edit(repo, FIRST)
    new = repo.git("rev-parse", "main")
    assert EDITED in repo.try_git("push", "origin", "main", "HEAD:refs/heads/feature").err
    lines = [f"refs/heads/main {new} refs/heads/main {old}", f"HEAD {new} refs/heads/feature {'0' * 40}"]
    assert local.read_text().splitlines() == [f"origin {origin.path.as_uri()}", *lines]
    assert refused(push(repo, "main", "HEAD:refs/heads/feature"), EDITED)
    received = f"\n{old} {new} refs/heads/main\n{'0' * 40} {new} refs/heads/feature\n"
    assert server.read_text() == received
    assert repo.try_git("push", "origin", "origin/main:refs/heads/main").code == 0
    assert local.read_text() == f"origin {origin.path.as_uri()}\n", "nothing is pushed, not even an empty line"


@pytest.mark.parametrize("script", ["#!/bin/sh\necho not today >&2\nexit 7\n", "#!/bin/sh\nread line\nexit 1\n"])
def test_what_is_there_may_refuse(repo: Repo, origin: Repo, script: str) -> None:
    put(origin.path / "hooks", "pre-receive", script)
    install(repo, "--server", str(origin.path))
    before = refs(origin)
    repo.commit()
    found = push(repo, "main")
    assert refused(found)
    assert "compared" not in found.err, "it said no first"
    assert refs(origin) == before


@pytest.mark.parametrize("script", ["#!/bin/sh\n", "#!/bin/sh\nread line\n", "#!/bin/sh\ncat >/dev/null\n"])
def test_what_is_there_need_not_read(repo: Repo, origin: Repo, script: str) -> None:
    put(origin.path / "hooks", "pre-receive", script)
    install(repo, "--server", str(origin.path))
    edit(repo, FIRST)
    many = [f"main:refs/heads/{number}-{'x' * 180}" for number in range(400)]  # more than a pipe holds
    assert refused(push(repo, *many, "main"), f"[{EDITED}]")
    assert push(repo, *many).code == 0


def test_what_git_does_not_run_is_not_run(repo: Repo, origin: Repo) -> None:
    folder = origin.path / "hooks"
    put(folder, "pre-receive", "#!/bin/sh\nexit 1\n").chmod(0o644)
    install(repo, "--server", str(origin.path))
    repo.commit()
    assert push(repo, "main").code == 0
    assert (folder / kept("pre-receive")).read_text() == "#!/bin/sh\nexit 1\n"


def test_a_linked_hook_stays_a_link(repo: Repo) -> None:
    folder = repo.path / ".git/hooks"
    put(repo.path, "check.sh", "#!/bin/sh\necho the linked one >&2\n")
    (folder / "pre-commit").symlink_to("../../check.sh")
    (folder / "pre-push").symlink_to("nowhere")
    assert install(repo).code == 0
    assert (folder / kept("pre-commit")).is_symlink()
    assert "the linked one" in repo.try_git("commit", "--allow-empty", "-m", "Empty").err
    assert (repo.path / "check.sh").read_text() == "#!/bin/sh\necho the linked one >&2\n"


def test_two_hooks_that_were_there(repo: Repo) -> None:
    folder = repo.path / ".git/hooks"
    put(folder, "pre-push", "#!/bin/sh\n")
    put(folder, kept("pre-push"), "#!/bin/sh\n# another\n")
    before = state(folder)
    found = install(repo)
    assert (found.code, "pre-push.before-promptctl, which is there already" in found.err) == (1, True)
    assert state(folder) == before


def test_a_hook_of_ours_is_written_anew(repo: Repo) -> None:
    """The Python may have moved; nothing is kept, because nothing is lost."""
    install(repo)
    path = repo.path / ".git/hooks/pre-commit"
    text = path.read_text()
    path.write_text(text.replace(sys.executable, "/gone/python"))
    assert repo.try_git("commit", "--allow-empty", "-m", "Empty").code != 0, "without promptctl nothing passes"
    assert f"wrote {path} anew" in install(repo).out
    assert path.read_text() == text
    path.chmod(0o644)
    assert f"wrote {path} anew" in install(repo).out
    assert os.access(path, os.X_OK)
    assert not path.with_name(kept("pre-commit")).exists()


def test_pre_commit_may_have_put_ours_aside(repo: Repo) -> None:
    install(repo)
    folder = repo.path / ".git/hooks"
    (folder / "pre-push").rename(folder / "pre-push.legacy")
    put(folder, "pre-push", '#!/bin/sh\nexec "$(dirname "$0")/pre-push.legacy" "$@"\n')
    before = state(folder)
    assert install(repo).code == 0
    assert state(folder) == before
