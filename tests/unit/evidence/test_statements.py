"""Statements are written alike and read back as they were, and what is none is refused with its place."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptctl.core.entries import Blob, Entry
from promptctl.core.text import Lines
from promptctl.evidence.measures import Metric, Tool
from promptctl.evidence.statement import Source, Statement, Subject
from promptctl.evidence.statement_reader import StatementFile, read_statement
from promptctl.evidence.statement_writer import write_statement

ENTRY = Entry("100644", "0" * 40)
labels = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
digests = st.sampled_from(["a" * 64, "0123456789abcdef" * 4])
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
metrics = st.dictionaries(labels, st.builds(Metric, numbers, numbers, st.none() | st.integers(0, 99)), max_size=3)
subjects = st.builds(Subject, labels, st.none() | digests, st.none() | digests)
sources = st.builds(
    Source,
    st.sampled_from(["junit", "promptfoo", "generic"]),
    digests,
    st.sampled_from([None, "sources/evals.json"]),
    st.none() | moments,
)
statements = st.builds(
    Statement,
    subject=subjects,
    gate=st.sampled_from(["evals", "red_team-2"]),
    passed=st.booleans(),
    metrics=metrics,
    recorded=moments,
    baseline=st.none() | subjects,
    environment=st.sampled_from([None, "production"]),
    regimes=st.lists(labels, unique=True, max_size=2).map(tuple),
    columns=st.dictionaries(labels, metrics, max_size=2),
    providers=st.lists(labels, max_size=2).map(tuple),
    tests=st.none() | st.integers(0, 99),
    thresholds=st.dictionaries(labels, labels, max_size=2),
    binding=st.sampled_from(["body", "digest", "asserted"]),
    tool=st.none() | st.builds(Tool, labels, st.none() | labels),
    source=st.none() | sources,
    suite=st.none() | digests,
    attempts=st.integers(1, 99),
    recorded_by=st.none() | labels,
    reviewed_by=st.none() | labels,
)


def read(text: str | bytes) -> StatementFile:
    data = text.encode() if isinstance(text, str) else text
    return read_statement(ENTRY, Blob(len(data), data))


@settings(deadline=None)
@given(statements)
def test_a_statement_is_read_back_as_it_was(statement: Statement) -> None:
    text = write_statement(statement)
    found = read(text)
    assert (found.faults, found.statement) == ((), statement)
    assert write_statement(statement) == text
    assert found.statement is not None
    assert write_statement(found.statement) == text


GOOD: dict[str, Any] = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "qualify-lead@1.1.0", "digest": {"behaviour": "a" * 64}}],
    "predicateType": "urn:promptctl:predicate:gate:1",
    "predicate": {"gate": "evals", "result": "pass", "metrics": {}, "recordedAt": "2026-11-22T10:00:00Z"},
}


def test_the_least_statement() -> None:
    found = read(json.dumps(GOOD))
    assert found.statement is not None
    assert (found.statement.binding, found.statement.attempts, found.statement.tests) == ("asserted", 1, None)


@pytest.mark.parametrize(
    ("change", "words", "place"),
    [
        ({"predicate": 3}, "`predicate` must be a mapping, not 3", (12, 16)),
        (
            {"_type": "https://in-toto.io/Statement/v0.1"},
            "`_type` must be one of https://in-toto.io/Statement/v1",
            (2, 12),
        ),
        ({"predicateType": "https://slsa.dev/provenance/v1"}, "`predicateType` must be one of urn:promptctl", (11, 20)),
        ({"subject": []}, "`subject` is empty", (3, 3)),
        ({"extra": 1}, "unknown key `extra`", (18, 3)),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change: dict[str, Any], words: str, place: tuple[int, int]) -> None:
    found = read(json.dumps(GOOD | change, indent=2))
    assert found.statement is None
    (fault,) = found.faults
    assert fault.rule == "evidence-invalid"
    assert words in fault.message
    position = Lines(found.text).position(fault.start)
    assert (position.line, position.column) == place


@pytest.mark.parametrize(
    "moment", ["2026-11-22", "2026-11-22T10:00:00", "2026-02-30T10:00:00Z", "yesterday", "2026-11-22T10:00:00Z\n"]
)
def test_a_moment_has_to_be_one(moment: str) -> None:
    document = json.loads(json.dumps(GOOD))
    document["predicate"]["recordedAt"] = moment
    assert read(json.dumps(document)).statement is None


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_read_without_a_surprise(data: bytes) -> None:
    found = read(data)
    assert found.statement is None
    assert found.faults
    assert all(fault.rule == "evidence-invalid" for fault in found.faults)


def test_other_kinds_of_files_hold_no_statement() -> None:
    assert read_statement(Entry("120000", "0" * 40), None).faults
    assert read_statement(ENTRY, Blob(10**9, None)).faults
