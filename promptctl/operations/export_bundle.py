"""The bundle of one environment, as one state of the repository gives it."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promptctl.core.canonical import sha256_of
from promptctl.core.errors import Refused, UsageError
from promptctl.core.reach import selecting
from promptctl.export.bundle import Exported, bundle_bytes, bundle_document
from promptctl.operations.catalog import Catalog, Found
from promptctl.operations.environments import choose_environment, config_commit, sound_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from promptctl.core.refs import Ref
    from promptctl.operations.compared import Compared
    from promptctl.tree.selection import Environment

SUFFIX = ".gz"


@dataclass(frozen=True, slots=True)
class Environs:
    """An environment, every version that it can give out by its reference, and the commit that has all of it."""

    environment: Environment
    versions: dict[str, Exported]
    commit: str | None


def environs(views: Compared, name: str | None) -> Environs:
    """Raises UsageError for a configuration with faults, Refused where it selects what is not there or unreadable."""
    chosen = choose_environment(views, name)
    environment = sound_environment(views, chosen)
    catalog = Catalog(views.change)
    refs = sorted({reached.ref for reached in selecting(environment.selection)}, key=str)
    found = [_existing(catalog, ref) for ref in refs]
    views.change.library.prefetch(item.item.entry for item in found)
    versions = {str(item.ref): _exported(views, catalog, item) for item in found}
    return Environs(environment, versions, _commit(views, chosen, found))


def make_bundle(views: Compared, name: str | None, *, compressed: bool) -> tuple[bytes, str | None]:
    """The bundle, and the commit that it is of. Raises as `environs`."""
    found = environs(views, name)
    environment = found.environment
    document = bundle_document(
        environment.selection, environment.rollouts.values(), found.versions.values(), found.commit
    )
    try:
        return bundle_bytes(document, compressed=compressed), found.commit
    except ValueError as error:
        message = f"the front matter of a version holds a number that JSON has not: {error}"
        raise Refused(message, hint="promptctl check --all") from error


def differences(expected: bytes, file: Path) -> list[str]:
    """How a bundle on disk differs from what it should be; empty where it does not. Raises UsageError."""
    try:
        data = file.read_bytes()
    except OSError as error:
        message = f"cannot read {file}: {error.strerror}"
        raise UsageError(message) from error
    if data == expected:
        return []
    try:
        mine, theirs = (json.loads(_unpacked(text)) for text in (expected, data))
    except (ValueError, OSError, EOFError, zlib.error, RecursionError):
        return ["it is no bundle"]
    if not isinstance(theirs, dict):
        return ["it is no bundle"]
    if mine == theirs:
        # Another zlib may pack the same text into other bytes.
        return [] if _unpacked(expected) == _unpacked(data) else ["it is written in another form"]
    return list(_told(mine, theirs))


def _told(mine: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    for key in sorted(mine.keys() | theirs.keys()):
        if mine.get(key) == theirs.get(key):
            continue
        if key == "versions" and isinstance(theirs.get(key), dict):
            ours, other = mine[key], theirs[key]
            yield from (f"{ref} is missing" for ref in sorted(ours.keys() - other.keys()))
            yield from (f"{ref} should not be there" for ref in sorted(other.keys() - ours.keys()))
            yield from (f"{ref} is not what it was" for ref in sorted(ours) if ref in other and ours[ref] != other[ref])
        elif key in {"config_commit", "environment", "version"}:
            yield f"`{key}` is {json.dumps(theirs.get(key))} and should be {json.dumps(mine.get(key))}"
        else:
            yield f"`{key}` differs"


def _unpacked(data: bytes) -> bytes:
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def _existing(catalog: Catalog, ref: Ref) -> Found:
    prompt = catalog.prompts.get(ref.name)
    if prompt is None or ref.version not in prompt.versions:
        raise Refused(f"{ref} is selected and does not exist", hint="promptctl check --all shows what is wrong")
    return catalog.version(str(ref))


def _exported(views: Compared, catalog: Catalog, found: Found) -> Exported:
    blob = views.change.library.blob(found.item.entry)
    file = found.file
    if file.faults or file.body is None or blob is None or blob.data is None:
        why = file.faults[0].message if file.faults else "it cannot be read"
        raise Refused(f"{found.item.path}: {why}", hint=f"promptctl check {found.item.path}")
    manifest = catalog.manifest(found.prompt)
    said = manifest.section("deprecated").get(found.item.text) if manifest else None
    return Exported(
        ref=found.ref,
        sha256=sha256_of(blob.data),
        behaviour=file.digest or "",
        text=file.body,
        metadata=file.data,
        deprecated=said if isinstance(said, dict) else None,
    )


def _commit(views: Compared, name: str, found: Iterable[Found]) -> str | None:
    """The commit that has the configuration and all that it selects; None where the work tree differs from HEAD."""
    commit = config_commit(views, name)
    if commit is None or views.head.commit is not None:
        return commit
    committed = views.repository.snapshot(commit)
    for item in found:
        manifest = committed.entry(item.prompt.manifest_path)
        if committed.entry(item.item.path) != item.item.entry or manifest != item.prompt.manifest:
            return None
    return commit
