"""The policy `promptctl.yaml`: what a team has decided, with the default for all it has not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from promptctl.tree.document import Document, read_document
from promptctl.tree.policy_defaults import completed
from promptctl.tree.policy_values import (
    DeprecationPolicy,
    EmergencyPolicy,
    deprecation_of,
    emergency_of,
    gates_of,
    rollout_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promptctl.core.entries import Blob, Entry
    from promptctl.tree.policy_values import Gate, RolloutPolicy

POLICY_FILE = "promptctl.yaml"


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of a project, relative to its root."""

    templates: str = "prompt-templates"
    config: str = "prompt-config"
    evidence: str = "prompt-evidence"
    postmortems: str = "postmortems"


@dataclass(frozen=True, slots=True)
class Waiver:
    """A fault that the team lets pass: where, in which form, why and until when (a date, inclusive, UTC)."""

    rule: str
    reason: str
    until: str
    path: str | None = None
    blob: str | None = None
    ref: str | None = None
    environment: str | None = None


@dataclass(frozen=True)
class Policy:
    """`data` is the whole document; what is read often has a field.

    `gates` is None where the policy does not speak of gates, and so is `rollout`. `models` has what evaluation tools
    call a model, as patterns in which `*` stands for anything.
    """

    protected: tuple[str, ...] = ("main",)
    environments: tuple[str, ...] = ()
    paths: Paths = Paths()
    severities: Mapping[str, str] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gates: tuple[Gate, ...] | None = None
    rollout: RolloutPolicy | None = None
    deprecation: DeprecationPolicy = field(default_factory=DeprecationPolicy)
    emergency: EmergencyPolicy = field(default_factory=EmergencyPolicy)
    data: Mapping[str, Any] = field(default_factory=dict)


def read_policy_file(entry: Entry, blob: Blob | None) -> Document:
    """Never raises for any bytes: what is wrong is in `faults`, as `policy-invalid`."""
    return read_document(entry, blob, "policy", rule="policy-invalid")


def parse_policy(document: Document) -> Policy | None:
    """The policy that a document states, or None where any of it is invalid."""
    if document.faults or document.text is None:
        return None
    data, full = document.data, completed(document.data)
    return Policy(
        protected=tuple(data.get("protected", Policy.protected)),
        environments=tuple(data.get("environments", ())),
        paths=Paths(**data.get("paths", {})),
        severities=data.get("rules", {}),
        waivers=tuple(_waiver(item) for item in data.get("waivers", ())),
        models={name: tuple(names) for name, names in data.get("models", {}).items()},
        gates=gates_of(full) if "gates" in data else None,
        rollout=rollout_of(full),
        deprecation=deprecation_of(full),
        emergency=emergency_of(full),
        data=data,
    )


def _waiver(item: dict[str, str]) -> Waiver:
    return Waiver(**item)
