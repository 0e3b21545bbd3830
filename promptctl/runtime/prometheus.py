"""Usage events as Prometheus metrics, by `prometheus_client` (extra `prometheus`). docs/metrics.md lists them.

No metric has the tenant: a label with thousands of values would cost more than it tells.
"""

from __future__ import annotations

from typing import Any, Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram

from promptctl.runtime.names import PROMPT, PROMPT_VERSION

LABELS: Final = ("environment", "prompt", "version", "stage")
BUCKETS: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.0, 5.12, 10.24, 20.48, 40.96, 81.92)
_SUMMED: Final = {
    "promptctl_cost_usd": ("cost_usd", "What calls cost, in US dollars"),
    "promptctl_quality": ("quality", "Quality of answers, from 0 to 1"),
}
_COUNTED: Final = {
    "promptctl_input_tokens": ("input_tokens", "Tokens sent"),
    "promptctl_output_tokens": ("output_tokens", "Tokens received"),
    "promptctl_policy_violations": ("policy_violations", "Violations of policy"),
}


class PrometheusSink:
    """Counts usage events in a registry, by default that of the process. One a registry."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        def counter(name: str, help_text: str, *more: str) -> Counter:
            return Counter(name, help_text, (*LABELS, *more), registry=registry)

        self._calls = counter("promptctl_calls", "Calls by outcome", "outcome")
        self._violating = counter("promptctl_violating_calls", "Calls with a violation of policy")
        self._seconds = Histogram(
            "promptctl_call_duration_seconds", "How long calls took", LABELS, registry=registry, buckets=BUCKETS
        )
        self._counted = {fact: counter(name, text) for name, (fact, text) in _COUNTED.items()}
        self._summed = {
            fact: (
                counter(f"{name}_sum", f"{text}: sum"),
                counter(f"{name}_squares", f"{text}: sum of squares"),
                counter(f"{name}_count", f"{text}: number of calls that told it"),
            )
            for name, (fact, text) in _SUMMED.items()
        }

    def write(self, event: dict[str, Any]) -> None:
        labels = (event["environment"], event[PROMPT], event[PROMPT_VERSION], str(event.get("stage", "")))
        self._calls.labels(*labels, event["outcome"]).inc()
        self._seconds.labels(*labels).observe(event["duration_s"])
        if event.get("policy_violations"):
            self._violating.labels(*labels).inc()
        for fact, counter in self._counted.items():
            if fact in event:
                counter.labels(*labels).inc(event[fact])
        for fact, (total, squares, count) in self._summed.items():
            if fact in event:
                total.labels(*labels).inc(event[fact])
                squares.labels(*labels).inc(event[fact] ** 2)
                count.labels(*labels).inc()
