"""How much counters grew in a time, from their raw values: never extrapolated, and right across restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def increase(before: float | None, values: Iterable[float]) -> float:
    """What was added since the value `before` a time, by the values in it; a counter that falls has begun anew at 0.

    One without a value before was born in that time.
    """
    last, grown = before or 0.0, 0.0
    for value in values:
        grown += value - last if value >= last else value
        last = value
    return grown
