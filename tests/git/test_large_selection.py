"""Ten thousand tenants: more than a prompt's file may hold, and no reason to be slow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.repos import Repo

CONFIG = "prompt-config/production.yaml"
TENANTS = 10_000


def config(moved: str = "") -> str:
    lines = ["defaults:", "  qualify-lead: {use: qualify-lead@1.0.0, because: In use since spring.}", "tenants:"]
    for number in range(TENANTS):
        name = f"customer-number-{number:05}-of-the-eastern-region"
        lines += [f"  {name}:  # signed in spring", "    regimes: []"]
        lines += [f"    prompts: {{qualify-lead: qualify-lead@{'1.1.0' if name == moved else '1.0.0'}}}"]
    return "\n".join(lines) + "\n"


def test_a_move_of_one_tenant_among_very_many(repo: Repo) -> None:
    repo.add_version("1.1.0", "Judge the lead briefly.", supersedes="1.0.0", summary="Briefly.")
    repo.write(CONFIG, config())
    repo.commit("Select")
    assert len(config()) > 1024 * 1024
    tenant = "customer-number-04711-of-the-eastern-region"
    repo.write(CONFIG, config(tenant))
    (finding,) = (item for item in repo.check().report["findings"] if item["severity"] == "error")
    assert (finding["rule"], finding["ref"]) == ("rollout-undeclared", "qualify-lead@1.1.0")
    assert tenant in finding["message"]
    found = repo.promptctl("resolve", "qualify-lead", "--tenant", tenant, "--format", "json")
    assert (json.loads(found.out)["ref"], json.loads(found.out)["reason"]) == ("qualify-lead@1.1.0", "tenant")


def test_a_file_that_no_team_would_write_is_refused(repo: Repo) -> None:
    repo.write(CONFIG, "#" * (16 * 1024 * 1024 + 1))
    found = repo.check()
    messages = {item["rule"]: item["message"] for item in found.report["findings"] if item["severity"] == "error"}
    assert found.code == 1
    assert list(messages) == ["selection-invalid"]
    assert "16,777,217 bytes" in messages["selection-invalid"]
