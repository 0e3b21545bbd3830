"""Usage events as applications write them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Traffic:
    """Calls of one version by some tenants, evenly over a time; every `1/rate`th of them fails."""

    version: str
    start: datetime
    n: int
    errors: float = 0.01
    tenants: tuple[str, ...] = ("globex",)
    lasts: timedelta = timedelta(hours=12)
    cost: float = 0.01
    more: tuple[tuple[str, Any], ...] = ()

    def events(self) -> Iterator[dict[str, Any]]:
        generator = random.Random(f"{self.version}{self.n}")  # noqa: S311 - test data
        for number in range(self.n):
            failed = int(number * self.errors) != int((number + 1) * self.errors)
            yield {
                "timestamp": (self.start + self.lasts * number / self.n).isoformat().replace("+00:00", "Z"),
                "environment": "production",
                "tenant": self.tenants[number % len(self.tenants)],
                "conversation": f"c{number}",
                "gen_ai.prompt.name": "qualify-lead",
                "gen_ai.prompt.version": self.version,
                "outcome": "error" if failed else "ok",
                "duration_s": round(generator.uniform(0.2, 3), 3),
                "cost_usd": round(generator.uniform(0.5, 1.5) * self.cost, 5),
                "input_tokens": 100,
                "output_tokens": 20,
                "policy_violations": 0,
                **dict(self.more),
            }


def write_events(path: Path, *traffic: Traffic, lines: Iterable[str] = ()) -> Path:
    """A JSONL file of all of it, with further lines at the end."""
    texts = [json.dumps(event) for one in traffic for event in one.events()]
    path.write_text("\n".join([*texts, *lines, ""]), encoding="utf-8")
    return path
