"""The chain of versions that a version supersedes, read from front matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.versions import Version, is_stable, parse_version, triple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.rules.base import Context
    from promptctl.tree.change import Change
    from promptctl.tree.layout import Place
    from promptctl.tree.prompts import Numbered
    from promptctl.tree.version_file import VersionFile


@dataclass(frozen=True, slots=True)
class Link:
    """A version that rules of order can judge: its place, its file, and the number that its file name states."""

    place: Place
    file: VersionFile
    own: Numbered


def links(context: Context) -> Iterator[Link]:
    """The version files to judge, as far as their front matter can be read."""
    change = context.change
    for place, entry in change.version_files:
        file = change.library.version(entry)
        own = change.versions(place.folder).get(place.version_text)
        if file.node is not None and own is not None:
            yield Link(place, file, own)


def is_first(change: Change, link: Link) -> bool:
    """Whether no version of lower precedence is known: a prompt's first version may have any number."""
    versions = change.versions(link.place.folder)
    return not any(item.version < link.own.version for item in versions.values())


def parent(change: Change, link: Link) -> Numbered | None:
    """The version that the front matter says it supersedes, where base or head has it."""
    return change.versions(link.place.folder).get(link.file.string("supersedes") or "")


def step_from(change: Change, folder: str, start: Numbered) -> Version:
    """The version from which a successor of `start` is counted: the last stable one in the chain.

    A chain without a stable version counts from the triple of its newest pre-release.
    """
    return baseline(change, folder, start) or start.version


def baseline(change: Change, folder: str, start: Numbered) -> Version | None:
    """What a successor of `start` is judged against; None where the chain has no stable version that is known."""
    seen: set[str] = set()
    current = start
    while not is_stable(current.version) and current.text not in seen:
        seen.add(current.text)
        older = change.library.version(current.entry).string("supersedes") or ""
        following = change.versions(folder).get(older)
        if following is None:
            return tombstone_version(change, folder, older)
        current = following
    return current.version if is_stable(current.version) else None


def tombstone_version(change: Change, folder: str, text: str) -> Version | None:
    """The number of a retired version, where the manifest keeps its tombstone."""
    return parse_version(text) if text in change.tombstones(folder) else None


def same_triple(one: Version, other: Version) -> bool:
    """Whether two versions differ in nothing but their suffix."""
    return triple(one) == triple(other)
