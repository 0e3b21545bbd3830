"""Takes events off the path of requests: a bounded queue, and one thread that hands them on."""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG: Final = logging.getLogger("promptctl.runtime")


class Dispatcher:
    """Hands on what is given to `post`, in order. What does not fit into the queue is dropped and counted."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.dropped = 0
        self.failed = 0
        self.reset()

    def reset(self) -> None:
        """Begin anew, in a process where the thread is not: what was waiting is the business of the parent."""
        self._queue: queue.Queue[tuple[Callable[[Any], object], Any]] = queue.Queue(self._size)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self.dropped = self.failed = 0

    def post(self, receiver: Callable[[Any], object], event: Any) -> None:
        """Have `receiver(event)` called soon, by another thread; never waits."""
        try:
            self._queue.put_nowait((receiver, event))
        except queue.Full:
            with self._lock:
                self.dropped += 1
        if self._thread is None:
            self._start()

    def flush(self, timeout: float) -> bool:
        """Wait until all that was posted before has been handed on; whether that was so in time."""
        if self._thread is None and self._queue.empty():
            return True
        done = threading.Event()
        try:
            self._queue.put((lambda _: done.set(), None), timeout=timeout)
        except queue.Full:
            return False
        if self._thread is None:
            self._start()
        return done.wait(timeout)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._run, args=(self._queue,), name="promptctl-events", daemon=True)
                thread.start()
                self._thread = thread

    def _run(self, waiting: queue.Queue[tuple[Callable[[Any], object], Any]]) -> None:
        while True:
            receiver, event = waiting.get()
            try:
                receiver(event)
            except Exception:  # noqa: BLE001 - what a hook or a sink raises must not end the others
                self.failed += 1
                level = logging.WARNING if self.failed == 1 else logging.DEBUG
                _LOG.log(level, "an event could not be handed to %r", receiver, exc_info=True)
