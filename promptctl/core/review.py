"""What reviewers decide on beside findings, as data: who moves, what was proved of it, how to go back.

Versions are references or words for a chain of them, as people read them; `nothing` stands for none.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class People:
    """Tenants that are counted and not listed: `names` holds the first of them.

    `others`: everybody whom the configuration does not list is among them. `regimes` are what the tenants demand, with
    how many of them do.
    """

    count: int
    names: tuple[str, ...] = ()
    others: bool = False
    regimes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Scopes:
    """Entries of one kind (`default`, `slot`, `flag`, `tenant`), the first of them by name."""

    kind: str
    count: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shifted:
    """The entries that go from one version to another."""

    old: str
    new: str
    scopes: tuple[Scopes, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Those who get something else than before for one prompt or slot."""

    wanted: str
    before: str
    after: str
    who: People


@dataclass(frozen=True, slots=True)
class Moving:
    """What a change does to one environment. Nothing is known of one that is not `readable`.

    `people` are those who move at all, `stay` counts the listed tenants who do not. `unlisted` is set where tenants
    that are not listed are newly refused, or no longer.
    """

    environment: str
    people: People = People(0)
    stay: int = 0
    entries: tuple[Shifted, ...] = ()
    groups: tuple[Group, ...] = ()
    unlisted: str = ""
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Bound:
    """A threshold: `met` is None where it is not applied; `value` and `baseline` are words, None where unknown."""

    metric: str
    threshold: str
    value: str | None
    baseline: str | None
    met: bool | None
    provider: str | None


@dataclass(frozen=True, slots=True)
class GateLine:
    """One gate, for one regime where it is asked for each; `by` tells who vouched for the evidence."""

    gate: str
    regime: str | None
    result: str
    message: str
    bounds: tuple[Bound, ...]
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gated:
    """The gates of a version that an environment newly selects; `returns`: it goes back, so that none may stop it."""

    ref: str
    environment: str
    baseline: str | None
    gates: tuple[GateLine, ...]
    returns: bool


@dataclass(frozen=True, slots=True)
class Undo:
    """How to take the change back: `commands`, and `git revert` unless it would remove `released` versions.

    `loses`: a command takes back what was merged after the change, too.
    """

    commands: tuple[str, ...]
    released: tuple[str, ...]
    loses: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """`gated` is None where the policy has no gates; `policy` names the keys of the policy that change."""

    moving: tuple[Moving, ...] = ()
    gated: tuple[Gated, ...] | None = None
    policy: tuple[str, ...] = ()
    undo: Undo | None = None
