"""`export bundle`, in real repositories."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from promptctl.runtime import load
from promptctl.tree.schemas import load_schema
from tests.export.conftest import CONFIG
from tests.support.repos import make_repo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repos import Repo

EXPORT = ("export", "bundle", "--env", "production")


def export(repo: Repo, *arguments: str, name: str = "out.json") -> dict[str, Any]:
    done = repo.promptctl(*EXPORT, "-o", name, *arguments)
    assert done.code == 0, done.err
    document: dict[str, Any] = json.loads(repo.read(name))
    return document


def test_a_bundle_has_every_version_in_reach_and_the_tables(story: Repo) -> None:
    head = story.git("rev-parse", "HEAD")
    found = export(story)
    assert list(Draft202012Validator(load_schema("bundle")).iter_errors(found)) == []
    assert (found["version"], found["environment"], found["config_commit"]) == (1, "production", head)
    assert list(found["versions"]) == [f"qualify-lead@{number}" for number in ("1.0.0", "1.1.0", "2.0.0")]
    shown = json.loads(story.promptctl("show", "qualify-lead@1.1.0", "--format", "json").out)
    version = found["versions"]["qualify-lead@1.1.0"]
    assert version["digest"] == {"sha256": shown["sha256"], "behaviour": shown["behaviour"]}
    assert version["text"] == "Judge {{lead}}: größer."
    assert version["metadata"]["supersedes"] == "1.0.0"
    assert found["versions"]["qualify-lead@1.0.0"]["deprecated"]["replacement"] == "1.1.0"
    assert [flag["key"] for flag in found["selection"]["flags"]] == ["zeta", "alpha"]
    assert list(found["selection"]["tenants"]) == ["1.10", "acme-health"]


def test_the_same_commit_gives_the_same_bytes_anywhere(story: Repo, tmp_path: Path) -> None:
    export(story)
    other = make_repo(tmp_path / "other")
    other.git("fetch", "--quiet", str(story.path))
    other.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    assert other.promptctl(*EXPORT, "-o", "out.json.gz", "--at", "HEAD").code == 0
    packed = (other.path / "out.json.gz").read_bytes()
    assert gzip.decompress(packed) == (story.path / "out.json").read_bytes()
    assert packed[4:8] == b"\0\0\0\0"
    assert other.promptctl(*EXPORT, "--check", "out.json.gz").code == 0
    other.write("out.json.gz", gzip.compress(gzip.decompress(packed), 1))
    assert other.promptctl(*EXPORT, "--check", "out.json.gz").code == 0, "packed otherwise, and the same"


def test_an_application_gets_the_record_that_resolve_prints(story: Repo) -> None:
    export(story)
    asked: list[tuple[str, dict[str, str]]] = [
        ("qualify-lead", {}),
        ("salesAgent.qualifyLead", {"tenant": "1.10"}),
        ("salesAgent.again", {"tenant": "acme-health"}),
        ("qualify-lead", {"tenant": "globex", "key": "user-1"}),
        ("qualify-lead", {"tenant": "globex", "key": "user-2"}),
    ]
    reasons = set()
    with load(story.path / "out.json", poll=None) as resolver:
        for wanted, request in asked:
            options = [part for name, value in request.items() for part in (f"--{name}", value)]
            told = json.loads(story.promptctl("resolve", wanted, *options, "--format", "json").out)
            record = resolver.get(wanted, **request)
            steps = told.pop("steps")
            del told["path"]
            assert {name: getattr(record, name) for name in told} == told
            assert [step["why"] for step in steps] == [step.why for step in resolver.explain(wanted, **request)]
            reasons.add(record.reason)
    assert reasons == {"default", "agent", "tenant", "flag:zeta"}


def test_check_tells_what_is_not_as_the_commit_gives_it(story: Repo) -> None:
    first = story.git("rev-parse", "HEAD")
    export(story)
    story.write("prompt-config/production.yaml", CONFIG.replace("use: qualify-lead@1.0.0", "use: qualify-lead@3.0.0"))
    story.commit("Move")
    assert story.promptctl(*EXPORT, "--check", "out.json", "--at", first).code == 0
    told = story.promptctl(*EXPORT, "--check", "out.json")
    assert told.code == 1
    for part in ("qualify-lead@3.0.0 is missing", "1.0.0 should not be there", "`config_commit`", "`selection`"):
        assert part in told.out
    story.write("out.json", "{")
    assert story.promptctl(*EXPORT, "--check", "out.json").code == 1
    assert story.promptctl(*EXPORT, "--check", "none.json").code == 2


def test_what_is_in_no_commit_says_so_unless_a_commit_is_asked_for(story: Repo) -> None:
    story.add_version("2.0.0", "Edited.", supersedes="1.1.0", summary="Well.", regimes="[hipaa]")
    assert export(story)["config_commit"] is None
    assert export(story, "--at", "HEAD")["versions"]["qualify-lead@2.0.0"]["text"] == "Judge the lead well."


def test_what_cannot_be_served_is_not_exported(story: Repo) -> None:
    story.write("prompt-config/production.yaml", CONFIG.replace("qualify-lead@1.1.0", "qualify-lead@9.0.0"))
    done = story.promptctl(*EXPORT, "-o", "out.json")
    assert (done.code, "9.0.0 is selected and does not exist" in done.err) == (1, True)
    assert not (story.path / "out.json").exists()
    assert story.promptctl(*EXPORT).code == 2
    assert story.promptctl(*EXPORT, "-o", "out.json", "--at", "HEAD", "--dry-run").out.startswith("--- /dev/null")
    assert not (story.path / "out.json").exists()


def test_watch_follows_head_and_outlives_what_cannot_be_exported(story: Repo) -> None:
    command = [sys.executable, "-m", "promptctl", *EXPORT, "-o", "out.json", "--watch"]
    with subprocess.Popen(command, cwd=story.path, stderr=subprocess.DEVNULL) as watching:
        try:
            _wait_for(story, story.git("rev-parse", "HEAD"))
            story.write("prompt-config/production.yaml", "defaults: {qualify-lead: qualify-lead@9.9.9}\n")
            story.git("commit", "-qam", "Break")
            story.write("prompt-config/production.yaml", CONFIG)
            story.git("commit", "-qam", "Mend")
            _wait_for(story, story.git("rev-parse", "HEAD"))
        finally:
            watching.terminate()


def _wait_for(repo: Repo, commit: str) -> None:
    file = repo.path / "out.json"
    end = time.monotonic() + 60
    while not file.exists() or json.loads(file.read_bytes())["config_commit"] != commit:
        assert time.monotonic() < end
        time.sleep(0.05)
