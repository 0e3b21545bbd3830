"""The reasons of a bump as people and programs read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from promptctl.core.levels import Level
from promptctl.core.styled import Line, Part, Role, line
from promptctl.core.text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.bump.reasons import Analysis, Reason

_ROLES: dict[Level, Role] = {Level.MAJOR: "error", Level.MINOR: "warning", Level.PATCH: "info"}
_LONGEST = 200  # characters of a witness


def reason_lines(analysis: Analysis) -> Iterator[Line]:
    """One line a reason, and one more for its witness."""
    for reason in analysis.reasons:
        likely = " (likely)" if reason.certainty == "likely" else ""
        place = Part(f"  line {reason.line}", "dim")
        level = Part(f"{reason.level!s:<5}", _ROLES.get(reason.level, "plain"))
        yield line("  ", level, "  ", Part(reason.surface, "strong"), f": {reason.message}{likely}", place)
        if reason.witness is not None:
            shown = shortened(json.dumps(reason.witness.instance, ensure_ascii=False), _LONGEST)
            yield line("         ", Part("for example ", "dim"), shown)


def reason_documents(analysis: Analysis) -> list[dict[str, Any]]:
    """The reasons for a JSON document."""
    return [_document(reason) for reason in analysis.reasons]


def _document(reason: Reason) -> dict[str, Any]:
    """A witness that is null itself is marked, for null is also what stands where there is none."""
    is_null = reason.witness is not None and reason.witness.instance is None
    return {
        "level": str(reason.level),
        "surface": reason.surface,
        "certainty": str(reason.certainty),
        "message": reason.message,
        "line": reason.line,
        "witness": reason.witness.instance if reason.witness else None,
        **({"has_witness": True} if is_null else {}),
    }
