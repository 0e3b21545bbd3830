"""`promptctl gate run` and `promptctl gate status`."""

from __future__ import annotations

import json
import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from tests.gates.support import EVALS, EVIDENCE, REF, ago, gate_production, results, select, statement

if TYPE_CHECKING:
    from tests.support.repos import Repo

SHOW = "printf '%s|' {ref} {name} {version} {baseline} >&2; cat {body} >&2; echo >&2; cat {baseline_body} >&2"


def gate(command: str, more: str = "") -> str:
    return f"gates-are-below:\n  own: {{run: {json.dumps(command)}{more}}}\n".removeprefix("gates-are-below:\n")


def generic(passed: int) -> str:
    return json.dumps({"tests": 4, "passed": passed})


def test_a_command_gets_the_version_and_its_baseline_as_files(repo: Repo) -> None:
    gate_production(repo, gate(f"{SHOW}; echo {shlex.quote(generic(4))} > {{out}}; exit 7"))
    done = repo.promptctl("gate", "run", REF, "own")
    assert done.code == 0, done.err  # the file decides, not the exit status
    assert (
        "qualify-lead@1.1.0|qualify-lead|1.1.0|qualify-lead@1.0.0|Judge the lead {{lead}}, and say why.\n" in done.err
    )
    assert done.err.endswith("Judge the lead {{lead}}.")
    assert statement(repo, "own")["predicate"]["metrics"]["pass_rate"]["value"] == 1


def test_a_command_without_a_result_file_has_failed(repo: Repo) -> None:
    gate_production(repo, gate("exit 0"))
    done = repo.promptctl("gate", "run", REF, "own")
    assert (done.code, "its command left no result file" in done.err) == (1, True)
    assert not (repo.path / EVIDENCE).exists()


def test_a_failing_result_exits_1_although_the_command_did_not(repo: Repo) -> None:
    gate_production(repo, gate(f"echo {shlex.quote(generic(3))} > {{out}}"))
    done = repo.promptctl("gate", "run", REF, "own", "--commit")
    assert done.code == 1
    assert statement(repo, "own")["predicate"]["result"] == "fail"
    assert repo.git("log", "-1", "--format=%s") == "Record own of qualify-lead@1.1.0: fail"


def test_other_braces_are_the_shell_s(repo: Repo) -> None:
    gate_production(
        repo, gate(f"for n in a b; do true; done; x=1; echo ${{x}} >&2; echo {shlex.quote(generic(4))} > {{out}}")
    )
    assert repo.promptctl("gate", "run", REF).code == 0


def test_a_first_version_has_an_empty_baseline(repo: Repo) -> None:
    gate_production(repo, gate(f"{SHOW}; echo {shlex.quote(generic(4))} > {{out}}"))
    done = repo.promptctl("gate", "run", "qualify-lead@1.0.0", "own")
    assert (done.code, "qualify-lead@1.0.0|qualify-lead|1.0.0||Judge" in done.err) == (0, True), done.err


def test_the_command_is_that_of_base(repo: Repo) -> None:
    gate_production(repo, gate("exit 0"))
    repo.write("promptctl.yaml", repo.read("promptctl.yaml").replace("exit 0", f"echo {generic(4)} > {{out}}"))
    assert repo.promptctl("gate", "run", REF, "own").code == 1


def test_what_a_change_owes_is_run(repo: Repo) -> None:
    command = f"echo {shlex.quote(generic(4))} > {{out}}"
    gate_production(repo, gate(command) + f"  other: {{run: {json.dumps(command)}}}\n  none: {{}}\n")
    nothing = repo.promptctl("gate", "run", "--changed", "--env", "production")
    assert (nothing.code, "nothing is owed" in nothing.err) == (0, True)
    select(repo, "1.1.0")
    done = repo.promptctl("gate", "run", "--changed", "--env", "production")
    assert (done.code, "the gate none has no command" in done.err) == (1, True), done.err
    assert sorted(path.name for path in (repo.path / EVIDENCE).glob("*.json")) == ["other.json", "own.json"]
    assert repo.check().rules == ["gate-missing"]


@pytest.mark.parametrize("arguments", [(), (REF, "--changed"), ("--env", "production")])
def test_what_to_run_has_to_be_said(repo: Repo, arguments: tuple[str, ...]) -> None:
    gate_production(repo)
    done = repo.promptctl("gate", "run", *arguments)
    assert (done.code, "either REF [GATE], or --changed" in done.err) == (2, True)


def test_status_is_a_table_of_what_is_owed(repo: Repo) -> None:
    tests = "  tests: {format: junit, max-age: 30d}\n  elsewhere: {environments: [staging]}\n"
    gate_production(repo, EVALS + tests)
    owed = repo.promptctl("gate", "status", REF, "--env", "production")
    assert owed.code == 1
    assert "evals  yes       missing  -" in owed.out
    assert "elsewhere" not in owed.out
    repo.promptctl("gate", "record", REF, "evals", "--from", str(results(repo, "pass", "fail", created=ago(days=3))))
    report = repo.promptctl("gate", "status", REF, "--format", "json").report
    rows = {row["gate"]: row for row in report["gates"]}
    assert (report["version"], report["ref"], report["environment"], report["owed"]) == (1, REF, "production", True)
    assert report["baseline"] == "qualify-lead@1.0.0"
    assert (rows["evals"]["result"], rows["evals"]["age"], rows["tests"]["result"]) == ("failed", "3 days", "missing")
    assert rows["evals"]["checks"][0] == {
        "metric": "pass_rate",
        "threshold": ">= 0.75",
        "value": "0.5",
        "met": False,
        "provider": None,
    }
    assert "promptctl gate record qualify-lead@1.1.0 tests --from results.xml" in rows["tests"]["next"]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (f'ref: "{REF}", environment: production', 0),
        (f'ref: "{REF}", environment: staging', 1),
        ("path: prompt-config/production.yaml", 0),
        ("path: prompt-config/staging.yaml", 1),
    ],
)
def test_status_shows_what_a_waiver_lets_pass(repo: Repo, target: str, code: int) -> None:
    ends = f"reason: Only a pilot., until: {ago(days=-9)[:10]}"
    gate_production(repo, EVALS, f"waivers:\n  - {{rule: gate-missing, {target}, {ends}}}\n")
    done = repo.promptctl("gate", "status", REF)
    assert done.code == code, done.out
    assert ("missing, waived" in done.out, "(Only a pilot.)" in done.out) == (not code, not code)
    report = repo.promptctl("gate", "status", REF, "--format", "json").report
    waived = {"reason": "Only a pilot.", "until": ago(days=-9)[:10]}
    row = report["gates"][0]
    assert (report["owed"], row["result"], row["waived"]) == (bool(code), "missing", None if code else waived)
    late = repo.promptctl("gate", "status", REF, "--now", ago(days=-12)[:10])
    assert (late.code, "waived" in late.out) == (1, False)


def test_status_lists_a_gate_that_no_tenant_demands(repo: Repo) -> None:
    gate_production(repo, "  policy: {format: generic, per-regime: true}\n")
    done = repo.promptctl("gate", "status", REF)
    assert done.code == 0, done.out
    assert "policy  no        not-required" in done.out
    assert f"no tenant in reach of {REF} demands a regime" in done.out
    assert "no gate guards" not in done.out


def test_status_of_what_is_proved_exits_0(repo: Repo) -> None:
    gate_production(repo)
    repo.promptctl("gate", "record", REF, "evals", "--from", str(results(repo, "pass", "pass")))
    done = repo.promptctl("gate", "status", REF)
    assert done.code == 0, done.out
    assert "pass_rate 1 >= 0.75 ok" in done.out
    assert "cost.change +0% <= +10% ok" in done.out


def test_status_without_gates_owes_nothing(repo: Repo) -> None:
    gate_production(repo, "  {}\n")
    done = repo.promptctl("gate", "status", REF)
    assert (done.code, "no gate guards this environment" in done.out) == (0, True)
    wrong = repo.promptctl("gate", "status", REF, "--env", "nowhere")
    assert wrong.code == 2


def test_commands_run_in_the_project_s_root(repo: Repo) -> None:
    program = f"import json, pathlib; assert pathlib.Path('promptctl.yaml').exists(); print({generic(4)!r})"
    gate_production(repo, gate(f"{sys.executable} -c {shlex.quote(program)} > {{out}}"))
    (repo.path / "sub").mkdir()
    done = repo.promptctl("-C", "sub", "gate", "run", REF, "own")
    assert done.code == 0, done.err


def test_status_tells_before_anything_is_selected(repo: Repo) -> None:
    repo.write("promptctl.yaml", "protected: [main]\nenvironments: [production]\ngates: {evals: {format: generic}}\n")
    repo.commit("Gate production")
    for arguments in ([], ["--env", "production"]):
        found = repo.promptctl("gate", "status", "qualify-lead@1.0.0", *arguments)
        assert (found.code, "has no evidence for the gate evals" in found.out) == (1, True), found.err
    assert repo.promptctl("gate", "status", "qualify-lead@1.0.0", "--env", "staging").code == 2
