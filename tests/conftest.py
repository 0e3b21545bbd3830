"""Real git repositories in temporary folders, away from the developer's own configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.repos import Repo, clean_environment, make_repo

if TYPE_CHECKING:
    from pathlib import Path


# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    clean_environment(monkeypatch, tmp_path_factory.mktemp("home"))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository on main with a policy and one released prompt, `qualify-lead@1.0.0`."""
    return make_repo(tmp_path / "repo")
