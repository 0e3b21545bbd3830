"""A hand edit of the configuration is held to the same as a command, and forged evidence is refused by name."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from promptctl.operations.check import check
from promptctl.operations.compared import Question
from promptctl.repo.heads import HeadKind
from promptctl.repo.objects import Objects
from tests.gates.support import EVALS, EVIDENCE, REF, ago, forge, gate_production, results, select, statement
from tests.support.repos import FOLDER, MANIFEST, bare_remote, clone, version_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.repos import Repo, Result


def proved(repo: Repo, gates: str = EVALS, more: str = "") -> None:
    """Production selects what is proved fit."""
    gate_production(repo, gates, more)
    done = repo.promptctl("gate", "record", REF, "evals", "--from", str(results(repo, "pass", "pass", "pass")))
    assert done.code == 0, done.err
    select(repo, "1.1.0")


def message(result: Result) -> str:
    (finding,) = result.report["findings"]
    return f"{finding['rule']}: {finding['message']}"


def test_proved_evidence_lets_a_selection_pass(repo: Repo) -> None:
    proved(repo)
    assert repo.check().rules == []
    repo.git("add", "-A")
    assert repo.check("--staged").rules == []


def test_a_worse_candidate_is_blocked(repo: Repo) -> None:
    gate_production(repo)
    file = results(repo, "pass", "fail", "fail", cost=0.02)
    assert repo.promptctl("gate", "record", REF, "evals", "--from", str(file)).code == 1
    select(repo, "1.1.0")
    found = repo.check()
    assert found.rules == ["gate-failed"]
    finding = found.report["findings"][0]
    assert finding["path"] == "prompt-config/production.yaml"
    assert finding["environment"] == "production"
    assert finding["ref"] == REF
    assert finding["related"][0]["path"] == f"{EVIDENCE}/evals.json"


def test_without_evidence_a_selection_is_blocked(repo: Repo) -> None:
    gate_production(repo)
    select(repo, "1.1.0")
    found = repo.check()
    assert message(found) == "gate-missing: qualify-lead@1.1.0 has no evidence for the gate evals"
    assert "promptctl gate record qualify-lead@1.1.0 evals --from results.json" in found.report["findings"][0]["hint"]


def another_version(repo: Repo) -> None:
    repo.add_version("1.2.0", "Something else.", supersedes="1.1.0", summary="Is short.")
    repo.write("prompt-evidence/qualify-lead/1.2.0/evals.json", repo.read(f"{EVIDENCE}/evals.json"))
    source = f"{EVIDENCE}/sources/evals.json"
    repo.write("prompt-evidence/qualify-lead/1.2.0/sources/evals.json", repo.read(source))
    select(repo, "1.2.0")


def earlier_draft(repo: Repo) -> None:
    repo.add_version("1.2.0", "Judge it.", supersedes="1.1.0", summary="Is short.")
    repo.write(
        "../results.json", json.dumps({"tests": 3, "passed": 3}).replace("}", f', "created": "{ago(hours=1)}"}}')
    )
    repo.write("prompt-evidence/qualify-lead/1.2.0/evals.json", _of_draft(repo))
    select(repo, "1.2.0")


def _of_draft(repo: Repo) -> str:
    document = statement(repo)
    document["subject"] = [{"name": "qualify-lead@1.2.0", "digest": {"behaviour": "0" * 64}}]
    document["predicate"].pop("source")
    return json.dumps(document)


def no_digest(repo: Repo) -> None:
    document = statement(repo)
    document["subject"][0].pop("digest")
    repo.write(f"{EVIDENCE}/evals.json", json.dumps(document))


def edited_metric(repo: Repo) -> None:
    metrics = statement(repo)["predicate"]["metrics"]
    metrics["pass_rate"]["value"] = 0.99
    forge(repo, metrics=metrics)


def edited_source(repo: Repo) -> None:
    source = f"{EVIDENCE}/sources/evals.json"
    repo.write(source, repo.read(source).replace('"success": true', '"success": false'))


def source_gone(repo: Repo) -> None:
    (repo.path / EVIDENCE / "sources/evals.json").unlink()


def copied_for_another_gate(repo: Repo) -> None:
    forge(repo, gate="impact")


def second_statement(repo: Repo) -> None:
    repo.write(f"{EVIDENCE}/evals.copy.json", repo.read(f"{EVIDENCE}/evals.json"))


def no_baseline_recorded(repo: Repo) -> None:
    document = statement(repo)
    del document["subject"][1]
    repo.write(f"{EVIDENCE}/evals.json", json.dumps(document))


FORGERIES: list[tuple[Callable[[Repo], object], str]] = [
    (another_version, "evidence-mismatch: .* it is about qualify-lead@1.1.0, which behaves otherwise"),
    (earlier_draft, "evidence-mismatch: .* other content of qualify-lead@1.2.0: the version was changed after"),
    (no_digest, "evidence-mismatch: .* it names no behaviour digest"),
    (edited_metric, "evidence-invalid: .* it says pass_rate is 0.99, and the result file says 1"),
    (edited_source, "evidence-invalid: .* is not the one that was recorded: its sha256 is another"),
    (source_gone, "evidence-invalid: .* the result file sources/evals.json .* is not there any more"),
    (
        lambda repo: forge(repo, recordedAt=ago(days=-2)[:19] + "Z"),
        "evidence-invalid: .* it is dated .*, in the future",
    ),
    (lambda repo: forge(repo, environment="staging"), "gate-missing: .* it is for staging and does not count in prod"),
    (copied_for_another_gate, "evidence-invalid: .* it was recorded for the gate impact"),
    (second_statement, "evidence-invalid: .* it is a second statement for the same gate, beside .*evals.copy.json"),
    (no_baseline_recorded, "evidence-mismatch: .* compares qualify-lead@1.1.0 with nothing"),
    (lambda repo: forge(repo, tests=900), "evidence-invalid: .* it says that 900 tests were judged, and the result"),
    (lambda repo: forge(repo, verdict="good"), "evidence-invalid: .* no statement: unknown key `verdict`"),
    (lambda repo: repo.write(f"{EVIDENCE}/evals.json", "{"), "evidence-invalid: .* no statement: not JSON"),
    (lambda repo: repo.write(f"{EVIDENCE}/evals.json", b"\xff"), "evidence-invalid: .* no statement: not UTF-8"),
]


BUMPS = ("bump-too-small", "bump-maybe-too-small")


@pytest.mark.parametrize(("change", "words"), FORGERIES, ids=lambda value: getattr(value, "__name__", ""))
def test_forged_evidence_is_refused_with_its_own_message(repo: Repo, change: Any, words: str) -> None:
    proved(repo)
    change(repo)
    found = repo.check()
    (finding,) = (finding for finding in found.report["findings"] if finding["rule"] not in {"mixed-change", *BUMPS})
    assert finding["severity"] == "error"
    assert re.match(words, f"{finding['rule']}: {finding['message']}"), finding


def test_evidence_gets_old_counted_from_the_result_file(repo: Repo) -> None:
    gate_production(repo, EVALS.replace("}}", "}, max-age: 30d}"))
    file = results(repo, "pass", "pass", created=ago(days=10))
    assert repo.promptctl("gate", "record", REF, "evals", "--from", str(file)).code == 0
    select(repo, "1.1.0")
    assert repo.check("--now", ago(days=-19)).rules == []
    found = repo.check("--now", ago(days=-25))
    assert "evidence-stale: no evidence for qualify-lead@1.1.0 in production: it is 35 days old" in message(found)
    old = str(results(repo, "pass", "pass", created=ago(days=45)))
    done = repo.promptctl("gate", "record", REF, "evals", "--from", old)
    assert (done.code, "it is 45 days old" in done.out) == (1, True)


def test_the_hour_counts_wherever_age_does(repo: Repo) -> None:
    gate_production(repo, EVALS.replace("}}", "}, max-age: 2h}"))
    file = str(results(repo, "pass", "pass", created=ago(hours=1)))
    assert repo.promptctl("gate", "record", REF, "evals", "--from", file).code == 0
    repo.commit("Evidence")
    repo.git("branch", "--force", "main")
    late = ago(hours=-2)
    assert repo.promptctl("gate", "status", REF).code == 0
    assert repo.promptctl("gate", "status", REF, "--now", late).code == 1
    remote = bare_remote(repo, "main")
    assert repo.promptctl("hook", "install", "--server", str(remote.path)).code == 0
    started = repo.promptctl("rollout", "start", REF, "--global", "-m", "It says why.", "--branch", "main", "--yes")
    assert started.code == 0, started.err
    pushed = repo.try_git("push", "origin", "main")
    assert pushed.code == 0, pushed.err
    select(repo, "1.1.0")
    repo.git("add", "-A")
    assert repo.check("--staged", "--base", "main~1").rules == []
    assert repo.check("--staged", "--base", "main~1", "--now", late).rules == ["evidence-stale"]


def test_going_back_is_never_blocked(repo: Repo) -> None:
    proved(repo)
    repo.commit("Select 1.1.0")
    repo.git("branch", "--force", "main")
    (repo.path / EVIDENCE / "evals.json").unlink()
    select(repo, "1.0.0")
    assert repo.check().rules == []


def test_a_version_that_only_others_had_is_no_way_back(repo: Repo) -> None:
    gate_production(repo)
    repo.git("switch", "--quiet", "main")
    select(repo, "1.0.0", 'tenants:\n  globex: {prompts: {qualify-lead: "qualify-lead@1.1.0"}}\n')
    repo.commit("Give globex 1.1.0")
    select(repo, "1.0.0")
    repo.commit("Take it away")
    repo.switch("more")
    select(repo, "1.0.0", 'tenants:\n  globex: {prompts: {qualify-lead: "qualify-lead@1.1.0"}}\n')
    assert repo.check().rules == []
    select(repo, "1.0.0", 'tenants:\n  acme: {prompts: {qualify-lead: "qualify-lead@1.1.0"}}\n')
    assert repo.check().rules == ["gate-missing"]


def test_a_change_cannot_switch_off_its_own_gates(repo: Repo) -> None:
    gate_production(repo)
    select(repo, "1.1.0")
    repo.write("promptctl.yaml", "protected: [main]\nenvironments: [production]\n")
    assert set(repo.check().rules) >= {"gate-missing", "policy-loosened-with-changes"}


def test_the_version_s_author_cannot_review_its_evidence(repo: Repo) -> None:
    gate_production(repo, EVALS.replace("}}", "}, reviewed-by: required}"))
    file = str(results(repo, "pass", "pass"))
    select(repo, "1.1.0")
    repo.promptctl("gate", "record", REF, "evals", "--from", file)
    assert message(repo.check()).endswith("nobody reviewed it, and the gate evals requires a reviewer")
    for name in ("Test Author", "AUTHOR@example.com", "Somebody <author@example.com>"):
        repo.promptctl("gate", "record", REF, "evals", "--from", file, "--reviewed-by", name)
        assert message(repo.check()) == f"evidence-self-reviewed: {name} wrote {REF}, and reviewed the evidence for it"
    repo.promptctl("gate", "record", REF, "evals", "--from", file, "--reviewed-by", "John Roe")
    assert repo.check().rules == []


def test_evidence_lasts_while_the_behaviour_does(repo: Repo) -> None:
    proved(repo)
    text = repo.read(f"{FOLDER}/1.1.0.md")
    twin = text.replace("version: 1.1.0", "version: 1.1.1").replace("supersedes: 1.0.0", "supersedes: 1.1.0")
    repo.write(f"{FOLDER}/1.1.1.md", twin.replace("Says why.", "Says why, and is spelt."))
    select(repo, "1.1.1")
    assert "gate-missing" not in repo.check().rules
    assert not {"evidence-mismatch", "gate-failed"} & set(repo.check().rules)


def test_evidence_is_owed_for_each_regime_in_reach(repo: Repo) -> None:
    gate_production(repo, "  policy: {format: generic, per-regime: true}\n")
    repo.git("switch", "--quiet", "main")
    repo.add_version("1.2.0", "Judge it.", supersedes="1.1.0", summary="Is fit.", regimes="[hipaa, gdpr]")
    repo.commit("Release 1.2.0")
    repo.switch("regimes")
    tenants = "tenants:\n  acme: {regimes: [hipaa]}\n  globex: {regimes: [gdpr]}\n  plain:\n"
    select(repo, "1.2.0", tenants)
    assert repo.check().rules == ["gate-missing", "gate-missing"]
    file = str(repo.write("../results.json", json.dumps({"tests": 3, "passed": 3})))
    arguments = ("gate", "record", "qualify-lead@1.2.0", "policy", "--from", file, "--regime")
    assert repo.promptctl(*arguments, "hipaa").code == 0
    assert message(repo.check()).endswith("it is about hipaa and does not count for gdpr")
    assert repo.promptctl(*arguments, "gdpr").code == 0
    assert repo.check().rules == []


def test_only_the_evidence_of_what_is_selected_is_read(repo: Repo) -> None:
    proved(repo)
    for number in range(50):
        repo.write(f"prompt-evidence/other-{number}/1.0.0/evals.json", b"\xff no statement")
    assert repo.check().rules == []


def test_the_change_that_brings_the_policy_owes_nothing(repo: Repo) -> None:
    gate_production(repo)
    policy = repo.read("promptctl.yaml")
    repo.git("rm", "--quiet", "promptctl.yaml")
    repo.git("commit", "--quiet", "--no-verify", "-m", "Drop the policy")
    repo.write("promptctl.yaml", policy)
    select(repo, "1.1.0")
    assert repo.check("--base", "HEAD", "--worktree").rules == []
    assert repo.check("--base", "main", "--worktree").rules == ["gate-missing"]


def test_a_shallow_clone_cannot_tell_who_wrote_a_version(repo: Repo, tmp_path: Path) -> None:
    proved(repo)
    reviewed = ("--from", str(results(repo, "pass", "pass")), "--reviewed-by", "John Roe")
    assert repo.promptctl("gate", "record", REF, "evals", *reviewed).code == 0
    repo.commit("Select 1.1.0")
    full = clone(repo, tmp_path / "full", "--branch", "topic")
    assert full.check("--base", "origin/main", "--head", "HEAD").rules == []
    shallow = clone(repo, tmp_path / "shallow", "--depth", "1", "--branch", "topic", "--no-single-branch")
    done = shallow.check("--base", "origin/main", "--head", "HEAD")
    assert (done.code, "git fetch --unshallow" in done.err) == (3, True), done.err


def test_of_two_thousand_files_only_those_of_the_version_are_read(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    proved(repo)
    for number in range(2000):
        folder = f"other-{number // 10}"
        repo.write(f"prompt-evidence/{folder}/1.{number % 10}.0/evals.json", f'{{"of": {number}}}')
        if number % 10 == 0:
            path = f"prompt-templates/task/{folder}/1.0.0.md"
            repo.write(path, version_text("1.0.0", name=folder))
            repo.write(f"prompt-templates/task/{folder}/prompt.yaml", MANIFEST.format(name=folder, recommended="1.0.0"))
    select(repo, "1.0.0")
    repo.commit("Everything but the selection")
    repo.git("branch", "--force", "main")
    select(repo, "1.1.0")
    repo.commit("Select")
    asked: list[str] = []
    send = Objects._send

    def spied(self: Objects, text: str) -> None:
        asked.extend(text.split())
        send(self, text)

    monkeypatch.setattr(Objects, "_send", spied)
    assert check(Question(repo.path, "2099-01-01", kind=HeadKind.COMMIT, base="main")).findings == ()
    lines = repo.git("ls-tree", "-r", "-t", "HEAD", "prompt-evidence").splitlines()
    evidence = {line.split()[2]: line.partition("\t")[2] for line in lines}
    own = {"prompt-evidence", "prompt-evidence/qualify-lead", EVIDENCE, f"{EVIDENCE}/sources"}
    read = {evidence[oid] for oid in asked if oid in evidence}
    assert {f"{EVIDENCE}/evals.json", f"{EVIDENCE}/sources/evals.json"} <= read
    assert read <= {*own, f"{EVIDENCE}/evals.json", f"{EVIDENCE}/sources/evals.json"}
    assert len(asked) < 50
