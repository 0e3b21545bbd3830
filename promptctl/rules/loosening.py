"""In which places one policy demands less than another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from promptctl.core.globs import names_something
from promptctl.tree.policy_defaults import DEFAULTS, completed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_BOUND = re.compile(r"(>=|<=|>|<)\s*(x?)([-+]?[0-9.]+)\s*(%|pp)?")
_ORDER = {"off": 0, "info": 1, "warning": 2, "error": 3}

_LOOSER_WHEN_LARGER = (
    ("flags", "max-lifetime"),
    ("emergency", "postmortem-within"),
    ("emergency", "normal-version-within"),
    ("emergency", "max-per-prompt", "count"),
    ("rollout", "slow"),
    ("rollout", "timeout"),
    ("rollout", "alpha"),
)
_LOOSER_WHEN_SMALLER = (
    ("deprecation", "min-grace"),
    ("deprecation", "unused-for"),
    ("emergency", "max-per-prompt", "within"),
    ("rollout", "min-observation"),
    ("rollout", "min-samples"),
)
_LOOSER_WHEN_LEFT = {  # values that demand something: leaving one for anything else loosens
    ("require", "decision-on-major"): True,
    ("bump", "model"): "major",
    ("rollout", "observation"): "required",
}
_LOOSER_WHEN_GROWN = (("hardcoded", "exclude"), ("emergency", "may-skip"))


class Loosening(NamedTuple):
    """One place of the new policy that demands less; `pointer` is where it stands or stood."""

    pointer: tuple[str | int, ...]
    message: str


def loosenings(old: Mapping[str, Any], new: Mapping[str, Any], severities: Mapping[str, str]) -> Iterator[Loosening]:
    """Compare two valid policies; `severities` are those that rules have where a policy says nothing."""
    old, new = completed(old), completed(new)
    yield from _lists(old, new)
    yield from _searched(old, new)
    yield from _limits(old, new)
    yield from _gates(old["gates"], new["gates"])
    yield from _rollout(old.get("rollout"), new.get("rollout"))
    yield from _rules(old.get("rules", {}), new.get("rules", {}), severities)
    for number, waiver in enumerate(new.get("waivers", [])):
        if waiver not in old.get("waivers", []):
            yield Loosening(("waivers", number), f"a waiver of {waiver['rule']} is added")
    for model, names in new.get("models", {}).items():
        if set(names) - set(old.get("models", {}).get(model, [])):
            yield Loosening(("models", model), f"{model} may be evaluated under more names")


def _lists(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Loosening]:
    for key in ("protected", "environments"):
        before, after = _at(old, (key,)) or [], _at(new, (key,)) or []
        if lost := _missing(before, after):
            yield Loosening((key,), f"`{key}` no longer holds {lost}")
        elif [item for item in after if item in before] != before:
            yield Loosening((key,), f"the order of `{key}` changes")
    for key in DEFAULTS["paths"]:
        before, after = _at(old, ("paths", key)), _at(new, ("paths", key))
        if before != after:
            yield Loosening(("paths", key), f"the {key} folder moves from {before} to {after}")
    for pointer in _LOOSER_WHEN_GROWN:
        grown = [item for item in _at(new, pointer) or [] if item not in (_at(old, pointer) or [])]
        if grown:
            yield Loosening(pointer, f"`{'.'.join(pointer)}` grows by {', '.join(grown)}")


def _searched(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Loosening]:
    pointer = ("hardcoded", "include")
    before, after = (_at(policy, pointer) or [] for policy in (old, new))
    covered = [pattern for pattern in before if "**" in after and not names_something(pattern)]
    if lost := _missing(before, [*after, *covered]):
        yield Loosening(pointer, f"`hardcoded.include` no longer holds {lost}")


def _limits(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Loosening]:
    for pointers, looser in ((_LOOSER_WHEN_LARGER, 1), (_LOOSER_WHEN_SMALLER, -1)):
        for pointer in pointers:
            before, after = _at(old, pointer), _at(new, pointer)
            if before is not None and pointer[0] in new and _is_looser(before, after, looser):
                yield Loosening(pointer, f"`{'.'.join(pointer)}` goes from {before} to {_or_none(after)}")
    for pointer, demanded in _LOOSER_WHEN_LEFT.items():
        before, after = _at(old, pointer), _at(new, pointer)
        if before == demanded != after and pointer[0] in new:
            yield Loosening(pointer, f"`{'.'.join(pointer)}` is no longer {str(demanded).lower()}")


def _is_looser(before: Any, after: Any, direction: int) -> bool:
    """Whether a limit moved in `direction` (1: up); a limit that is gone, or that cannot be read, is looser."""
    one, other = amount(before), amount(after)
    if one is None or other is None:
        return bool(before != after)
    return (other - one) * direction > 0


def amount(value: Any) -> float | None:
    """A number, a percentage or a duration such as `30d` as a number that can be compared; None for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    match = re.fullmatch(r"([-+]?[0-9.]+)\s*([smhdw%]?)", value) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        number = float(match[1])
    except ValueError:
        return None
    return number / 100 if match[2] == "%" else number * _SECONDS.get(match[2], 1)


def _gates(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Loosening]:
    for name, before in old.items():
        after = new.get(name)
        if after is None:
            yield Loosening(("gates",), f"the gate {name} is gone")
            continue
        guarded = after.get("environments")  # without the key: every one
        if guarded is not None and (lost := _missing(before.get("environments", ["every environment"]), guarded)):
            yield Loosening(("gates", name, "environments"), f"the gate {name} no longer guards {lost}")
        yield from _thresholds(("gates", name), before, after)
        yield from _overrides(("gates", name, "overrides"), before, after)
        for key, direction in (("max-age", 1), ("min-tests", -1)):
            if key in before and _is_looser(before[key], after.get(key), direction):
                message = f"`{key}` of the gate {name} goes from {before[key]} to {_or_none(after.get(key))}"
                yield Loosening(("gates", name, key), message)
        for key, demanded in (("reviewed-by", "required"), ("per-regime", True), ("format", "promptfoo")):
            if before[key] == demanded != after[key]:
                yield Loosening(("gates", name, key), f"the gate {name} no longer asks for {_asked(key, demanded)}")


def _asked(key: str, demanded: Any) -> str:
    return f"results of {demanded}, which say what text they are about" if key == "format" else key


def _missing(before: Iterable[str], after: Iterable[str]) -> str:
    return ", ".join(item for item in before if item not in after)


def _overrides(pointer: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Loosening]:
    """What some prompts must meet, against what they had to meet, by an override or by the gate itself."""
    before, after = (
        {tuple(item["prompts"]): item["thresholds"] for item in gate.get("overrides", [])} for gate in (old, new)
    )
    for prompts in {**before, **after}:
        for metric in {**before.get(prompts, {}), **after.get(prompts, {})}:
            one = {**old.get("thresholds", {}), **before.get(prompts, {})}.get(metric)
            other = {**new.get("thresholds", {}), **after.get(prompts, {})}.get(metric)
            if one is not None and one != other and not _is_tighter(one, other):
                yield Loosening(pointer, f"{metric} of {', '.join(prompts)} goes from {one} to {_or_none(other)}")


def _thresholds(pointer: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Loosening]:
    for metric, before in old.get("thresholds", {}).items():
        after = new.get("thresholds", {}).get(metric)
        if before != after and not _is_tighter(before, after):
            yield Loosening((*pointer, "thresholds", metric), f"{metric} goes from {before} to {_or_none(after)}")


def _is_tighter(before: str, after: str | None) -> bool:
    """Whether a bound moved to the strict side; bounds of different kinds cannot be compared and are not."""
    one, other = _BOUND.fullmatch(before.strip()), _BOUND.fullmatch((after or "").strip())
    if one is None or other is None or (one[1], one[2], one[4]) != (other[1], other[2], other[4]):
        return False
    difference = float(other[3]) - float(one[3])
    return difference >= 0 if one[1].startswith(">") else difference <= 0


def _rollout(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Loosening]:
    if old is None:
        return
    if new is None:
        yield Loosening(("rollout",), "the rollout rules are gone")
        return
    lost = _missing(old["environments"], new["environments"])
    if lost:
        yield Loosening(("rollout", "environments"), f"rollouts are no longer watched in {lost}")
    for metric, before in old["guard"].items():
        after = new["guard"].get(metric)
        if before != after and not _is_tighter(before, after):
            yield Loosening(
                ("rollout", "guard", metric), f"the guard of {metric} goes from {before} to {_or_none(after)}"
            )
    for metric, before in old["caps"].items():
        after = new["caps"].get(metric)
        if _is_looser(before, after, 1):
            yield Loosening(("rollout", "caps", metric), f"the cap of {metric} goes from {before} to {_or_none(after)}")


def _rules(old: Mapping[str, str], new: Mapping[str, str], severities: Mapping[str, str]) -> Iterator[Loosening]:
    for name in sorted(old.keys() | new.keys()):
        usual = severities.get(name, "error")
        before, after = old.get(name, usual), new.get(name, usual)
        if _ORDER[after] < _ORDER[before]:
            yield Loosening(("rules", name), f"the rule {name} goes from {before} to {after}")


def _at(data: Mapping[str, Any], pointer: tuple[str, ...]) -> Any:
    value: Any = data
    for part in pointer:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _or_none(value: Any) -> Any:
    return "no limit" if value is None else value
