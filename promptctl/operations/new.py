"""Makes a new prompt: a manifest and a first version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError
from promptctl.core.refs import is_name
from promptctl.core.versions import is_stable, parse_version
from promptctl.operations.catalog import Catalog
from promptctl.operations.writing import Plan
from promptctl.plan.drafts import first_text, manifest_text

if TYPE_CHECKING:
    from promptctl.operations.compared import Compared


@dataclass(frozen=True, slots=True)
class NewPrompt:
    """`category` may have several parts, joined by slashes."""

    name: str
    category: str
    owner: str
    purpose: str
    version: str


def plan_new(views: Compared, wanted: NewPrompt) -> Plan:
    """Raises UsageError for a name, category or version that is none, Refused where the name is taken."""
    _refuse_unfit(wanted)
    taken = Catalog(views.change).taken_by(wanted.name)
    if taken is not None:
        message = f"the name {wanted.name} is taken by {taken.folder}"
        raise Refused(message, hint=f"promptctl new-version {taken.name} makes a new version of it")
    version = parse_version(wanted.version)
    stable = version is not None and is_stable(version)
    folder = f"{views.change.layout.templates}/{wanted.category}/{wanted.name}"
    _refuse_nested(views, folder)
    manifest = manifest_text(name=wanted.name, owner=wanted.owner, recommended=wanted.version if stable else None)
    first = first_text(name=wanted.name, version=wanted.version, purpose=wanted.purpose)
    path = f"{folder}/{wanted.version}.md"
    return Plan(
        files={f"{folder}/prompt.yaml": manifest.encode(), path: first.encode()},
        created=(f"{folder}/prompt.yaml", path),
        message=f"Add prompt {wanted.name}@{wanted.version}",
        notes=(f"created {wanted.name}@{wanted.version} in {folder}", f"next: write the prompt in {path}"),
    )


def _refuse_nested(views: Compared, folder: str) -> None:
    """A prompt holds versions and no folders."""
    for prompt in Catalog(views.change).prompts.values():
        if f"{folder}/".startswith(f"{prompt.folder}/") or prompt.folder.startswith(f"{folder}/"):
            message = f"{folder} and the prompt {prompt.folder} would lie inside each other"
            raise Refused(message, hint="--category takes the name of another folder")


def _refuse_unfit(wanted: NewPrompt) -> None:
    if not is_name(wanted.name):
        message = f"{wanted.name!r} is no prompt name"
        raise UsageError(message, hint="lower-case letters and digits in parts joined by `-` or `_`, at most 64")
    if not all(is_name(part) for part in wanted.category.split("/")):
        message = f"{wanted.category!r} is no category"
        raise UsageError(message, hint="one or more names joined by slashes, such as task or support/email")
    if parse_version(wanted.version) is None:
        message = f"{wanted.version!r} is no SemVer version"
        raise UsageError(message, hint="such as 0.1.0")
    if not wanted.purpose.strip() or "\n" in wanted.purpose:
        raise UsageError("the purpose must be one line", hint="--purpose 'Decide whether a lead is worth a call.'")
    if not wanted.owner.strip():
        raise UsageError("the owner is empty", hint="--owner sales-ai@example.com")
