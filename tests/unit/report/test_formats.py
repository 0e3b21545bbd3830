"""Every format of the same report, against what was agreed on.

`UPDATE_EXPECTED=1 .venv/bin/python -m pytest tests/unit/report` writes the files in `expected/` anew; read the
difference.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from junitparser import JUnitXml

from promptctl.cli.commands.check import ReportFormat, machine_text
from promptctl.cli.console import plain_text
from promptctl.core.findings import Finding, Severity, Span
from promptctl.report.github import github_text
from promptctl.report.gitlab import gitlab_text
from promptctl.report.json import json_text
from promptctl.report.junit import junit_text
from promptctl.report.sarif import sarif_text
from promptctl.report.text import concise_lines, text_lines
from promptctl.tree.schemas import load_schema
from tests.support.reports import CLEAN, FINDINGS, HOSTILE, REPORT
from tests.support.sarif import sarif_schema

if TYPE_CHECKING:
    from promptctl.core.report import Report

EXPECTED = Path(__file__).parent / "expected"


def shown(report: Report, name: ReportFormat) -> str:
    lines = {ReportFormat.TEXT: text_lines, ReportFormat.CONCISE: concise_lines}.get(name)
    return (plain_text(lines(report)) if lines else machine_text(report, name)) + "\n"


@pytest.mark.parametrize("name", ReportFormat)
@pytest.mark.parametrize(("which", "report"), [("report", REPORT), ("clean", CLEAN)])
def test_the_format_is_as_agreed(name: ReportFormat, which: str, report: Report) -> None:
    file = EXPECTED / f"{which}.{name.value}.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        EXPECTED.mkdir(exist_ok=True)
        file.write_text(shown(report, name), encoding="utf-8")
    assert shown(report, name) == file.read_text(encoding="utf-8")


# The same findings everywhere


def in_json(report: Report) -> list[tuple[str, str]]:
    return [(found["rule"], found["severity"]) for found in json.loads(json_text(report))["findings"]]


def in_github(report: Report) -> list[tuple[str, str]]:
    severities = {"error": "error", "warning": "warning", "notice": "info"}
    found = re.findall(r"^::(\w+) title=promptctl%3A ([a-z-]+),", github_text(report), re.MULTILINE)
    return [(rule, severities[command]) for command, rule in found]


def in_sarif(report: Report) -> list[tuple[str, str]]:
    (run,) = json.loads(sarif_text(report))["runs"]
    return [(result["ruleId"], result["level"].replace("note", "info")) for result in run["results"]]


def in_gitlab(report: Report) -> list[tuple[str, str]]:
    severities = {"major": "error", "minor": "warning", "info": "info"}
    return [(issue["check_name"], severities[issue["severity"]]) for issue in json.loads(gitlab_text(report))]


def in_junit(report: Report) -> list[tuple[str, str]]:
    (suite,) = JUnitXml.fromstring(junit_text(report).encode())
    cases = [(case, case.system_out or "error:") for case in suite if case.classname != "promptctl"]
    return [(case.classname, text.partition(":")[0]) for case, text in cases]


def in_markdown(report: Report) -> list[tuple[str, str]]:
    text = machine_text(report, ReportFormat.MARKDOWN)
    errors = text.partition("### What blocks")[2].partition("\n\n### ")[0]
    found = re.findall(r"^- \*\*([a-z-]+)\*\* ", text, re.MULTILINE)
    blocking = re.findall(r"^- \*\*([a-z-]+)\*\* ", errors, re.MULTILINE)
    severities = {finding.rule: finding.severity.value for finding in report.findings}
    assert [severities[rule] for rule in blocking] == ["error"] * report.errors
    return [(rule, severities[rule]) for rule in found]


def in_concise(report: Report) -> list[tuple[str, str]]:
    found = re.findall(r"^\S.*?: (error|warning|info) ([a-z-]+): ", shown(report, ReportFormat.CONCISE), re.MULTILINE)
    return [(rule, severity) for severity, rule in found]


def in_text(report: Report) -> list[tuple[str, str]]:
    found = re.findall(r": (error|warning|info): .* \[([a-z-]+)\]$", shown(report, ReportFormat.TEXT), re.MULTILINE)
    return [(rule, severity) for severity, rule in found]


@pytest.mark.parametrize(
    "read",
    [in_text, in_concise, in_json, in_github, in_sarif, in_gitlab, in_junit, in_markdown],
    ids=lambda f: f.__name__,
)
def test_every_format_has_the_same_findings(read: Any) -> None:
    assert sorted(read(REPORT)) == sorted((f.rule, f.severity.value) for f in FINDINGS)
    assert read(CLEAN) == []


# GitHub


def test_github_annotations_are_escaped_as_the_runner_unescapes_them() -> None:
    lines = github_text(replace(REPORT, findings=(FINDINGS[1],))).split("\n")
    (line,) = (line for line in lines if line.startswith("::"))
    properties, _, data = line.removeprefix("::error ").partition("::")
    path = "prompt-templates/task/a%2Cb%3Ac/1.0.0 ünï\\xff.md"
    assert properties.split(",") == ["title=promptctl%3A metadata-invalid", f"file={path}"]
    assert data.startswith("50%25 of\\r%0A::error file=x::stop, `now`")
    assert data.endswith("%0Ahelp: write 100%25: `a`,%0A- b")
    assert len(lines) == 2


def test_github_shows_ten_so_the_most_severe_come_first() -> None:
    commands = re.findall(r"^::(\w+) ", github_text(REPORT), re.MULTILINE)
    assert commands == ["error", "error", "warning", "warning", "notice"]
    assert (
        github_text(REPORT).split("\n")[-1].startswith("promptctl: 2 errors, 2 warnings, 1 info; compared aaaaaaaaaa")
    )


def test_github_has_no_command_of_the_older_kind_on_a_line_of_its_own() -> None:
    last = github_text(replace(CLEAN, base_label="##[add-mask]main")).split("\n")[-1]
    assert "##[" not in last


# SARIF


def test_sarif_keeps_the_official_schema() -> None:
    validator = jsonschema.Draft7Validator(sarif_schema())
    for report in (REPORT, CLEAN, replace(REPORT, rules=())):
        assert list(validator.iter_errors(json.loads(sarif_text(report)))) == []


def test_the_official_schema_of_sarif_finds_faults() -> None:
    """A schema that demands nothing would prove nothing."""
    document = json.loads(sarif_text(REPORT))
    document["runs"][0]["results"][0]["level"] = "info"
    del document["runs"][0]["tool"]["driver"]["name"]
    faults = jsonschema.Draft7Validator(sarif_schema()).iter_errors(document)
    assert sorted(fault.validator for fault in faults) == ["enum", "required"]


def test_sarif_names_rules_by_place_and_files_by_uri() -> None:
    (run,) = json.loads(sarif_text(REPORT))["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert "ruleIndex" not in result or rules[result["ruleIndex"]]["id"] == result["ruleId"]
    uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]]
    assert uris[1] == "prompt-templates/task/a%2Cb%3Ac/1.0.0%20%C3%BCn%C3%AF%FF.md"
    empty = replace(REPORT, findings=(replace(FINDINGS[2], span=Span(3, 1, 3, 1)),))
    (result,) = json.loads(sarif_text(empty))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 1}


# GitLab


def test_gitlab_issues_have_what_gitlab_requires() -> None:
    issues = json.loads(gitlab_text(REPORT))
    for issue in issues:
        assert {"description", "check_name", "fingerprint", "severity", "location"} <= issue.keys()
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith(("/", "./"))
    assert json.loads(gitlab_text(CLEAN)) == []


def test_gitlab_fingerprints_are_unique_and_stay() -> None:
    issues = json.loads(gitlab_text(REPORT))
    prints = [issue["fingerprint"] for issue in issues]
    assert len(set(prints)) == len(prints)
    assert prints[4] == f"{prints[3]}#2"
    moved = tuple(replace(f, span=replace(f.span, line=99, end_line=99) if f.span else None) for f in FINDINGS)
    assert [issue["fingerprint"] for issue in json.loads(gitlab_text(replace(REPORT, findings=moved)))] == prints


# JUnit


def test_junit_is_what_ci_systems_parse() -> None:
    (suite,) = xml = JUnitXml.fromstring(junit_text(REPORT).encode())
    assert (xml.tests, xml.failures, xml.errors, suite.tests, suite.failures) == (5, 2, 0, 5, 2)
    failures = [case for case in suite if not case.is_passed]
    assert [case.classname for case in failures] == ["metadata-invalid", "released-version-edited"]
    assert failures[0].result[0].message == HOSTILE.replace("\r\n", "\\r\\n")
    assert "help: promptctl new-version" in failures[1].result[0].text
    keys = [(case.classname, case.name) for case in suite]
    assert len(set(keys)) == len(keys)
    assert keys[4] == ("unused-input", "prompt-templates/task/qualify-lead/1.1.0.md:8:5#2")


def test_junit_of_nothing_is_a_test_that_passes() -> None:
    (suite,) = JUnitXml.fromstring(junit_text(CLEAN).encode())
    assert [case.is_passed for case in suite] == [True]


# JSON


def test_json_keeps_its_schema() -> None:
    for report in (REPORT, CLEAN, replace(CLEAN, base=None, head="index")):
        jsonschema.validate(json.loads(json_text(report)), load_schema("report"))


def test_json_is_text_that_every_reader_takes() -> None:
    """Half a character in an escape is JSON by its grammar, and refused by many readers."""
    odd = Finding(
        "unknown", Severity.ERROR, "m\udcff", "p\udcff", ref="r\udcff@1.0.0", environment="e\udcff", hint="h\udcff"
    )
    text = json_text(replace(REPORT, findings=(odd,)))
    assert text.isascii()
    json.dumps(json.loads(text), ensure_ascii=False).encode()
