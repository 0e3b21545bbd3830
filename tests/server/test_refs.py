"""Which refs of a push are judged, and with what each of them is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, POLICY
from tests.support.servers import EDITED, REMOVED, ZERO, edit, push, refs, refused, release

if TYPE_CHECKING:
    from tests.support.repos import Repo, Result

TWO = POLICY.replace("[main]", "[main, release]")


@pytest.fixture
def two(repo: Repo, bare: Repo) -> Repo:
    """A repository whose server protects main and release; main has a version more."""
    repo.write("promptctl.yaml", TWO)
    repo.commit("Protect release")
    assert push(repo, "main", "main:release").code == 0
    release(repo)
    assert push(repo, "main").code == 0
    assert len(refs(bare)) == 2
    return repo


def receive(bare: Repo, *lines: str) -> Result:
    """What the hook answers to git's words."""
    return bare.promptctl("hook", "pre-receive", stdin="".join(f"{line}\n" for line in lines).encode())


def test_each_protected_branch_is_compared_with_itself(two: Repo) -> None:
    two.git("checkout", "--quiet", "-B", "release", "origin/release")
    path = release(two, body="Judge in another way.")
    assert push(two, "release").code == 0, "main is not asked"
    two.edit(path)
    two.commit()
    assert refused(push(two, "release"), f"[{EDITED}]", path, "with release before the push")


def test_several_refs_at_once_are_all_judged(two: Repo, bare: Repo) -> None:
    before = refs(bare)
    edit(two, FIRST)
    two.git("checkout", "--quiet", "-B", "release", "origin/release")
    two.git("rm", "--quiet", FIRST)
    two.commit()
    found = push(two, "main:feature", "main", "main:refs/tags/v1", "release")
    assert refused(found, "refs/heads/main:", f"[{EDITED}]", "refs/heads/release:", f"[{REMOVED}]")
    assert "feature:" not in found.err
    assert refs(bare) == before
    assert refused(push(two, "main~1:main", "main:feature", "release"), f"[{REMOVED}]")
    assert push(two, "main:feature", "main:refs/tags/v1").code == 0


def test_deletions(two: Repo, bare: Repo) -> None:
    bare.git("config", "receive.denyDeleteCurrent", "ignore")
    assert push(two, "main:feature", "main:refs/tags/v1").code == 0
    before = refs(bare)
    for name in ("main", "release"):
        assert refused(push(two, "--delete", name), f"{name} is protected and may not be deleted")
    assert refused(push(two, ":main", ":release", ":feature"), "main is protected", "release is protected")
    assert refs(bare) == before
    assert push(two, ":feature", ":refs/tags/v1").code == 0
    assert refs(bare).keys() == {"refs/heads/main", "refs/heads/release"}


def test_tags_release_nothing(repo: Repo, bare: Repo) -> None:
    repo.switch("feature")
    edit(repo, FIRST)
    repo.git("tag", "light")
    repo.git("tag", "-a", "-m", "Annotated", "heavy")
    repo.git("tag", "blob", f"HEAD:{FIRST}")
    repo.git("tag", "main", "HEAD")
    found = push(repo, "--tags")
    assert (found.code, "remote:" in found.err) == (0, False)
    assert push(repo, "--force", "heavy~1:refs/tags/heavy").code == 0
    assert push(repo, ":refs/tags/light").code == 0
    assert "refs/tags/main" in refs(bare)
    assert refused(push(repo, "refs/tags/main:refs/heads/main"), EDITED)


def test_a_new_protected_branch_is_compared_with_the_current_one(two: Repo, bare: Repo) -> None:
    bare.git("update-ref", "-d", "refs/heads/release")
    assert push(two, "main~1:refs/heads/release").code == 0, "it is only behind"
    bare.git("update-ref", "-d", "refs/heads/release")
    two.git("checkout", "--quiet", "-B", "release", "main~1")
    path = release(two, body="Judge in another way.")
    assert refused(push(two, "release"), "[version-collision]", path, "with main (")
    two.git("checkout", "--quiet", "-B", "release", "main")
    edit(two, FIRST)
    assert refused(push(two, "release"), f"[{EDITED}]", FIRST)
    two.git("checkout", "--quiet", "--orphan", "unrelated")
    two.git("rm", "--quiet", "--force", FIRST)
    two.commit()
    assert refused(push(two, "unrelated:release"), "the merge base is unknown")


def test_a_symbolic_ref_is_the_branch_that_it_names(repo: Repo, bare: Repo) -> None:
    bare.git("symbolic-ref", "refs/heads/trunk", "refs/heads/main")
    edit(repo, FIRST)
    assert refused(push(repo, "main:trunk"), "refs/heads/main:", f"[{EDITED}]")


def test_what_is_no_commit_is_refused(repo: Repo, bare: Repo) -> None:
    old = repo.git("rev-parse", "main")
    repo.git("tag", "-a", "-m", "Annotated", "heavy")
    repo.git("tag", "blob", f"HEAD:{FIRST}")
    repo.git("tag", "tree", "HEAD:")
    assert push(repo, "--tags").code == 0
    for name in ("heavy", "blob", "tree"):
        oid = repo.git("rev-parse", name)
        found = receive(bare, f"{old} {oid} refs/heads/main")
        assert (found.code, f"main is protected, and {oid} is no commit" in found.err) == (1, True)
        assert receive(bare, f"{ZERO} {oid} refs/heads/other").code == 0, "git itself refuses that"
        assert refused(push(repo, "--force", f"{oid}:refs/heads/main"), "is no commit")


def test_what_cannot_be_judged_does_not_pass(repo: Repo, bare: Repo) -> None:
    old = repo.git("rev-parse", "main")
    edit(repo, FIRST)
    assert push(repo, "main:feature").code == 0
    new = repo.git("rev-parse", "main")
    missing = receive(bare, f"{'a' * 40} {new} refs/heads/main")
    assert (missing.code, f"there is no commit '{'a' * 40}'" in missing.err) == (3, True)
    both = receive(bare, f"{'a' * 40} {new} refs/heads/main", f"{old} {new} refs/heads/main")
    assert (both.code, EDITED in both.err) == (1, True), "what is known to be wrong comes first"


@pytest.mark.parametrize(
    "words", ["", "\n", "refs/heads/main", f"{ZERO} {ZERO}", f"{ZERO} HEAD refs/heads/main", f"{ZERO} {ZERO} main"]
)
def test_what_git_would_never_say(bare: Repo, words: str) -> None:
    found = bare.promptctl("hook", "pre-receive", stdin=words.encode())
    assert (found.code, found.out) == (2, "")
    assert "standard input" in found.err


def test_outside_a_repository(repo: Repo, bare: Repo) -> None:
    line = f"{ZERO} {ZERO} refs/heads/main\n".encode()
    assert repo.promptctl("hook", "pre-receive", "-C", "..", stdin=line).code == 3
    assert repo.promptctl("hook", "pre-receive", "-C", str(bare.path), stdin=line).code == 1
