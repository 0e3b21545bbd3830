"""Makes schemas/conformance/resolve.jsonl: small bundles, requests, and what each request must get.

The same seed gives the same lines, so that a change of what is answered shows as a difference.
"""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

from promptctl.core.canonical import behaviour_digest, sha256_of
from promptctl.core.reach import selecting
from promptctl.core.refs import Ref
from promptctl.core.selection import (
    Flag,
    Pin,
    RegimeUnmet,
    Request,
    Selection,
    Tenant,
    UnknownPrompt,
    UnlistedTenant,
    resolve,
)
from promptctl.export.bundle import Exported, bundle_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SEED = 20261122
VECTORS = 1800
_TOO_MANY = 0.85
_NAMES = ("hi", "bye")
_VERSIONS = ("1.0.0", "2.0.0-b")
_SLOTS = ("bot.a", "bot.b")
_TENANTS = ("no", "1.10", "x: ö")
_KEYS = ("f", "g", "ä")
_REGIMES = ("hipaa", "gdpr")
_TARGETS = ("", "user-1", "user-2", "üser", "\U0001f600", "a much longer targeting key, of forty-odd bytes")


def vectors() -> Iterator[dict[str, Any]]:
    """Every vector: `expected` is a record, or has the name of the error in `error`."""
    chance = Random(SEED)  # noqa: S311 - a sample, not a secret
    left = VECTORS
    while left:
        selection = _selection(chance)
        refs = sorted({reached.ref for reached in selecting(selection)}, key=str)
        versions = [_version(chance, ref) for ref in refs]
        request = _request(chance)
        document = bundle_document(selection, (), versions, None)
        expected = _expected(selection, versions, request)
        if expected.get("error") == "UnknownPrompt" and chance.random() < _TOO_MANY:
            continue  # most small configurations know little
        left -= 1
        yield {"bundle": document, "request": _said(request), "expected": expected}


def conformance_text() -> str:
    """The file."""
    lines = (json.dumps(vector, sort_keys=True, separators=(",", ":")) for vector in vectors())
    return "\n".join(lines) + "\n"


def _expected(selection: Selection, versions: Sequence[Exported], request: Request) -> dict[str, Any]:
    known = {item.ref: item for item in versions}
    try:
        found = resolve(selection, request, lambda ref: known[ref].metadata.get("regimes", ()))
    except (UnknownPrompt, UnlistedTenant, RegimeUnmet) as error:
        return {"error": type(error).__name__}
    return {
        "ref": str(found.ref),
        "name": found.ref.name,
        "version": found.ref.version,
        "digest": f"sha256:{known[found.ref].sha256}",
        "reason": found.reason,
        "environment": found.environment,
        "config_commit": None,
    }


def _said(request: Request) -> dict[str, Any]:
    found = {"wanted": request.wanted, "tenant": request.tenant, "key": request.key}
    sets = {"flags": sorted(request.flags), "require": sorted(request.require)}
    given = {name: value for name, value in found.items() if value is not None}
    return {**given, **{name: names for name, names in sets.items() if names}}


def _version(chance: Random, ref: Ref) -> Exported:
    regimes = _some(chance, _REGIMES, 0.6)
    metadata = {"regimes": regimes} if regimes else {}
    return Exported(ref, sha256_of(str(ref).encode()), behaviour_digest(metadata, ""), "", metadata)


def _selection(chance: Random) -> Selection:
    slots = {slot: _pin(chance) for slot in _some(chance, _SLOTS, 0.3)}
    places = (*_NAMES, *_SLOTS)
    return Selection(
        environment="live",
        defaults={name: Ref(name, chance.choice(_VERSIONS)) for name in _some(chance, _NAMES, 0.45)},
        slots=slots,
        tenants={name: _tenant(chance, places) for name in _some(chance, _TENANTS, 0.2)},
        flags=tuple(_flag(chance, key) for key in _some(chance, _KEYS, 0.3)),
        refuses_unlisted=chance.random() < 0.1,
    )


def _pin(chance: Random) -> Pin:
    ref = _ref(chance)
    return Pin(ref.name, chance.choice((ref, None)))


def _tenant(chance: Random, places: Sequence[str]) -> Tenant:
    overrides = {place: _ref(chance) for place in _some(chance, places, 0.25)}
    return Tenant(frozenset(_some(chance, _REGIMES, 0.2)), overrides)


def _flag(chance: Random, key: str) -> Flag:
    return Flag(
        key=key,
        use=_ref(chance),
        enabled=chance.random() < 0.8,
        by_application=chance.random() < 0.3,
        tenants=frozenset(_some(chance, _TENANTS, 0.5)) or None,
        percentage=chance.choice((None, None, 0, 10, 50, 90, 100)),
    )


def _ref(chance: Random) -> Ref:
    return Ref(chance.choice(_NAMES), chance.choice(_VERSIONS))


def _request(chance: Random) -> Request:
    return Request(
        wanted=chance.choice((*_NAMES, *_SLOTS)),
        tenant=chance.choice((None, *_TENANTS, *_TENANTS, "stranger")),
        flags=frozenset(_some(chance, _KEYS, 0.5)),
        key=chance.choice((None, *_TARGETS)),
        require=frozenset(_some(chance, _REGIMES, 0.1)),
    )


def _some(chance: Random, choices: Sequence[str], share: float) -> list[str]:
    return [choice for choice in choices if chance.random() < share]
