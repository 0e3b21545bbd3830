"""A repository with a pilot: globex and initech get 1.1.0 instead of 1.0.0."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.operating import done, environment, stock

if TYPE_CHECKING:
    from tests.support.repos import Repo

TARGET = "qualify-lead@1.1.0"


@pytest.fixture
def pilot(repo: Repo) -> Repo:
    stock(repo)
    done(repo, "rollout", "start", TARGET, "--tenants", "globex,initech", "-m", "Pilot.")
    return repo


@pytest.fixture
def start(pilot: Repo) -> datetime:
    return datetime.fromisoformat(environment(pilot).rollouts[TARGET].started)
