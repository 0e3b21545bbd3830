"""A web application, served by gunicorn in a test: the bundle is loaded once, before the workers are forked."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from promptctl.runtime import JsonlSink, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RESOLVER = load(os.environ["BUNDLE"], sinks=[JsonlSink(os.environ["USAGE"])], poll=0.05)
RESOLVER.get("greet")


def application(_: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    with RESOLVER.call("greet", tenant="tenant-0") as call:
        call.ok()
    start("200 OK", [("Content-Type", "application/json")])
    said = {"pid": os.getpid(), "version": call.record.version, "counted": sum(RESOLVER.counts.values())}
    return [json.dumps(said).encode()]
