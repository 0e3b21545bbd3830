"""Which version a request gets: the one function that decides it, and the values that it decides over.

Knows nothing of files, so that an application can use it as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from promptctl.core.bucketing import in_share
from promptctl.core.text import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from promptctl.core.refs import Ref

Pointer: TypeAlias = tuple[str, ...]  # the keys that lead to an entry of the configuration


@dataclass(frozen=True, slots=True)
class Pin:
    """What an agent asks for in one slot; without a `ref` the slot follows the default."""

    name: str
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Tenant:
    """`overrides` has refs by prompt name or by slot; every version that the tenant gets must hold its `regimes`."""

    regimes: frozenset[str] = frozenset()
    overrides: Mapping[str, Ref] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flag:
    """All conditions must hold. `by_application`: the caller has to pass the flag. `expires` is an ISO date."""

    key: str
    use: Ref
    enabled: bool = True
    by_application: bool = False
    tenants: frozenset[str] | None = None
    percentage: int | None = None
    expires: str | None = None


@dataclass(frozen=True)
class Selection:
    """One environment's configuration. Slots are named `agent.slot`; flags stand in the order of the file."""

    environment: str
    defaults: Mapping[str, Ref] = field(default_factory=dict)
    slots: Mapping[str, Pin] = field(default_factory=dict)
    tenants: Mapping[str, Tenant] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    refuses_unlisted: bool = False

    @cached_property
    def flags_of(self) -> Mapping[str, tuple[Flag, ...]]:
        """The flags by the name of the prompt that they select."""
        found: dict[str, list[Flag]] = {}
        for flag in self.flags:
            found.setdefault(flag.use.name, []).append(flag)
        return {name: tuple(flags) for name, flags in found.items()}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every prompt that the environment names."""
        overridden = (ref.name for tenant in self.tenants.values() for ref in tenant.overrides.values())
        pinned = (pin.name for pin in self.slots.values())
        return frozenset((*self.defaults, *pinned, *overridden, *self.flags_of))


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted, a prompt's name or a slot, and for whom.

    `flags` are those that the caller passes, `key` is what percentages go by, `require` are further regimes.
    """

    wanted: str
    tenant: str | None = None
    flags: frozenset[str] = frozenset()
    key: str | None = None
    require: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One place that was looked at: what it would select, and why it does (`taken`) or does not."""

    scope: Pointer
    ref: Ref | None
    taken: bool
    why: str


@dataclass(frozen=True, slots=True)
class Selected:
    """The answer. `reason` is `tenant`, `flag:<key>`, `agent` or `default`; the last step is the one that decided."""

    ref: Ref
    reason: str
    environment: str
    scope: Pointer
    steps: tuple[Step, ...]


class UnknownPrompt(LookupError):
    """The environment selects no version of what was asked for; `close` is the nearest name that it knows."""

    def __init__(self, wanted: str, environment: str, close: str | None = None) -> None:
        super().__init__(f"{environment} selects no version of {wanted}")
        self.wanted = wanted
        self.environment = environment
        self.close = close


class UnlistedTenant(LookupError):
    """The environment answers listed tenants only."""

    def __init__(self, tenant: str, environment: str) -> None:
        super().__init__(f"tenant {tenant} is not listed in {environment}, which refuses unlisted tenants")
        self.tenant = tenant
        self.environment = environment


class RegimeUnmet(LookupError):
    """The version that was selected lacks regimes that must hold."""

    def __init__(self, ref: Ref, missing: Collection[str], environment: str) -> None:
        self.ref = ref
        self.missing = tuple(sorted(missing))
        self.environment = environment
        super().__init__(f"{ref}, selected in {environment}, is not fit for {', '.join(self.missing)}")


def resolve(
    selection: Selection, request: Request, regimes: Callable[[Ref], Collection[str]] | None = None
) -> Selected:
    """The version that a request gets, and every place that was looked at.

    `regimes` tells those that a version is fit for; without it nobody asks. Raises UnknownPrompt, UnlistedTenant and
    RegimeUnmet.
    """
    tenant = None if request.tenant is None else selection.tenants.get(request.tenant)
    if request.tenant is not None and tenant is None and selection.refuses_unlisted:
        raise UnlistedTenant(request.tenant, selection.environment)
    steps: list[Step] = []
    for reason, step in _places(selection, request, tenant):
        steps.append(step)
        if step.taken and step.ref is not None:
            if regimes is not None:
                _ensure(selection, request.require | (tenant.regimes if tenant else frozenset()), step.ref, regimes)
            return Selected(step.ref, reason, selection.environment, step.scope, tuple(steps))
    known = [*selection.names, *selection.slots]
    raise UnknownPrompt(request.wanted, selection.environment, suggest(request.wanted, known))


def _ensure(selection: Selection, wanted: frozenset[str], ref: Ref, regimes: Callable[[Ref], Collection[str]]) -> None:
    missing = wanted.difference(regimes(ref)) if wanted else None
    if missing:
        raise RegimeUnmet(ref, missing, selection.environment)


def _places(selection: Selection, request: Request, tenant: Tenant | None) -> Iterator[tuple[str, Step]]:
    """Every place that may decide, the most specific first."""
    pin = selection.slots.get(request.wanted)
    name = pin.name if pin else request.wanted
    if tenant is not None and request.tenant is not None:
        for key in dict.fromkeys((request.wanted, name)):
            yield "tenant", _override(request.tenant, tenant, key)
    for flag in selection.flags_of.get(name, ()):
        why = mismatch(flag, request)
        yield f"flag:{flag.key}", Step(("flags", flag.key), flag.use, why is None, why or "every condition holds")
    if pin:
        why = "pinned by the agent" if pin.ref else "the agent follows the default"
        yield "agent", Step(slot_pointer(request.wanted), pin.ref, pin.ref is not None, why)
    default = selection.defaults.get(name)
    why = "the default" if default else "there is no default"
    yield "default", Step(("defaults", name), default, default is not None, why)


def _override(name: str, tenant: Tenant, key: str) -> Step:
    ref = tenant.overrides.get(key)
    why = "the tenant's override" if ref else "the tenant has no override"
    return Step(("tenants", name, "prompts", key), ref, ref is not None, why)


def mismatch(flag: Flag, request: Request) -> str | None:
    """The first condition of a flag that a request does not meet, or None where it matches."""
    if not flag.enabled:
        return "the flag is off"
    if flag.by_application and flag.key not in request.flags:
        return "the application does not pass the flag"
    if flag.tenants is not None and request.tenant not in flag.tenants:
        return "the flag is for other tenants" if request.tenant else "the flag is for some tenants, and none is given"
    if flag.percentage is not None and request.key is None:
        return f"the flag is for {flag.percentage} %, and there is no targeting key to go by"
    if flag.percentage is not None and not in_share(flag.key, request.key or "", flag.percentage):
        return f"the targeting key is not among the flag's {flag.percentage} %"
    return None


def slot_pointer(slot: str) -> Pointer:
    """The keys that lead to a slot, `agent.slot`, in the configuration."""
    agent, _, name = slot.partition(".")
    return (agent, "prompts", name)
