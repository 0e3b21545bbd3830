"""The promptfoo that people run: what is exported is what a model gets, and what it writes is evidence."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from promptctl.core.refs import Ref
from promptctl.core.templates import render
from promptctl.evidence.nunjucks import nunjucks_text
from promptctl.evidence.promptfoo import read_promptfoo
from promptctl.evidence.wanted import Side, Wanted
from promptctl.export.promptfoo import Exported, config_text
from tests.gates.support import gate_production, select, statement

if TYPE_CHECKING:
    from tests.support.repos import Repo

BIN = Path(__file__).parents[2] / ".node" / "node_modules" / ".bin"
READY = BIN.parents[1] / ".ready"
pytestmark = pytest.mark.skipif(not READY.exists(), reason="promptfoo is not installed: make .node/.ready (needs npm)")

RUN = (
    "promptctl export promptfoo {ref} --baseline {baseline} --tests prompt-tests/{name}.yaml --provider echo"
    " -o {config} && promptfoo eval -c {config} -o {out} --no-cache --no-write"
)
GATE = f"""\
  evals:
    format: promptfoo
    min-tests: 2
    run: "{RUN}"
    thresholds: {{pass_rate: ">= 0.95", pass_rate.change: ">= -0.01"}}
"""
TESTS = """\
- vars: {lead: Ada}
  assert: [{type: contains, value: 'the lead Ada'}]
- vars: {lead: 'Bo & Co'}
  assert: [{type: contains, value: 'the lead Bo & Co'}]
"""


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Promptfoo on the path, with a home of its own, and nobody to talk to."""
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PROMPTFOO_CONFIG_DIR", str(tmp_path / "promptfoo"))
    for name in ("DISABLE_TELEMETRY", "DISABLE_UPDATE", "DISABLE_REMOTE_GENERATION", "DISABLE_SHARING"):
        monkeypatch.setenv(f"PROMPTFOO_{name}", "1")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def test_a_gate_runs_it_and_the_version_may_be_selected(repo: Repo) -> None:
    gate_production(repo, GATE)
    repo.write("prompt-tests/qualify-lead.yaml", TESTS)
    select(repo, "1.1.0")
    assert repo.check().rules == ["gate-missing"]
    done = repo.promptctl("gate", "run", "--changed", "--env", "production")
    assert done.code == 0, done.err
    found = statement(repo)
    assert found["predicate"]["binding"] == "body"
    assert [one["name"] for one in found["subject"]] == ["qualify-lead@1.1.0", "qualify-lead@1.0.0"]
    assert found["predicate"]["tests"] == 2
    assert repo.check().rules == []


def test_a_worse_version_stays_out(repo: Repo) -> None:
    gate_production(repo, GATE)
    repo.write("prompt-tests/qualify-lead.yaml", TESTS)
    repo.add_version("2.0.0", "Judge {{lead}}.", supersedes="1.1.0", summary="Is short.")
    select(repo, "2.0.0")
    config, results = repo.path.parent / "config.yaml", repo.path.parent / "results.jsonl"
    asked = ("--baseline", "qualify-lead@1.0.0", "--tests", "prompt-tests/qualify-lead.yaml", "-o", str(config))
    assert repo.promptctl("export", "promptfoo", "qualify-lead@2.0.0", *asked).code == 0
    evaluate(repo, config, results, "--providers", "echo")
    recorded = repo.promptctl("gate", "record", "qualify-lead@2.0.0", "evals", "--from", str(results))
    assert recorded.code == 1, recorded.err
    assert "does not meet the gate evals: pass_rate is 0 and must be >= 0.95" in recorded.out
    found = [one for one in repo.check().report["findings"] if one["rule"].startswith("gate-")]
    assert [one["rule"] for one in found] == ["gate-failed"]


def evaluate(repo: Repo, config: Path, results: Path, *more: str) -> None:
    """Run it; its exit status says that tests failed, not that it did."""
    done = repo._run(
        ["promptfoo", "eval", "-c", str(config), "-o", str(results), "--no-cache", "--no-write", *more], b"", None
    )
    assert done.code in {0, 100}, done.out + done.err


BODIES = [
    ("plain", "Judge {{lead}}."),
    ("plain", "Judge {{ lead }} and/or.md"),
    ("plain", "file://{{lead}}.txt"),
    ("plain", "langfuse://judge {{lead}}\nnow"),
    ("plain", "Write {{ env.HOME }}, {% raw %}, {# no comment #}, {{lead.name}} and {{{lead}}} for {{lead}}.\n{"),
    ("plain", "Open {{ and close nothing, {{lead}}\nOpen {% too"),
    ("plain", '[{"role": "user", "content": "Judge {{lead}}"}]'),
    ("python", 'Answer {{"a": {{"b": 1}}}} for {lead}.'),
    ("mustache", "Judge {{lead}}, {{{lead}}} and {{& lead}} {%."),
    ("none", "Keep {{lead}} as it is: {% if x %}"),
    ("jinja2", "{% if lead %}Judge {{ lead }}{% endif %}"),
]


def test_a_model_gets_what_the_versions_own_engine_makes_of_it(repo: Repo) -> None:
    sides = [Side(Ref("p", f"1.{n}.0"), body, "", template) for n, (template, body) in enumerate(BODIES)]
    repo.write("tests.yaml", "- vars: {lead: 'Ada <1> & \"Co\"'}\n  assert: [{type: is-json, threshold: 0}]\n")
    parts = [Exported(str(one.ref), nunjucks_text(one.template, one.body), "", "") for one in sides]
    documents = [json.loads(config_text(part, None, "file://tests.yaml", ("echo",))) for part in parts]
    documents[0]["prompts"] = [prompt for document in documents for prompt in document["prompts"]]
    config = repo.write("config.yaml", json.dumps(documents[0]))
    evaluate(repo, config, repo.path / "results.json")
    data = (repo.path / "results.json").read_bytes()
    outputs: dict[str, Any] = {
        row["prompt"]["label"]: row["response"]["output"] for row in json.loads(data)["results"]["results"]
    }
    for side in sides:
        expected = render(side.template, side.body, {"lead": 'Ada <1> & "Co"'})
        got = outputs[str(side.ref)]
        if side.body.startswith("["):  # promptfoo lays JSON out anew, and escapes what it fills in
            assert json.loads(got)[0]["content"] == 'Judge Ada <1> & "Co"'
        else:
            assert got.removesuffix("\n") == expected, side
        assert read_promptfoo(data, Wanted(side)).binding == "body"
