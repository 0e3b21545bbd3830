"""A repository whose production is gated, and what evaluation tools leave there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.support.promptfoo import Column, as_json, run_of
from tests.support.repos import FOLDER, MANIFEST

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repos import Repo

REF = "qualify-lead@1.1.0"
OLD, NEW = "Judge the lead {{lead}}.", "Judge the lead {{lead}}, and say why."
SCHEMA = "{schema: {type: object, required: [lead], properties: {lead: {type: string}}}}"
PRODUCTION = 'defaults:\n  qualify-lead: {{use: "qualify-lead@{version}", because: It is good.}}\n'
POLICY = """protected: [main]
environments: [production]
rollout: {environments: [], observation: optional}
gates:
"""
EVALS = '  evals: {format: promptfoo, min-tests: 2, thresholds: {pass_rate: ">= 0.75", "cost.change": "<= +10%"}}\n'
EVIDENCE = "prompt-evidence/qualify-lead/1.1.0"


def gate_production(repo: Repo, gates: str = EVALS, more: str = "") -> None:
    """Production selects 1.0.0; 1.1.0 is released; the policy has these gates."""
    repo.write("promptctl.yaml", POLICY + gates + more)
    repo.write(f"{FOLDER}/prompt.yaml", MANIFEST.format(name="qualify-lead", recommended="1.0.0"))
    repo.add_version("1.0.0", OLD, input=SCHEMA)
    repo.add_version("1.1.0", NEW, input=SCHEMA, supersedes="1.0.0", summary="Says why.")
    select(repo, "1.0.0")
    repo.commit("Gate production")
    repo.switch("topic")


def select(repo: Repo, version: str, more: str = "") -> None:
    repo.write("prompt-config/production.yaml", PRODUCTION.format(version=version) + more)


def ago(**length: float) -> str:
    return (datetime.now(UTC) - timedelta(**length)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def results(repo: Repo, *outcomes: str, created: str | None = None, **columns: Any) -> Path:
    """A promptfoo run of both versions; the new one has these outcomes, the old one passes everything."""
    old = Column("task/qualify-lead@1.0.0", OLD, ["pass"] * len(outcomes))
    new = Column("task/qualify-lead@1.1.0", NEW, list(outcomes), **columns)
    data = as_json(run_of(old, new, created=created or ago(hours=1)))
    return repo.write("../results.json", data)


def statement(repo: Repo, name: str = "evals") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(repo.read(f"{EVIDENCE}/{name}.json"))
    return document


def forge(repo: Repo, name: str = "evals", **predicate: Any) -> None:
    """Change the recorded statement by hand."""
    document = statement(repo, name)
    document["predicate"] |= predicate
    repo.write(f"{EVIDENCE}/{name}.json", json.dumps(document, indent=2))
