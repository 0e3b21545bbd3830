"""`observe` over files of events."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from promptctl.core.times import written
from tests.support.events import Traffic, write_events
from tests.support.operating import CONFIG, day, done, environment, gets, message, stock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repos import Repo, Result

pytest.importorskip("duckdb")

DAY = timedelta(days=1)
BOTH = ("globex", "initech")


def look(repo: Repo, source: Path, now: datetime, *more: str) -> Result:
    found = repo.promptctl("observe", "qualify-lead", "--source", str(source), "--now", now.isoformat(), *more)
    assert "Traceback" not in found.err, found.err
    return found


def told(repo: Repo, source: Path, now: datetime, *more: str) -> tuple[int, dict[str, Any]]:
    found = look(repo, source, now, "--format", "json", *more)
    assert found.out, found.err
    return found.code, json.loads(found.out)


def before(start: datetime, n: int = 4000, errors: float = 0.05, **more: Any) -> Traffic:
    return Traffic("1.0.0", start - DAY, n, errors, BOTH, **more)


def after(start: datetime, n: int = 4000, errors: float = 0.05, **more: Any) -> Traffic:
    return Traffic("1.1.0", start + timedelta(minutes=1), n, errors, BOTH, **more)


@pytest.mark.parametrize(
    ("n", "errors", "code", "verdict"),
    [
        (4000, 0.05, 0, "PROMOTE"),
        (4000, 0.15, 1, "STOP"),
        (200, 0.05, 0, "HOLD"),
        (0, 0.0, 3, "INCONCLUSIVE"),
        (60, 0.3, 1, "STOP"),
    ],
)
def test_verdict(pilot: Repo, start: datetime, n: int, errors: float, code: int, verdict: str) -> None:
    source = write_events(pilot.path / "events.jsonl", before(start), after(start, n, errors))
    found = told(pilot, source, start + DAY)
    assert (found[0], found[1]["verdict"]) == (code, verdict)
    document = found[1]
    assert (document["version"], document["from"], document["to"]) == (1, "qualify-lead@1.0.0", "qualify-lead@1.1.0")
    assert [row["metric"] for row in document["metrics"]] == [
        *("error_rate", "refusal_rate", "policy_violation_rate", "quality", "cost", "slow_rate"),
    ]
    error = document["metrics"][0]
    assert (error["n"], error["n_baseline"]) == ((n, 4000) if n else (0, 0))


def test_the_terminal_shows_versions_metrics_and_reasons(pilot: Repo, start: datetime) -> None:
    source = write_events(
        pilot.path / "events.jsonl", before(start), after(start, errors=0.2), lines=["no event", "{}"]
    )
    found = look(pilot, source, start + DAY)
    assert found.code == 1
    assert "qualify-lead@1.1.0 against qualify-lead@1.0.0 in production, step 1" in found.out
    for text in ("100.0%", "████", "●", "20.00%", "error_rate is proved worse than the margin", "2 records could not"):
        assert text in found.out


def test_others_calls_are_no_baseline(pilot: Repo, start: datetime) -> None:
    # the rest of the tenants are on the old version and never fail; the pilot has no past
    others = Traffic("1.0.0", start, 4000, 0.0, ("acme", "umbrella"))
    code, document = told(pilot, write_events(pilot.path / "e.jsonl", others, after(start)), start + DAY)
    assert (code, document["verdict"]) == (3, "INCONCLUSIVE")
    assert document["left_out"] == ["globex", "initech"]


def test_windows_and_environments(pilot: Repo, start: datetime) -> None:
    elsewhere = after(start, 100, 1.0, more=(("environment", "staging"),))
    other = after(start, 100, 1.0, more=(("gen_ai.prompt.name", "other"),))
    late = Traffic("1.1.0", start + 2 * DAY, 100, 1.0, BOTH)
    early = Traffic("1.1.0", start - DAY, 100, 1.0, BOTH)
    source = write_events(pilot.path / "e.jsonl", before(start), after(start), elsewhere, other, late, early)
    code, document = told(pilot, source, start + DAY)
    assert (code, document["samples"], document["unreadable"]) == (0, 4000, 0)
    half = (start + timedelta(hours=6, minutes=1)).isoformat()
    assert told(pilot, source, start + DAY, "--since", half)[1]["samples"] == pytest.approx(2000, abs=1)


def test_parquet_says_the_same(pilot: Repo, start: datetime) -> None:
    import duckdb

    source = write_events(pilot.path / "e.jsonl", before(start), after(start, errors=0.15))
    other = pilot.path / "e.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM read_json_auto('{source}')) TO '{other}'")
    one, two = (told(pilot, path, start + DAY) for path in (source, other))
    assert one[0] == two[0] == 1
    for key in ("verdict", "reasons", "samples"):
        assert one[1][key] == two[1][key]
    assert [row["n"] for row in one[1]["metrics"]] == [row["n"] for row in two[1]["metrics"]]


def test_a_rollout_by_share_is_compared_stage_by_stage(repo: Repo) -> None:
    stock(repo)
    done(
        repo,
        "rollout",
        "start",
        "qualify-lead@1.1.0",
        "--flag",
        "f",
        "--expires",
        day(30),
        "--percentage",
        "5",
        "-m",
        "x",
    )
    done(repo, "rollout", "expand", "qualify-lead", "--percentage", "50")
    text = repo.read(CONFIG)
    start = datetime.fromisoformat(environment(repo).rollouts["qualify-lead@1.1.0"].started)
    later = start + 2 * DAY
    moved = re.sub(r"(number: 2\s*,?\s*at: )[^,}\s]+", rf"\g<1>{written(later)}", text)
    assert moved != text
    repo.write(CONFIG, moved)
    # everything gets better while the share grows, and the versions are the same: taken together, 1.1.0 looks better
    source = write_events(
        repo.path / "e.jsonl",
        *(Traffic("1.0.0", start, 9500, 0.05, BOTH), Traffic("1.1.0", start, 500, 0.05, BOTH)),
        *(Traffic("1.0.0", later, 5000, 0.01, BOTH), Traffic("1.1.0", later, 5000, 0.01, BOTH)),
    )
    code, document = told(repo, source, later + DAY)
    error = document["metrics"][0]
    assert (code, error["verdict"]) == (0, "HOLD")
    assert error["value"] < 0.6 * error["baseline"]


def test_recorded_verdicts_stay(pilot: Repo, start: datetime) -> None:
    bad = write_events(pilot.path / "bad.jsonl", before(start), after(start, errors=0.2))
    good = write_events(pilot.path / "good.jsonl", before(start), after(start))
    assert told(pilot, good, start + DAY)[1]["verdict"] == "PROMOTE"
    assert look(pilot, bad, start + DAY, "--record").code == 1
    path = "prompt-evidence/qualify-lead/1.1.0/observation.production.json"
    statement = json.loads(pilot.read(path))
    assert [subject["name"] for subject in statement["subject"]] == ["qualify-lead@1.1.0", "qualify-lead@1.0.0"]
    predicate = statement["predicate"]
    assert (predicate["verdict"], predicate["samples"], predicate["environment"]) == ("STOP", 4000, "production")
    assert sum(pair["new"]["error_rate"]["hits"] for pair in predicate["inputs"]) == 800
    code, document = told(pilot, good, start + DAY)
    assert (code, document["verdict"]) == (1, "STOP")
    assert "was recorded at" in document["reasons"][0]


def test_a_recorded_promotion_can_be_committed_and_is_no_finding(pilot: Repo, start: datetime) -> None:
    source = write_events(pilot.path / "e.jsonl", before(start), after(start))
    assert look(pilot, source, start + DAY, "--record", "--commit").code == 0
    assert pilot.git("log", "-1", "--format=%s") == "Observe qualify-lead@1.1.0 in production: PROMOTE"
    assert pilot.promptctl("check", "--all").code == 0


@pytest.mark.parametrize("action", ["pause", "rollback"])
def test_a_degraded_version_is_answered_by_a_commit(pilot: Repo, start: datetime, action: str) -> None:
    bad = write_events(pilot.path / "e.jsonl", before(start), after(start, errors=0.2))
    code, document = told(pilot, bad, start + DAY, "--on-degraded", action)
    assert (code, document["verdict"]) == (1, "STOP")
    state, version = ("paused", "1.1.0") if action == "pause" else ("rolled-back", "1.0.0")
    assert environment(pilot).rollouts["qualify-lead@1.1.0"].state == state
    assert gets(pilot, tenant="globex") == version
    assert message(pilot)[1]["Reason"].startswith("STOP: error_rate is")
    good = write_events(pilot.path / "good.jsonl", before(start), after(start))
    head = pilot.git("rev-parse", "HEAD")
    look(pilot, good, start + DAY, "--on-degraded", action)
    assert pilot.git("rev-parse", "HEAD") == head


def test_a_version_without_a_rollout_is_compared_with_the_default(pilot: Repo, start: datetime) -> None:
    source = write_events(
        pilot.path / "e.jsonl", Traffic("1.0.0", start, 4000, 0.05), Traffic("1.2.0", start, 4000, 0.2)
    )
    code, document = told(pilot, source, start + DAY, "--version", "1.2.0")
    assert (code, document["verdict"], document["from"], document["rollout"]) == (1, "STOP", "qualify-lead@1.0.0", None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--source", "nowhere.jsonl"), "there is no file"),
        (("--source", "events.csv"), "is no source of metrics"),
        (("--source", "e.jsonl", "--version", "1.0.0"), "there is nothing else to compare it with"),
        (("--source", "e.jsonl", "--since", "yesterday"), "--since is no time"),
        (("--source", "e.jsonl", "--watch", "5", "--now", "2026-11-22"), "--now has no place"),
    ],
)
def test_misuse(pilot: Repo, start: datetime, arguments: tuple[str, ...], words: str) -> None:
    write_events(pilot.path / "e.jsonl", before(start, 10))
    found = pilot.promptctl("observe", "qualify-lead", *arguments)
    assert (found.code, found.out) == (2, "")
    assert words in found.err


def test_without_duckdb_it_names_the_extra(pilot: Repo, start: datetime) -> None:
    write_events(pilot.path / "e.jsonl", before(start, 10))
    blocked = pilot.path.parent / "blocked" / "duckdb.py"
    blocked.parent.mkdir()
    blocked.write_text("raise ImportError('not here')\n")
    found = pilot.promptctl("observe", "qualify-lead", "--source", "e.jsonl", env={"PYTHONPATH": str(blocked.parent)})
    assert found.code == 2
    assert "pip install 'git-promptctl[metrics]'" in found.err


def test_a_file_of_something_else_is_no_answer(pilot: Repo, start: datetime) -> None:
    broken = pilot.path / "e.parquet"
    broken.write_bytes(b"PAR1 not really")
    found = look(pilot, broken, start + DAY)
    assert found.code == 3
    assert "cannot be read" in found.err
    empty = write_events(pilot.path / "e[1].jsonl", lines=["[]", "12", "", '{"timestamp": "never"}'])
    code, document = told(pilot, empty, start + DAY)
    assert (code, document["unreadable"]) == (3, 3)


def test_watching_ends_when_something_is_proved(pilot: Repo, start: datetime) -> None:
    bad = write_events(pilot.path / "e.jsonl", before(start), Traffic("1.1.0", start, 200, 0.5, BOTH, timedelta(0)))
    found = pilot.promptctl("observe", "qualify-lead", "--source", str(bad), "--watch", "1")
    assert found.code == 1
