"""One call of a model, from the prompt that it got to what became of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

from promptctl.runtime.events import usage_event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from promptctl.runtime.record import Record


class Call:
    """Say `ok`, `error` or `refusal`, the last word counts; a block that raises is an error, one that ends is ok.

    What the three take: `cost_usd`, `input_tokens`, `output_tokens`, `quality` (0 to 1), `policy_violations`, and
    `duration_s` where the time of the block is not that of the call. It can be entered once.
    """

    def __init__(self, record: Record, who: Mapping[str, str | None], emit: Callable[[dict[str, Any]], None]) -> None:
        self.record = record
        self._who = who
        self._emit = emit
        self._outcome = "ok"
        self._facts: dict[str, Any] = {}
        self._start = time.perf_counter()

    def __enter__(self) -> Self:
        self._start = time.perf_counter()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        took = time.perf_counter() - self._start
        facts = dict(self._facts)
        told = facts.pop("duration_s", None)
        outcome = self._outcome if error is None else "error"
        self._emit(usage_event(self.record, outcome, took if told is None else told, **self._who, **facts))

    @property
    def text(self) -> str:
        return self.record.text

    def render(self, values: Mapping[str, object] | None = None, /, **variables: object) -> str:
        """As that of the record."""
        return self.record.render(values, **variables)

    def ok(self, **facts: float | None) -> None:
        """The model answered as it should."""
        self._say("ok", facts)

    def error(self, **facts: float | None) -> None:
        """There was no answer, or none that could be used."""
        self._say("error", facts)

    def refusal(self, **facts: float | None) -> None:
        """The model declined."""
        self._say("refusal", facts)

    def _say(self, outcome: str, facts: Mapping[str, float | None]) -> None:
        unknown = facts.keys() - _FACTS
        if unknown:
            raise TypeError(f"no such fact: {', '.join(sorted(unknown))}; there are {', '.join(sorted(_FACTS))}")
        self._outcome = outcome
        self._facts = dict(facts)


_FACTS = frozenset({"cost_usd", "input_tokens", "output_tokens", "quality", "policy_violations", "duration_s"})
