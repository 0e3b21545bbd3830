"""What is read out of promptfoo's results, and which files prove nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from promptctl.core.refs import Ref
from promptctl.evidence.measures import Metric
from promptctl.evidence.promptfoo import read_promptfoo
from promptctl.evidence.wanted import ProvesNothing, Side, Unreadable, Wanted
from tests.support.promptfoo import ERROR, FAIL, PASS, UNJUDGED, Column, as_json, as_lines, run_of

OLD, NEW = "Judge the lead {{lead}}.", "Judge the lead {{lead}}, and say why."
CANDIDATE = Side(Ref("qualify-lead", "1.1.0"), NEW, "b" * 64)
BASELINE = Side(Ref("qualify-lead", "1.0.0"), OLD, "a" * 64)
ALONE, BOTH = Wanted(CANDIDATE), Wanted(CANDIDATE, BASELINE)
ROOT = Path(__file__).resolve().parents[3]


def column(*rows: str, **more: Any) -> Column:
    return Column("task/qualify-lead@1.1.0", NEW, list(rows), **more)


def before(*rows: str, **more: Any) -> Column:
    return Column("task/qualify-lead@1.0.0: v1.txt: Judge", OLD, list(rows), **more)


def values(metrics: Any) -> dict[str, tuple[float | None, float | None]]:
    return {name: (item.value, item.baseline) for name, item in metrics.items()}


def test_candidate_and_baseline_stand_side_by_side() -> None:
    run = run_of(
        before(PASS, PASS, FAIL, PASS, latency=[10, 20, 30, 40], cost=0.02, tokens=50),
        column(PASS, FAIL, PASS, FAIL, latency=[400, 100, 200, 300], cost=0.01, tokens=60),
    )
    found = read_promptfoo(as_json(run), BOTH)
    assert values(found.metrics) == {
        "pass_rate": (0.5, 0.75),
        "error_rate": (0, 0),
        "score": (0.5, 0.75),
        "cost": (0.01, 0.02),
        "tokens": (60, 50),
        "latency_p50": (200, 20),
        "latency_p95": (400, 40),
    }
    assert found.metrics["pass_rate"] == Metric(0.5, 0.75, 4)
    assert (found.tests, found.binding, found.compared, found.columns) == (4, "body", True, {})
    assert (found.tool.name, found.tool.version) == ("promptfoo", "0.123.1")
    assert found.created is not None
    assert found.created.isoformat() == "2026-11-20T10:00:00+00:00"


def test_named_scores_are_means_by_weight() -> None:
    run = run_of(column(PASS, FAIL, PASS, scores={"accuracy": [(1, 2), (0.5, 2), (1, 1)]}))
    assert read_promptfoo(as_json(run), ALONE).metrics["score.accuracy"].value == pytest.approx(0.8)


def test_lines_are_bound_by_their_rendered_text() -> None:
    run = run_of(before(PASS, FAIL), column(PASS, PASS))
    found = read_promptfoo(as_lines(run), BOTH)
    assert (found.binding, found.metrics["pass_rate"]) == ("body", Metric(1, 0.5, 2))
    assert found.created is None
    one = read_promptfoo(as_lines(run_of(column(PASS))), ALONE)
    assert one.tests == 1


def test_lines_that_cannot_be_rendered_are_taken_on_their_label() -> None:
    body = "Judge {{ lead | upper }}."
    run = run_of(Column("qualify-lead@1.1.0", body, [PASS]))
    assert read_promptfoo(as_lines(run), Wanted(Side(CANDIDATE.ref, body, "c" * 64))).binding == "asserted"


@pytest.mark.parametrize("write", [as_json, as_lines])
def test_a_draft_under_the_same_label_proves_nothing(write: Any) -> None:
    run = run_of(Column("qualify-lead@1.1.0", "Judge the lead {{lead}}, quickly.", [PASS]))
    with pytest.raises(ProvesNothing, match=r"another text than the version: a draft of it was run"):
        read_promptfoo(write(run), ALONE)


@pytest.mark.parametrize("write", [as_json, as_lines])
def test_a_run_of_other_versions_proves_nothing(write: Any) -> None:
    with pytest.raises(ProvesNothing, match=r"nothing in the file is about qualify-lead@1\.1\.0: it has task/qualify-"):
        read_promptfoo(write(run_of(before(PASS))), ALONE)


def test_one_final_newline_makes_no_other_text() -> None:
    run = run_of(Column("x", NEW + "\n", [PASS]))
    assert read_promptfoo(as_json(run), ALONE).tests == 1
    with pytest.raises(ProvesNothing):
        read_promptfoo(as_json(run_of(Column("x", NEW + "\n\n", [PASS]))), ALONE)


def test_a_chat_is_bound_by_one_of_its_messages() -> None:
    chat = json.dumps([{"role": "system", "content": NEW}, {"role": "user", "content": "{{lead}}"}])
    assert read_promptfoo(as_json(run_of(Column("x", chat, [PASS]))), ALONE).binding == "body"


def test_versions_of_one_text_are_told_apart_by_label() -> None:
    twin = Side(Ref("qualify-lead", "1.0.1"), NEW, "d" * 64)
    run = run_of(Column("qualify-lead@1.0.1", NEW, [FAIL]), column(PASS))
    found = read_promptfoo(as_json(run), Wanted(CANDIDATE, twin))
    assert found.metrics["pass_rate"] == Metric(1, 0, 1)


def test_a_label_is_no_longer_number() -> None:
    run = run_of(Column("qualify-lead@1.1.0-rc.1", "Another.", [PASS]))
    with pytest.raises(ProvesNothing, match="nothing in the file is about"):
        read_promptfoo(as_json(run), ALONE)


def test_every_provider_has_a_column_of_its_own() -> None:
    run = run_of(column(PASS, PASS, provider="one"), column(PASS, FAIL, provider="two"))
    found = read_promptfoo(as_json(run), ALONE)
    assert {name: metrics["pass_rate"].value for name, metrics in found.columns.items()} == {"one": 1, "two": 0.5}
    assert (found.metrics["pass_rate"].value, found.providers, found.tests) == (0.75, ("one", "two"), 2)


@pytest.mark.parametrize("pattern", ["two", "tw*", "*"])
def test_only_providers_of_the_model_count(pattern: str) -> None:
    run = run_of(column(FAIL, provider="one"), column(PASS, provider="two"))
    found = read_promptfoo(as_json(run), Wanted(CANDIDATE, models=(pattern,)))
    assert found.providers == (("one", "two") if pattern == "*" else ("two",))


def test_a_provider_is_known_by_its_id_too() -> None:
    found = read_promptfoo(as_json(run_of(column(PASS))), Wanted(CANDIDATE, models=("file://stub*",)))
    assert found.providers == ("stub-provider",)


def test_no_provider_of_the_model_proves_nothing() -> None:
    with pytest.raises(
        ProvesNothing, match=r"no provider runs the model .* the file has file://stub.mjs, stub-1, stub"
    ):
        read_promptfoo(as_json(run_of(column(PASS))), Wanted(CANDIDATE, models=("openai:*",)))


def test_tests_without_assertions_do_not_count() -> None:
    found = read_promptfoo(as_json(run_of(column(PASS, UNJUDGED, UNJUDGED))), ALONE)
    assert (found.tests, found.metrics["pass_rate"].n) == (1, 1)
    with pytest.raises(ProvesNothing, match="no test has an assertion"):
        read_promptfoo(as_json(run_of(column(UNJUDGED, UNJUDGED))), ALONE)


def test_errors_are_no_answers() -> None:
    found = read_promptfoo(as_json(run_of(column(PASS, ERROR, PASS, PASS))), ALONE)
    assert (found.tests, found.metrics["error_rate"].value, found.metrics["pass_rate"].value) == (3, 0.25, 0.75)
    assert found.metrics["latency_p95"].value is None
    with pytest.raises(ProvesNothing, match="all 2 answers of stub-provider are errors"):
        read_promptfoo(as_json(run_of(column(ERROR, ERROR))), ALONE)


def test_an_answer_out_of_the_cache_has_no_latency() -> None:
    found = read_promptfoo(as_json(run_of(column(PASS, PASS, cached=True))), ALONE)
    assert found.metrics["latency_p50"] == Metric(None, None, 0)


def test_a_test_that_is_repeated_is_one_test() -> None:
    run = run_of(column(PASS, PASS, PASS))
    for row in run["results"]["results"]:
        row["testIdx"] = 0
    assert read_promptfoo(as_json(run), ALONE).tests == 1


def test_the_baseline_has_to_run_the_same_tests() -> None:
    with pytest.raises(ProvesNothing, match=r"qualify-lead@1\.0\.0 did not run the same tests with stub-provider"):
        read_promptfoo(as_json(run_of(before(PASS), column(PASS, PASS))), BOTH)
    with pytest.raises(ProvesNothing, match="did not run the same tests"):
        read_promptfoo(as_json(run_of(before(PASS, provider="two"), column(PASS, provider="one"))), BOTH)


def test_a_file_from_which_rows_were_taken_proves_nothing() -> None:
    run = run_of(column(PASS, FAIL))
    del run["results"]["results"][1]
    with pytest.raises(ProvesNothing, match="statistics count 2 results, and 1 are in it"):
        read_promptfoo(as_json(run), ALONE)


def test_the_suite_is_about_the_tests_alone() -> None:
    one = read_promptfoo(as_json(run_of(column(PASS, FAIL))), ALONE).suite
    other = read_promptfoo(as_json(run_of(column(FAIL, FAIL, cost=1))), ALONE).suite
    third = read_promptfoo(as_json(run_of(column(FAIL))), ALONE).suite
    assert one == other != third


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 4}, "`results.version` is 4"),
        ({"version": 2, "table": {}}, "`results.version` is 2"),
        ({"version": True}, "`results.version` is true"),
        ({"prompts": []}, "belongs to none of the file's prompts"),
        ({"results": [3]}, "belongs to none of the file's prompts"),
    ],
)
def test_another_form_is_refused_loudly(change: dict[str, Any], words: str) -> None:
    run = run_of(column(PASS))
    run["results"] |= change
    if words.startswith("`results.version` is true"):
        words = "`results.version` is true"
    with pytest.raises(Unreadable, match=words):
        read_promptfoo(as_json(run), ALONE)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"\xff", b"null", b'{"results": 3}', b'{"a": 1}\n{"b"', b"[" * 100_000, b'{"promptIdx": 0'],
)
def test_what_is_no_result_file_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_promptfoo(data, ALONE)


def real() -> Path:
    named = os.environ.get("PROMPTCTL_REAL_RESULTS")
    return Path(named) if named else ROOT.parent / "shared" / "data" / "promptfoo"


REAL = Side(Ref("greeting", "1.1.0"), "You are {{tone}}. Greet {{name}} briefly, and say thanks.", "b" * 64)
REAL_OLD = Side(Ref("greeting", "1.0.0"), "You are {{tone}}. Greet {{name}} in one sentence.", "a" * 64)


@pytest.mark.skipif(not real().is_dir(), reason="no real results here: PROMPTCTL_REAL_RESULTS names their folder")
@pytest.mark.parametrize("name", ["results.json", "results.jsonl"])
def test_real_results(name: str) -> None:
    data = (real() / name).read_bytes()
    echo = read_promptfoo(data, Wanted(REAL, REAL_OLD, ("echo",)))
    assert (echo.tests, echo.binding, echo.providers) == (4, "body", ("echo-provider",))
    assert echo.metrics["pass_rate"] == Metric(0.75, 0.75, 4)
    assert echo.metrics["score.correctness"].value == pytest.approx(4 / 5)
    assert echo.metrics["refusal_rate"].value == 0
    assert (echo.metrics["latency_p95"].value, echo.metrics["latency_p95"].baseline) == (12, 22)
    every = read_promptfoo(data, Wanted(REAL, REAL_OLD))
    stub = every.columns["stub-provider"]
    assert set(every.columns) == {"echo-provider", "stub-provider"}
    assert stub["pass_rate"] == Metric(0.25, 0.25, 4)
    assert stub["score.correctness"].value == pytest.approx(3 / 4)
    assert stub["error_rate"].value == pytest.approx(0.2)
    assert stub["latency_p95"].value is None
    assert stub["cost"].value == pytest.approx(0.0001)
    assert "refusal_rate" not in stub
