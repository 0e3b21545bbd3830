"""Events and usage for OpenTelemetry (extra `otel`): selections as log events, usage as metrics.

Names are those of the semantic conventions; what these lack begins with `promptctl.`. Metrics never have the tenant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from opentelemetry import metrics
from opentelemetry._logs import LogRecord, SeverityNumber, get_logger

from promptctl.runtime.names import (
    CONTEXT,
    ENVIRONMENT,
    EVALUATION,
    PROMPT,
    PROMPT_VERSION,
    PROVIDER,
    RULESET,
    SET,
    TENANT,
)

if TYPE_CHECKING:
    from opentelemetry._logs import LoggerProvider
    from opentelemetry.metrics import MeterProvider

    from promptctl.runtime.events import Event

_SCOPE: Final = "promptctl.runtime"
_SEVERITY: Final = {
    "selection": SeverityNumber.INFO,
    "reloaded": SeverityNumber.INFO,
    "deprecated": SeverityNumber.WARN,
    "flag-expired": SeverityNumber.WARN,
    "reload-failed": SeverityNumber.ERROR,
}
_SECONDS: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)


class OtelHook:
    """A hook: a selection becomes the event `feature_flag.evaluation`, anything else `promptctl.<kind>`."""

    def __init__(self, provider: LoggerProvider | None = None) -> None:
        self._logger = get_logger(_SCOPE, logger_provider=provider)

    def __call__(self, event: Event) -> None:
        self._logger.emit(
            LogRecord(
                timestamp=int(event.time * 1e9),
                severity_number=_SEVERITY[event.kind],
                event_name=EVALUATION if event.kind == "selection" else f"promptctl.{event.kind}",
                body=event.message,
                attributes=_attributes(event),
            )
        )


def _attributes(event: Event) -> dict[str, str]:
    found = {PROVIDER: "promptctl", SET: event.environment, RULESET: event.config_commit}
    if event.record is not None:
        found.update(event.record.attributes)
        found.update({TENANT: event.tenant, CONTEXT: event.key})
    return {name: value for name, value in found.items() if value is not None}


class OtelSink:
    """Usage events as metrics."""

    def __init__(self, provider: MeterProvider | None = None) -> None:
        meter = metrics.get_meter(_SCOPE, meter_provider=provider)
        self._seconds = meter.create_histogram(
            "gen_ai.client.operation.duration",
            unit="s",
            description="How long calls took",
            explicit_bucket_boundaries_advisory=list(_SECONDS),
        )
        self._calls = meter.create_counter("promptctl.calls", description="Calls by outcome")
        self._quality = meter.create_histogram("promptctl.quality", description="Quality of answers, from 0 to 1")
        self._counted = {
            "input_tokens": meter.create_counter("gen_ai.client.inference.usage.input_tokens", unit="{token}"),
            "output_tokens": meter.create_counter("gen_ai.client.inference.usage.output_tokens", unit="{token}"),
            "cost_usd": meter.create_counter("promptctl.cost", unit="USD"),
            "policy_violations": meter.create_counter("promptctl.policy_violations"),
        }

    def write(self, event: dict[str, Any]) -> None:
        known = {
            PROMPT: event[PROMPT],
            PROMPT_VERSION: event[PROMPT_VERSION],
            ENVIRONMENT: event["environment"],
        }
        if "stage" in event:
            known["promptctl.stage"] = event["stage"]
        self._calls.add(1, {**known, "promptctl.outcome": event["outcome"]})
        self._seconds.record(event["duration_s"], known)
        if "quality" in event:
            self._quality.record(event["quality"], known)
        for fact, counter in self._counted.items():
            if fact in event:
                counter.add(event[fact], known)
