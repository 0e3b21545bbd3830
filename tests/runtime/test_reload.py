"""A bundle that changes under a running application: content decides, nothing torn, the last good one stays."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from promptctl.core.refs import Ref
from promptctl.core.selection import Flag, Selection
from promptctl.runtime import BundleError, Resolver, load
from tests.support.bundles import compact, document_of, numbered, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from promptctl.runtime import Event

GUARD = 60


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + GUARD
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def served(resolver: Resolver) -> int:
    return int(resolver.get("greet").version.partition(".")[0])


def changed(key: str, value: Any) -> bytes:
    return compact({**numbered(2), key: value})


def wrong_text() -> bytes:
    return compact(numbered(2)).replace(b"Text of greet", b"Text of great")


BAD = {
    "empty": (b"", "the bundle is empty"),
    "truncated": (compact(numbered(2))[:-20], "the bundle is no JSON"),
    "bytes": (b"\xff\xfe\x00", "the bundle is no JSON"),
    "deep": (b"[" * 200_000, "the bundle is no JSON"),
    "list": (b"[]", "the bundle is no JSON object"),
    "newer": (changed("version", 2), "has format 2, and this promptctl reads format 1"),
    "no versions": (changed("versions", {}), "selects greet@2.0.0, which the bundle does not hold"),
    "other text": (wrong_text(), "greet@2.0.0 are not those that its digest was made of"),
    "no tables": (changed("selection", None), "`selection` in the bundle is missing"),
    "half a gzip": (b"\x1f\x8b\x08\x00", "cannot be unpacked"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_ends_a_cold_start_and_not_a_running_one(tmp_path: Path, case: str) -> None:
    content, message = BAD[case]
    bundle = tmp_path / "bundle.json"
    bundle.write_bytes(content)
    with pytest.raises(BundleError, match=message) as caught:
        load(bundle)
    assert str(bundle) in str(caught.value)
    assert "\n" not in str(caught.value)

    told: list[Event] = []
    with load(write(bundle, numbered(1)), hook=told.append, poll=None) as resolver:
        bundle.write_bytes(content)
        status = resolver.refresh()
        resolver.refresh()
        assert served(resolver) == 1
        assert message in str(status.error)
        assert (status.ok, status.config_commit) == (False, f"{1:040d}")
        write(bundle, numbered(3))
        assert resolver.refresh().ok
        assert served(resolver) == 3
    assert [event.kind for event in told if event.kind != "selection"] == ["reload-failed", "reloaded"]


def test_a_fallback_serves_until_the_file_can_be_read(tmp_path: Path) -> None:
    fallback = write(tmp_path / "built-in.json.gz", numbered(7), compressed=True)
    bundle = tmp_path / "bundle.json"
    with load(bundle, fallback=fallback, poll=0.01) as resolver:
        assert (served(resolver), resolver.status.source, resolver.status.ok) == (7, "fallback", False)
        write(bundle, numbered(8))
        wait_for(lambda: served(resolver) == 8)
        assert (resolver.status.source, resolver.status.ok) == ("file", True)
        bundle.unlink()
        wait_for(lambda: not resolver.status.ok)
        assert served(resolver) == 8
    with pytest.raises(BundleError, match="fallback"):
        load(bundle, fallback=bundle)


def test_content_decides_and_not_times(tmp_path: Path) -> None:
    """In place, of the same size, and with the time of before, as `cp -p` leaves it."""
    bundle = write(tmp_path / "bundle.json", numbered(1))
    before = bundle.stat()
    with load(bundle, poll=0.01) as resolver:
        bundle.write_bytes(write(tmp_path / "other.json", numbered(2)).read_bytes())
        os.utime(bundle, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert bundle.stat().st_size == before.st_size
        wait_for(lambda: served(resolver) == 2)
        reloads = resolver.status.reloads
        bundle.touch()
        resolver.refresh()
        assert resolver.status.reloads == reloads


def test_a_mounted_volume_is_followed_through_its_links(tmp_path: Path) -> None:
    """As Kubernetes changes a ConfigMap: `..data` is a link to a folder, and is replaced."""
    for number in (1, 2):
        (tmp_path / f"..{number}").mkdir()
        write(tmp_path / f"..{number}" / "bundle.json", numbered(number))
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / "bundle.json").symlink_to("..data/bundle.json")
    with load(tmp_path / "bundle.json", poll=0.01) as resolver:
        assert served(resolver) == 1
        (tmp_path / "..next").symlink_to("..2")
        (tmp_path / "..next").replace(tmp_path / "..data")
        wait_for(lambda: served(resolver) == 2)


def test_no_answer_is_torn_and_none_is_lost_under_load(tmp_path: Path) -> None:
    """Threads ask while bundles come and go: each record is of one bundle, and every one is counted."""
    bundle = write(tmp_path / "bundle.json", numbered(1))
    torn: list[object] = []
    asked = [0] * 2
    stop = threading.Event()

    def ask(place: int) -> None:
        while not stop.is_set():
            for tenant in (None, "tenant-0", "tenant-1", "stranger"):
                found = resolver.get("greet", tenant=tenant)
                asked[place] += 1
                number = found.version.partition(".")[0]
                if found.config_commit != f"{int(number):040d}" or found.text != f"Text of greet@{number}.0.0":
                    torn.append(found)

    with load(bundle, poll=None) as resolver:
        threads = [threading.Thread(target=ask, args=(place,)) for place in range(2)]
        for thread in threads:
            thread.start()
        for number in range(2, 40):
            write(bundle, numbered(number))
            resolver.refresh()
        stop.set()
        for thread in threads:
            thread.join(GUARD)
        assert torn == []
        assert resolver.status.reloads == 38
        assert sum(resolver.counts.values()) == sum(asked)


def test_a_resolver_that_nobody_holds_ends_its_thread(tmp_path: Path) -> None:
    resolver = load(write(tmp_path / "bundle.json", numbered(1)), poll=0.01)
    resolver.get("greet")
    thread = resolver._thread
    assert thread is not None
    del resolver
    thread.join(GUARD)
    assert not thread.is_alive()


def test_a_flag_that_expires_while_the_process_runs_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = Flag("late", Ref("greet", "2.0.0"), expires="2026-11-22")
    bundle = write(tmp_path / "bundle.json", document_of(Selection("production", flags=(flag,))))
    told: list[Event] = []
    monkeypatch.setattr("promptctl.runtime.resolver._today", lambda: "2026-11-22")
    with load(bundle, hook=told.append, poll=None) as resolver:
        resolver.get("greet")
        monkeypatch.setattr("promptctl.runtime.resolver._today", lambda: "2026-11-23")
        resolver.refresh()
        assert resolver.get("greet").ref == "greet@2.0.0"
    assert [event.kind for event in told] == ["selection", "selection", "flag-expired"]
