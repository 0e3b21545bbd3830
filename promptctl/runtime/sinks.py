"""Where events go that needs nothing but the standard library: a file of JSON lines, and `logging`."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import os

    from promptctl.runtime.events import Event

_LEVELS: Final = {
    "selection": logging.DEBUG,
    "reloaded": logging.INFO,
    "deprecated": logging.WARNING,
    "flag-expired": logging.WARNING,
    "reload-failed": logging.ERROR,
}


class JsonlSink:
    """Appends usage events to a file, one line each, in one write: processes may share it, and it may be rotated."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def write(self, event: dict[str, Any]) -> None:
        line = json.dumps(event, separators=(",", ":")) + "\n"
        with self.path.open("ab", buffering=0) as file:
            file.write(line.encode("ascii"))


def log_hook(logger: logging.Logger | None = None) -> LogHook:
    """A hook that logs: selections at DEBUG, reloads at INFO, what is past its time at WARNING, bad files at ERROR."""
    return LogHook(logger or logging.getLogger("promptctl.runtime"))


class LogHook:
    """Logs every event; a record's attributes are in `extra`, under `promptctl`."""

    def __init__(self, logger: logging.Logger) -> None:
        self.logger = logger

    def __call__(self, event: Event) -> None:
        known = {**event.record.attributes, "tenant": event.tenant} if event.record else {}
        self.logger.log(_LEVELS[event.kind], "%s", event.message, extra={"promptctl": known})
