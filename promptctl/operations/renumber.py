"""Gives a draft another number, with everything on this branch that refers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError
from promptctl.core.levels import Level
from promptctl.core.versions import Version, bumped, declared_level, highest, is_stable, parse_version, triple
from promptctl.operations.catalog import Catalog, Found
from promptctl.operations.new_version import taken_numbers
from promptctl.operations.writing import Plan
from promptctl.plan.drafts import renumbered_text
from promptctl.plan.numbers import refuse_taken
from promptctl.plan.yaml_edit import rename_key, replace_scalars
from promptctl.rules.levels import override_of, step_after
from promptctl.tree.nodes import YamlFault, parse_yaml
from promptctl.tree.snapshot import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.operations.compared import Compared
    from promptctl.rules.levels import Step
    from promptctl.tree.version_file import VersionFile


def plan_renumber(views: Compared, text: str, to: str) -> Plan:
    """Plan the move of a draft to the version `to`, or to the next free one of its level with `auto`.

    Raises Refused where the version is released or the number is taken, UsageError where `to` is no version.
    """
    catalog = Catalog(views.change)
    draft = catalog.version(text)
    if catalog.is_released(draft.item):
        message = f"{draft.ref} is released: its number is what others know it by"
        edited = views.change.base.entry(draft.item.path) != draft.item.entry
        way = f"{draft.ref.name} --from-edit" if edited else draft.ref.name
        raise Refused(message, hint=f"promptctl new-version {way} makes the next version")
    number, parent = _target(views, draft, to)
    if str(number) == draft.item.text:
        return Plan({}, "", (f"{draft.ref} has the right number already",))
    others = [pair for pair in taken_numbers(views, draft.prompt) if pair != (draft.item.text, "this branch")]
    refuse_taken(number, others)
    files = dict(_moved(views, draft, number, parent))
    files.update(_references(views, draft, number))
    notes = [f"{draft.ref} is now {draft.ref.name}@{number}", *(f"changed {path}" for path in sorted(files))]
    if parent is not None:
        notes.append(
            f"next: it follows {parent} now; take over what changed there, once that version is on this branch"
        )
    created = (f"{draft.prompt.folder}/{number}.md",)
    return Plan(files, f"Renumber {draft.ref} to {number}", tuple(notes), created=created)


def _target(views: Compared, draft: Found, to: str) -> tuple[Version, str | None]:
    """The wanted number, and the parent that it follows where that is another than before."""
    if to != "auto":
        version = parse_version(to)
        if version is None:
            message = f"{to!r} is no SemVer version"
            raise UsageError(message, hint="such as 1.3.0, or auto")
        return version, None
    return _automatic(views, draft)


def _automatic(views: Compared, draft: Found) -> tuple[Version, str | None]:
    """One step of the draft's own level after what it supersedes.

    Where that is taken, the same step after the newest release; where this is none, a higher step.
    """
    folder = draft.prompt.folder
    released = [item for item in views.change.versions(folder).values() if views.change.base.entry(item.path)]
    parent = draft.prompt.versions.get(draft.file.string("supersedes") or "") or next(
        (item for item in released if item.text == draft.file.string("supersedes")), None
    )
    if parent is None:
        message = f"{draft.ref} supersedes no version that is known"
        raise Refused(message, hint="say which one in `supersedes`, or give the number with --to")
    step = step_after(views.context, folder, parent, draft.file, draft.item.version)
    origin = step.origin
    level = max(declared_level(origin, draft.item.version) or Level.PATCH, _needed(step, draft.file))
    wanted = _suffixed(bumped(origin, level), draft.item.version)
    taken = {triple(parse_version(text) or wanted) for text, where in _others(views, draft)}
    if triple(wanted) not in taken:
        return wanted, None
    newest = highest(item.version for item in released if is_stable(item.version))
    if newest is None or newest <= origin:
        higher = (_suffixed(bumped(origin, more), draft.item.version) for more in Level if more > level)
        free = next((version for version in higher if triple(version) not in taken), None)
        if free is None:
            message = f"{wanted} is taken"
            raise Refused(message, hint="give a number with --to")
        return free, None
    return _suffixed(bumped(newest, level), draft.item.version), str(newest)


def _needed(step: Step, file: VersionFile) -> Level:
    """The least level that lets the draft pass; an override that holds is taken at its word."""
    return step.least(step.analysis.proved, override_of(file))


def _others(views: Compared, draft: Found) -> Iterator[tuple[str, str]]:
    own = (draft.item.text, "this branch")
    return (pair for pair in taken_numbers(views, draft.prompt) if pair != own)


def _suffixed(version: Version, like: Version) -> Version:
    return version.replace(prerelease=like.prerelease, build=like.build)


def _moved(views: Compared, draft: Found, number: Version, parent: str | None) -> Iterator[tuple[str, bytes | None]]:
    """The file itself, its evidence, and drafts that supersede it."""
    if draft.file.text is None:
        message = f"{draft.item.path} cannot be read"
        raise Refused(message, hint="mend the file first")
    yield draft.item.path, None
    text = renumbered_text(draft.file.text, version=str(number), supersedes=parent)
    yield f"{draft.prompt.folder}/{number}.md", text.encode()
    change = views.change
    for item in draft.prompt.versions.values():
        other = change.library.version(item.entry)
        follows = other.string("supersedes") == draft.item.text and change.base.entry(item.path) is None
        if follows and other.text is not None:
            yield item.path, renumbered_text(other.text, version=item.text, supersedes=str(number)).encode()
    old = f"{change.layout.evidence}/{draft.ref.name}/{draft.item.text}"
    for path, entry in walk(change.head, old):
        blob = change.library.blob(entry)
        if blob is not None and blob.data is not None:
            yield path, None
            yield f"{change.layout.evidence}/{draft.ref.name}/{number}{path.removeprefix(old)}", blob.data


def _references(views: Compared, draft: Found, number: Version) -> Iterator[tuple[str, bytes | None]]:
    """The manifest and the selection configuration, where they name the draft."""
    change = views.change
    old, new = str(draft.ref), f"{draft.ref.name}@{number}"
    if draft.prompt.manifest is not None:
        text = change.library.manifest(draft.prompt.manifest).text or ""
        changed = _in_manifest(text, draft.item.text, str(number))
        if changed != text:
            yield draft.prompt.manifest_path, changed.encode()
    for path, entry in walk(change.head, change.layout.config):
        blob = change.library.blob(entry)
        if not path.endswith(".yaml") or blob is None or blob.data is None or old.encode() not in blob.data:
            continue
        text = _text(path, blob.data, old)
        changed = rename_key(replace_scalars(text, old, new), ("rollouts", old), new)
        if changed != text:
            yield path, changed.encode()


def _text(path: str, data: bytes, ref: str) -> str:
    try:
        text = data.decode("utf-8")
        parse_yaml(text)
    except (UnicodeDecodeError, YamlFault) as error:
        message = f"{path} names {ref} and cannot be read"
        raise Refused(message, hint="promptctl check says what is wrong; mend the file first") from error
    return text


def _in_manifest(text: str, old: str, new: str) -> str:
    text = replace_scalars(text, old, new)
    for section in ("deprecated", "emergencies"):
        text = rename_key(text, (section, old), new)
    return text
