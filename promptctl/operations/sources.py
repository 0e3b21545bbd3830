"""Opens what `--source` names: a file of events, or Prometheus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.core.errors import UsageError
from promptctl.metrics.sources.events import EventFile, is_file_of_events

if TYPE_CHECKING:
    from promptctl.metrics.sources.asking import Source


def open_source(text: str, directory: Path) -> Source:
    """A file counts from the folder that the command works in, or from the present one. Raises UsageError."""
    if is_file_of_events(text):
        inside = directory / text
        return EventFile(inside if inside.is_file() else Path(text))
    hint = "FILE.jsonl (or .jsonl.gz), FILE.parquet, or prometheus://HOST[/PATH]"
    raise UsageError(f"{text} is no source of metrics", hint=hint)
