"""What an environment can answer at all: every place that selects a version, and every version that a request can get.

Each question takes time in proportion to the configuration, never to tenants times prompts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.selection import slot_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.refs import Ref
    from promptctl.core.selection import Flag, Pointer, Selection

_WHOLE = 100


class Reached(NamedTuple):
    """A version that somebody can get, and the place that selects it."""

    scope: Pointer
    ref: Ref


def selecting(selection: Selection) -> Iterator[Reached]:
    """Every place that names a version and counts, in the order of the sections: a flag that is off does not."""
    for name, ref in selection.defaults.items():
        yield Reached(("defaults", name), ref)
    for slot, pin in selection.slots.items():
        if pin.ref is not None:
            yield Reached(slot_pointer(slot), pin.ref)
    for tenant, entry in selection.tenants.items():
        for key, ref in entry.overrides.items():
            yield Reached(("tenants", tenant, "prompts", key), ref)
    for flag in selection.flags:
        if flag.enabled:
            yield Reached(("flags", flag.key), flag.use)


def covers(earlier: Flag, later: Flag, tenant: str | None) -> bool:
    """Whether every request of a tenant (None: of any that has no name here) for the later flag meets the earlier one.

    A percentage of 100 takes all requests that have a targeting key, which are all that another percentage could take.
    """
    if not earlier.enabled or earlier.by_application:
        return False
    if earlier.tenants is not None and tenant not in earlier.tenants:
        return False
    return earlier.percentage is None or (earlier.percentage >= _WHOLE and later.percentage is not None)


def can_match(selection: Selection, flag: Flag) -> bool:
    """Whether any request at all can get the version of a flag."""
    if not flag.enabled or flag.percentage == 0:
        return False
    flags = selection.flags_of[flag.use.name]
    before = flags[: flags.index(flag)]
    audience: Iterator[str | None] | list[None] = [None] if flag.tenants is None else iter(flag.tenants)
    return any(
        not _is_overridden(selection, flag, tenant) and not any(covers(one, flag, tenant) for one in before)
        for tenant in audience
    )


def _is_overridden(selection: Selection, flag: Flag, tenant: str | None) -> bool:
    entry = selection.tenants.get(tenant) if tenant is not None else None
    return entry is not None and flag.use.name in entry.overrides


def reachable(selection: Selection, wanted: str, tenant: str | None) -> Iterator[Reached]:
    """Every version that a tenant (None: one without an entry) can get for a prompt or a slot, by precedence."""
    pin = selection.slots.get(wanted)
    name = pin.name if pin else wanted
    entry = selection.tenants.get(tenant) if tenant is not None else None
    for key in dict.fromkeys((wanted, name)):
        ref = entry.overrides.get(key) if entry else None
        if ref is not None:
            yield Reached(("tenants", str(tenant), "prompts", key), ref)
            return
    seen: list[Flag] = []
    for flag in selection.flags_of.get(name, ()):
        if not flag.enabled or flag.percentage == 0 or (flag.tenants is not None and tenant not in flag.tenants):
            continue
        if any(covers(one, flag, tenant) for one in seen):
            continue
        seen.append(flag)
        yield Reached(("flags", flag.key), flag.use)
        if flag.percentage is None and not flag.by_application:
            return
    if pin is not None and pin.ref is not None:
        yield Reached(slot_pointer(wanted), pin.ref)
    elif name in selection.defaults:
        yield Reached(("defaults", name), selection.defaults[name])
