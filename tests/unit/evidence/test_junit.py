"""JUnit XML: what is counted, what proves nothing, and what is refused unread."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptctl.core.errors import PromptctlError
from promptctl.core.refs import Ref
from promptctl.evidence.junit import read_junit
from promptctl.evidence.measures import Metric, Results
from promptctl.evidence.wanted import ProvesNothing, Side, Unreadable, Wanted

WANTED = Wanted(Side(Ref("qualify-lead", "1.1.0"), "Judge.", "b" * 64))
ROOT = Path(__file__).resolve().parents[3]


def read(*cases: str, more: str = "", suite: str = "") -> Results:
    return read_junit(
        f"<testsuites>{more}<testsuite {suite}>{''.join(cases)}</testsuite></testsuites>".encode(), WANTED
    )


def case(name: str, inside: str = "") -> str:
    return f'<testcase classname="t" name="{name}">{inside}</testcase>'


def test_failures_and_errors_are_no_passes() -> None:
    found = read(case("a"), case("b", "<failure/>"), case("c", "<error/>"), case("d", "<skipped/>"))
    assert found.metrics == {"pass_rate": Metric(1 / 3, n=3), "error_rate": Metric(1 / 3, n=3)}
    assert (found.tests, found.binding, found.tool.name, found.created) == (2, "asserted", "junit", None)


def test_a_single_suite_and_nested_ones_are_read() -> None:
    assert read_junit(b"<testsuite><testcase/></testsuite>", WANTED).tests == 1
    assert read(f"<testsuite>{case('a')}</testsuite>", case("b")).tests == 2


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        ([], "the file holds no tests"),
        ([case("a", "<skipped/>")], "the only test was skipped"),
        ([case("a", "<skipped/>"), case("b", "<skipped/>")], "all 2 tests were skipped"),
        ([case("a", "<error/>"), case("b", "<error/>")], "all 2 tests ended in an error"),
    ],
)
def test_a_file_that_proves_nothing(cases: list[str], words: str) -> None:
    with pytest.raises(ProvesNothing, match=words):
        read(*cases)


def test_a_file_that_lost_its_failures_proves_nothing() -> None:
    with pytest.raises(ProvesNothing, match="says that 2 tests failed, and shows none"):
        read(case("a"), suite='tests="3" failures="1" errors="1"')


def test_properties_bind_the_file() -> None:
    named = '<properties><property name="promptctl.behaviour" value="{}"/></properties>'
    assert read(named.format("b" * 64), case("a")).binding == "digest"
    with pytest.raises(ProvesNothing, match=r"about another version than qualify-lead@1\.1\.0"):
        read(named.format("a" * 64), case("a"))
    other = '<properties><property name="promptctl.ref" value="qualify-lead@1.0.0"/></properties>'
    with pytest.raises(ProvesNothing, match=r"promptctl\.ref is qualify-lead@1\.0\.0"):
        read(other, case("a"))


def test_the_age_counts_from_the_oldest_suite_with_a_time_zone() -> None:
    suites = "".join(
        f'<testsuite timestamp="2026-11-{day}T10:00:00{zone}"/>' for day, zone in ((22, "Z"), (21, "+02:00"), (1, ""))
    )
    found = read(case("a"), more=suites)
    assert found.created is not None
    assert found.created.isoformat() == "2026-11-21T08:00:00+00:00"


def test_the_suite_is_the_names_of_the_tests() -> None:
    assert read(case("a"), case("b")).suite == read(case("b"), case("a", "<failure/>")).suite != read(case("a")).suite


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><testsuites><testcase name="&b;"/></testsuites>'
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><testsuites><testcase name="a">&f;</testcase></testsuites>'
)


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, '<!DOCTYPE x SYSTEM "http://example.com/x.dtd"><testsuites/>'])
def test_no_entity_is_declared_and_none_is_fetched(text: str) -> None:
    with pytest.raises(Unreadable, match="declares a document type"):
        read_junit(text.encode(), WANTED)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"<testsuites>",
        b"<a/>",
        b"<testsuites>&x;</testsuites>",
        b"<a>" * 200,
        b'<?xml version="1.0" encoding="x"?><a/>',
    ],
)
def test_what_is_no_junit_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_junit(data, WANTED)


@settings(deadline=None)
@given(st.binary(max_size=80) | st.text(st.sampled_from('<>/"=testcaseuil &;!-[]?'), max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(PromptctlError):
        read_junit(data, WANTED)


def real() -> Path:
    named = os.environ.get("PROMPTCTL_REAL_RESULTS")
    return (Path(named) if named else ROOT.parent / "shared" / "data" / "promptfoo") / "results.junit.xml"


@pytest.mark.skipif(not real().is_file(), reason="no real results here: PROMPTCTL_REAL_RESULTS names their folder")
def test_real_results() -> None:
    found = read_junit(real().read_bytes(), WANTED)
    assert found.metrics["pass_rate"] == Metric(12 / 20, n=20)
    assert (found.tests, found.metrics["error_rate"].value) == (18, 0.1)
    assert found.created is not None
