"""The prompts of one state of the repository, as reading and authoring commands look them up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from promptctl.core.errors import UsageError
from promptctl.core.immutability import Verdict, judge
from promptctl.core.refs import Ref, is_name, name_key, parse_ref
from promptctl.core.text import suggest
from promptctl.core.versions import highest, parse_version
from promptctl.tree.prompts import Numbered, Prompt, all_prompts

if TYPE_CHECKING:
    from promptctl.tree.change import Change
    from promptctl.tree.document import Document
    from promptctl.tree.version_file import VersionFile


@dataclass(frozen=True)
class Found:
    """One version, and the prompt that it belongs to."""

    prompt: Prompt
    item: Numbered
    file: VersionFile

    @property
    def ref(self) -> Ref:
        return Ref(self.prompt.name, self.item.text)


class Catalog:
    """Looks up prompts by name. `change` must be about the whole of head."""

    def __init__(self, change: Change) -> None:
        self.change = change

    @cached_property
    def prompts(self) -> dict[str, Prompt]:
        """Every prompt of head by name; of two with one name the first in path order."""
        found: dict[str, Prompt] = {}
        for prompt in all_prompts(self.change.head, self.change.layout):
            found.setdefault(prompt.name, prompt)
        return dict(sorted(found.items()))

    def prompt(self, name: str) -> Prompt:
        """Raises UsageError with the nearest name where there is none."""
        found = self.prompts.get(name)
        if found is None:
            close = suggest(name, self.prompts)
            message = f"there is no prompt {name}"
            raise UsageError(message, hint=f"did you mean {close}?" if close else "promptctl list shows all of them")
        return found

    def taken_by(self, name: str) -> Prompt | None:
        """The prompt whose name counts as equal to `name`, if any."""
        return next((prompt for prompt in self.prompts.values() if name_key(prompt.name) == name_key(name)), None)

    def version(self, text: str) -> Found:
        """A version by `name@version`, or the newest stable one by name alone. Raises UsageError."""
        if "@" not in text:
            prompt = self.prompt(text)
            newest = highest(item.version for item in prompt.versions.values())
            if newest is None:
                message = f"{text} has no versions"
                raise UsageError(message, hint=f"promptctl new-version {text}")
            return self._found(prompt, next(i for i in prompt.versions.values() if i.version == newest))
        ref = parse_ref(text)
        if ref is None:
            raise UsageError(_why_no_ref(text), hint="write name@version, such as qualify-lead@1.1.0")
        prompt = self.prompt(ref.name)
        item = prompt.versions.get(ref.version)
        if item is None:
            self._refuse_retired(prompt, ref)
            close = suggest(ref.version, prompt.versions)
            known = f"did you mean {ref.name}@{close}?" if close else f"promptctl log {ref.name} lists its versions"
            message = f"there is no version {ref}"
            raise UsageError(message, hint=known)
        return self._found(prompt, item)

    def _refuse_retired(self, prompt: Prompt, ref: Ref) -> None:
        tombstone = self.change.tombstones(prompt.folder).get(ref.version)
        if isinstance(tombstone, dict):
            message = f"{ref} was retired on {tombstone.get('on')}: {tombstone.get('reason')}"
            raise UsageError(message, hint=f"promptctl log {ref.name} lists its versions")

    def _found(self, prompt: Prompt, item: Numbered) -> Found:
        return Found(prompt, item, self.change.library.version(item.entry))

    def manifest(self, prompt: Prompt) -> Document | None:
        return self.change.library.manifest(prompt.manifest) if prompt.manifest else None

    def is_released(self, item: Numbered) -> bool:
        """Whether base has this very file, or one that this file is an edit of."""
        places = self.change.differing.get(item.path)
        edited = places is not None and judge(places) in {Verdict.EDITED, Verdict.REPLACED}
        return edited or self.change.base.entry(item.path) == item.entry

    def parent(self, found: Found) -> Found | None:
        """The version that one supersedes, where it is in head."""
        item = found.prompt.versions.get(found.file.string("supersedes") or "")
        return self._found(found.prompt, item) if item else None


def _why_no_ref(text: str) -> str:
    name, _, version = text.partition("@")
    if not is_name(name):
        return f"{name!r} is no prompt name"
    return f"{version!r} is no SemVer version" if parse_version(version) is None else f"{text!r} is no reference"
