"""A repository and its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import bare_remote
from tests.support.servers import serve

if TYPE_CHECKING:
    from tests.support.repos import Repo


@pytest.fixture
def bare(repo: Repo) -> Repo:
    """The origin of `repo`, with main and promptctl's hook."""
    return serve(repo, "main")


@pytest.fixture
def origin(repo: Repo) -> Repo:
    """The same without a hook."""
    return bare_remote(repo, "main")
