"""Dates and durations as files have them: ISO dates, which end at midnight UTC, and a number with a unit."""

from __future__ import annotations

from datetime import date, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """A duration such as `90d`; raises ValueError where it is none. The longest there is stands for all longer ones."""
    unit = _UNITS.get(text[-1:])
    if unit is None or not (text[:-1].isascii() and text[:-1].isdecimal()):
        raise ValueError(f"{text!r} is no duration such as 24h or 90d")
    try:
        return timedelta(**{unit: int(text[:-1])})
    except (OverflowError, ValueError):
        return timedelta.max


def later(day: str, by: timedelta) -> str:
    """The last day that lies at most so much later than `day`; the last of all days where that is none."""
    try:
        return (date.fromisoformat(day) + timedelta(days=by.days)).isoformat()
    except (OverflowError, ValueError):
        return date.max.isoformat()


def days_between(first: str, second: str) -> int | None:
    """How many days the second date lies after the first; None where one of them is no date."""
    try:
        return (date.fromisoformat(second) - date.fromisoformat(first)).days
    except ValueError:
        return None
