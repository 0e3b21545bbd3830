"""`promptctl gate record`: what becomes of a result file."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from tests.gates.support import EVALS, EVIDENCE, REF, ago, gate_production, results, select, statement
from tests.support.repos import FOLDER, clone

if TYPE_CHECKING:
    from tests.support.repos import Repo


def test_a_result_file_becomes_a_statement_that_is_bound_to_the_version(repo: Repo) -> None:
    gate_production(repo)
    file = results(repo, "pass", "pass", "fail", "pass")
    done = repo.promptctl("gate", "record", REF, "evals", "--from", str(file), "--reviewed-by", "Jane Doe")
    assert done.code == 0, done.err
    assert "qualify-lead@1.1.0 meets the gate evals: pass_rate is 0.75 and meets >= 0.75" in done.out
    found = statement(repo)
    shown = {ref: repo.promptctl("show", ref, "--format", "json").report for ref in ("qualify-lead@1.0.0", REF)}
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["subject"] == [
        {"name": ref, "digest": {"sha256": shown[ref]["sha256"], "behaviour": shown[ref]["behaviour"]}}
        for ref in (REF, "qualify-lead@1.0.0")
    ]
    predicate = found["predicate"]
    assert predicate["metrics"]["pass_rate"] == {"value": 0.75, "baseline": 1, "n": 4}
    assert predicate["thresholds"] == {"pass_rate": ">= 0.75", "cost.change": "<= +10%"}
    assert predicate["source"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (repo.path / EVIDENCE / predicate["source"]["path"]).read_bytes() == file.read_bytes()
    assert (predicate["result"], predicate["tests"], predicate["binding"], predicate["attempts"]) == (
        *("pass", 4, "body", 1),
    )
    assert predicate["recordedBy"] == "Test Author <author@example.com>"
    assert predicate["reviewedBy"] == "Jane Doe"
    assert predicate["tool"] == {"name": "promptfoo", "version": "0.123.1"}
    assert repo.git("status", "--porcelain", "--untracked-files=all").splitlines() == [
        f"?? {EVIDENCE}/evals.json",
        f"?? {EVIDENCE}/sources/evals.json",
    ]


def test_a_result_that_fails_is_recorded_and_exits_1(repo: Repo) -> None:
    gate_production(repo)
    file = str(results(repo, "pass", "fail", "fail", "fail"))
    done = repo.promptctl("gate", "record", REF, "evals", "--from", file)
    assert (done.code, statement(repo)["predicate"]["result"]) == (1, "fail")
    assert "does not meet the gate evals: pass_rate is 0.25 and must be >= 0.75" in done.out


def test_attempts_are_counted_and_the_same_file_is_no_new_one(repo: Repo) -> None:
    gate_production(repo)
    for outcomes, attempts in (("fail", 1), ("fail", 1), ("pass", 2), ("pass", 2)):
        file = results(repo, "pass", outcomes, created="2026-01-01T00:00:00.000Z")
        repo.promptctl("gate", "record", REF, "evals", "--from", str(file))
        assert statement(repo)["predicate"]["attempts"] == attempts


def test_commit_makes_one_commit_of_it(repo: Repo) -> None:
    gate_production(repo)
    repo.write("notes.txt", "mine")
    file = str(results(repo, "pass", "pass"))
    done = repo.promptctl("gate", "record", REF, "evals", "--from", file, "--commit")
    assert done.code == 0, done.err
    assert repo.git("log", "-1", "--format=%s") == "Record evals of qualify-lead@1.1.0: pass"
    assert repo.git("status", "--porcelain") == "?? notes.txt"
    dry = repo.promptctl("gate", "record", REF, "evals", "--from", str(results(repo, "fail", "pass")), "--dry-run")
    assert '+    "result": "fail"' in dry.out
    assert repo.git("status", "--porcelain") == "?? notes.txt"


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        (["pass"], "1 test judged, and the gate evals asks for 2"),
        (["unjudged", "unjudged"], "no test has an assertion"),
        (["error", "error"], "errors"),
    ],
)
def test_a_file_that_proves_nothing_exits_1_and_leaves_nothing(repo: Repo, outcomes: list[str], words: str) -> None:
    gate_production(repo)
    done = repo.promptctl("gate", "record", REF, "evals", "--from", str(results(repo, *outcomes)))
    assert (done.code, words in done.err) == (1, True), done.err
    assert repo.git("status", "--porcelain") == ""


def test_results_of_another_version_or_of_a_draft_prove_nothing(repo: Repo) -> None:
    gate_production(repo)
    file = str(results(repo, "pass", "pass"))
    other = repo.promptctl("gate", "record", "qualify-lead@1.0.0", "evals", "--from", file)
    assert other.code == 0, other.err  # both versions are in the file
    repo.add_version("1.2.0", "Something else.", supersedes="1.1.0", summary="Is short.")
    none = repo.promptctl("gate", "record", "qualify-lead@1.2.0", "evals", "--from", file)
    assert (none.code, "nothing in the file is about qualify-lead@1.2.0" in none.err) == (1, True)
    repo.edit(f"{FOLDER}/1.1.0.md")
    draft = repo.promptctl("gate", "record", REF, "evals", "--from", file)
    assert (draft.code, "a draft of it was run" in draft.err) == (1, True)


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b'{"results": {"version": 2}}'])
def test_a_file_that_cannot_be_read_exits_2(repo: Repo, data: bytes) -> None:
    gate_production(repo)
    file = str(repo.write("../results.json", data))
    done = repo.promptctl("gate", "record", REF, "evals", "--from", file)
    assert (done.code, "Traceback" in done.err) == (2, False)
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([REF, "evals", "--from", "nowhere.json"], "cannot read nowhere.json"),
        ([REF, "eval", "--from", "promptctl.yaml"], "did you mean evals?"),
        (["qualify-lead", "evals", "--from", "promptctl.yaml"], "names no version"),
        (["qualify-lead@9.0.0", "evals", "--from", "promptctl.yaml"], "there is no version qualify-lead@9.0.0"),
        ([REF, "evals", "--from", "promptctl.yaml", "--reviewed-by", " "], "names nobody"),
    ],
)
def test_a_request_that_makes_no_sense_exits_2(repo: Repo, arguments: list[str], words: str) -> None:
    gate_production(repo)
    done = repo.promptctl("gate", "record", *arguments)
    assert (done.code, words in done.err) == (2, True), done.err


def test_a_result_of_tomorrow_is_refused(repo: Repo) -> None:
    gate_production(repo)
    done = repo.promptctl(
        "gate", "record", REF, "evals", "--from", str(results(repo, "pass", "pass", created=ago(days=-1)))
    )
    assert (done.code, "in the future" in done.err) == (1, True)


def test_a_named_baseline_has_to_be_in_the_file(repo: Repo) -> None:
    gate_production(repo)
    repo.add_version("1.2.0", "Something else.", supersedes="1.1.0", summary="Is short.")
    file = str(results(repo, "pass", "pass"))
    done = repo.promptctl("gate", "record", REF, "evals", "--from", file, "--baseline", "qualify-lead@1.2.0")
    assert (done.code, "nothing in the file is about qualify-lead@1.2.0" in done.err) == (1, True)


def test_junit_and_generic_results_are_asserted(repo: Repo) -> None:
    gate_production(repo, "  tests: {format: junit}\n  policy: {format: generic, per-regime: true}\n")
    cases = '<testcase classname="a" name="b"/><testcase classname="a" name="c"/>'
    xml = str(repo.write("../results.xml", f'<testsuites><testsuite name="x">{cases}</testsuite></testsuites>'))
    done = repo.promptctl("gate", "record", REF, "tests", "--from", xml)
    assert done.code == 0, done.err
    assert statement(repo, "tests")["predicate"]["binding"] == "asserted"
    generic = str(repo.write("../results.json", json.dumps({"tests": 3, "passed": 3})))
    vague = repo.promptctl("gate", "record", REF, "policy", "--from", generic)
    assert (vague.code, "--regime" in vague.err) == (2, True)
    done = repo.promptctl(
        "gate", "record", REF, "policy", "--from", generic, "--regime", "hipaa", "--env", "production"
    )
    assert done.code == 0, done.err
    assert statement(repo, "policy.production.hipaa")["predicate"]["regimes"] == ["hipaa"]


def test_a_large_result_file_is_known_by_its_digest_alone(repo: Repo) -> None:
    gate_production(repo)
    file = results(repo, "pass", "pass")
    file.write_bytes(file.read_bytes() + b" " * 1024 * 1024)
    done = repo.promptctl("gate", "record", REF, "evals", "--from", str(file))
    assert (done.code, "only its sha256 is kept" in done.out) == (0, True)
    assert "path" not in statement(repo)["predicate"]["source"]
    select(repo, "1.1.0")
    assert repo.check().rules == []


def test_the_baseline_is_what_the_environment_serves(repo: Repo) -> None:
    gate_production(repo, EVALS + "  other: {environments: [staging]}\n")
    repo.git("switch", "--quiet", "main")
    repo.write("promptctl.yaml", repo.read("promptctl.yaml").replace("[production]", "[staging, production]", 1))
    repo.write("prompt-config/staging.yaml", repo.read("prompt-config/production.yaml").replace("1.0.0", "1.1.0"))
    repo.commit("Serve 1.1.0 in staging")
    file = str(results(repo, "pass", "pass"))
    for environment, baseline in (("production", "qualify-lead@1.0.0"), ("staging", None)):
        repo.promptctl("gate", "record", REF, "evals", "--from", file, "--env", environment)
        subjects = [subject["name"] for subject in statement(repo, f"evals.{environment}")["subject"]]
        assert subjects == [REF, *([baseline] if baseline else [])]


def test_a_result_that_compares_with_nothing_owes_the_baseline_at_once(repo: Repo) -> None:
    """What `record` says is what `gate status` and `check` say of the same evidence."""
    gate_production(repo, EVALS.replace("promptfoo", "generic"))
    record = ("gate", "record", REF, "evals", "--from")
    alone = {"tests": 5, "passed": 5, "metrics": {"cost": {"value": 0.1}}}
    done = repo.promptctl(*record, str(repo.write("../g.json", json.dumps(alone))))
    words = f"it compares {REF} with nothing, and the baseline is qualify-lead@1.0.0"
    assert (done.code, words in done.out) == (1, True), done.out
    assert statement(repo)["predicate"]["result"] == "fail"
    assert words in repo.promptctl("gate", "status", REF).out
    for after, met in ((0.2, 1), (0.1, 0)):
        compared = alone | {"metrics": {"cost": {"value": after, "baseline": 0.1}}}
        assert repo.promptctl(*record, str(repo.write("../g.json", json.dumps(compared)))).code == met
        assert repo.promptctl("gate", "status", REF).code == met


def test_without_an_environment_the_baseline_of_any_that_the_gate_guards_is_owed(repo: Repo) -> None:
    gate_production(repo, EVALS.replace("promptfoo", "generic"))
    repo.git("switch", "--quiet", "main")
    repo.write("promptctl.yaml", repo.read("promptctl.yaml").replace("[production]", "[production, late]", 1))
    repo.write("prompt-config/late.yaml", "defaults: {}\n")
    repo.commit("Serve nothing in the last environment")
    file = str(repo.write("../g.json", json.dumps({"tests": 5, "passed": 5})))
    record = ("gate", "record", REF, "evals", "--from", file)
    assert "the baseline is qualify-lead@1.0.0" in repo.promptctl(*record).out
    first = repo.promptctl(*record, "--env", "late")
    assert (first.code, "cost.change is not applied: there is no baseline" in first.out) == (0, True)


@pytest.mark.parametrize("line", ["* text=auto\n", ""])
def test_a_result_file_whose_line_ends_git_would_convert_is_refused(repo: Repo, line: str) -> None:
    gate_production(repo)
    repo.write(".gitattributes", line)
    repo.git("config", "core.autocrlf", "true")
    file = results(repo, "pass", "pass", "pass")
    file.write_bytes(json.dumps(json.loads(file.read_bytes()), indent=1).replace("\n", "\r\n").encode())
    record = ("gate", "record", REF, "evals", "--from", str(file))
    refused = repo.promptctl(*record)
    assert refused.code == 1
    assert not (repo.path / EVIDENCE).exists()
    rule = refused.err.rpartition("add this line to .gitattributes: ")[2]
    repo.write(".gitattributes", line + rule)
    assert repo.promptctl(*record).code == 0
    select(repo, "1.1.0")
    repo.git("add", "-A")
    assert repo.check("--staged").rules == []
    repo.commit()
    other = clone(repo, repo.path.parent / "other", "--config", "core.autocrlf=true", "--branch", "topic")
    assert other.check("--base", "origin/main").rules == []
    assert other.check("--base", "origin/main", "--worktree").rules == []
    assert (other.path / f"{EVIDENCE}/sources/evals.json").read_bytes() == file.read_bytes()


def test_line_ends_that_git_stores_as_they_are_need_nothing(repo: Repo) -> None:
    gate_production(repo)
    repo.git("config", "core.autocrlf", "true")
    file = results(repo, "pass", "pass", "pass")
    assert repo.promptctl("gate", "record", REF, "evals", "--from", str(file)).code == 0


def test_init_keeps_the_bytes_of_result_files(repo: Repo) -> None:
    assert repo.promptctl("init", "--no-install").code == 0
    attributes = repo.git("check-attr", "text", "filter", "--", f"{EVIDENCE}/sources/evals.json").splitlines()
    assert {line.partition(": ")[2] for line in attributes} == {"filter: unspecified", "text: unset"}
