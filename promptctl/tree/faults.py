"""What is wrong with one file, before any rule has looked at it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`start` and `end` are character offsets into the file's text; `rule` names the rule that reports it."""

    rule: str
    message: str
    start: int
    end: int
    subject: str
    hint: str | None = None
