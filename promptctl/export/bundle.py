"""The bundle: all that an application needs to answer every request of one environment, as one JSON document.

The same input gives the same bytes. `promptctl.runtime` reads it; `schemas/bundle.json` says what it may hold.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promptctl.core.refs import Ref
    from promptctl.core.rollouts import Rollout
    from promptctl.core.selection import Flag, Pin, Selection

VERSION: Final = 1
_LEVEL: Final = 6  # of compression


@dataclass(frozen=True, slots=True)
class Exported:
    """One version: `sha256` is of the file, `metadata` its front matter, `deprecated` what its manifest says of it."""

    ref: Ref
    sha256: str
    behaviour: str
    text: str
    metadata: Mapping[str, Any]
    deprecated: Mapping[str, Any] | None = None


def bundle_document(
    selection: Selection, rollouts: Iterable[Rollout], versions: Iterable[Exported], config_commit: str | None
) -> dict[str, Any]:
    """`versions` holds every version that the selection can give out; `config_commit` is None for what is in none."""
    return {
        "version": VERSION,
        "environment": selection.environment,
        "config_commit": config_commit,
        "selection": selection_document(selection),
        "rollouts": {str(rollout.target): _rollout(rollout) for rollout in rollouts},
        "versions": {str(item.ref): _version(item) for item in versions},
    }


def bundle_bytes(document: Mapping[str, Any], *, compressed: bool = False) -> bytes:
    """Sorted keys, ASCII alone, and no time of writing where it is compressed. Raises ValueError for NaN."""
    text = json.dumps(document, indent=1, sort_keys=True, allow_nan=False) + "\n"
    data = text.encode("ascii")
    if not compressed:
        return data
    packed = bytearray(gzip.compress(data, _LEVEL, mtime=0))
    packed[9] = 255  # RFC 1952: made on an unknown system, as Python's versions do not agree on what they write
    return bytes(packed)


def selection_document(selection: Selection) -> dict[str, Any]:
    """The tables by which `core.selection.resolve` decides; flags keep their order, which decides between them."""
    return {
        "defaults": {name: str(ref) for name, ref in selection.defaults.items()},
        "slots": {slot: _pin(pin) for slot, pin in selection.slots.items()},
        "tenants": {
            name: {
                "regimes": sorted(tenant.regimes),
                "prompts": {key: str(ref) for key, ref in tenant.overrides.items()},
            }
            for name, tenant in selection.tenants.items()
        },
        "flags": [_flag(flag) for flag in selection.flags],
        "unlisted-tenants": "refuse" if selection.refuses_unlisted else "default",
    }


def _pin(pin: Pin) -> dict[str, Any]:
    return {"name": pin.name} if pin.ref is None else {"name": pin.name, "ref": str(pin.ref)}


def _flag(flag: Flag) -> dict[str, Any]:
    found: dict[str, Any] = {"key": flag.key, "use": str(flag.use), "enabled": flag.enabled}
    if flag.by_application:
        found["source"] = "application"
    if flag.tenants is not None:
        found["tenants"] = sorted(flag.tenants)
    if flag.percentage is not None:
        found["percentage"] = flag.percentage
    if flag.expires is not None:
        found["expires"] = flag.expires
    return found


def _rollout(rollout: Rollout) -> dict[str, Any]:
    found: dict[str, Any] = {"strategy": rollout.strategy, "state": rollout.state, "step": rollout.step}
    return found if rollout.source is None else {**found, "from": str(rollout.source)}


def _version(item: Exported) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": item.ref.name,
        "version": item.ref.version,
        "digest": {"sha256": item.sha256, "behaviour": item.behaviour},
        "text": item.text,
        "metadata": item.metadata,
    }
    return found if item.deprecated is None else {**found, "deprecated": item.deprecated}
