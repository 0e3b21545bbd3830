"""Dates and durations as files have them: ISO dates, which end at midnight UTC, and a number with a unit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from promptctl.core.text import plural

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


def spoken(length: timedelta) -> str:
    """A length of time in its largest whole unit: `3 days`, `1 hour`."""
    seconds = max(0, int(length.total_seconds()))
    sizes = {name: int(timedelta(**{name: 1}).total_seconds()) for name in ("days", "hours", "minutes", "seconds")}
    name = next((name for name, size in sizes.items() if seconds >= size), "seconds")
    return plural(seconds // sizes[name], name.removesuffix("s"))


def parse_moment(text: str) -> datetime | None:
    """The moment that a timestamp states, in UTC, which one without an offset is taken for; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def end_of_day(day: str) -> datetime:
    """The last moment of an ISO date, in UTC."""
    return datetime.combine(date.fromisoformat(day), time.max, UTC)


def written(moment: datetime) -> str:
    """A moment as promptctl writes it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
