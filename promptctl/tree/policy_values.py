"""The sections of a policy as values: gates, rollouts, what retiring and emergencies owe."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from promptctl.core.globs import star_matches
from promptctl.core.times import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition on evidence. Without `environments` it guards every one; `overrides` are for some prompts.

    `command` is None where nobody said how to run it; without `max_age` evidence does not age.
    """

    name: str
    environments: tuple[str, ...] | None = None
    format: str = "generic"
    command: str | None = None
    min_tests: int = 1
    max_age: timedelta | None = None
    thresholds: Mapping[str, str] = field(default_factory=dict)
    overrides: tuple[tuple[tuple[str, ...], Mapping[str, str]], ...] = ()
    reviewed: bool = False
    per_regime: bool = False

    def guards(self, environment: str) -> bool:
        return self.environments is None or environment in self.environments

    def thresholds_for(self, prompt: str) -> dict[str, str]:
        """What each metric of a prompt must meet: of several overrides that name it, the last one decides."""
        found = dict(self.thresholds)
        for prompts, thresholds in self.overrides:
            if star_matches(prompts, prompt):
                found |= thresholds
        return found


@dataclass(frozen=True, slots=True)
class RolloutPolicy:
    """How selections may move in these environments."""

    environments: tuple[str, ...]
    observation_required: bool
    min_observation: timedelta
    min_samples: int
    guard: Mapping[str, str]
    slow: timedelta
    caps: Mapping[str, str]
    alpha: float
    timeout: timedelta


@dataclass(frozen=True, slots=True)
class DeprecationPolicy:
    """How long versions stay after they were deprecated."""

    min_grace: timedelta = timedelta(days=30)
    unused_for: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class EmergencyPolicy:
    """What emergency versions may skip, and what they owe. At most `most` of a prompt's fall within `window`."""

    may_skip: tuple[str, ...] = ("evals",)
    postmortem_within: timedelta = timedelta(days=5)
    normal_version_within: timedelta = timedelta(days=14)
    most: int = 2
    window: timedelta = timedelta(days=90)


def gates_of(data: Mapping[str, Any]) -> tuple[Gate, ...]:
    """The gates of a policy whose defaults are filled in, in the order of the file."""
    return tuple(_gate(name, stated) for name, stated in data["gates"].items())


def _gate(name: str, stated: Mapping[str, Any]) -> Gate:
    environments, age = stated.get("environments"), stated.get("max-age")
    return Gate(
        name=name,
        environments=None if environments is None else tuple(environments),
        format=stated["format"],
        command=stated.get("run"),
        min_tests=stated["min-tests"],
        max_age=None if age is None else parse_duration(age),
        thresholds=stated["thresholds"],
        overrides=tuple((tuple(item["prompts"]), item["thresholds"]) for item in stated["overrides"]),
        reviewed=stated["reviewed-by"] == "required",
        per_regime=stated["per-regime"],
    )


def rollout_of(data: Mapping[str, Any]) -> RolloutPolicy | None:
    """The rollout section, or None where the policy has none."""
    stated = data.get("rollout")
    if stated is None:
        return None
    return RolloutPolicy(
        environments=tuple(stated["environments"]),
        observation_required=stated["observation"] == "required",
        min_observation=parse_duration(stated["min-observation"]),
        min_samples=stated["min-samples"],
        guard=stated["guard"],
        slow=parse_duration(stated["slow"]),
        caps=stated["caps"],
        alpha=stated["alpha"],
        timeout=parse_duration(stated["timeout"]),
    )


def deprecation_of(data: Mapping[str, Any]) -> DeprecationPolicy:
    """The deprecation section of a policy whose defaults are filled in."""
    stated = data["deprecation"]
    return DeprecationPolicy(parse_duration(stated["min-grace"]), parse_duration(stated["unused-for"]))


def emergency_of(data: Mapping[str, Any]) -> EmergencyPolicy:
    """The emergency section of a policy whose defaults are filled in."""
    stated = data["emergency"]
    return EmergencyPolicy(
        may_skip=tuple(stated["may-skip"]),
        postmortem_within=parse_duration(stated["postmortem-within"]),
        normal_version_within=parse_duration(stated["normal-version-within"]),
        most=stated["max-per-prompt"]["count"],
        window=parse_duration(stated["max-per-prompt"]["within"]),
    )
