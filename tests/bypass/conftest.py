"""A scene for every test, copied from one that is made once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.bypass.drivers import server_state
from tests.bypass.scene import Scene
from tests.support.repos import Repo, clean_environment, make_repo
from tests.support.servers import serve

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        clean_environment(patch, tmp_path_factory.mktemp("home"))
        repo = make_repo(tmp_path_factory.mktemp("stage") / "repo")
        repo.add_version("1.1.0", "Prüfe den Lead: Judge it.", supersedes="1.0.0", summary="Says more.")
        repo.commit("Release 1.1.0")
        serve(repo, "main")
        repo.switch("feature", "origin/main")
    return repo.path.parent


@pytest.fixture
def scene(stage: Path, tmp_path: Path) -> Scene:
    folder = shutil.copytree(stage, tmp_path / "scene", symlinks=True)
    repo, bare = Repo(folder / "repo"), Repo(folder / "origin.git")
    repo.git("remote", "set-url", "origin", bare.path.as_uri())
    return Scene(folder, repo, bare, server_state(bare))
