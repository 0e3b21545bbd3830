"""Answers requests from a bundle, and takes over a new one when the file changes."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self

from promptctl.core.canonical import sha256_of
from promptctl.core.selection import Request, resolve
from promptctl.runtime.bundle import Bundle, BundleError, read_bundle
from promptctl.runtime.calls import Call
from promptctl.runtime.dispatch import Dispatcher
from promptctl.runtime.events import Event, selection_event
from promptctl.runtime.tables import Tables
from promptctl.runtime.watching import WatchedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from promptctl.core.selection import Step
    from promptctl.runtime.events import Sink
    from promptctl.runtime.record import Record, Tally

_LOG: Final = logging.getLogger("promptctl.runtime")
_KEPT: Final = 10_000  # events that wait
_LAST_WORDS: Final = 2.0  # seconds that the end of a process waits for events


@dataclass(frozen=True, slots=True)
class Status:
    """How a resolver stands. `source` is `file` or `fallback`; `error` says why the file is not served, if it is not.

    `config_commit` and `environment` are of what is served; `digest` is the sha256 of its bytes. Times are Unix
    seconds. `dropped` counts events for which there was no room.
    """

    path: str
    source: str
    environment: str
    config_commit: str | None
    digest: str
    error: str | None
    loaded: float
    reloads: int
    dropped: int
    pid: int

    @property
    def ok(self) -> bool:
        return self.error is None


class Resolver:
    """Made by `load`. Every method may be called by any thread; `get` does not touch the disk.

    The thread that watches the file starts with the first answer, so that a server which loads and then forks has none.
    """

    def __init__(
        self,
        path: Path,
        *,
        fallback: Path | None = None,
        hook: Callable[[Event], object] | None = None,
        sinks: Iterable[Sink] = (),
        poll: float | None = 0.5,
        queue_size: int = _KEPT,
    ) -> None:
        self._file = WatchedFile(path)
        self._hook = hook
        self._sinks = tuple(sinks)
        self._poll = poll
        self._tallies: dict[tuple[str, str], Tally] = {}
        self._told: set[tuple[str, str, str]] = set()
        self._events = Dispatcher(queue_size)
        self._stop = threading.Event()
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._reloads = 0
        self._source = "file"
        self._error: str | None = None
        self._tables = self._tables_of(self._first(path, fallback))
        self._loaded = time.time()
        _ALL.add(self)

    def _first(self, path: Path, fallback: Path | None) -> Bundle:
        try:
            return read_bundle(self._file.changed() or b"")
        except BundleError as error:
            if fallback is None:
                raise BundleError(f"{path}: {error}") from error
            self._source, self._error = "fallback", f"{path}: {error}"
            _LOG.error("%s; serving %s", self._error, fallback)
        try:
            return read_bundle(WatchedFile(fallback).changed() or b"")
        except BundleError as error:
            raise BundleError(f"{self._error}; and the fallback {fallback}: {error}") from error

    def get(
        self,
        wanted: str,
        *,
        tenant: str | None = None,
        flags: Collection[str] = (),
        key: str | None = None,
        require: Collection[str] = (),
    ) -> Record:
        """The version of a prompt, or of what an agent's slot asks for, that a request gets.

        `flags` are those that the application passes, percentages go by `key`, and the version must be fit for the
        regimes in `require` besides those of the tenant. Raises UnknownPrompt, UnlistedTenant and RegimeUnmet.
        """
        tables = self._tables
        record = tables.by_tenant.get(tenant, tables.others).get(wanted)
        if record is None or require:
            record = self._select(tables, wanted, tenant, flags, key, require)
        record.tally.n += 1  # one step of the interpreter: no other thread comes between
        if record.watched:
            self._tell(record, tenant, key)
        return record

    def call(
        self,
        wanted: str,
        *,
        tenant: str | None = None,
        conversation: str | None = None,
        flags: Collection[str] = (),
        key: str | None = None,
        require: Collection[str] = (),
    ) -> Call:
        """`get`, as a block around the call of the model; at its end the sinks get one usage event."""
        record = self.get(wanted, tenant=tenant, flags=flags, key=key, require=require)
        return Call(record, {"tenant": tenant, "conversation": conversation}, self._use)

    def explain(
        self, wanted: str, *, tenant: str | None = None, flags: Collection[str] = (), key: str | None = None
    ) -> tuple[Step, ...]:
        """Every place that was looked at for a request, the one that decided last, as `promptctl resolve` has them."""
        bundle = self._tables.bundle
        return resolve(bundle.selection, _request(wanted, tenant, flags, key, ()), bundle.regimes).steps

    @property
    def status(self) -> Status:
        self._ensure_watching()
        bundle = self._tables.bundle
        return Status(
            path=str(self._file.path),
            source=self._source,
            environment=bundle.selection.environment,
            config_commit=bundle.config_commit,
            digest=bundle.digest,
            error=self._error,
            loaded=self._loaded,
            reloads=self._reloads,
            dropped=self._events.dropped,
            pid=os.getpid(),
        )

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """How often each version was given out by this process, by reference and reason."""
        return {key: tally.n for key, tally in list(self._tallies.items()) if tally.n}

    def refresh(self) -> Status:
        """Look at the file now, as the watching thread does."""
        with self._lock:
            try:
                content = self._file.changed()
                if content is not None and not self._serves(content):
                    self._take(read_bundle(content))
                elif _today() != self._tables.today:
                    self._tables = self._tables_of(self._tables.bundle)  # a flag may have expired
            except BundleError as error:
                self._fail(f"{self._file.path}: {error}")
        return self.status

    def flush(self, timeout: float = _LAST_WORDS) -> bool:
        """Wait until events so far have reached hook and sinks; whether they did in time."""
        return self._events.flush(timeout)

    def close(self) -> None:
        """Stop watching, and hand on what waits. Answers are still given."""
        self._stop.set()
        self.flush()
        _ALL.discard(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _select(
        self,
        tables: Tables,
        wanted: str,
        tenant: str | None,
        flags: Collection[str],
        key: str | None,
        require: Collection[str],
    ) -> Record:
        if self._thread is None and self._poll is not None:
            self._ensure_watching()
        return tables.select(_request(wanted, tenant, flags, key, require))

    def _tables_of(self, bundle: Bundle) -> Tables:
        return Tables(bundle, self._tallies, _today(), heard=self._hook is not None)

    def _serves(self, content: bytes) -> bool:
        return self._error is None and sha256_of(content) == self._tables.bundle.digest

    def _take(self, bundle: Bundle) -> None:
        self._tables = self._tables_of(bundle)
        self._source, self._error = "file", None
        self._loaded = time.time()
        self._reloads += 1
        self._announce("reloaded", f"serving {bundle.selection.environment} at {bundle.config_commit}", logging.INFO)

    def _fail(self, message: str) -> None:
        if message == self._error:
            return
        self._error = message
        commit = self._tables.bundle.config_commit
        self._announce("reload-failed", f"{message}; still serving {commit}", logging.ERROR)

    def _announce(self, kind: str, message: str, level: int) -> None:
        bundle = self._tables.bundle
        if self._hook is None:
            _LOG.log(level, "%s", message)
            return
        environment = bundle.selection.environment
        self._events.post(self._hook, Event(kind, message, time.time(), environment, bundle.config_commit))

    def _tell(self, record: Record, tenant: str | None, key: str | None) -> None:
        if self._hook is not None:
            message = f"{record.ref} ({record.reason}, {record.environment})"
            self._events.post(self._hook, selection_event(record, "selection", message, tenant, key))
        for kind, message in record.warnings:
            if self._hook is not None:
                self._events.post(self._hook, selection_event(record, kind, message, tenant, key))
            elif (kind, record.ref, record.reason) not in self._told:
                self._told.add((kind, record.ref, record.reason))
                _LOG.warning("%s", message)

    def _use(self, event: dict[str, Any]) -> None:
        for sink in self._sinks:
            self._events.post(sink.write, event)

    def _ensure_watching(self) -> None:
        with self._lock:
            if self._poll is None or self._thread is not None or self._stop.is_set():
                return
            arguments = (weakref.ref(self), self._stop, self._poll)
            self._thread = threading.Thread(target=_watch, args=arguments, name="promptctl-reload", daemon=True)
            self._thread.start()

    def after_fork(self) -> None:
        """Begin anew in a child: no thread has come along, locks may be held by nobody, counts are the parent's.

        The tables are empty, so that the first request starts the thread that watches the file.
        """
        self._lock = threading.RLock()
        stopped, self._stop = self._stop.is_set(), threading.Event()
        if stopped:
            self._stop.set()
        self._thread = None
        self._file = WatchedFile(self._file.path)  # a look that the parent had begun is not finished here
        self._tallies = {}
        self._events.reset()
        self._tables = self._tables_of(self._tables.bundle)


def _request(
    wanted: str, tenant: str | None, flags: Collection[str], key: str | None, require: Collection[str]
) -> Request:
    return Request(wanted, tenant, _names(flags), key, _names(require))


def _names(given: Collection[str]) -> frozenset[str]:
    return frozenset((given,)) if isinstance(given, str) else frozenset(given)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _watch(resolver: weakref.ref[Resolver], stop: threading.Event, pause: float) -> None:
    """Look at the file until nobody needs it; a fault of ours must not end that."""
    while not stop.wait(pause):
        found = resolver()
        if found is None:
            return
        try:
            found.refresh()
        except Exception:  # noqa: BLE001 - whatever it is, the next look may go well
            _LOG.exception("the bundle could not be looked at")
        del found


_ALL: weakref.WeakSet[Resolver] = weakref.WeakSet()


def _after_fork() -> None:
    for resolver in list(_ALL):
        resolver.after_fork()


def flush_all() -> None:
    """Hand on what waits, at the end of the process."""
    for resolver in list(_ALL):
        resolver.flush()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
