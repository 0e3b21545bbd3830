"""Which environments there are, and which files configure them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.tree.selection import ConfigFile, merge
from promptctl.tree.snapshot import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.entries import Entry
    from promptctl.tree.layout import Layout
    from promptctl.tree.library import Library
    from promptctl.tree.policy import Policy
    from promptctl.tree.selection import Environment
    from promptctl.tree.snapshot import Snapshot

SUFFIX = ".yaml"
_OTHER_SUFFIXES = (".yml", ".json")  # what looks like a configuration, and is not read


def configured(snapshot: Snapshot, layout: Layout) -> tuple[str, ...]:
    """The environments that have a configuration file, in alphabetical order."""
    names = {name.removesuffix(SUFFIX) for name in snapshot.files(layout.config) if name.endswith(SUFFIX)}
    folders = (name for name in snapshot.folders(layout.config) if any(_in_folder(snapshot, layout, name)))
    return tuple(sorted(names.union(folders)))


def environment_order(snapshot: Snapshot, layout: Layout, policy: Policy) -> tuple[str, ...]:
    """The environments in promotion order; those that only a file makes known, which have none, come last."""
    found = configured(snapshot, layout)
    return (*policy.environments, *(name for name in found if name not in policy.environments))


def last_environment(snapshot: Snapshot, layout: Layout, policy: Policy) -> str | None:
    """The last environment of the policy's order; without one, the only configuration there is, if it is one."""
    if policy.environments:
        return policy.environments[-1]
    found = configured(snapshot, layout)
    return found[0] if len(found) == 1 else None


def environment_of(layout: Layout, path: str) -> str | None:
    """The environment that a file configures, or None where it configures none."""
    inside = path.removeprefix(f"{layout.config}/")
    if inside == path or not path.endswith(SUFFIX):
        return None
    folder, slash, _ = inside.partition("/")
    return folder if slash else inside.removesuffix(SUFFIX)


def looks_like_one(layout: Layout, path: str) -> bool:
    """Whether a file that is not read looks as if it should configure an environment."""
    return path.startswith(f"{layout.config}/") and path.endswith(_OTHER_SUFFIXES)


def environment_files(snapshot: Snapshot, layout: Layout, environment: str) -> Iterator[tuple[str, Entry]]:
    """The files of an environment, in path order: `<env>.yaml` and every YAML file in `<env>/`."""
    single = f"{layout.config}/{environment}{SUFFIX}"
    entry = snapshot.entry(single)
    if entry is not None:
        yield single, entry
    yield from sorted(_in_folder(snapshot, layout, environment))


def _in_folder(snapshot: Snapshot, layout: Layout, environment: str) -> Iterator[tuple[str, Entry]]:
    return (pair for pair in walk(snapshot, f"{layout.config}/{environment}") if pair[0].endswith(SUFFIX))


def read_environment(snapshot: Snapshot, layout: Layout, library: Library, name: str) -> Environment:
    """An environment of a snapshot. Never raises for any content."""
    pairs = environment_files(snapshot, layout, name)
    return merge(name, [ConfigFile(path, entry, library.selection(entry)) for path, entry in pairs])
