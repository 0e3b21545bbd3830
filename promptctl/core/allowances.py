"""Comments in code that allow one finding: `promptctl: allow RULE REASON`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLOSED_BY = {"/*": "*/", "<!--": "-->", "{#": "#}", "*": "*/"}
_COMMENT = re.compile(
    r"(?P<marker>#|//|/\*|\*|--|;|%|<!--|\{#)\s*promptctl:\s*allow\s+(?P<rule>[a-z]+(?:-[a-z]+)*)(?![\w-])(?P<rest>.*)"
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """`reason` is empty where none is given; `alone`: the line holds nothing but the comment."""

    rule: str
    reason: str
    alone: bool


def read_allowance(line: str) -> Allowance | None:
    """The allowance in a line of code, if there is one."""
    found = _COMMENT.search(line)
    if found is None:
        return None
    closer = _CLOSED_BY.get(found["marker"])
    reason, _, after = found["rest"].partition(closer) if closer else (found["rest"], "", "")
    said = reason.strip() if re.search(r"\w", reason) else ""
    alone = not line[: found.start()].strip(" \t#/*-;%") and not after.strip()
    return Allowance(found["rule"], said, alone)


def allowance_at(lines: Mapping[int, str], number: int, rule: str) -> Allowance | None:
    """What allows a rule's finding on a line: a comment there, or one on the line above that has it to itself.

    Behind code the comment speaks about its own line alone, so that none can hide what comes after it.
    """
    here, above = (read_allowance(lines.get(place, "")) for place in (number, number - 1))
    if here is not None and here.rule == rule:
        return here
    return above if above is not None and above.alone and above.rule == rule else None
