"""No text, wherever it comes from, changes what a machine reads beside it."""

from __future__ import annotations

import json
import re
import string
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml

from promptctl.cli.commands.check import ReportFormat, machine_text
from promptctl.cli.console import plain_text
from promptctl.core.findings import Finding, Related, Severity, Span
from promptctl.report.text import concise_lines, text_lines
from promptctl.tree.schemas import load_schema
from tests.support.reports import CLEAN
from tests.support.sarif import sarif_schema

if TYPE_CHECKING:
    from promptctl.core.report import Report

ANY = st.characters(exclude_categories=())  # halves of characters, controls and what is no character included
TEXT = st.text(ANY | st.sampled_from(":%,\r\n\\\x0b\x0c\x85\u2028\ufffe\uffff\x00]#[<&\"'"), min_size=1, max_size=30)
PATH = st.binary(min_size=1, max_size=20).map(lambda raw: raw.replace(b"\0", b"/").decode("utf-8", "surrogateescape"))
SPAN = st.none() | st.builds(Span, *(st.integers(1, 10**6) for _ in range(4)))
FINDING = st.builds(
    Finding,
    rule=st.sampled_from(["metadata-invalid", "unused-input"]),
    severity=st.sampled_from(Severity),
    message=TEXT,
    path=PATH,
    span=SPAN,
    subject=PATH,
    ref=st.none() | PATH,
    environment=st.none() | PATH,
    hint=st.none() | TEXT,
    related=st.lists(st.builds(Related, PATH, TEXT), max_size=1).map(tuple),
)
REPORT = st.builds(
    lambda findings, label: replace(CLEAN, findings=tuple(findings), base_label=label),
    st.lists(FINDING, max_size=4),
    TEXT,
)
# Every character at which a reader of lines, the runner's included, may end one.
LINE_ENDS = re.compile("[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
SARIF = jsonschema.Draft7Validator(sarif_schema())
hostile = settings(deadline=None, max_examples=100)


@hostile
@given(REPORT)
def test_github_has_one_command_a_finding(report: Report) -> None:
    lines = LINE_ENDS.split(machine_text(report, ReportFormat.GITHUB))
    assert len(lines) == len(report.findings) + 1
    for line in lines[:-1]:
        command, properties, _ = line.split("::", 2)[1].partition(" ")[0], *line.split("::", 2)[1:]
        assert command in {"error", "warning", "notice"}
        keys = [pair.partition("=")[0] for pair in properties.partition(" ")[2].split(",")]
        assert set(keys) <= {"title", "file", "line", "endLine", "col", "endColumn"}
        assert len(set(keys)) == len(keys)
    assert not lines[-1].lstrip().startswith("::")
    assert "##[" not in lines[-1]


def unescaped(text: str) -> str:
    """What the runner makes of the data of a command."""
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


@hostile
@given(FINDING)
def test_github_shows_the_message_that_was_meant(finding: Finding) -> None:
    line, _ = machine_text(replace(CLEAN, findings=(replace(finding, hint=None),)), ReportFormat.GITHUB).split("\n")
    data = unescaped(line.split("::", 2)[2])
    plain = set(string.printable) - set("\r\v\f\t")
    if set(finding.message) <= plain:
        assert data == finding.message


@hostile
@given(REPORT)
def test_junit_is_always_xml(report: Report) -> None:
    text = machine_text(report, ReportFormat.JUNIT)
    (suite,) = JUnitXml.fromstring(text.encode())
    cases = list(suite)
    assert len(cases) == max(1, len(report.findings))
    assert sum(not case.is_passed for case in cases) == report.errors
    assert len({(case.classname, case.name) for case in cases}) == len(cases)
    assert {element.tag for element in ET.fromstring(text).iter()} <= {  # noqa: S314 - our own
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "system-out",
    }


@hostile
@given(REPORT)
def test_sarif_json_and_gitlab_are_always_json(report: Report) -> None:
    sarif, gitlab, plain = (
        machine_text(report, name) for name in (ReportFormat.SARIF, ReportFormat.GITLAB, ReportFormat.JSON)
    )
    for text in (sarif, gitlab, plain):
        assert text.isascii()
        json.dumps(json.loads(text), ensure_ascii=False).encode()  # no half characters, which many readers refuse
    assert list(SARIF.iter_errors(json.loads(sarif))) == []
    jsonschema.validate(json.loads(plain), load_schema("report"))
    issues = json.loads(gitlab)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == len(report.findings)


@hostile
@given(REPORT)
def test_a_terminal_gets_one_line_a_finding(report: Report) -> None:
    assert len(LINE_ENDS.split(plain_text(concise_lines(report)))) == max(1, len(report.findings))
    parts = sum(1 + bool(f.hint) + len(f.related) for f in report.findings)
    assert len(LINE_ENDS.split(plain_text(text_lines(report)))) == parts + bool(report.findings) + 2
