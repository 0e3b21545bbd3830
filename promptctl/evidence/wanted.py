"""Which version a result file is asked about, and what the answers no and nobody knows look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError

if TYPE_CHECKING:
    from promptctl.core.refs import Ref


class ProvesNothing(Refused):
    """A result file can be read, and says nothing that counts for the version."""


class Unreadable(UsageError):
    """A result file is not what its format says."""


@dataclass(frozen=True, slots=True)
class Side:
    """One version, as far as results can name it."""

    ref: Ref
    body: str
    behaviour: str
    template: str = "plain"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The version that evidence is wanted for. `models`: patterns of the providers that count, None for all."""

    candidate: Side
    baseline: Side | None = None
    models: tuple[str, ...] | None = None


def decoded(data: bytes) -> str:
    """The text of a result file. Raises Unreadable."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 (byte {error.start})") from error
