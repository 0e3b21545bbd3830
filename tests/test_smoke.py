from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.repos import FIRST

if TYPE_CHECKING:
    from tests.support.repos import Repo


def test_an_edit_of_a_released_version_is_refused(repo: Repo) -> None:
    repo.write(FIRST, repo.read(FIRST).replace("Judge", "Weigh"))
    found = repo.check()
    assert (found.code, found.rules) == (1, ["released-version-edited"])


def test_a_clean_work_tree_passes(repo: Repo) -> None:
    found = repo.check("--all")
    assert (found.code, found.rules) == (0, [])
