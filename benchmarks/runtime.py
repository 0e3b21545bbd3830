"""Measures what a selection costs an application, against what no selection can do without.

`python -m benchmarks.runtime`: the loops take turns, and only ratios within one run mean anything.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.core.canonical import behaviour_digest
from promptctl.core.reach import selecting
from promptctl.core.refs import Ref
from promptctl.core.selection import Flag, Selection, Tenant
from promptctl.export.bundle import Exported, bundle_bytes, bundle_document
from promptctl.runtime import load

if TYPE_CHECKING:
    from collections.abc import Callable

_TENANTS = 10_000
_CALLS = 200_000
_ROUNDS = 15


def main() -> None:
    """Print the rows."""
    selection = _selection()
    with tempfile.TemporaryDirectory() as place:
        bundle = Path(place, "bundle.json")
        bundle.write_bytes(_bundle(selection))
        with load(bundle, poll=None) as resolver:
            print("| what | against | ratio | middle half |\n| --- | --- | --- | --- |")
            overridden = [name for name, tenant in selection.tenants.items() if tenant.overrides]
            chosen = random.Random(1)  # noqa: S311 - a sample
            hits = chosen.choices(overridden, k=_CALLS)
            anyone = chosen.choices([*selection.tenants, *(f"stranger-{n}" for n in range(_TENANTS))], k=_CALLS)
            tables = {name: dict(tenant.overrides) for name, tenant in selection.tenants.items()}
            defaults = dict(selection.defaults)

            def get(tenants: list[str]) -> None:
                for tenant in tenants:
                    resolver.get("greet", tenant=tenant)

            def chain(tenants: list[str]) -> None:
                for tenant in tenants:
                    tables.get(tenant, {}).get("greet") or defaults["greet"]

            def nothing(tenants: list[str]) -> None:
                for _ in tenants:
                    _empty()

            get(anyone)
            _row("`get`, tenant override", "bare chain of look-ups", lambda: get(hits), lambda: chain(hits))
            _row("`get`, random tenants", "bare chain of look-ups", lambda: get(anyone), lambda: chain(anyone))
            _row("`get`, random tenants", "empty call", lambda: get(anyone), lambda: nothing(anyone))


def _empty() -> None:
    pass


def _row(title: str, reference: str, job: Callable[[], None], floor: Callable[[], None]) -> None:
    ratios = [_seconds(job) / _seconds(floor) for _ in range(_ROUNDS)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    print(f"| {title} | {reference} | {middle:.2f} | {low:.2f} to {high:.2f} |")


def _seconds(job: Callable[[], None]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def _selection() -> Selection:
    old, new = Ref("greet", "1.0.0"), Ref("greet", "2.0.0")
    tenants = {f"tenant-{n}": Tenant(frozenset(), {"greet": new} if n % 2 else {}) for n in range(_TENANTS)}
    flags = (Flag("pilot", new, tenants=frozenset(f"tenant-{n}" for n in range(0, 200, 2))),)
    return Selection("production", {"greet": old}, tenants=tenants, flags=flags)


def _bundle(selection: Selection) -> bytes:
    refs = sorted({reached.ref for reached in selecting(selection)}, key=str)
    versions = [Exported(ref, "0" * 64, behaviour_digest({}, "Hello."), "Hello.", {}) for ref in refs]
    return bundle_bytes(bundle_document(selection, (), versions, "0" * 40))


if __name__ == "__main__":
    main()
