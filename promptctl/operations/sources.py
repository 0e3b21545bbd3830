"""Opens what `--source` names: a file of events, or Prometheus."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from promptctl.core.errors import UsageError
from promptctl.metrics.sources.events import EventFile, is_file_of_events
from promptctl.metrics.sources.prometheus import Prometheus, checked_names
from promptctl.metrics.sources.prometheus_api import api, is_prometheus

if TYPE_CHECKING:
    from promptctl.metrics.sources.asking import Source
    from promptctl.operations.compared import Compared


HEADERS: Final = "PROMPTCTL_PROMETHEUS_HEADERS"


def open_source(text: str, directory: Path, views: Compared) -> Source:
    """A file counts from the folder that the command works in, or from the present one. Raises UsageError."""
    if is_prometheus(text):
        metrics = views.context.policy.data.get("metrics", {})
        names, labels = checked_names(metrics.get("prometheus"))
        return Prometheus(api(text, os.environ.get(HEADERS, "")), names, labels)
    if is_file_of_events(text):
        inside = directory / text
        return EventFile(inside if inside.is_file() else Path(text))
    hint = "FILE.jsonl (or .jsonl.gz), FILE.parquet, or prometheus://HOST[/PATH]"
    raise UsageError(f"{text} is no source of metrics", hint=hint)
