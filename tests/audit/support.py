"""What the tests of `audit` have in common: dated commits, manifests with a life, and answers by event."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.repos import FOLDER, POLICY

if TYPE_CHECKING:
    from tests.support.repos import Repo

MANIFEST = f"{FOLDER}/prompt.yaml"
HEAD_OF_MANIFEST = "name: qualify-lead\nowner: team@example.com\n"
TOMBSTONE = "{digest: 'sha256:0', on: 2026-01-16, reason: Grace period over.}"
PURGE = "{digest: 'sha256:0', on: 2026-01-16, reason: A token., purge: secret, incident: INC-7}"
DEPRECATION = "{replacement: 1.1.0, reason: Old., announced: 2026-01-02, remove-after: 2026-01-15}"


def audit(repo: Repo, *arguments: str, code: int = 0) -> dict[str, Any]:
    """The JSON answer, whose exit code and verdict agree."""
    found = repo.promptctl("audit", *arguments, "--format", "json")
    assert found.code == code, (found.out, found.err)
    assert found.out.isascii()
    document: dict[str, Any] = json.loads(found.out)
    assert document["version"] == 1
    assert document["clean"] is (code == 0)
    return document


def kinds(document: dict[str, Any], path: str | None = None) -> list[str]:
    """The events in order, those of one path where one is given; violations with a bang."""
    chosen = [event for event in document["events"] if path in {None, event["path"]}]
    return [event["event"] + ("" if event["lawful"] else "!") for event in chosen]


def details(document: dict[str, Any], kind: str) -> list[str]:
    return [event["detail"] for event in document["events"] if event["event"] == kind]


def write_manifest(repo: Repo, **sections: dict[str, str]) -> None:
    """The manifest of qualify-lead with `deprecated` and `retired` entries, by number."""
    lines = [HEAD_OF_MANIFEST]
    for section, entries in sections.items():
        lines += [f"{section}:\n", *(f"  {number}: {entry}\n" for number, entry in entries.items())]
    repo.write(MANIFEST, "".join(lines))


def write_policy(repo: Repo, text: str = "") -> None:
    repo.write("promptctl.yaml", POLICY + text)


def waiver(rule: str, path: str, blob: str, until: str = "2099-01-01") -> str:
    entry = f"{{rule: {rule}, path: {path}, blob: {blob}, reason: Agreed., until: {until}}}"
    return f"waivers:\n  - {entry}\n"


def commit_at(repo: Repo, day: str, message: str = "Change") -> str:
    """Commit everything on disk, at noon of a day."""
    when = f"{day}T12:00:00Z"
    repo.git("add", "-A")
    env = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    repo.git("commit", "--quiet", "--no-verify", "--allow-empty", "-m", message, env=env)
    return repo.git("rev-parse", "HEAD")


def merge_with(repo: Repo, branches: tuple[str, ...], *, strategy: str = "ours") -> None:
    """Start a merge of branches whose result is then whatever lies on disk."""
    repo.git("merge", "--quiet", "--no-commit", "--no-ff", "-s", strategy, *branches)
