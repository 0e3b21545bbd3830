"""Shows at a terminal that work which takes long goes on."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SILENCE = 1.0  # seconds before the first word
_PAUSE = 0.2  # seconds between two
_CLEAR = "\r\x1b[K"


@contextmanager
def counting(things: str) -> Iterator[Callable[[int], None]]:
    """A function to call with how many are done. It says so on stderr, where that is a terminal, after a second."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    due = time.monotonic() + _SILENCE
    shown = False

    def show(count: int) -> None:
        nonlocal due, shown
        if time.monotonic() >= due:
            sys.stderr.write(f"{_CLEAR}{count:,} {things}")
            sys.stderr.flush()
            due, shown = time.monotonic() + _PAUSE, True

    try:
        yield show
    finally:
        if shown:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
