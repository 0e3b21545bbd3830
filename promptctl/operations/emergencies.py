"""Every emergency version, with what it still owes and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.reach import selecting
from promptctl.operations.catalog import Catalog
from promptctl.operations.listing import state_of
from promptctl.rules.emergency_dues import (
    emergencies,
    follower,
    normal_due,
    postmortem_due,
    postmortem_lacks,
    recent,
)
from promptctl.tree.environments import environment_order

if TYPE_CHECKING:
    from promptctl.core.refs import Ref
    from promptctl.operations.compared import Compared
    from promptctl.rules.emergency_dues import Emergency

_DONE, _OWED, _OVERDUE = "done", "owed", "overdue"


@dataclass(frozen=True, slots=True)
class Postmortem:
    """`due` is the last day; None where the declaration gives no time. `lacks` is None where there is no file."""

    path: str
    due: str | None
    state: str
    lacks: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class NormalVersion:
    """The normal version that followed, or None, and until when one is due."""

    ref: str | None
    due: str | None
    state: str


@dataclass(frozen=True, slots=True)
class EmergencyRow:
    """One emergency version. `selected_in` names the environments that select it."""

    ref: str
    path: str
    state: str
    reason: str
    incident: str
    declared: str
    postmortem: Postmortem
    normal_version: NormalVersion
    selected_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overused:
    """A prompt that has more emergency versions in the policy's window than are allowed."""

    name: str
    versions: tuple[str, ...]
    allowed: int


@dataclass(frozen=True, slots=True)
class Emergencies:
    """All of them, and the prompts that have too many."""

    rows: tuple[EmergencyRow, ...]
    overused: tuple[Overused, ...]

    @property
    def is_overdue(self) -> bool:
        """Whether anything is late or too much."""
        late = any(_OVERDUE in {row.postmortem.state, row.normal_version.state} for row in self.rows)
        return late or bool(self.overused)


def list_emergencies(views: Compared, name: str | None = None) -> Emergencies:
    """Those of one prompt, or of all, by date of declaration. Raises UsageError for an unknown name."""
    catalog, context = Catalog(views.change), views.context
    prompts = [catalog.prompt(name)] if name else list(catalog.prompts.values())
    selected = _selected(views)
    rows = [_row(views, catalog, one, selected) for prompt in prompts for one in emergencies(context, prompt)]
    most = context.policy.emergency.most
    counts = ((prompt.name, tuple(one.item.text for one in recent(context, prompt))) for prompt in prompts)
    overused = tuple(Overused(name, versions, most) for name, versions in counts if len(versions) > most)
    return Emergencies(tuple(sorted(rows, key=lambda row: (row.declared, row.ref))), overused)


def _selected(views: Compared) -> dict[Ref, list[str]]:
    """The environments that select each version."""
    found: dict[Ref, list[str]] = {}
    for name in environment_order(views.change.after, views.change.layout, views.context.policy):
        for ref in dict.fromkeys(ref for _, ref in selecting(views.change.environment(name).selection)):
            found.setdefault(ref, []).append(name)
    return found


def _row(views: Compared, catalog: Catalog, one: Emergency, selected: dict[Ref, list[str]]) -> EmergencyRow:
    context = views.context
    lacks, followed = postmortem_lacks(context, one), follower(context, one)
    until, normal = postmortem_due(context, one), normal_due(context, one)
    return EmergencyRow(
        ref=str(one.ref),
        path=one.item.path,
        state=state_of(views, catalog, one.prompt, one.item),
        reason=one.reason,
        incident=one.incident,
        declared=one.declared,
        postmortem=Postmortem(one.postmortem, until or None, _state(views, until, done=lacks == ()), lacks),
        normal_version=NormalVersion(
            str(followed) if followed else None, normal or None, _state(views, normal, done=followed is not None)
        ),
        selected_in=tuple(selected.get(one.ref, ())),
    )


def _state(views: Compared, until: str, *, done: bool) -> str:
    return _DONE if done else _OVERDUE if until < views.context.today else _OWED
