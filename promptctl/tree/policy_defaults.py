"""What holds where a policy is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# A limit that is absent here does not exist until a policy states it.
DEFAULTS: Final[dict[str, Any]] = {
    "protected": ["main"],
    "paths": {
        "templates": "prompt-templates",
        "config": "prompt-config",
        "evidence": "prompt-evidence",
        "postmortems": "postmortems",
    },
    "require": {"decision-on-major": False},
    "flags": {"max-lifetime": "90d"},
    "deprecation": {"min-grace": "30d", "unused-for": "14d"},
    "bump": {"model": "major"},
    "hardcoded": {"include": ["**"]},
    "emergency": {
        "may-skip": ["evals"],
        "postmortem-within": "5d",
        "normal-version-within": "14d",
        "max-per-prompt": {"count": 2, "within": "90d"},
    },
}
_ROLLOUT: Final[dict[str, Any]] = {  # as soon as there is a rollout key
    "observation": "required",
    "min-observation": "24h",
    "min-samples": 500,
    "guard": {
        "error_rate": "<= x1.5",
        "refusal_rate": "<= x1.5",
        "policy_violation_rate": "<= x1",
        "quality": ">= -0.02",
        "cost": "<= +10%",
        "slow_rate": "<= x1.5",
    },
    "slow": "5s",
    "caps": {"error_rate": "20%", "policy_violation_rate": "1%"},
    "alpha": 0.05,
    "timeout": "14d",
}
_GATE: Final[dict[str, Any]] = {
    "format": "generic",
    "min-tests": 1,
    "reviewed-by": "optional",
    "per-regime": False,
    "overrides": [],
}
_EVERY_TEST: Final = {"pass_rate": ">= 1"}  # what a gate without thresholds asks for


def completed(policy: Mapping[str, Any]) -> dict[str, Any]:
    """A valid policy with the default of every key that it leaves out; `gates` is there, if only empty."""
    full = _merged(DEFAULTS, policy)
    full["gates"] = {name: _gate(gate) for name, gate in policy.get("gates", {}).items()}
    if "rollout" in policy:
        last = {"environments": policy.get("environments", [])[-1:]}
        full["rollout"] = _merged({**last, **_ROLLOUT}, policy["rollout"])
    return full


def _gate(stated: Mapping[str, Any]) -> dict[str, Any]:
    return {**_GATE, **stated, "thresholds": stated.get("thresholds") or _EVERY_TEST}


def _merged(defaults: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    full = {**defaults, **stated}
    for key in defaults.keys() & stated.keys():
        if isinstance(defaults[key], dict) and isinstance(stated[key], dict):
            full[key] = _merged(defaults[key], stated[key])
    return full
