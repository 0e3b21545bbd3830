"""JSON values of a selection configuration as typed values. What is not in the right form is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promptctl.core.refs import parse_ref
from promptctl.core.rollouts import Rollout
from promptctl.core.selection import Flag, Pin, Pointer, Selection, Tenant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promptctl.core.refs import Ref

SECTIONS = ("defaults", "tenants", "flags", "rollouts")
UNLISTED = "unlisted-tenants"
RESERVED = (*SECTIONS, UNLISTED)
_MOST = 200_000  # tenants that are remembered

_tenants: dict[int, tuple[Mapping[str, Any], Tenant]] = {}


def typed(name: str, entries: Iterable[tuple[Pointer, Any]]) -> tuple[Selection, dict[str, Rollout]]:
    """What an environment's entries, by the keys that lead to them, say."""
    found: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    slots: dict[str, Any] = {}
    refuses = False
    for pointer, value in entries:
        if pointer[0] == UNLISTED:
            refuses = value == "refuse"
        elif pointer[0] in found:
            found[pointer[0]][pointer[1]] = value
        else:
            slots[f"{pointer[0]}.{pointer[-1]}"] = value
    selection = Selection(
        environment=name,
        defaults={key: ref for key, value in found["defaults"].items() if (ref := _default(key, value))},
        slots={key: pin for key, value in slots.items() if (pin := _pin(value))},
        tenants={key: _tenant(mapping(value)) for key, value in found["tenants"].items()},
        flags=tuple(flag for key, value in found["flags"].items() if (flag := _flag(key, mapping(value)))),
        refuses_unlisted=refuses,
    )
    rollouts = (_rollout(key, mapping(value)) for key, value in found["rollouts"].items())
    return selection, {str(rollout.target): rollout for rollout in rollouts if rollout is not None}


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def _default(name: str, value: Any) -> Ref | None:
    ref = _ref(value.get("use") if isinstance(value, dict) else value)
    return ref if ref is not None and ref.name == name else None


def _pin(value: Any) -> Pin | None:
    ref = _ref(value)
    if ref is not None:
        return Pin(ref.name, ref)
    return Pin(value) if isinstance(value, str) and "@" not in value else None


def _tenant(value: Mapping[str, Any]) -> Tenant:
    """By identity, what was worked out before: a change of one tenant leaves the values of all others the same."""
    known = _tenants.get(id(value))
    if known is None or known[0] is not value:
        if len(_tenants) > _MOST:
            _tenants.clear()
        known = _tenants[id(value)] = value, _read_tenant(value)
    return known[1]


def _read_tenant(value: Mapping[str, Any]) -> Tenant:
    overrides = ((key, _ref(text)) for key, text in mapping(value.get("prompts")).items())
    return Tenant(_texts(value.get("regimes")), {key: ref for key, ref in overrides if ref is not None})


def _flag(key: str, value: Mapping[str, Any]) -> Flag | None:
    use, tenants = _ref(value.get("use")), value.get("tenants")
    if use is None:
        return None
    return Flag(
        key=key,
        use=use,
        enabled=value.get("enabled", True) is True,
        by_application="source" in value,
        tenants=None if tenants is None else _texts(tenants),
        percentage=_number(value["percentage"], 0) if "percentage" in value else None,
        expires=_text(value.get("expires")),
    )


def _rollout(key: str, value: Mapping[str, Any]) -> Rollout | None:
    target, step = _ref(key), mapping(value.get("step"))
    if target is None:
        return None
    return Rollout(
        target=target,
        source=_ref(value.get("from")),
        strategy=_text(value.get("strategy")) or "",
        state=_text(value.get("state")) or "",
        started=_text(value.get("started")) or "",
        step=_number(step.get("number"), 1),
        step_at=_text(step.get("at")),
        because=_text(value.get("because")) or "",
        unobserved_because=_text(value.get("unobserved-because")),
    )


def _ref(value: Any) -> Ref | None:
    return parse_ref(value) if isinstance(value, str) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _texts(value: Any) -> frozenset[str]:
    return frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()
