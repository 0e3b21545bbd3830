"""Finds out, cheaply, whether a file holds something else than before."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from promptctl.runtime.bundle import MOST_BYTES, BundleError

if TYPE_CHECKING:
    from pathlib import Path

_SETTLED: Final = 2_000_000_000  # ns; within a clock's tick a file may change twice and look the same
_THOROUGH: Final = 64  # looks, after which the content is read whatever the file system says


class WatchedFile:
    """The file behind a path, links followed each time. Content decides; times only save reading it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._signature: tuple[int, ...] = ()
        self._content: bytes | None = None
        self._looks = 0

    def changed(self) -> bytes | None:
        """The content, where it is not what the last call saw; None where it is. Raises BundleError, each time anew."""
        self._looks += 1
        try:
            signature = _signature(os.stat(self.path))  # noqa: PTH116 - Path.stat costs twice as much
            if signature == self._signature and self._looks % _THOROUGH:
                return None
            return self._read()
        except OSError as error:
            self._signature, self._content = (), None
            raise BundleError(f"the bundle cannot be read: {error.strerror}") from error

    def _read(self) -> bytes | None:
        with self.path.open("rb") as file:
            stat = os.fstat(file.fileno())
            if stat.st_size > MOST_BYTES:
                raise BundleError(f"the bundle has more than {MOST_BYTES} bytes")
            content = file.read(MOST_BYTES + 1)
        is_settled = time.time_ns() - max(stat.st_ctime_ns, stat.st_mtime_ns) > _SETTLED
        self._signature = _signature(stat) if is_settled else ()
        if content == self._content:
            return None
        self._content = content
        return content


def _signature(stat: os.stat_result) -> tuple[int, ...]:
    return (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
