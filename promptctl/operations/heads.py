"""Where a branch stands, for who waits for it to move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.repo.repository import open_repository

if TYPE_CHECKING:
    from pathlib import Path


def commit_of(directory: Path, name: str) -> str:
    """The commit that `name` stands for now. Raises Undecided where there is none."""
    with open_repository(directory) as repository:
        return repository.resolve(name)
