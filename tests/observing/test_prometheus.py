"""Prometheus as a source: the same verdict as from the events themselves."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from promptctl.metrics.sources.counters import increase
from promptctl.metrics.sources.prometheus import _SUMS, LABELS, NAMES
from tests.support.events import Traffic, write_events
from tests.support.operating import done, environment, stock
from tests.support.prometheus import BINARY, Application, prometheus, total, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.repos import Repo

BOTH = ("globex", "initech")
MAPPED = """\
metrics:
  prometheus:
    names: {calls: app_calls_total}
    labels: {outcome: result}
"""


@pytest.mark.parametrize(
    ("before", "values", "grown"),
    [(5, [5, 7, 9], 4), (None, [3, 4], 4), (5, [7, 2, 3], 5), (9, [1], 1), (9, [], 0), (None, [], 0)],
)
def test_counters_grow_and_begin_anew(before: float | None, values: list[float], grown: float) -> None:
    assert increase(before, values) == grown


@pytest.mark.skipif(BINARY is None, reason="there is no prometheus: apt-get install prometheus")
@pytest.mark.parametrize(("errors", "verdict"), [(0.05, "PROMOTE"), (0.2, "STOP")])
def test_the_same_verdict_as_from_events(repo: Repo, tmp_path: Path, errors: float, verdict: str) -> None:
    pytest.importorskip("duckdb")
    pytest.importorskip("prometheus_client")
    stock(repo)
    repo.write("promptctl.yaml", repo.read("promptctl.yaml") + MAPPED)
    repo.commit("Map names")
    folder = tmp_path / "prometheus"
    folder.mkdir()
    application = Application()
    with prometheus(folder, application) as where:
        old = list(
            Traffic("1.0.0", datetime.now(UTC) - timedelta(hours=9), 4000, 0.05, BOTH, timedelta(hours=8)).events()
        )
        for event in old:
            application.tell(event)
        wait_until(lambda: total(where, "app_calls_total") == 4000)
        done(repo, "rollout", "start", "qualify-lead@1.1.0", "--tenants", ",".join(BOTH), "-m", "Pilot.")
        start = datetime.fromisoformat(environment(repo).rollouts["qualify-lead@1.1.0"].started)
        wait_until(lambda: datetime.now(UTC) > start + timedelta(seconds=2))
        new = list(Traffic("1.1.0", start + timedelta(seconds=2), 4000, errors, BOTH).events())
        for event in new[:1500]:
            application.tell(event)
        wait_until(lambda: total(where, "app_calls_total") == 5500)
        application.restart()
        for event in new[1500:2000]:
            application.tell(event)
        wait_until(lambda: total(where, 'app_calls_total{version="1.1.0"}') == 500)
        for event in new[2000:]:
            application.tell(event)
        wait_until(lambda: total(where, 'app_calls_total{version="1.1.0"}') == 2500)
        file = write_events(tmp_path / "e.jsonl", lines=[json.dumps(event) for event in (*old, *new)])
        now = ("--now", (start + timedelta(hours=25)).isoformat(), "--format", "json")
        found = [
            repo.promptctl("observe", "qualify-lead", "--source", source, *now)
            for source in (f"prometheus://{where}", str(file))
        ]
    assert not [one.err for one in found if not one.out]
    ours, theirs = (one.report for one in found)
    assert (ours["verdict"], theirs["verdict"]) == (verdict, verdict)
    assert [one.code for one in found] == [int(verdict == "STOP")] * 2
    assert _numbers(ours) == _numbers(theirs)


def _numbers(report: dict[str, Any]) -> list[Any]:
    rows = report["metrics"]
    return [
        (r["metric"], r["verdict"], r["n"], r["n_baseline"], pytest.approx(r["value"]) if r["n"] else None)
        for r in rows
    ]


def test_it_reads_what_the_runtime_writes() -> None:
    client = pytest.importorskip("prometheus_client")
    from promptctl.runtime.prometheus import LABELS as WRITTEN
    from promptctl.runtime.prometheus import PrometheusSink

    registry = client.CollectorRegistry()
    sink = PrometheusSink(registry)
    event = next(Traffic("1.0.0", datetime.now(UTC), 1, more=(("quality", 0.5), ("policy_violations", 1))).events())
    sink.write(event)
    samples = {sample.name: sample.labels for family in registry.collect() for sample in family.samples}
    names = {
        NAMES["calls"],
        NAMES["violations"],
        *(f"{NAMES['duration']}_{part}" for part in ("count", "sum", "bucket")),
    }
    names |= {f"{NAMES[mean]}_{part}" for mean in ("cost", "quality") for part in _SUMS}
    assert names <= samples.keys()
    assert set(WRITTEN) <= set(LABELS)
    assert "outcome" in samples[NAMES["calls"]]
    # what is slow by default has a bucket that ends there
    bounds = [
        sample.labels["le"] for family in registry.collect() for sample in family.samples if "le" in sample.labels
    ]
    assert "5.0" in bounds


class _Answering(BaseHTTPRequestHandler):
    code, body, seen = 200, b"{}", ""

    def do_GET(self) -> None:
        type(self).seen = f"{self.path} {self.headers.get('X-Scope-OrgID')}"
        self.send_response(self.code)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), _Answering) as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("code", "body", "words"),
    [
        (200, b"<html>", "its answer is not JSON"),
        (200, b'{"status": "error"}', "does not answer"),
        (200, b'{"status": "success", "data": []}', "its answer holds no series"),
        (400, b'{"status": "error", "error": "parse error"}', "400 Bad Request: parse error"),
        (302, b"", "302 Found"),
    ],
)
def test_a_server_without_an_answer_is_undecided(
    repo: Repo, server: HTTPServer, code: int, body: bytes, words: str
) -> None:
    stock(repo)
    _Answering.code, _Answering.body = code, body
    source = ("--source", f"prometheus://127.0.0.1:{server.server_port}/prom", "--version", "1.1.0")
    found = repo.promptctl(
        "observe", "qualify-lead", *source, env={"PROMPTCTL_PROMETHEUS_HEADERS": "X-Scope-OrgID: me"}
    )
    assert (found.code, found.out) == (3, "")
    assert words in found.err
    assert _Answering.seen.startswith("/prom/api/v1/")
    assert _Answering.seen.endswith(" me")


@pytest.mark.parametrize(
    ("source", "headers", "words"),
    [
        ("prometheus://", "", "names no server"),
        ("prometheus://me:secret@host", "", "no user and password"),
        ("prometheus://host", "nonsense", "a line that is no header"),
    ],
)
def test_a_source_that_cannot_be_asked(repo: Repo, source: str, headers: str, words: str) -> None:
    stock(repo)
    arguments = ("--source", source, "--version", "1.1.0")
    found = repo.promptctl("observe", "qualify-lead", *arguments, env={"PROMPTCTL_PROMETHEUS_HEADERS": headers})
    assert found.code == 2
    assert words in found.err
    assert "secret" not in found.err
