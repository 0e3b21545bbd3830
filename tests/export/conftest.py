"""A repository whose configuration has something of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FOLDER

if TYPE_CHECKING:
    from tests.support.repos import Repo

CONFIG = """\
tenants:
  acme-health:
    regimes: [hipaa]
    prompts: {qualify-lead: qualify-lead@2.0.0}
  1.10:
salesAgent:
  prompts: {qualifyLead: qualify-lead@1.1.0, again: qualify-lead}
defaults:
  qualify-lead: {use: qualify-lead@1.0.0, because: In use since spring.}
flags:
  zeta: {use: qualify-lead@2.0.0, tenants: [globex, acme], percentage: 50, expires: 2026-12-31}
  alpha: {use: qualify-lead@3.0.0, enabled: false}
"""


@pytest.fixture
def story(repo: Repo) -> Repo:
    """Four versions, of which a flag that is off selects one, and a file that says so in no order."""
    repo.add_version("1.1.0", "Judge {{lead}}: größer.", supersedes="1.0.0", summary="Names it.")
    repo.add_version("2.0.0", "Judge the lead well.", supersedes="1.1.0", summary="Well.", regimes="[hipaa]")
    repo.add_version("3.0.0", "Judge all.", supersedes="2.0.0", summary="All.")
    said = "deprecated:\n  1.0.0: {replacement: 1.1.0, reason: Old., announced: 2026-11-01, remove-after: 2027-01-15}\n"
    repo.write(f"{FOLDER}/prompt.yaml", repo.read(f"{FOLDER}/prompt.yaml") + said)
    repo.write("prompt-config/production.yaml", CONFIG)
    repo.commit("Select")
    return repo
