"""Workers that gunicorn forks from a process which has loaded the bundle: each follows the file by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.runtime.test_reload import wait_for
from tests.support.bundles import numbered, write

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn needs fork")


@contextmanager
def gunicorn(place: Path) -> Iterator[int]:
    """Two workers on a free port of this machine."""
    log = place / "gunicorn.log"
    environment = {**os.environ, "BUNDLE": str(place / "bundle.json"), "USAGE": str(place / "usage.jsonl")}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--preload",
        "--workers=2",
        "--bind=127.0.0.1:0",
        "--no-control-socket",
    ]
    root = str(Path(__file__).parents[2])
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [*command, f"--chdir={root}", "tests.runtime.application:application"],
            env=environment,
            stdout=out,
            stderr=out,
        ) as process,
    ):
        try:
            wait_for(lambda: "Listening at" in log.read_text() or process.poll() is not None)
            assert process.poll() is None, log.read_text()
            yield int(log.read_text().partition("http://127.0.0.1:")[2].partition(" ")[0])
        finally:
            process.terminate()
            process.wait(60)


def ask(port: int) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_every_worker_serves_counts_and_follows_the_file(tmp_path: Path) -> None:
    bundle = write(tmp_path / "bundle.json", numbered(1))
    asked = 0
    workers: dict[int, str] = {}
    with gunicorn(tmp_path) as port:
        for number in (1, 2):
            write(bundle, numbered(number))

            def all_serve(wanted: str = f"{number}.0.0") -> bool:
                nonlocal asked
                found = ask(port)
                asked += 1
                workers[found["pid"]] = found["version"]
                return len(workers) == 2 and set(workers.values()) == {wanted}

            wait_for(all_serve)
        last = ask(port)
        asked += 1
        assert last["counted"] < asked, "each worker counts its own requests alone"
    assert len((tmp_path / "usage.jsonl").read_text().splitlines()) == asked
