"""For applications: which prompt a request gets, from a file that `promptctl export bundle` writes.

Needs neither git nor YAML, nor anything that the command line is made of.
"""

from __future__ import annotations

import atexit
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.core.selection import RegimeUnmet, UnknownPrompt, UnlistedTenant
from promptctl.core.templates import EngineUnavailable, MissingVariable, TemplateFault
from promptctl.runtime.bundle import BundleError
from promptctl.runtime.calls import Call
from promptctl.runtime.events import Event, Sink
from promptctl.runtime.record import Record
from promptctl.runtime.resolver import Resolver, Status, flush_all
from promptctl.runtime.sinks import JsonlSink, log_hook

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

__all__ = [
    "BundleError",
    "Call",
    "EngineUnavailable",
    "Event",
    "JsonlSink",
    "MissingVariable",
    "Record",
    "RegimeUnmet",
    "Resolver",
    "Sink",
    "Status",
    "TemplateFault",
    "UnknownPrompt",
    "UnlistedTenant",
    "load",
    "log_hook",
]


def load(
    path: str | os.PathLike[str],
    *,
    fallback: str | os.PathLike[str] | None = None,
    hook: Callable[[Event], object] | None = None,
    sinks: Iterable[Sink] = (),
    poll: float | None = 0.5,
    queue_size: int = 10_000,
) -> Resolver:
    """Read a bundle, and follow the file from then on.

    `fallback` is another bundle, served where the first look finds none that can be used; without it that raises
    BundleError. `hook` gets every event, `sinks` get what became of calls, both from a thread of their own; of
    events that wait no more than `queue_size` are kept. `poll` is the seconds between two looks at the file; with
    None only `refresh` looks.
    """
    return Resolver(
        Path(path),
        fallback=None if fallback is None else Path(fallback),
        hook=hook,
        sinks=sinks,
        poll=poll,
        queue_size=queue_size,
    )


atexit.register(flush_all)
