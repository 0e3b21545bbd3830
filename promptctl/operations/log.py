"""The version history of a prompt: what each version says of itself, and who added it when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.versions import raised_level
from promptctl.operations.catalog import Catalog
from promptctl.operations.listing import state_of
from promptctl.repo.history import Event, introductions
from promptctl.rules.chain import step_from

if TYPE_CHECKING:
    from promptctl.operations.compared import Compared
    from promptctl.tree.prompts import Numbered, Prompt


@dataclass(frozen=True, slots=True)
class LogRow:
    """One version; author, date and commit are None until it is committed. `level` is the step from its parent."""

    version: str
    state: str
    supersedes: str | None
    level: str | None
    summary: str | None
    emergency: bool
    author: str | None
    email: str | None
    date: str | None
    commit: str | None


def version_history(views: Compared, name: str) -> tuple[LogRow, ...]:
    """The newest version first. Raises UsageError for an unknown name."""
    catalog = Catalog(views.change)
    prompt = catalog.prompt(name.partition("@")[0])
    commit = views.head.commit or views.repository.head
    events = introductions(views.repository, commit, prompt.folder) if commit else {}
    rows = [_row(views, catalog, prompt, item, events.get((item.path, item.entry.oid))) for item in prompt.ordered()]
    return tuple(reversed(rows))


def _row(views: Compared, catalog: Catalog, prompt: Prompt, item: Numbered, event: Event | None) -> LogRow:
    file = views.change.library.version(item.entry)
    parent = prompt.versions.get(file.string("supersedes") or "")
    level = raised_level(step_from(views.change, prompt.folder, parent), item.version) if parent else None
    return LogRow(
        version=item.text,
        state=state_of(views, catalog, prompt, item),
        supersedes=file.string("supersedes"),
        level=str(level) if level else None,
        summary=file.string("summary"),
        emergency="emergency" in file.data,
        author=event.author if event else None,
        email=event.email if event else None,
        date=event.date if event else None,
        commit=event.commit if event else None,
    )
