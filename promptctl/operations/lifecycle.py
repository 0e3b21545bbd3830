"""The life of a version after its release: recommended, deprecated, retired."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError
from promptctl.operations.catalog import Catalog, Found
from promptctl.plan.edits import Put, Take
from promptctl.plan.intents import Intent

if TYPE_CHECKING:
    from datetime import date

    from promptctl.operations.compared import Compared
    from promptctl.plan.edits import Edit
    from promptctl.plan.yaml_text import Data

NO_REPLACEMENT = "none"


@dataclass(frozen=True, slots=True)
class Purge:
    """A removal without grace: `why` is secret, personal-data or legal."""

    why: str
    incident: str


def decide_recommend(views: Compared, ref: str, reason: str) -> Intent:
    """Raises UsageError where there is no such version."""
    found = _version(views, ref)
    manifest = Catalog(views.change).manifest(found.prompt)
    old = manifest.string("recommended") if manifest else None
    if old == found.item.text:
        return Intent("", {}, notes=(f"nothing to do: {found.ref} is recommended already",))
    facts = {"Event": "recommend", "From": f"{found.ref.name}@{old}" if old else "", "To": str(found.ref)}
    edits: list[Edit] = [Put(("recommended",), found.item.text, after="owner")]
    return _intent(found, f"recommend({found.ref.name}): {found.item.text}", facts, reason, edits)


def decide_deprecate(
    views: Compared, ref: str, replacement: str, remove_after: date, today: date, reason: str
) -> Intent:
    """Raises UsageError for a replacement that there is not, Refused for a date that has passed."""
    found = _version(views, ref)
    if replacement != NO_REPLACEMENT:
        replacement = Catalog(views.change).version(_full(found, replacement)).item.text
        if replacement == found.item.text:
            raise UsageError(f"{found.ref} cannot replace itself", hint="--replacement V, or none")
    if remove_after <= today:
        raise Refused(
            f"{remove_after} is no later than today", hint="users need time: name a later day with --remove-after"
        )
    entry: dict[str, Data] = {
        "replacement": replacement,
        "reason": reason,
        "announced": today,
        "remove-after": remove_after,
    }
    facts = {"Event": "deprecate", "From": str(found.ref)}
    facts |= {"To": f"{found.ref.name}@{replacement}"} if replacement != NO_REPLACEMENT else {}
    edits: list[Edit] = [Put(("deprecated", found.item.text), entry)]
    return _intent(found, f"deprecate({found.ref.name}): {found.item.text}", facts, reason, edits)


def decide_retire(views: Compared, ref: str, today: date, reason: str, purge: Purge | None, note: str) -> Intent:
    """The file goes and a tombstone stays; whether that is lawful, the rules say. `note`: what is known of its use."""
    found = _version(views, ref)
    manifest = Catalog(views.change).manifest(found.prompt)
    data = views.change.library.blob(found.item.entry)
    if data is None or data.data is None:
        raise Refused(f"{found.item.path} cannot be read", hint="git fsck")
    entry: dict[str, Data] = {
        "digest": f"sha256:{hashlib.sha256(data.data).hexdigest()}",
        "on": today,
        "reason": reason,
    }
    if purge is not None:
        entry |= {"purge": purge.why, "incident": purge.incident}
    edits: list[Edit] = [Put(("retired", found.item.text), entry)]
    if manifest is not None and found.item.text in manifest.section("deprecated"):
        alone = len(manifest.section("deprecated")) == 1
        edits.append(Take(("deprecated",) if alone else ("deprecated", found.item.text)))
    facts = {"Event": "purge" if purge else "retire", "From": str(found.ref), "Usage": note}
    intent = _intent(found, f"retire({found.ref.name}): {found.item.text}", facts, reason, edits)
    return Intent(intent.subject, intent.facts, intent.edits, (found.item.path,))


def _version(views: Compared, text: str) -> Found:
    if "@" not in text:
        raise UsageError(f"{text} names no version", hint=f"write {text}@VERSION")
    return Catalog(views.change).version(text)


def _full(found: Found, text: str) -> str:
    return text if "@" in text else f"{found.ref.name}@{text}"


def _intent(found: Found, subject: str, facts: dict[str, str], reason: str, edits: list[Edit]) -> Intent:
    facts = {**facts, "Prompt": found.ref.name, "Reason": reason}
    return Intent(subject, facts, {found.prompt.manifest_path: edits})
