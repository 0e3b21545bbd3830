"""What was observed of a version where it runs: the verdict of its newest recorded observation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promptctl.core.refs import Ref
    from promptctl.rules.base import Context
    from promptctl.tree.snapshot import Snapshot

PROMOTE = "PROMOTE"
STOP = "STOP"


def observation_path(context: Context, environment: str, ref: Ref) -> str:
    """Where the newest observation of a version in an environment is recorded."""
    return f"{context.change.layout.evidence}/{ref.name}/{ref.version}/observation.{environment}.json"


def verdict(context: Context, snapshot: Snapshot, environment: str, ref: Ref) -> str | None:
    """The newest verdict that a snapshot has, or None where there is none that can be read."""
    entry = snapshot.entry(observation_path(context, environment, ref))
    blob = context.change.library.blob(entry) if entry else None
    try:
        statement = json.loads(blob.data) if blob and blob.data else {}
    except (ValueError, RecursionError):
        return None
    predicate = statement.get("predicate") if isinstance(statement, dict) else None
    found = predicate.get("verdict") if isinstance(predicate, dict) else None
    return found if isinstance(found, str) else None
