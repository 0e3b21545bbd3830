"""Which changes of a gate ask for less than before."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from promptctl.rules.loosening import loosenings

EVALS = {
    "environments": ["staging", "production"],
    "format": "promptfoo",
    "min-tests": 20,
    "max-age": "30d",
    "thresholds": {"pass_rate": ">= 0.95", "cost.change": "<= +10%"},
    "overrides": [{"prompts": ["summarise-*"], "thresholds": {"pass_rate": ">= 0.90"}}],
    "reviewed-by": "required",
    "per-regime": True,
}


def told(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    old, new = ({} if gate is None else {"gates": {"evals": gate}} for gate in (before, after))
    return [item.message for item in loosenings(old, new, {})]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("environments", ["production"], "no longer guards staging"),
        ("format", "generic", "no longer asks for results of promptfoo"),
        ("format", "junit", "no longer asks for results of promptfoo"),
        ("min-tests", 19, "`min-tests` of the gate evals goes from 20 to 19"),
        ("min-tests", None, "`min-tests` of the gate evals goes from 20 to 1"),
        ("max-age", "31d", "`max-age` of the gate evals goes from 30d to 31d"),
        ("max-age", None, "`max-age` of the gate evals goes from 30d to no limit"),
        ("reviewed-by", None, "no longer asks for reviewed-by"),
        ("per-regime", False, "no longer asks for per-regime"),
        ("thresholds", {"pass_rate": ">= 0.95"}, "cost.change goes from <= +10% to no limit"),
        ("thresholds", {"pass_rate": ">= 0.94", "cost.change": "<= +10%"}, "pass_rate goes from >= 0.95 to >= 0.94"),
        ("overrides", [{"prompts": ["*"], "thresholds": {"pass_rate": ">= 0"}}], "pass_rate of * goes from >= 0.95"),
    ],
)
def test_less_than_before_is_told(key: str, value: Any, words: str) -> None:
    after: dict[str, Any] = copy.deepcopy(EVALS)
    if value is None:
        del after[key]
    else:
        after[key] = value
    assert any(words in message for message in told(EVALS, after)), told(EVALS, after)
    back = [message for message in told(after, EVALS) if key != "overrides"]
    assert back == []


def test_a_gate_that_goes_is_told_and_one_that_comes_is_not() -> None:
    assert told(EVALS, None) == ["the gate evals is gone"]
    assert told(None, EVALS) == []


def test_a_gate_without_thresholds_asks_for_every_test() -> None:
    assert told({}, {"thresholds": {"pass_rate": ">= 0.5"}}) == ["pass_rate goes from >= 1 to >= 0.5"]
    assert told({}, {"thresholds": {"cost": "<= 1"}}) == ["pass_rate goes from >= 1 to no limit"]
    assert told({"thresholds": {"pass_rate": ">= 0.5"}}, {}) == []


def test_every_environment_is_more_than_a_list_of_them() -> None:
    assert told({}, {"environments": ["production"]}) == ["the gate evals no longer guards every environment"]
    assert told({"environments": ["production"]}, {}) == []
