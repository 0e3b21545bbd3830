"""Pushes to a protected branch, as a server with promptctl's hook takes or refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, FOLDER, Repo, clone
from tests.support.servers import EDITED, REMOVED, edit, over_ssh, push, refs, refused, release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(params=["file", "ssh"], autouse=True)
def _transport(
    request: pytest.FixtureRequest, repo: Repo, bare: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if request.param == "ssh":
        over_ssh(repo, bare, tmp_path, monkeypatch)


def test_a_new_version_is_let_in(repo: Repo, bare: Repo) -> None:
    before = repo.git("rev-parse", "origin/main")
    release(repo)
    found = push(repo, "main")
    assert found.code == 0, found.err
    assert "remote: refs/heads/main:" in found.err
    assert f"with main before the push ({before[:10]}), policy of base" in found.err
    assert refs(bare)["refs/heads/main"] == repo.git("rev-parse", "main")


def delete(repo: Repo) -> None:
    repo.git("rm", "--quiet", FIRST)


def move(repo: Repo) -> None:
    repo.git("mv", FIRST, "old.md")


def link(repo: Repo) -> None:
    move(repo)
    (repo.path / FIRST).symlink_to("../../../old.md")


@pytest.mark.parametrize(
    ("change", "rule"), [(Repo.edit, EDITED), (delete, REMOVED), (move, REMOVED), (link, "released-version-replaced")]
)
def test_a_released_version_stays(repo: Repo, bare: Repo, change: Callable[[Repo], None], rule: str) -> None:
    before = refs(bare)
    change(repo)
    repo.commit()
    repo.write("notes.txt", "The edit is not in the newest commit.")
    repo.commit()
    assert refused(push(repo, "main"), f"[{rule}]", FIRST)
    assert refs(bare) == before
    assert not list(bare.path.glob("objects/*incoming*")), "nothing is left of what was refused"


def test_a_forced_push_may_not_lose_a_release(repo: Repo, bare: Repo) -> None:
    first = repo.git("rev-parse", "main")
    path = release(repo)
    assert push(repo, "main").code == 0
    before = refs(bare)
    repo.git("reset", "--quiet", "--hard", first)
    assert refused(push(repo, "--force", "main"), f"[{REMOVED}]", path)
    release(repo, body="Judge otherwise.")
    assert refused(push(repo, "--force-with-lease", "main"), f"[{EDITED}]", path)
    assert refs(bare) == before


def test_a_forced_push_that_loses_no_release_is_let_in(repo: Repo, bare: Repo) -> None:
    release(repo)
    repo.write("notes.txt", "to be rewritten")
    repo.commit()
    assert push(repo, "main").code == 0
    (repo.path / "notes.txt").unlink()
    repo.commit("Rewritten", "--amend")
    assert push(repo, "--force", "main").code == 0
    assert refs(bare)["refs/heads/main"] == repo.git("rev-parse", "main")


def test_an_unrelated_history_on_the_protected_branch(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "--orphan", "fresh")
    repo.git("rm", "--quiet", "-r", "--force", FOLDER)
    repo.commit("Start anew")
    assert refused(push(repo, "--force", "fresh:main"), f"[{REMOVED}]", FIRST)
    repo.git("checkout", "--quiet", "main", "--", FOLDER)
    repo.commit("And take everything along")
    assert push(repo, "--force", "fresh:main").code == 0


def test_a_merge_that_takes_the_wrong_side(repo: Repo, bare: Repo, tmp_path: Path) -> None:
    other = clone(bare, tmp_path / "other")
    path = release(other)
    assert push(other, "main").code == 0
    repo.write("notes.txt", "ours")
    repo.commit()
    repo.git("fetch", "--quiet", "origin")
    repo.git("merge", "--quiet", "--no-edit", "--strategy=ours", "origin/main")
    assert refused(push(repo, "main"), f"[{REMOVED}]", path)
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    repo.git("merge", "--quiet", "--no-edit", "origin/main")
    assert push(repo, "main").code == 0


def test_another_branch_is_let_through(repo: Repo) -> None:
    repo.switch("feature")
    edit(repo, FIRST)
    found = push(repo, "feature")
    assert (found.code, "remote:" in found.err) == (0, False)
    assert push(repo, "--force", "feature~1:feature").code == 0
    repo.git("checkout", "--quiet", "--orphan", "pages")
    repo.commit("Something else")
    assert push(repo, "pages").code == 0


def test_a_released_version_may_get_its_first_bytes_back(repo: Repo, bare: Repo) -> None:
    hook = bare.path / "hooks/pre-receive"
    hook.rename(hook.with_suffix(".off"))
    edit(repo, FIRST)
    assert push(repo, "main").code == 0
    hook.with_suffix(".off").rename(hook)
    repo.git("revert", "--no-edit", "HEAD")
    found = push(repo, "main")
    assert (found.code, "[released-version-restored]" in found.err) == (0, True)
