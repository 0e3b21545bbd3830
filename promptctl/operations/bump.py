"""What level a change demands, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.bump.analyze import analyze
from promptctl.bump.reasons import Analysis
from promptctl.core.entries import Blob, Entry
from promptctl.core.errors import Refused, UsageError
from promptctl.core.versions import declared_level
from promptctl.operations.catalog import Catalog, Found
from promptctl.rules.levels import step_after
from promptctl.tree.version_file import VersionFile, read_version

if TYPE_CHECKING:
    from promptctl.core.levels import Level
    from promptctl.core.versions import Version
    from promptctl.operations.compared import Compared
    from promptctl.tree.prompts import Numbered


@dataclass(frozen=True, slots=True)
class Bump:
    """The answer. `old` is None where a version supersedes nothing, `new` where the change has no number yet."""

    old: str | None
    new: str | None
    declared: Level | None
    analysis: Analysis
    origin: Version | None = None


def bump_between(views: Compared, text: str, other: str) -> Bump:
    """From one version to another, whatever lies between them. Raises UsageError, Refused."""
    catalog = Catalog(views.change)
    old, new = _readable(catalog.version(text)), _readable(catalog.version(other))
    return _compared(views, old, new)


def bump_of(views: Compared, text: str, *, follow: str | None = None, body: str | None = None) -> Bump:
    """What the newest version of a prompt, its released file that was edited, or another body demands.

    Compared with what it supersedes; a pre-release, and the version that finishes it, with the last stable version
    before. `follow` names another version to compare with. Raises UsageError, Refused.
    """
    catalog = Catalog(views.change)
    if body is not None:
        start = _readable(catalog.version(f"{text}@{follow}" if follow else text))
        analysis = analyze(start.file, with_body(start.file, body), views.context.policy)
        return Bump(str(start.ref), None, None, analysis, start.item.version)
    new = _readable(catalog.version(text) if "@" in text else _newest(catalog, text))
    if follow is not None:
        return _compared(views, _readable(catalog.version(f"{new.ref.name}@{follow}")), new)
    return _since_release(views, new) or _since_parent(views, new)


def with_body(file: VersionFile, body: str) -> VersionFile:
    """The same front matter over another body."""
    return parsed((file.text or "")[: file.body_start] + body.removesuffix("\n") + "\n")


def parsed(text: str) -> VersionFile:
    """A version file that is not stored yet."""
    data = text.encode()
    return read_version(Entry("100644", ""), Blob(len(data), data))


def _newest(catalog: Catalog, name: str) -> Found:
    """The version of the highest precedence, a pre-release too."""
    prompt = catalog.prompt(name)
    return catalog.version(f"{name}@{prompt.ordered()[-1].text}" if prompt.versions else name)


def _compared(views: Compared, old: Found, new: Found) -> Bump:
    analysis = analyze(old.file, new.file, views.context.policy)
    declared = declared_level(old.item.version, new.item.version)
    return Bump(str(old.ref), str(new.ref), declared, analysis, old.item.version)


def _since_release(views: Compared, new: Found) -> Bump | None:
    """A released file that was edited in place has no number of its own yet."""
    released = views.change.base.entry(new.item.path)
    if released is None or released == new.item.entry:
        return None
    old = views.change.library.version(released)
    return Bump(str(new.ref), None, None, analyze(old, new.file, views.context.policy), new.item.version)


def _since_parent(views: Compared, new: Found) -> Bump:
    text = new.file.string("supersedes")
    if text is None:
        return Bump(None, str(new.ref), None, Analysis())
    older = _versions(views, new).get(text)
    if older is None:
        message = f"{new.ref} supersedes {text}, which is not here"
        raise UsageError(message, hint=f"name the version to compare with: promptctl bump {new.ref} --from VERSION")
    step = step_after(views.context, new.prompt.folder, older, new.file, new.item.version)
    return Bump(f"{new.ref.name}@{step.origin}", str(new.ref), step.declared, step.analysis, step.origin)


def _versions(views: Compared, new: Found) -> dict[str, Numbered]:
    known = dict(views.change.versions(new.prompt.folder))
    known.pop(new.item.text, None)
    return known


def _readable(found: Found) -> Found:
    if found.file.node is None or found.file.body is None:
        fault = next(iter(found.file.faults), None)
        message = f"{found.item.path} cannot be read: {fault.message if fault else 'no front matter'}"
        raise Refused(message, hint=f"promptctl check {found.item.path}")
    return found
