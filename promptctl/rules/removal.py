"""Released versions that head removes, and which conditions of a lawful retirement each of them meets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promptctl.core.immutability import Verdict
from promptctl.core.reach import selecting
from promptctl.core.refs import Ref
from promptctl.rules.environments import environments
from promptctl.rules.verdicts import Judged, judged
from promptctl.rules.waivers import names_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.core.selection import Pointer
    from promptctl.rules.base import Context
    from promptctl.tree.selection import Environment

_RULE = "released-version-removed"


@dataclass(frozen=True)
class Removal:
    """A released version that is gone in head.

    `deprecation` is what base's manifest said of it, None where it was not deprecated. `users` are the places that
    still select it; `returns` the open rollouts that have to do with it; `unread` the environments of which nobody can
    say whether they select it.
    """

    item: Judged
    ref: Ref
    deprecation: Mapping[str, Any] | None
    tombstone: Mapping[str, Any] | None
    users: tuple[tuple[Environment, Pointer], ...]
    returns: tuple[tuple[Environment, Pointer], ...]
    unread: tuple[Environment, ...]
    is_over: bool

    @property
    def is_purge(self) -> bool:
        """Whether the tombstone gives an occasion that needs no time of grace."""
        return self.tombstone is not None and bool(self.tombstone.get("purge") and self.tombstone.get("incident"))

    @property
    def is_lawful(self) -> bool:
        had_its_time = self.is_purge or (self.deprecation is not None and self.is_over)
        is_free = not (self.users or self.returns or self.unread)
        return self.tombstone is not None and had_its_time and is_free


def removals(context: Context) -> tuple[Removal, ...]:
    """Every removal that no waiver lifts, worked out once for all rules."""
    return context.change.once("removals", lambda: tuple(_removals(context)))


def _removals(context: Context) -> Iterator[Removal]:
    gone = [item for item in judged(context) if item.verdict is Verdict.REMOVED]
    if not gone:
        return
    every = [context.change.environment(name) for name in environments(context)]
    named, returned = _places(every)
    unread = tuple(environment for environment in every if not environment.is_readable)
    for item in gone:
        ref = Ref(item.place.name, item.place.version_text)
        said = _entry(context.change.base_manifest(item.place.folder), "deprecated", ref)
        until = str((said or {}).get("remove-after", ""))
        yield Removal(
            item=item,
            ref=ref,
            deprecation=said,
            tombstone=_tombstone(context, item, ref),
            users=tuple(named.get(ref, ())),
            returns=tuple(returned.get(ref, ())),
            unread=unread,
            is_over=bool(until) and until < context.today,
        )


_Places = dict[Ref, list[tuple["Environment", "Pointer"]]]


def _places(every: list[Environment]) -> tuple[_Places, _Places]:
    """Where versions are selected, flags that are off included, and where open rollouts name them."""
    named: _Places = {}
    returned: _Places = {}
    for environment in every:
        off = [(("flags", flag.key), flag.use) for flag in environment.selection.flags if not flag.enabled]
        for pointer, ref in (*selecting(environment.selection), *off):
            named.setdefault(ref, []).append((environment, pointer))
        for key, rollout in environment.rollouts.items():
            needed = (rollout.source, rollout.target) if rollout.is_open else ()
            for end in filter(None, needed):
                returned.setdefault(end, []).append((environment, ("rollouts", key)))
    return named, returned


def _entry(manifest: Any, section: str, ref: Ref) -> Mapping[str, Any] | None:
    found = manifest.section(section).get(ref.version) if manifest else None
    return found if isinstance(found, dict) else None


def _tombstone(context: Context, item: Judged, ref: Ref) -> Mapping[str, Any] | None:
    """The tombstone that head's manifest keeps, if it is about the bytes that were there."""
    stone = _entry(context.change.manifest(item.place.folder), "retired", ref)
    blob = context.change.library.blob(item.places.base) if stone and item.places.base else None
    if stone is None or blob is None or blob.data is None or not (stone.get("on") and stone.get("reason")):
        return None
    import hashlib  # loads OpenSSL, which takes longer than most checks

    written = str(stone.get("digest", "")).removeprefix("sha256:")
    return stone if written == hashlib.sha256(blob.data).hexdigest() else None


def is_waived(context: Context, item: Judged) -> bool:
    """Whether the policy lets a removal pass as it is, so that none of its conditions matters."""
    about = (waiver for waiver in context.policy.waivers if waiver.rule == _RULE and waiver.blob == "gone")
    return any(names_path(context, waiver, item.place.path) and waiver.until >= context.today for waiver in about)
