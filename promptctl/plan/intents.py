"""What one commit of an operating command does, and the message that says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promptctl.plan.edits import Edit
    from promptctl.tree.selection import ConfigFile, Environment

_ORDER = ("Event", "Prompt", "Environment", "From", "To", "Tenants", "Reason")
_SHOWN = 3  # tenants that the first line of a message names


@dataclass(frozen=True, slots=True)
class Intent:
    """`subject` is the commit's first line; `facts` are its trailers, the empty ones left out.

    `edits` are by path of the file that they change; `removed` are files that go, `written` those that are made or
    replaced whole. `notes` are for the person who asked.
    `goes_back`: it is a rollback, which only rules about what can be served at all may stop.
    """

    subject: str
    facts: Mapping[str, str]
    edits: Mapping[str, list[Edit]] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    goes_back: bool = False
    written: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to commit."""
        return not self.edits and not self.removed

    @property
    def message(self) -> str:
        names = sorted(self.facts, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
        trailers = [f"Promptctl-{name}: {_one_line(self.facts[name])}" for name in names if self.facts[name]]
        return "\n".join([self.subject, "", *trailers, ""])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def listed(names: Iterable[str]) -> str:
    """Names for a subject line: the first few, and how many more there are."""
    found = list(names)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


def by_file(environment: Environment, edits: Iterable[Edit], fallback: str) -> dict[str, list[Edit]]:
    """Edits of an environment by the file that each belongs to: that of the entry, else of its section, else any.

    `fallback` is the path of the file that is made where the environment has none.
    """
    found: dict[str, list[Edit]] = {}
    for edit in edits:
        holder = environment.holder(edit.pointer) or _with_section(environment, edit.pointer[0])
        path = holder.path if holder else next((file.path for file in environment.files), fallback)
        found.setdefault(path, []).append(edit)
    return found


def _with_section(environment: Environment, section: str) -> ConfigFile | None:
    return next((file for file in environment.files if section in file.document.data), None)
