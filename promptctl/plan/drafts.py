"""The text of a new version: the one that it follows, with its own number and summary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused
from promptctl.plan.edits import Put
from promptctl.plan.yaml_edit import edit, remove_key, set_key
from promptctl.plan.yaml_text import scalar
from promptctl.tree.faults import Fault
from promptctl.tree.version_file import split_front_matter

if TYPE_CHECKING:
    from promptctl.plan.yaml_text import Data

# What was true of one version only, and must not be inherited by the next.
_OWN_FIELDS = ("emergency", "bump-override", "decision")


@dataclass(frozen=True, slots=True)
class Header:
    """The fields that a draft has of its own; an empty summary is left for the author to fill in."""

    version: str
    supersedes: str
    summary: str


@dataclass(frozen=True, slots=True)
class Label:
    """What makes a version an emergency; `declared` is an ISO date."""

    reason: str
    incident: str
    declared: str

    @property
    def trailer(self) -> str:
        """The line by which a commit says so."""
        return f"Promptctl-Emergency: {self.reason} {self.incident}"


def first_text(*, name: str, version: str, purpose: str) -> str:
    """The first version of a prompt. Its body uses no variable, so it is complete as it stands."""
    front = f"---\nname: {scalar(name)}\nversion: {scalar(version)}\npurpose: {scalar(purpose)}\n---\n"
    return f"{front}You are an assistant with one task.\n\n{purpose}\n"


def manifest_text(*, name: str, owner: str, recommended: str | None) -> str:
    """The manifest beside it."""
    lines = [f"name: {scalar(name)}", f"owner: {scalar(owner)}"]
    if recommended is not None:
        lines.append(f"recommended: {scalar(recommended)}")
    return "\n".join(lines) + "\n"


def successor_text(source: str, header: Header, body: str | None = None) -> str:
    """A version file that follows `source`; `body` replaces the body and keeps no final newline of its own twice.

    Raises Refused where the front matter of `source` cannot be edited line by line.
    """
    front, rest = _split(source)
    for key in _OWN_FIELDS:
        front = remove_key(front, key)
    front = set_key(front, "version", header.version, after="name")
    front = set_key(front, "supersedes", header.supersedes, after="purpose")
    front = set_key(front, "summary", header.summary, after="supersedes")
    if not header.summary:
        front = front.replace('\nsummary: ""', "\nsummary:", 1)
    return f"---\n{front}---\n{rest if body is None else body.removesuffix(chr(10)) + chr(10)}"


def labelled_text(source: str, label: Label) -> str:
    """A version file with the label of an emergency. Raises Refused as above."""
    front, rest = _split(source)
    said: dict[str, Data] = {"reason": label.reason, "incident": label.incident}
    said["declared"] = date.fromisoformat(label.declared)
    return f"---\n{edit(front, [Put(('emergency',), said, 'summary')])}---\n{rest}"


def with_emergency(manifest: str, version: str, postmortem: str) -> str:
    """A manifest that lists an emergency version. Raises Refused where it cannot be edited line by line."""
    return edit(manifest, [Put(("emergencies", version), {"postmortem": postmortem})])


def renumbered_text(source: str, *, version: str, supersedes: str | None) -> str:
    """A draft under another number, and behind another parent where one is given. Raises Refused as above."""
    front, rest = _split(source)
    front = set_key(front, "version", version, after="name")
    if supersedes is not None:
        front = set_key(front, "supersedes", supersedes, after="purpose")
    return f"---\n{front}---\n{rest}"


def _split(source: str) -> tuple[str, str]:
    split = split_front_matter(source)
    if isinstance(split, Fault):
        raise Refused(split.message, hint=split.hint)
    front, start = split
    return front, source[start:]


SAMPLE = """\
---
name: summarise-text
version: 1.0.0
purpose: Summarise a text for a reader who has one minute.
input:
  schema:
    type: object
    required: [text, audience]
    properties:
      text: {type: string, description: The text to summarise.}
      audience: {type: string, description: 'Who reads the summary, such as "new customers".'}
output:
  format: markdown
  guarantees: [Says nothing that the text does not say.]
---
Summarise the text below for {{audience}}.

- Start with the one sentence that matters most to them.
- Then give at most five points, in the order of their importance.
- Say nothing that the text does not say. Where it leaves something open, say that it does.

<text>
{{text}}
</text>
"""
