"""Edits of real prompts, each with the label that its author's words give it; no part of this repository.

`PROMPTCTL_REAL_PROMPTS` names a folder `<label>/<edit>/{old,new}.<ext>`; without it they are looked for beside the
checkout.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.bump.analyze import analyze
from promptctl.operations.bump import parsed
from promptctl.tree.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

LABELS = ("patch", "minor", "major")
_FRONT = "---\nname: edit\nversion: 1.0.0\npurpose: As the body says.\ntemplate: {engine}\n---\n"


@dataclass(frozen=True)
class Edit:
    """Two bodies, and what their author called the step from one to the other."""

    name: str
    label: str
    old: str
    new: str
    engine: str

    def demanded(self) -> str:
        front = _FRONT.format(engine=self.engine)
        return str(analyze(parsed(front + self.old), parsed(front + self.new), Policy()).demanded)


@dataclass
class Quality:
    """How often the analysis says what the author says; `found[label, level]` counts edits."""

    found: Counter[tuple[str, str]] = field(default_factory=Counter)

    def called(self, level: str) -> int:
        return sum(count for (_, said), count in self.found.items() if said == level)

    def labelled(self, label: str) -> int:
        return sum(count for (named, _), count in self.found.items() if named == label)

    def precision(self, level: str) -> float:
        return self.found[level, level] / (self.called(level) or 1)

    def recall(self, level: str) -> float:
        return self.found[level, level] / (self.labelled(level) or 1)


def folder() -> Path:
    named = os.environ.get("PROMPTCTL_REAL_PROMPTS")
    beside = Path(__file__).resolve().parents[3] / "shared" / "data" / "edits"
    return Path(named) if named else beside


def edits() -> Iterator[Edit]:
    """Every edit that is there; templates of jinja2 are told by their names."""
    for label in LABELS:
        for path in sorted(folder().glob(f"{label}/*/old.*")):
            new = path.with_stem("new").read_text(encoding="utf-8")
            engine = "jinja2" if path.suffix == ".j2" else "plain"
            yield Edit(path.parent.name, label, path.read_text(encoding="utf-8"), new, engine)


def quality(found: list[Edit]) -> Quality:
    return Quality(Counter((edit.label, edit.demanded()) for edit in found))
