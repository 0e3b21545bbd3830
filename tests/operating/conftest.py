"""A repository whose production serves something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.operating import stock

if TYPE_CHECKING:
    from tests.support.repos import Repo


@pytest.fixture
def shop(repo: Repo) -> Repo:
    return stock(repo)
