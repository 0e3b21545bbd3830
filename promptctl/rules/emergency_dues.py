"""Emergency versions and what each still owes: a post-mortem, and a normal version that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from promptctl.core.refs import Ref
from promptctl.core.times import days_between, later
from promptctl.core.versions import is_stable, parse_version
from promptctl.tree.postmortem import lacking
from promptctl.tree.prompts import all_prompts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from promptctl.rules.base import Context
    from promptctl.tree.prompts import Numbered, Prompt
    from promptctl.tree.version_file import VersionFile

_SKEW: Final = 1  # day: time zones differ
_NO_TIME: Final = ""  # is before every date


@dataclass(frozen=True)
class Emergency:
    """A version that its front matter labels. `declared` is an ISO date; `postmortem` a path in the repository.

    `listed`: whether the manifest knows of it.
    """

    prompt: Prompt
    item: Numbered
    file: VersionFile
    reason: str
    incident: str
    declared: str
    postmortem: str
    listed: bool

    @property
    def ref(self) -> Ref:
        return Ref(self.prompt.name, self.item.text)


def concerned(context: Context) -> tuple[Prompt, ...]:
    """The prompts that rules look at, and those with a post-mortem that the change touches."""
    return context.change.once("prompts with emergencies", lambda: tuple(_concerned(context)))


def _concerned(context: Context) -> Iterator[Prompt]:
    change = context.change
    yield from change.prompts
    touched = [path for path in change.touched if path.startswith(change.layout.postmortems + "/")]
    if change.everything or not touched:
        return
    seen = {prompt.folder for prompt in change.prompts}
    for prompt in all_prompts(change.after, change.layout):
        if prompt.folder not in seen and any(one.postmortem in touched for one in emergencies(context, prompt)):
            yield prompt


def emergencies(context: Context, prompt: Prompt) -> tuple[Emergency, ...]:
    """The emergency versions of a prompt, by precedence."""
    manifest = context.change.manifest(prompt.folder)
    listed = manifest.section("emergencies") if manifest else {}
    found = []
    for item in prompt.ordered():
        file = context.change.library.version(item.entry)
        if "emergency" in file.data:
            label, entry = file.data["emergency"], listed.get(item.text)
            said = label if isinstance(label, dict) else {}
            reason, incident, declared = (str(said.get(key) or "") for key in ("reason", "incident", "declared"))
            path = entry.get("postmortem") if isinstance(entry, dict) else None
            where = _path(context, prompt, item, path if isinstance(path, str) else None)
            found.append(Emergency(prompt, item, file, reason, incident, declared, where, item.text in listed))
    return tuple(found)


def _path(context: Context, prompt: Prompt, item: Numbered, stated: str | None) -> str:
    layout = context.change.layout
    return layout.root + stated if stated else f"{layout.postmortems}/{prompt.name}-{item.text}.md"


def due(context: Context, emergency: Emergency, within: timedelta) -> str:
    """The last day on which something is in time. A declaration that lies in the future gives no time at all."""
    age = days_between(emergency.declared, context.today)
    return _NO_TIME if age is not None and age < -_SKEW else later(emergency.declared, within)


def postmortem_due(context: Context, emergency: Emergency) -> str:
    """The last day for the post-mortem."""
    return due(context, emergency, context.policy.emergency.postmortem_within)


def normal_due(context: Context, emergency: Emergency) -> str:
    """The last day for a normal version that follows."""
    return due(context, emergency, context.policy.emergency.normal_version_within)


def postmortem_lacks(context: Context, emergency: Emergency) -> tuple[str, ...] | None:
    """What the post-mortem lacks; None where there is no such file, or it cannot be read."""
    entry = context.change.after.entry(emergency.postmortem)
    blob = context.change.library.blob(entry) if entry else None
    if blob is None or blob.data is None:
        return None
    return lacking(blob.data.decode("utf-8", "replace"), emergency.incident)


def follower(context: Context, emergency: Emergency) -> Ref | None:
    """The lowest normal version that goes on from an emergency version: stable, and with it in its chain."""
    prompt = emergency.prompt
    for item in prompt.ordered():
        file = context.change.library.version(item.entry)
        is_normal = is_stable(item.version) and file.node is not None and "emergency" not in file.data
        if item.version > emergency.item.version and is_normal and _goes_on(context, prompt, item, emergency.item):
            return Ref(prompt.name, item.text)
    return None


def _goes_on(context: Context, prompt: Prompt, item: Numbered, older: Numbered) -> bool:
    """Whether a version has another one in its chain; a version in between may be retired."""
    seen: set[str] = set()
    while item.text != older.text and item.text not in seen:
        seen.add(item.text)
        parent = context.change.library.version(item.entry).string("supersedes") or ""
        if parent not in prompt.versions:
            number = parse_version(parent)
            return number is not None and number > older.version
        item = prompt.versions[parent]
    return item.text == older.text


def recent(context: Context, prompt: Prompt) -> tuple[Emergency, ...]:
    """The emergency versions that were declared within the policy's window, by date."""
    window = context.policy.emergency.window
    found = []
    for one in emergencies(context, prompt):
        age = days_between(one.declared, context.today)
        if age is None or age <= window.days:
            found.append(one)
    return tuple(sorted(found, key=lambda one: (one.declared, one.item.version)))
