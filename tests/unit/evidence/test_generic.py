"""The format of tools of one's own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptctl.core.errors import PromptctlError
from promptctl.core.refs import Ref
from promptctl.evidence.generic import read_generic
from promptctl.evidence.measures import Metric, Results
from promptctl.evidence.wanted import ProvesNothing, Side, Unreadable, Wanted

WANTED = Wanted(Side(Ref("qualify-lead", "1.1.0"), "Judge.", "b" * 64))


def read(**document: Any) -> Results:
    return read_generic(json.dumps({"tests": 4, "passed": 3, **document}).encode(), WANTED)


def test_everything_that_may_be_said() -> None:
    found = read(
        baseline={"tests": 4, "passed": 2},
        metrics={"toxicity": {"value": 0.01, "baseline": 0.02, "n": 4}},
        behaviour="b" * 64,
        environment="production",
        regimes=["hipaa"],
        created="2026-11-22T10:00:00+01:00",
        tool={"name": "judge", "version": "2"},
        suite="c" * 64,
    )
    assert found.metrics == {"pass_rate": Metric(0.75, 0.5, 4), "toxicity": Metric(0.01, 0.02, 4)}
    assert (found.binding, found.compared, found.environment, found.regimes) == (
        "digest",
        True,
        "production",
        ("hipaa",),
    )
    assert found.created is not None
    assert found.created.hour == 9


def test_the_least_file() -> None:
    found = read()
    assert (found.binding, found.compared, found.tests, found.tool.name) == ("asserted", False, 4, "generic")


def test_no_number_is_no_value() -> None:
    data = b'{"tests": 1, "passed": 1, "metrics": {"x": {"value": NaN}, "y": {"value": null}}}'
    found = read_generic(data, WANTED).metrics
    assert (found["x"].value, found["y"].value) == (None, None)


@pytest.mark.parametrize("change", [{"tests": 0, "passed": 0}, {"behaviour": "a" * 64}])
def test_a_file_that_proves_nothing(change: dict[str, Any]) -> None:
    with pytest.raises(ProvesNothing):
        read(**change)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"passed": 5}, "more tests passed than there were"),
        ({"baseline": {"tests": 1, "passed": 2}}, "more tests passed than there were"),
        ({"pased": 5}, "line 1, column 27: unknown key `pased`"),
        ({"metrics": {"pass_rate": {"value": 1}}}, "is worked out from `tests` and `passed`"),
        ({"metrics": {"x": {"value": "1"}}}, "must be"),
        ({"created": "2026-02-30T10:00:00Z"}, "there is no such moment"),
        ({"tests": None}, "`tests` must be"),
    ],
)
def test_another_form_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(**change)


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(PromptctlError):
        read_generic(data, WANTED)
