"""The names by which telemetry knows a selection: those of OpenTelemetry where it has one, as literal text.

The packages of OpenTelemetry are optional, and lack some of these still.
"""

from __future__ import annotations

from typing import Final

EVALUATION: Final = "feature_flag.evaluation"
KEY: Final = "feature_flag.key"
VARIANT: Final = "feature_flag.result.variant"
REASON: Final = "feature_flag.result.reason"
SET: Final = "feature_flag.set.id"
RULESET: Final = "feature_flag.version"
CONTEXT: Final = "feature_flag.context.id"
PROVIDER: Final = "feature_flag.provider.name"
PROMPT: Final = "gen_ai.prompt.name"
PROMPT_VERSION: Final = "gen_ai.prompt.version"
TENANT: Final = "promptctl.tenant"
ENVIRONMENT: Final = "deployment.environment.name"


def attributes(name: str, version: str, reason: str, environment: str, commit: str | None) -> dict[str, str]:
    """What a span, a log line or a metric about one selection should carry."""
    found = {
        KEY: name,
        VARIANT: version,
        REASON: reason,
        SET: environment,
        PROMPT: name,
        PROMPT_VERSION: version,
    }
    return found if commit is None else {**found, RULESET: commit}
