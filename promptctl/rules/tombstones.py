"""What is left of retired versions: the tombstones that keep their numbers from meaning anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promptctl.rules.base import problem
from promptctl.tree.layout import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.tree.change import Change
    from promptctl.tree.layout import Place


def lost_tombstones(context: Context) -> Iterator[Finding]:
    """Tombstones of versions that are gone, which head takes away or makes to mean other bytes.

    Without one the number would be free again in the next change. Where the file itself comes back, `version-collision`
    says whether it may.
    """
    change = context.change
    for path, places in change.touched.items():
        place = change.layout.place(path)
        if place is None or place.role is not Role.MANIFEST or places.base is None or not change.asked_about(path):
            continue
        for version, digest, now in _changed(change, place):
            what = "is gone" if now is None else "names other bytes"
            message = f"{place.name}@{version} is retired, and its tombstone {what}"
            hint = f"put it back under `retired`, with the digest {digest}"
            yield problem(path, message, subject=f"retired.{version}", ref=f"{place.name}@{version}", hint=hint)


def _changed(change: Change, place: Place) -> Iterator[tuple[str, str, str | None]]:
    """Number, digest on base and digest in head, where the two differ."""
    manifest = change.manifest(place.folder)
    now = manifest.section("retired") if manifest else {}
    for version, stone in change.base_tombstones(place.folder).items():
        path = f"{place.folder}/{version}.md"
        before, after = _digest(stone), _digest(now.get(version))
        is_gone = change.base.entry(path) is None and change.after.entry(path) is None
        if is_gone and before is not None and before != after:
            yield version, before, after


def _digest(stone: Any) -> str | None:
    digest = stone.get("digest") if isinstance(stone, dict) else None
    return str(digest).removeprefix("sha256:") if digest else None
