"""The vectors for other languages, and the example that people copy."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from promptctl.core.refs import Ref
from promptctl.core.selection import Pin, Selection, Tenant
from promptctl.runtime import RegimeUnmet, Resolver, UnknownPrompt, UnlistedTenant
from promptctl.runtime.bundle import read_bundle
from promptctl.runtime.tables import Tables
from tests.support.bundles import compact, document_of, write

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
RECORD = ("ref", "name", "version", "digest", "reason", "environment", "config_commit")


def test_the_runtime_answers_every_vector() -> None:
    resolver = object.__new__(Resolver)
    resolver._poll = resolver._thread = None
    lines = (ROOT / "schemas/conformance/resolve.jsonl").read_text(encoding="utf-8").splitlines()
    seen: set[str] = set()
    for line in lines:
        vector = json.loads(line)
        resolver._tables = Tables(read_bundle(compact(vector["bundle"])), {}, "2026-11-22", heard=False)
        try:
            found = resolver.get(**vector["request"])
            got = {name: getattr(found, name) for name in RECORD}
        except (UnknownPrompt, UnlistedTenant, RegimeUnmet) as error:
            got = {"error": type(error).__name__}
        assert got == vector["expected"], line
        seen.add(got.get("error") or got["reason"].partition(":")[0])
    assert len(lines) == 1800
    assert seen == {"tenant", "flag", "agent", "default", "UnknownPrompt", "UnlistedTenant", "RegimeUnmet"}


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/runtime.md").read_text(encoding="utf-8"), re.DOTALL)
    ref = Ref("qualify-lead", "2.0.0")
    pins, tenants = {"salesAgent.qualifyLead": Pin("qualify-lead")}, {"acme-health": Tenant(frozenset({"hipaa"}))}
    selection = Selection("production", {"qualify-lead": ref}, pins, tenants)
    write(tmp_path / "production.json", document_of(selection, text="Judge {{lead}}.", regimes=["hipaa"]))
    monkeypatch.chdir(tmp_path)
    asked: list[str] = []

    def ask_model(text: str) -> SimpleNamespace:
        asked.append(text)
        return SimpleNamespace(cost=0.01, tokens=7)

    names: dict[str, object] = {"ask_model": ask_model}
    exec(example, names)  # noqa: S102 - our own page
    names["prompts"].close()  # type: ignore[attr-defined]
    assert asked == ["Judge Ada Lovelace, of Analytical Engines."]
    assert capsys.readouterr().out == f"qualify-lead@2.0.0 default {'a' * 40}\n"
    assert json.loads((tmp_path / "usage.jsonl").read_text())["output_tokens"] == 7
