"""A branch stacked on the drafts of another one: what was a draft where the two parted was never released like that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FOLDER, GONE

if TYPE_CHECKING:
    from tests.support.repos import Repo

EDITED, COLLISION = "released-version-edited", "version-collision"
DRAFT = f"{FOLDER}/1.1.0.md"


def draft(repo: Repo, body: str) -> str:
    repo.add_version("1.1.0", f"Judge {body}.", supersedes="1.0.0", summary="Says more.")
    return repo.commit(f"Draft: {body}")


def land(repo: Repo, how: str) -> None:
    """Merge `lower` into main in one of the ways that hosts offer."""
    repo.git("checkout", "--quiet", "main")
    repo.write("notes.txt", "main went on")
    repo.commit("Go on")
    if how == "merge":
        repo.git("merge", "--quiet", "--no-ff", "-m", "Merge lower", "lower")
    elif how == "squash":
        repo.git("merge", "--quiet", "--squash", "lower")
        repo.commit("Lower, squashed")
    else:
        repo.git("cherry-pick", "--keep-redundant-commits", "main..lower")


# What became of the draft below after `upper` parted, and of the file above: x the draft as it was then, - gone.
WAYS = {
    "kept": ("x", "x", []),
    "edited above": ("x", "y", [EDITED]),
    "edited below": ("y", "x", []),
    "edited below and alike above": ("y", "y", []),
    "edited on both": ("y", "z", [COLLISION]),
    "edited below and gone above": ("y", "-", GONE),
    "gone below": ("-", "x", []),
    "gone below and edited above": ("-", "y", []),
}
# After a squash or a rebase git does not know that main has what `upper` began with: each number is then taken.
SQUASHED = {"edited above": [COLLISION], "edited below": [COLLISION], "edited below and gone above": []}


CASES = [
    *(("merge", way) for way in WAYS),
    *(("squash", way) for way in ("kept", *SQUASHED)),
    *(("rebase", way) for way in ("kept", "edited below")),
]


@pytest.mark.parametrize(("how", "way"), CASES)
def test_a_draft_below_is_no_release(repo: Repo, how: str, way: str) -> None:
    below, above, expected = WAYS[way]
    repo.switch("lower")
    draft(repo, "x")
    repo.switch("upper")
    put(repo, above)
    repo.git("checkout", "--quiet", "lower")
    put(repo, below)
    land(repo, how)
    if how != "merge":
        expected = SQUASHED.get(way, expected)
    found = repo.check("--base", "main", "--head", "upper")
    assert found.rules == expected, found.out
    assert found.code == int(bool(expected))


def put(repo: Repo, state: str) -> None:
    repo.write("more.txt", state + repo.git("branch", "--show-current"))
    if state == "-":
        (repo.path / DRAFT).unlink()
    elif state != "x":
        draft(repo, state)
    repo.commit("More")
