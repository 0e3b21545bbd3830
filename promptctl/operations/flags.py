"""Flags at once: on, off, or gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import UsageError
from promptctl.core.text import suggest
from promptctl.operations.environments import choose_environment, sound_environment
from promptctl.plan.edits import Put, Take
from promptctl.plan.intents import Intent, by_file

if TYPE_CHECKING:
    from promptctl.operations.compared import Compared
    from promptctl.plan.edits import Edit


def decide_flag(views: Compared, key: str, environment: str | None, verb: str, reason: str) -> Intent:
    """`verb`: enable, disable or remove. Raises UsageError where there is no such flag."""
    found = sound_environment(views, choose_environment(views, environment))
    flag = next((flag for flag in found.selection.flags if flag.key == key), None)
    if flag is None:
        close = suggest(key, [flag.key for flag in found.selection.flags])
        hint = (
            f"did you mean {close}?" if close else f"{found.name} has no flags" if not found.selection.flags else None
        )
        raise UsageError(f"{found.name} has no flag {key}", hint=hint)
    if verb != "remove" and flag.enabled is (verb == "enable"):
        return Intent("", {}, notes=(f"nothing to do: the flag {key} is {'on' if flag.enabled else 'off'} already",))
    change: Edit = Take(("flags", key)) if verb == "remove" else Put(("flags", key, "enabled"), verb == "enable")
    facts = {
        "Event": f"flag-{verb}",
        "Prompt": flag.use.name,
        "Environment": found.name,
        "To" if verb == "enable" else "From": str(flag.use),
        "Reason": reason,
    }
    return Intent(f"flag({found.name}): {verb} {key}", facts, by_file(found, [change], ""))
