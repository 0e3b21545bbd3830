"""What happened to released versions on a branch, from its first commit to its tip."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from promptctl.operations.replay import Replay
from promptctl.repo.walk import Step, entry_of, walk
from promptctl.tree.layout import MANIFEST, Layout, layout_for
from promptctl.tree.policy import POLICY_FILE, Paths, Policy, parse_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promptctl.core.events import Event
    from promptctl.operations.shifts import Asked, Interval
    from promptctl.repo.repository import Repository
    from promptctl.tree.library import Library

_MANIFEST = f"/{MANIFEST}"
_BATCH = 64  # commits whose manifests are read together


def chronicle(
    repository: Repository,
    library: Library,
    root: str,
    tip: str,
    progress: Callable[[int], None],
    asked: Asked | None = None,
) -> tuple[int, list[Event], list[Interval]]:
    """How many commits there are, the events, the oldest first, and the intervals that are asked for.

    Every manifest is read that ever stood in a template folder, so no deprecation is missed, however short. Git looks
    at the template folders that are known; once more from the start where the policy turns out to have named others.
    """
    entry = repository.snapshot(tip).entry(root + POLICY_FILE)
    policy = parse_policy(library.policy(entry)) if entry else None
    layout = layout_for(root, (policy or Policy()).paths)
    watched = {layout.templates, layout_for(root, Paths()).templates}
    while True:
        replay = Replay(library, root, asked)
        count, events = 0, []
        steps = _prepared(repository, walk(repository, tip, _limits(repository, tip, layout, watched)))
        for count, step in enumerate(steps, 1):
            events += replay.apply(step)
            progress(count)
            if not replay.folders <= watched:
                watched |= replay.folders
                break
        else:
            return count, events, replay.intervals


def _limits(repository: Repository, tip: str, layout: Layout, watched: set[str]) -> tuple[str, ...]:
    """The paths to look at; none means all: where there is little else, choosing costs git a third of its time."""
    ours = {path.partition("/")[0] for path in layout.managed}
    if not layout.root and repository.snapshot(tip).folders("") <= ours:
        return ()
    configs = {layout.config, layout_for(layout.root, Paths()).config}
    return (layout.policy, *configs, *watched)


def _prepared(repository: Repository, steps: Iterator[Step]) -> Iterator[Step]:
    """The same steps, with their manifests read ahead, many at a time."""
    while batch := list(islice(steps, _BATCH)):
        placed = (pair for step in batch for pair in step.placed)
        manifests = (entry_of(difference) for difference, path in placed if path.endswith(_MANIFEST))
        repository.objects.prefetch(entry for entry in manifests if entry.is_regular)
        yield from batch
        repository.objects.forget()
