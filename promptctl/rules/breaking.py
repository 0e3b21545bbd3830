"""Whether a move from one version to another can break those who rely on the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.levels import Level
from promptctl.core.versions import parse_version
from promptctl.rules.environments import known

if TYPE_CHECKING:
    from promptctl.core.refs import Ref
    from promptctl.rules.base import Context


def why_breaking(context: Context, old: Ref, new: Ref) -> str | None:
    """Why a move is not safe for everybody at once, or None where nothing speaks against it."""
    files = known(context).file(old), known(context).file(new)
    if files[0] is None or files[1] is None:
        return None  # `unknown-version` says it
    numbers = parse_version(old.version), parse_version(new.version)
    if numbers[0] and numbers[1] and numbers[0].major != numbers[1].major:
        return "a major step"
    from promptctl.bump.analyze import analyze  # few changes move anybody
    from promptctl.bump.reasons import Certainty

    reasons = analyze(files[0], files[1], context.policy).reasons
    breaks = (reason for reason in reasons if reason.level is Level.MAJOR)
    first = next((reason for reason in breaks if reason.certainty is Certainty.PROVED), None)
    return f"a break: {first.message}" if first else None
