"""An emergency version from its label to its post-mortem, as the commands show it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.gates.support import gate_production
from tests.support.operating import message
from tests.support.repos import FOLDER

if TYPE_CHECKING:
    from tests.support.repos import Repo

GATES = "  evals: {format: promptfoo}\n  policy: {format: generic, per-regime: true}\n"
SECTIONS = "# INC-7\n## What happened\nIt asked.\n## Impact\nThree calls.\n## Cause\nAn example.\n## Actions\nA test.\n"


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def declare(repo: Repo, *more: str) -> None:
    """A gated production, and an emergency version 1.1.1 that is committed."""
    gate_production(repo, GATES)
    asked = ("--emergency", "safety", "--incident", "INC-7", "--body", "-", "-m", "Asks for no health data.", *more)
    done = repo.promptctl(
        "new-version", "qualify-lead", "--version", "1.2.0", *asked, "--commit", stdin=b"Judge {{lead}}."
    )
    assert done.code == 0, done.err
    assert "may skip evals" in done.out
    assert f"owed: the post-mortem postmortems/qualify-lead-1.2.0.md by {day(5)}" in done.out


def listed(repo: Repo, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = repo.promptctl("emergencies", "--format", "json", *arguments)
    assert done.code == code, done.err
    (row,) = done.report["emergencies"]
    found: dict[str, Any] = row
    assert done.report["version"] == 1
    return found


def test_it_is_labelled_in_the_file_the_manifest_the_commits_and_every_listing(repo: Repo) -> None:
    declare(repo)
    assert f"emergency:\n  reason: safety\n  incident: INC-7\n  declared: {day(0)}\n" in repo.read(f"{FOLDER}/1.2.0.md")
    assert "  1.2.0:\n    postmortem: postmortems/qualify-lead-1.2.0.md\n" in repo.read(f"{FOLDER}/prompt.yaml")
    assert message(repo)[1] == {"Emergency": "safety INC-7"}
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "--quiet", "--ff-only", "topic")
    started = repo.promptctl("rollout", "start", "qualify-lead@1.2.0", "--global", "-m", "INC-7.", "--yes")
    assert started.code == 0, started.err  # evals are skipped
    assert "EMERGENCY version (safety INC-7)" in started.out
    status = repo.promptctl("gate", "status", "qualify-lead@1.2.0")
    assert "is an emergency version, which may skip the gate" in status.out
    assert message(repo)[1]["Emergency"] == "safety INC-7"
    for command in (["list"], ["show", "qualify-lead@1.2.0"], ["log", "qualify-lead"], ["rollout", "status"]):
        assert "EMERGENCY" in repo.promptctl(*command).out, command
    row = listed(repo)
    assert (row["ref"], row["selected_in"], row["state"]) == ("qualify-lead@1.2.0", ["production"], "released")


def test_the_comment_of_reviewers_shows_it(repo: Repo) -> None:
    declare(repo)
    assert "is an **emergency** version: `safety, INC-7`" in repo.promptctl("check", "--format", "markdown").out


def test_the_gate_of_a_regime_is_never_skipped(repo: Repo) -> None:
    declare(repo)
    tenants = "tenants: {acme: {regimes: [hipaa]}}\n"
    repo.write("promptctl.yaml", repo.read("promptctl.yaml") + "emergency: {may-skip: [evals, policy]}\n")
    path = f"{FOLDER}/1.2.0.md"
    repo.write(path, repo.read(path).replace("emergency:", "regimes: [hipaa]\nemergency:"))
    repo.write("prompt-config/production.yaml", repo.read("prompt-config/production.yaml").replace("1.0.0", "1.2.0"))
    repo.write("prompt-config/production.yaml", repo.read("prompt-config/production.yaml") + tenants)
    missing = [
        one for one in repo.check().report["findings"] if (one["rule"], one["severity"]) == ("gate-missing", "error")
    ]
    assert ["policy" in one["message"] for one in missing] == [True]


def test_what_is_owed_is_listed_until_it_is_there(repo: Repo) -> None:
    declare(repo)
    row = listed(repo)
    assert (row["postmortem"]["state"], row["postmortem"]["due"]) == ("owed", day(5))
    assert row["normal_version"] == {"ref": None, "due": day(14), "state": "owed"}
    late = repo.promptctl("emergencies", "--now", f"{day(6)}T00:30:00Z")
    assert late.code == 1
    assert f"overdue, was due on {day(5)}  postmortems/qualify-lead-1.2.0.md; there is no such file" in late.out
    assert listed(repo, "--now", day(5))["postmortem"]["state"] == "owed"
    assert repo.check("--all", "--now", day(6)).rules[:1] == ["postmortem-missing"]
    repo.write("postmortems/qualify-lead-1.2.0.md", SECTIONS.replace("Three calls.", ""))
    assert listed(repo, "--now", day(6), code=1)["postmortem"]["lacks"] == ["a section `Impact` that says something"]
    repo.write("postmortems/qualify-lead-1.2.0.md", SECTIONS)
    assert listed(repo, "--now", day(14))["normal_version"]["state"] == "owed"
    assert listed(repo, "--now", day(15), code=1)["normal_version"]["state"] == "overdue"
    done = repo.promptctl("new-version", "qualify-lead", "--bump", "minor", "-m", "Meets every gate.")
    assert done.code == 0, done.err
    row = listed(repo, "--now", day(15))
    assert row["normal_version"]["ref"] == "qualify-lead@1.3.0"
    assert "emergency" not in repo.read(f"{FOLDER}/1.3.0.md")
    assert {row["normal_version"]["state"], row["postmortem"]["state"]} == {"done"}


def test_a_dry_run_shows_label_and_manifest_and_writes_nothing(repo: Repo) -> None:
    gate_production(repo, GATES)
    asked = ("--bump", "minor", "--emergency", "compliance", "--incident", "INC-7", "--dry-run")
    shown = repo.promptctl("new-version", "qualify-lead", *asked).out
    assert "+  reason: compliance" in shown
    assert "+emergencies:" in shown
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--emergency", "safety"], "--incident is missing"),
        (["--incident", "INC-7"], "--incident is about an emergency"),
        (["--emergency", "deadline", "--incident", "INC-7"], "'deadline' is not one of"),
        (["--emergency", "safety", "--incident", " "], "--incident is missing"),
    ],
)
def test_an_emergency_names_a_lawful_reason_and_an_incident(repo: Repo, arguments: list[str], words: str) -> None:
    found = repo.promptctl("new-version", "qualify-lead", "--bump", "minor", *arguments)
    assert found.code == 2
    assert words in found.err


def test_without_any_the_list_says_so(repo: Repo) -> None:
    found = repo.promptctl("emergencies")
    assert (found.code, found.out) == (0, "no emergency versions\n")
    assert repo.promptctl("emergencies", "nothing").code == 2
