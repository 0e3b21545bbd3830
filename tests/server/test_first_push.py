"""Servers that have nothing yet, or nothing of promptctl's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.repos import FIRST, FOLDER, MANIFEST, POLICY, bare_remote, make_repo
from tests.support.servers import EDITED, edit, push, refs, refused, serve

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repos import Repo


def test_the_first_push(repo: Repo) -> None:
    bare = serve(repo)
    repo.write(f"{FOLDER}/notes.txt", "misplaced")
    repo.commit()
    assert refused(push(repo, "main"), "[misplaced-file]", "nothing: no commit is protected yet", "policy of head")
    assert push(repo, "main:feature").code == 0, "it is not protected"
    assert push(repo, "main~1:refs/heads/main").code == 0
    edit(repo, FIRST)
    assert refused(push(repo, "main"), f"[{EDITED}]")
    assert len(refs(bare)) == 2


def test_the_first_push_brings_the_policy(tmp_path: Path) -> None:
    """Also for the other branches that come with it."""
    repo = make_repo(tmp_path / "repo", "--initial-branch=trunk")
    repo.write("promptctl.yaml", POLICY.replace("[main]", "[trunk, stable]"))
    repo.commit("Protect")
    bare = bare_remote(repo)
    bare.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    assert repo.promptctl("hook", "install", "--server", str(bare.path)).code == 0
    repo.write(f"{FOLDER}/prompt.yaml", MANIFEST.format(name="other", recommended="1.0.0"))
    repo.commit()
    assert refused(push(repo, "trunk~1:refs/heads/trunk", "trunk:stable"), "stable:", "[name-mismatch]")
    assert push(repo, "trunk~1:refs/heads/trunk").code == 0
    assert refused(push(repo, "trunk"), "[name-mismatch]", "trunk before the push")


def test_adoption_on_a_server_that_has_other_things(repo: Repo) -> None:
    repo.git("rm", "--quiet", "-r", "promptctl.yaml", "prompt-templates")
    repo.git("checkout", "--quiet", "--orphan", "trunk")
    repo.write("readme.txt", "of a project")
    repo.commit("Before")
    bare = serve(repo)
    bare.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    assert push(repo, "trunk").code == 0
    repo.write("promptctl.yaml", POLICY.replace("[main]", "[trunk]"))
    repo.write(f"{FOLDER}/notes.txt", "misplaced")
    repo.commit("Adopt")
    assert refused(push(repo, "trunk"), "[misplaced-file]", "policy of head")
