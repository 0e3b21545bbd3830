"""Every rule on every case: a folder is a case, and adding one is adding a folder.

`UPDATE_CASES=1 pytest tests/test_cases.py` writes what is found now into the `expected` files; read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promptctl.core.errors import Undecided
from promptctl.core.report import Report
from promptctl.report.text import concise_lines
from promptctl.rules.registry import REGISTRY
from promptctl.rules.run import run_rules
from tests.support.trees import context_of, read_facts, read_past, read_tree

if TYPE_CHECKING:
    from promptctl.rules.base import Context

CASES = Path(__file__).parent / "cases"
ALL = sorted(path for path in CASES.glob("*/*") if path.is_dir())


# What is said of every short policy as soon as anything is selected: in the cases of other rules it would be noise.
OF_SHORT_POLICIES = frozenset({"gates-unconfigured", "metrics-unconfigured"})


def shown(context: Context, subject: str = "") -> list[str]:
    try:
        findings = run_rules(context)
    except Undecided as error:
        return [f"undecided: {error}"]
    findings = tuple(finding for finding in findings if finding.rule not in OF_SHORT_POLICIES - {subject})
    report = Report("0", None, "", "index", "base", 0, 0, findings)
    return ["".join(part.text for part in line) for line in concise_lines(report)]


def case_id(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("case", ALL, ids=case_id)
def test_case(case: Path) -> None:
    fork = read_tree(case / "fork") if (case / "fork").is_dir() else None
    context = context_of(read_tree(case / "base"), read_tree(case / "head"), fork, read_facts(case), read_past(case))
    found = shown(context, case.parent.name)
    expected = case / "expected"
    if os.environ.get("UPDATE_CASES"):
        expected.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("case", ALL, ids=case_id)
def test_a_tree_against_itself_is_silent(case: Path) -> None:
    head = read_tree(case / "head")
    lasting = {"policy-invalid"}  # about a file that must be readable whether it changed or not
    found = [line for line in shown(context_of(head, head, None, {})) if not any(name in line for name in lasting)]
    assert found == []


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_rule_has_a_case_that_fires_and_one_that_does_not(name: str) -> None:
    expected = [(path / "expected").read_text(encoding="utf-8") for path in (CASES / name).iterdir()]
    assert any(f" {name}: " in text for text in expected)
    assert any(f" {name}: " not in text for text in expected)


def test_every_case_folder_is_named_after_a_rule() -> None:
    assert {path.name for path in CASES.iterdir()} <= set(REGISTRY)
