"""What a resolver tells: hooks, logs, OpenTelemetry, Prometheus and files; and what is left of it in a fork."""

from __future__ import annotations

import json
import logging
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from promptctl.core.refs import Ref
from promptctl.core.rollouts import Rollout
from promptctl.core.selection import Flag, Selection, Tenant
from promptctl.runtime import Event, JsonlSink, load, log_hook
from tests.support.bundles import document_of, numbered, write

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = Ref("greet", "1.0.0"), Ref("greet", "2.0.0")
SAID = {"replacement": "2.0.0", "reason": "Old.", "announced": "2026-01-01", "remove-after": "2027-01-01"}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    flag = Flag("late", NEW, tenants=frozenset({"globex"}), expires="2020-01-01")
    selection = Selection("production", {"greet": OLD}, tenants={"acme": Tenant()}, flags=(flag,))
    rollout = Rollout(NEW, OLD, "flag", "running", "2026-11-22", 2)
    return write(tmp_path / "bundle.json", document_of(selection, rollouts=(rollout,)))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A bundle whose only version is deprecated."""
    return write(tmp_path / "old.json", document_of(Selection("production", {"greet": OLD}), deprecated=SAID))


def test_a_hook_gets_one_event_for_each_selection_and_each_warning(bundle: Path, old: Path) -> None:
    told: list[Event] = []
    caller = threading.get_ident()
    threads: set[int] = set()

    def hook(event: Event) -> None:
        threads.add(threading.get_ident())
        told.append(event)

    with load(bundle, hook=hook, poll=None) as resolver:
        resolver.get("greet", tenant="acme", key="someone")
        resolver.get("greet", tenant="globex")
    with load(old, hook=hook, poll=None) as resolver:
        resolver.get("greet")
    assert [(event.kind, event.tenant, event.key) for event in told] == [
        ("selection", "acme", "someone"),
        ("selection", "globex", None),
        ("flag-expired", "globex", None),
        ("selection", None, None),
        ("deprecated", None, None),
    ]
    assert told[0].record is not None
    assert told[0].record.ref == "greet@1.0.0"
    assert told[-1].message == "greet@1.0.0 is deprecated; use 2.0.0"
    assert caller not in threads


def test_a_hook_that_is_slow_or_fails_costs_events_and_not_answers(
    bundle: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gate = threading.Event()
    with load(bundle, hook=lambda _: gate.wait(60), poll=None, queue_size=5) as resolver:
        for _ in range(50):
            resolver.get("greet")
        assert resolver.status.dropped >= 44
        gate.set()
    with load(bundle, hook=lambda _: 1 / 0, poll=None) as resolver:
        assert resolver.get("greet").ref == resolver.get("greet").ref
    assert [line.levelname for line in caplog.records].count("WARNING") == 1


def test_logging_tells_selections_and_without_a_hook_each_warning_once(
    bundle: Path, old: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with load(bundle, hook=log_hook(), poll=None) as resolver:
        resolver.get("greet", tenant="acme")
    [line] = caplog.records
    assert (line.levelname, line.message) == ("DEBUG", "greet@1.0.0 (default, production)")
    assert vars(line)["promptctl"]["gen_ai.prompt.version"] == "1.0.0"
    caplog.clear()
    with load(old, poll=None) as resolver:
        resolver.get("greet")
        resolver.get("greet")
    assert [line.message for line in caplog.records] == ["greet@1.0.0 is deprecated; use 2.0.0"]


def test_a_call_writes_what_became_of_it(bundle: Path, tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    with load(bundle, sinks=[JsonlSink(file)], poll=None) as resolver:
        with resolver.call("greet", tenant="globex", conversation="c1") as call:
            assert call.render() == call.text == "Text of greet@2.0.0"
            call.ok(cost_usd=0.25, input_tokens=10, output_tokens=2, quality=0.5, policy_violations=0, duration_s=1.5)
        with resolver.call("greet") as call:
            call.refusal()
        with suppress(ZeroDivisionError), resolver.call("greet") as call:
            call.ok(cost_usd=1)
            raise ZeroDivisionError
        with resolver.call("greet") as call, pytest.raises(TypeError, match="no such fact: cost;"):
            call.error(cost=1)
    events = [json.loads(line) for line in file.read_text().splitlines()]
    times = [event.pop("timestamp") for event in events]
    assert times == sorted(times)
    assert all(time.endswith("Z") for time in times)
    assert events[0] == {
        "environment": "production",
        "tenant": "globex",
        "conversation": "c1",
        "gen_ai.prompt.name": "greet",
        "gen_ai.prompt.version": "2.0.0",
        "outcome": "ok",
        "duration_s": 1.5,
        "cost_usd": 0.25,
        "input_tokens": 10,
        "output_tokens": 2,
        "quality": 0.5,
        "policy_violations": 0,
        "stage": 2,
    }
    assert [event["outcome"] for event in events] == ["ok", "refusal", "error", "ok"]
    assert all(event["duration_s"] >= 0 for event in events)


def test_opentelemetry_gets_events_and_metrics(bundle: Path, old: Path) -> None:
    logs = pytest.importorskip("opentelemetry.sdk._logs")
    from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader

    from promptctl.runtime.otel import OtelHook, OtelSink

    exporter, reader = InMemoryLogRecordExporter(), InMemoryMetricReader()
    provider = logs.LoggerProvider()
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    meters = MeterProvider([reader])
    for path in (bundle, old):
        resolver = load(path, hook=OtelHook(provider), sinks=[OtelSink(meters)], poll=None)
        with resolver, resolver.call("greet", tenant="acme", key="k") as call:
            call.ok(cost_usd=0.5, quality=1)
    found = [item.log_record for item in exporter.get_finished_logs()]
    assert [item.event_name for item in found] == [*["feature_flag.evaluation"] * 2, "promptctl.deprecated"]
    assert dict(found[0].attributes or {}) == {
        **call.record.attributes,
        "feature_flag.provider.name": "promptctl",
        "feature_flag.context.id": "k",
        "promptctl.tenant": "acme",
    }
    data: Any = reader.get_metrics_data()
    named = {item.name: item for item in data.resource_metrics[0].scope_metrics[0].metrics}
    points = {name: list(item.data.data_points) for name, item in named.items()}
    assert sum(point.value for point in points["promptctl.calls"]) == 2
    assert sum(point.value for point in points["promptctl.cost"]) == 1.0
    assert "gen_ai.client.operation.duration" in named
    assert not any("tenant" in key for item in points.values() for point in item for key in point.attributes)
    meters.shutdown()
    provider.shutdown()


def test_prometheus_gets_counters(bundle: Path) -> None:
    client = pytest.importorskip("prometheus_client")
    from promptctl.runtime.prometheus import PrometheusSink

    registry = client.CollectorRegistry()
    with load(bundle, sinks=[PrometheusSink(registry)], poll=None) as resolver:
        for cost in (0.5, 1.5):
            with resolver.call("greet", tenant="globex") as call:
                call.ok(cost_usd=cost, policy_violations=2)
        with resolver.call("greet", tenant="globex") as call:
            call.error()
    labels = {"environment": "production", "prompt": "greet", "version": "2.0.0", "stage": "2"}

    def value(name: str, **more: str) -> float | None:
        found: float | None = registry.get_sample_value(name, {**labels, **more})
        return found

    assert value("promptctl_calls_total", outcome="ok") == 2
    assert value("promptctl_calls_total", outcome="error") == 1
    assert value("promptctl_call_duration_seconds_count") == 3
    costs = [value(f"promptctl_cost_usd_{part}_total") for part in ("sum", "squares", "count")]
    assert costs == [2.0, 2.5, 2.0]
    assert [value(f"promptctl_{name}_total") for name in ("policy_violations", "violating_calls")] == [4, 2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_fork_begins_anew_and_follows_the_file(tmp_path: Path) -> None:
    bundle = write(tmp_path / "bundle.json", numbered(1))
    usage = tmp_path / "usage.jsonl"
    with load(bundle, sinks=[JsonlSink(usage)], poll=0.01) as resolver:
        resolver.get("greet")
        child = os.fork()
        if not child:
            os._exit(_in_child(resolver, bundle))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert resolver.counts == {("greet@1.0.0", "default"): 1}
    assert len(usage.read_text().splitlines()) == 1


def _in_child(resolver: Any, bundle: Path) -> int:
    from tests.runtime.test_reload import served, wait_for

    if resolver.counts or resolver.status.pid != os.getpid():
        return 1
    with resolver.call("greet") as call:
        call.ok()
    write(bundle, numbered(2))
    wait_for(lambda: served(resolver) == 2)
    return 0 if resolver.flush() else 2
