"""Bundles made of selections, without a repository."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from promptctl.core.canonical import behaviour_digest, sha256_of
from promptctl.core.reach import selecting
from promptctl.core.selection import Selection
from promptctl.export.bundle import Exported, bundle_bytes, bundle_document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from promptctl.core.refs import Ref
    from promptctl.core.rollouts import Rollout


def exported(ref: Ref, text: str | None = None, deprecated: Mapping[str, str] | None = None, **fields: Any) -> Exported:
    body = f"Text of {ref}" if text is None else text
    metadata = {"name": ref.name, "version": ref.version, **fields}
    return Exported(ref, sha256_of(str(ref).encode()), behaviour_digest(metadata, body), body, metadata, deprecated)


def document_of(
    selection: Selection, commit: str | None = "a" * 40, rollouts: tuple[Rollout, ...] = (), **versions: Any
) -> dict[str, Any]:
    """A bundle in which every version has a text of its own; `versions` are fields of all of them."""
    refs = {reached.ref for reached in selecting(selection)}
    return bundle_document(selection, rollouts, [exported(ref, **versions) for ref in sorted(refs, key=str)], commit)


def write(path: Path, document: Mapping[str, Any], *, compressed: bool = False) -> Path:
    """Write a bundle as `export` does: at once."""
    other = path.with_name(f".{path.name}.new")
    other.write_bytes(bundle_bytes(document, compressed=compressed))
    other.replace(path)
    return path


def numbered(number: int, tenants: int = 3) -> dict[str, Any]:
    """One of many bundles: in each every selection and the commit have the same number."""
    from promptctl.core.refs import Ref
    from promptctl.core.selection import Tenant

    ref = Ref("greet", f"{number}.0.0")
    names = {f"tenant-{index}": Tenant(frozenset(), {"greet": ref}) for index in range(tenants)}
    return document_of(Selection("production", {"greet": ref}, tenants=names), f"{number:040d}")


def compact(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document).encode()
