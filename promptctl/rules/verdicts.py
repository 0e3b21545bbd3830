"""Applies the table of released files to every version file that differs between the views."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.errors import Undecided
from promptctl.core.immutability import Places, Verdict, judge
from promptctl.rules.waivers import names_path
from promptctl.tree.layout import Place, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.entries import Entry
    from promptctl.rules.base import Context
    from promptctl.tree.change import Change


class Judged(NamedTuple):
    """One version file and what the table says of it."""

    place: Place
    places: Places
    verdict: Verdict


def judged(context: Context) -> Iterator[Judged]:
    """Version files that are not fine, in path order. Raises Undecided where the fork is unknown and decides."""
    change = context.change
    for path, places in sorted(change.differing.items()):
        place = change.layout.place(path)
        if place is None or place.role is not Role.VERSION:
            continue
        verdict = _verdict(change, place, places)
        if verdict is Verdict.UNDECIDABLE:
            raise _cannot_decide(path)
        if verdict is Verdict.TAMPERED and _was_draft(change, path, places):
            verdict = _since_draft(change, place, places)
        if verdict is Verdict.TAMPERED and _waived_on_base(context, path, places.base):
            verdict = _since_waiver(places)
        if verdict not in {Verdict.FINE, Verdict.DRAFT} and change.asked_about(path):
            yield Judged(place, places, verdict)


def _verdict(change: Change, place: Place, places: Places) -> Verdict:
    if places.base is not None:
        return judge(places)
    tombstone = change.base_tombstones(place.folder).get(place.version_text)
    verdict = judge(places, tombstoned=tombstone is not None)
    if verdict is Verdict.COLLISION and places.head and _is_retired_content(change, places.head, tombstone):
        return Verdict.FINE
    return verdict


def _is_retired_content(change: Change, entry: Entry, tombstone: object) -> bool:
    """Whether a file holds the bytes that the tombstone of its number remembers."""
    digest = str(tombstone.get("digest", "")) if isinstance(tombstone, dict) else ""
    blob = change.library.blob(entry)
    if blob is None or blob.data is None:
        return False
    import hashlib  # loads OpenSSL, which takes longer than most checks

    return digest.removeprefix("sha256:") == hashlib.sha256(blob.data).hexdigest()


def _waived_on_base(context: Context, path: str, entry: Entry | None) -> bool:
    """Whether base differs because a waiver, itself on base, allowed exactly that."""
    blob = entry.oid if entry else "gone"
    about = [waiver for waiver in context.policy.waivers if waiver.blob == blob and names_path(context, waiver, path)]
    rules = (context.registry.get(waiver.rule) for waiver in about)
    return any(rule is not None and rule.family == "immutability" for rule in rules)


def _was_draft(change: Change, path: str, places: Places) -> bool:
    """Whether the fork lies on a branch that was merged into base, and base itself never had what the fork has."""
    forked = [entry for entry in places.forks or () if entry is not None]
    return not any(change.facts.was_released(path, entry) for entry in forked)


def _since_draft(change: Change, place: Place, places: Places) -> Verdict:
    """What head did beside what became of a draft that both began with: mostly nothing, being behind."""
    if places.head in (places.forks or ()):
        return Verdict.FINE
    if places.head is None and places.base is not None:
        return Verdict.REMOVED
    return _verdict(change, place, replace(places, forks=(None,)))


def _since_waiver(places: Places) -> Verdict:
    """What head did beside the edit that a waiver allowed on base: mostly nothing, being behind."""
    if places.head in (places.forks or ()):
        return Verdict.FINE
    return judge(replace(places, forks=(places.base,)), tombstoned=places.base is None)


def is_restored(context: Context, item: Judged) -> bool:
    """Whether an edit gives a file back the bytes with which it was first released."""
    if item.places.head is None or item.verdict not in {Verdict.EDITED, Verdict.REPLACED}:
        return False
    return context.change.facts.first_release(item.place.path) == item.places.head


def moved_to(context: Context, item: Judged) -> str | None:
    """Where the bytes of a vanished file turn up again in the same change, if anywhere."""
    base = item.places.base
    for path, places in context.change.touched.items():
        if base and places.head and places.base is None and places.head.oid == base.oid:
            return path
    return None


def _cannot_decide(path: str) -> Undecided:
    message = f"cannot decide whether {path} was removed or is only not yet there: the merge base is unknown"
    return Undecided(message, hint="git fetch --unshallow origin; if the histories are unrelated, rebase onto the base")
