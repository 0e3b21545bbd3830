"""The catalogue of prompts: `list`, and `show` for one version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promptctl.core.reach import selecting
from promptctl.core.versions import highest
from promptctl.operations.catalog import Catalog, Found
from promptctl.tree.environments import environment_order, last_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.refs import Ref
    from promptctl.operations.compared import Compared
    from promptctl.tree.prompts import Numbered, Prompt


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in a listing.

    `state` is draft, released, edited (base has other content), deprecated, or unknown (no base to compare with).
    """

    version: str
    path: str
    state: str
    emergency: bool


@dataclass(frozen=True, slots=True)
class PromptRow:
    """One prompt in a listing; `versions` by precedence, the lowest first."""

    name: str
    path: str
    owner: str | None
    recommended: str | None
    latest: str | None
    versions: tuple[VersionRow, ...]

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.versions)


@dataclass(frozen=True, slots=True)
class SelectedBy:
    """A place that selects a version: the keys that lead to it. A flag that is off selects nothing."""

    environment: str
    scope: str


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is known of one version. `sha256` is of the file's bytes, `behaviour` the behaviour digest."""

    ref: str
    path: str
    state: str
    owner: str | None
    recommended: bool
    metadata: dict[str, Any]
    body: str
    sha256: str
    behaviour: str | None
    deprecation: dict[str, Any] | None
    selected_by: tuple[SelectedBy, ...]


def list_prompts(views: Compared) -> tuple[PromptRow, ...]:
    """Every prompt of head, by name."""
    catalog = Catalog(views.change)
    return tuple(_row(views, catalog, prompt) for prompt in catalog.prompts.values())


def _row(views: Compared, catalog: Catalog, prompt: Prompt) -> PromptRow:
    manifest = catalog.manifest(prompt)
    latest = highest(item.version for item in prompt.versions.values())
    return PromptRow(
        name=prompt.name,
        path=prompt.folder,
        owner=manifest.string("owner") if manifest else None,
        recommended=recommended(views, catalog, prompt),
        latest=str(latest) if latest else None,
        versions=tuple(_version_row(views, catalog, prompt, item) for item in prompt.ordered()),
    )


def _version_row(views: Compared, catalog: Catalog, prompt: Prompt, item: Numbered) -> VersionRow:
    emergency = "emergency" in views.change.library.version(item.entry).data
    return VersionRow(item.text, item.path, state_of(views, catalog, prompt, item), emergency)


def state_of(views: Compared, catalog: Catalog, prompt: Prompt, item: Numbered) -> str:
    """Where a version is in its life, as far as base and manifest say."""
    manifest = catalog.manifest(prompt)
    if manifest is not None and item.text in manifest.section("deprecated"):
        return "deprecated"
    if not views.base_known:
        return "unknown"
    released = views.change.base.entry(item.path)
    if released is None:
        return "draft"
    return "released" if released == item.entry else "edited"


def show_version(views: Compared, text: str) -> Shown:
    """Raises UsageError where there is no such version."""
    catalog = Catalog(views.change)
    found: Found = catalog.version(text)
    manifest = catalog.manifest(found.prompt)
    blob = views.change.library.blob(found.item.entry)
    deprecated = manifest.section("deprecated").get(found.item.text) if manifest else None
    return Shown(
        ref=str(found.ref),
        path=found.item.path,
        state=state_of(views, catalog, found.prompt, found.item),
        owner=manifest.string("owner") if manifest else None,
        recommended=recommended(views, catalog, found.prompt) == found.item.text,
        metadata=found.file.data,
        body=found.file.body or "",
        sha256=hashlib.sha256((blob.data if blob else None) or b"").hexdigest(),
        behaviour=found.file.digest,
        deprecation=deprecated if isinstance(deprecated, dict) else None,
        selected_by=tuple(_selected_by(views, found.ref)),
    )


def recommended(views: Compared, catalog: Catalog, prompt: Prompt) -> str | None:
    """The version that the manifest recommends, or without a word there the default of the last environment."""
    manifest = catalog.manifest(prompt)
    if manifest is not None and "recommended" in manifest.data:
        return manifest.string("recommended")
    last = last_environment(views.change.after, views.change.layout, views.context.policy)
    default = views.change.environment(last).selection.defaults.get(prompt.name) if last else None
    return default.version if default else None


def _selected_by(views: Compared, ref: Ref) -> Iterator[SelectedBy]:
    for name in environment_order(views.change.after, views.change.layout, views.context.policy):
        for pointer, selected in selecting(views.change.environment(name).selection):
            if selected == ref:
                yield SelectedBy(name, ".".join(pointer))
