"""The one question that the rest of promptctl asks: what level does the step from one version to another demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.bump.prose import compare_bodies
from promptctl.bump.reasons import Analysis, Reason, analysis_of
from promptctl.bump.schemas import compare_output
from promptctl.bump.settings import compare_settings
from promptctl.bump.variables import compare_input
from promptctl.core.levels import Level

if TYPE_CHECKING:
    from promptctl.tree.policy import Policy
    from promptctl.tree.version_file import VersionFile

_MODEL = {"minor": Level.MINOR, "major": Level.MAJOR}


def analyze(old: VersionFile, new: VersionFile, policy: Policy) -> Analysis:
    """Every surface that differs. What cannot be read demands a major bump, for nothing is proved of it."""
    if old.text == new.text and old.text is not None:
        return Analysis()
    for file, name in ((old, "old"), (new, "new")):
        if file.node is None or file.body is None:
            return Analysis((Reason(Level.MAJOR, "file", f"the {name} version cannot be read, so nothing is proved"),))
    model = _MODEL[policy.data.get("bump", {}).get("model", "major")]
    return analysis_of(
        [
            *compare_settings(old, new, model=model),
            *compare_input(old, new),
            *compare_output(old, new),
            *compare_bodies(old, new),
        ]
    )
