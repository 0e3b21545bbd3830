"""A bundle as an application holds it in memory: read from bytes, checked, and whole or not at all."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from promptctl.core.canonical import behaviour_digest, sha256_of
from promptctl.core.reach import selecting
from promptctl.core.refs import Ref, parse_ref
from promptctl.core.selection import Flag, Pin, Selection, Tenant
from promptctl.core.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

VERSION: Final = 1
MOST_BYTES: Final = 1 << 28
_GZIP: Final = b"\x1f\x8b"
_OPEN: Final = frozenset({"running", "paused"})


class BundleError(ValueError):
    """A bundle cannot be used; the message says why, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(visible(message))


@dataclass(frozen=True, slots=True)
class Version:
    """One version; `sha256` is of the file's bytes, `deprecated` what the manifest says of it, None where nothing."""

    ref: Ref
    sha256: str
    behaviour: str
    text: str
    metadata: Mapping[str, Any]
    regimes: frozenset[str]
    deprecated: Mapping[str, Any] | None


@dataclass(frozen=True)
class Bundle:
    """`stages` has the step of each prompt's open rollout; `digest` is the sha256 of the bytes that were read."""

    selection: Selection
    versions: Mapping[Ref, Version]
    stages: Mapping[str, int]
    config_commit: str | None
    digest: str

    def regimes(self, ref: Ref) -> frozenset[str]:
        """What a version is fit for."""
        return self.versions[ref].regimes


def read_bundle(data: bytes) -> Bundle:
    """The bundle that some bytes hold, packed by gzip or not. Raises BundleError."""
    document = _json(data)
    known = _at(document, "version", int)
    if known != VERSION:
        raise BundleError(f"the bundle has format {known}, and this promptctl reads format {VERSION}")
    selection = _selection(_at(document, "environment", str), _at(document, "selection", dict))
    versions = {item.ref: item for item in (_version(*pair) for pair in _items(document, "versions"))}
    for reached in selecting(selection):
        if reached.ref not in versions:
            raise BundleError(f"{'.'.join(reached.scope)} selects {reached.ref}, which the bundle does not hold")
    commit = document.get("config_commit")
    return Bundle(
        selection=selection,
        versions=versions,
        stages=dict(_stages(document)),
        config_commit=commit if isinstance(commit, str) else None,
        digest=sha256_of(data),
    )


def _json(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(_unpacked(data), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        if isinstance(error, BundleError):
            raise
        raise BundleError(f"the bundle is no JSON: {error}" if data.strip() else "the bundle is empty") from error
    except (OSError, EOFError, zlib.error) as error:
        raise BundleError(f"the bundle cannot be unpacked: {error}") from error
    if not isinstance(document, dict):
        raise BundleError("the bundle is no JSON object")
    return document


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        unpacked = file.read(MOST_BYTES + 1)
    if len(unpacked) > MOST_BYTES:
        raise BundleError(f"the bundle has more than {MOST_BYTES} bytes")
    return unpacked


def _no_number(text: str) -> NoReturn:
    raise BundleError(f"the bundle holds {text}, which is no JSON")


def _at(holder: Any, key: str, kind: type) -> Any:
    value = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BundleError(f"`{key}` in the bundle is missing or not of type {kind.__name__}")
    return value


def _items(holder: Any, key: str) -> list[tuple[str, Any]]:
    return list(_at(holder, key, dict).items())


def _ref(text: Any) -> Ref:
    found = parse_ref(text) if isinstance(text, str) else None
    if found is None:
        raise BundleError(f"the bundle has {str(text)[:80]!r} where a name@version should be")
    return found


def _texts(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BundleError("the bundle has something else where a list of names should be")
    return frozenset(value)


def _selection(environment: str, tables: Any) -> Selection:
    return Selection(
        environment=environment,
        defaults={name: _ref(ref) for name, ref in _items(tables, "defaults")},
        slots={slot: _pin(value) for slot, value in _items(tables, "slots")},
        tenants={name: _tenant(value) for name, value in _items(tables, "tenants")},
        flags=tuple(_flag(value) for value in _at(tables, "flags", list)),
        refuses_unlisted=_refuses(_at(tables, "unlisted-tenants", str)),
    )


def _refuses(said: str) -> bool:
    if said not in {"default", "refuse"}:
        raise BundleError(f"`unlisted-tenants` in the bundle is {said[:80]!r}")
    return said == "refuse"


def _pin(value: Any) -> Pin:
    return Pin(_at(value, "name", str), _ref(value["ref"]) if value.get("ref") is not None else None)


def _tenant(value: Any) -> Tenant:
    overrides = {key: _ref(ref) for key, ref in _items(value, "prompts")}
    return Tenant(_texts(_at(value, "regimes", list)), overrides)


def _flag(value: Any) -> Flag:
    return Flag(
        key=_at(value, "key", str),
        use=_ref(_at(value, "use", str)),
        enabled=_at(value, "enabled", bool),
        by_application="source" in value,
        tenants=_texts(value["tenants"]) if "tenants" in value else None,
        percentage=_at(value, "percentage", int) if "percentage" in value else None,
        expires=_at(value, "expires", str) if "expires" in value else None,
    )


def _version(key: str, value: Any) -> Version:
    ref, text, metadata = _ref(key), _at(value, "text", str), _at(value, "metadata", dict)
    digest = _at(value, "digest", dict)
    behaviour = _at(digest, "behaviour", str)
    _verify(ref, metadata, text, behaviour)
    deprecated = value.get("deprecated")
    return Version(
        ref=ref,
        sha256=_at(digest, "sha256", str),
        behaviour=behaviour,
        text=text,
        metadata=metadata,
        regimes=_texts(metadata.get("regimes") or []),
        deprecated=deprecated if isinstance(deprecated, dict) else None,
    )


def _verify(ref: Ref, metadata: Mapping[str, Any], text: str, behaviour: str) -> None:
    try:
        found = behaviour_digest(metadata, text)
    except (TypeError, ValueError) as error:
        raise BundleError(f"{ref} in the bundle cannot be read: {error}") from error
    if found != behaviour:
        raise BundleError(f"the text or the settings of {ref} are not those that its digest was made of")


def _stages(document: Mapping[str, Any]) -> list[tuple[str, int]]:
    found = _items(document, "rollouts")
    return [(_ref(key).name, _at(value, "step", int)) for key, value in found if _at(value, "state", str) in _OPEN]
