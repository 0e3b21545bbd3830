"""What labels a draft as an emergency version: its front matter, the manifest, and a word on what it owes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Refused
from promptctl.core.times import later
from promptctl.plan.drafts import with_emergency

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.operations.compared import Compared
    from promptctl.plan.drafts import Label
    from promptctl.tree.prompts import Prompt


def postmortem_of(views: Compared, name: str, version: str) -> str:
    """Where the post-mortem of a version belongs, from the project's root."""
    return f"{views.context.policy.paths.postmortems}/{name}-{version}.md"


def listed(views: Compared, prompt: Prompt, version: str) -> dict[str, bytes | None]:
    """The manifest with the version among its emergencies. Raises Refused where it cannot be edited."""
    blob = views.change.library.blob(prompt.manifest) if prompt.manifest else None
    if blob is None or blob.data is None:
        raise Refused(f"{prompt.manifest_path} is not there or cannot be read", hint="an emergency is listed in it")
    try:
        text = blob.data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{prompt.manifest_path} is not UTF-8", hint="mend the file first") from error
    return {prompt.manifest_path: with_emergency(text, version, postmortem_of(views, prompt.name, version)).encode()}


def owing(views: Compared, name: str, version: str, label: Label) -> Iterator[str]:
    """What the label allows, and what it costs."""
    policy = views.context.policy.emergency
    per_regime = {gate.name for gate in views.context.policy.gates or () if gate.per_regime}
    skipped = [gate for gate in policy.may_skip if gate not in per_regime]
    may = f"may skip {', '.join(skipped)}" if skipped else "may skip no gate"
    yield f"emergency ({label.reason}, {label.incident}): it {may}"
    due = later(label.declared, policy.postmortem_within)
    yield f"owed: the post-mortem {postmortem_of(views, name, version)} by {due}"
    yield f"owed: a normal version after it by {later(label.declared, policy.normal_version_within)}"
