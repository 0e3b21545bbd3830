"""Makes the next version of a prompt, from the one before or from a released file that was edited in place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError
from promptctl.core.levels import Level
from promptctl.core.versions import declared_level, is_stable, parse_version
from promptctl.operations.bump import parsed
from promptctl.operations.catalog import Catalog, Found
from promptctl.operations.emergency_draft import listed, owing
from promptctl.operations.writing import Plan
from promptctl.plan.drafts import Header, labelled_text, successor_text
from promptctl.plan.numbers import NumberTaken, next_version, refuse_skipped, refuse_taken
from promptctl.repo.index import staged_entry
from promptctl.repo.protected import protected_tips
from promptctl.rules.chain import step_from
from promptctl.rules.levels import step_after
from promptctl.tree.prompts import Numbered, prompt_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promptctl.bump.reasons import Analysis, Reason
    from promptctl.core.entries import Entry
    from promptctl.core.versions import Version
    from promptctl.operations.compared import Compared
    from promptctl.plan.drafts import Label
    from promptctl.rules.levels import Step
    from promptctl.tree.prompts import Prompt


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What was asked for. `level` is None where the number is given otherwise; `auto` takes the level demanded.

    `body` replaces the body; `edit` shows the draft to its author and returns what they made of it. `choose` shows the
    author why which level is proposed, and returns the one to take; None where nobody can be asked.
    """

    name: str
    level: Level | None = None
    auto: bool = False
    version: str | None = None
    follow: str | None = None
    suffix: str | None = None
    summary: str = ""
    body: str | None = None
    emergency: Label | None = None
    edit: Callable[[str], str] | None = None
    choose: Callable[[Analysis, Level], Level] | None = None


@dataclass(frozen=True)
class _Source:
    """The text that a draft starts from, the version it follows, and what is put back on disk and in the index."""

    text: str
    parent: Found
    restored: dict[str, bytes | None]
    unstaged: dict[str, Entry] = field(default_factory=dict)


def plan_new_version(views: Compared, wanted: NewVersion) -> Plan:
    """Raises UsageError for a request that names no number, Refused where the number is taken or no file fits."""
    catalog = Catalog(views.change)
    prompt = catalog.prompt(wanted.name)
    parent = catalog.version(f"{wanted.name}@{wanted.follow}" if wanted.follow else wanted.name)
    return _plan(views, wanted, _Source(_text(parent), parent, {}), prompt)


def plan_from_edit(views: Compared, wanted: NewVersion) -> Plan:
    """The edited bytes of a released file become the next version, and the released file is put back."""
    prompt = Catalog(views.change).prompt(wanted.name)
    edited = _edited_files(views, prompt) or _staged_edits(views, prompt)
    chosen = [found for found in edited if found.item.text == wanted.follow] or edited
    if not chosen:
        message = f"no released version of {wanted.name} is edited in the work tree or staged with an edit"
        raise Refused(message, hint=f"promptctl new-version {wanted.name} --bump minor makes a fresh draft")
    if len(chosen) > 1:
        names = ", ".join(found.item.text for found in chosen)
        message = f"several released versions of {wanted.name} are edited: {names}"
        raise UsageError(message, hint=f"take one at a time: --from {chosen[0].item.text}")
    found = chosen[0]
    library, base = views.change.library, views.change.base.entry(found.item.path)
    released = library.blob(base) if base else None
    if base is None or released is None or released.data is None:
        message = f"{found.item.path} cannot be read as it was released"
        raise Refused(message, hint=f"git show {views.base.label}:{found.item.path}")
    _refuse_other_staged(views, found, base)
    parent = Found(prompt, found.item, library.version(base))
    if wanted.follow and wanted.follow != found.item.text:
        parent = Catalog(views.change).version(f"{wanted.name}@{wanted.follow}")
    source = _Source(_text(found), parent, {found.item.path: released.data}, {found.item.path: base})
    try:
        return _plan(views, wanted, source, prompt)
    except NumberTaken:
        newest = _newest_released(views, prompt) if wanted.auto else None
        if newest is None or newest.item.text == parent.item.text:
            raise
        return _plan(views, wanted, replace(source, parent=newest), prompt)


def _newest_released(views: Compared, prompt: Prompt) -> Found | None:
    """What an edit of an older version follows when the next number is taken, as it was released where it was."""
    item = Catalog(views.change).version(prompt.name).item
    entry = views.change.base.entry(item.path) or item.entry
    return Found(prompt, item, views.change.library.version(entry))


def _refuse_other_staged(views: Compared, found: Found, base: Entry) -> None:
    """Two different edits, one staged and one on disk, cannot both become the next version."""
    staged = staged_entry(views.repository.git, found.item.path)
    if staged is not None and staged.oid not in {base.oid, found.item.entry.oid}:
        message = f"{found.item.path} is staged with another edit than the one on disk"
        raise Refused(message, hint="stage what you mean with git add, then run this again")


def _edited_files(views: Compared, prompt: Prompt) -> list[Found]:
    """Released version files of a prompt whose content in head is another."""
    change = views.change
    found = []
    for item in prompt.ordered():
        base = change.base.entry(item.path)
        if base is not None and base.oid != item.entry.oid and item.entry.is_regular:
            found.append(Found(prompt, item, change.library.version(item.entry)))
    return found


def _staged_edits(views: Compared, prompt: Prompt) -> list[Found]:
    """Released version files that are edited in the user's index alone: on disk they are as they were released."""
    found = []
    for item in prompt.ordered():
        staged, base = staged_entry(views.repository.git, item.path), views.change.base.entry(item.path)
        if staged is not None and base is not None and staged.oid != base.oid and staged.is_regular:
            edited = Numbered(item.text, item.version, item.path, staged)
            found.append(Found(prompt, edited, views.change.library.version(staged)))
    return found


def _text(found: Found) -> str:
    if found.file.text is None or found.file.node is None:
        fault = next(iter(found.file.faults), None)
        message = f"{found.item.path} cannot be read: {fault.message if fault else 'no front matter'}"
        raise Refused(message, hint="mend the file first; nothing was changed")
    return found.file.text


def _plan(views: Compared, wanted: NewVersion, source: _Source, prompt: Prompt) -> Plan:
    parent = source.parent
    fixed = _fixed_number(views, wanted, parent)
    header = Header(str(fixed or parent.item.text), parent.item.text, wanted.summary)
    draft = successor_text(source.text, header, wanted.body)
    if wanted.edit is not None and (fixed or wanted.auto or wanted.choose):
        draft = wanted.edit(draft)
    step = step_after(views.context, prompt.folder, parent.item, parsed(draft), None)
    number = fixed or next_version(step.origin, parent.item.version, _level(wanted, parent, step), wanted.suffix)
    refuse_taken(number, taken_numbers(views, prompt))
    refuse_skipped(number, parent.item.version, step_from(views.change, prompt.folder, parent.item))
    summary = wanted.summary or _summary_of(draft)
    text = successor_text(draft, Header(str(number), parent.item.text, summary))
    path = f"{prompt.folder}/{number}.md"
    reasons = () if fixed else step.analysis.reasons
    plan = Plan(
        files={path: text.encode(), **source.restored},
        message=f"Add {wanted.name}@{number}" + (f"\n\n{summary}" if summary else ""),
        notes=tuple(_notes(f"{wanted.name}@{number}", path, source, reasons, summary)),
        unstaged=source.unstaged,
        created=(path,),
    )
    return plan if wanted.emergency is None else _labelled(views, plan, prompt, str(number), wanted.emergency)


def _labelled(views: Compared, plan: Plan, prompt: Prompt, number: str, label: Label) -> Plan:
    """The plan of an emergency version: labelled in the file, the manifest and the commit."""
    (path,) = plan.created
    text = labelled_text((plan.files[path] or b"").decode(), label)
    return replace(
        plan,
        files={**plan.files, path: text.encode(), **listed(views, prompt, number)},
        message=f"{plan.message}\n\n{label.trailer}",
        notes=(*plan.notes, *owing(views, prompt.name, number, label)),
    )


def _notes(ref: str, path: str, source: _Source, reasons: tuple[Reason, ...], summary: str) -> Iterator[str]:
    yield f"created {ref}, which follows {source.parent.item.text}: {path}"
    yield from (f"{reason.level}: {reason.message}" for reason in reasons)
    yield from (f"restored {restored} as it was released" for restored in source.restored)
    if not summary:
        yield "next: edit the body, and say in `summary` what changed"


def _summary_of(draft: str) -> str:
    """The summary that an author wrote while editing."""
    return parsed(draft).string("summary") or ""


def _fixed_number(views: Compared, wanted: NewVersion, parent: Found) -> Version | None:
    """The number where the request or a pre-release gives it, None where the change decides."""
    if wanted.version is not None:
        version = parse_version(wanted.version)
        if version is None:
            message = f"{wanted.version!r} is no SemVer version"
            raise UsageError(message, hint="such as 1.2.0 or 2.0.0-rc.1")
        return version
    if wanted.auto or (wanted.level is None and is_stable(parent.item.version)):
        return None
    origin = step_from(views.change, parent.prompt.folder, parent.item)
    return next_version(origin, parent.item.version, wanted.level, wanted.suffix)


def _level(wanted: NewVersion, parent: Found, step: Step) -> Level:
    """What the change demands, or what the author says when asked; in 0.x a minor step is enough for a break."""
    least = declared_level(step.origin, parent.item.version) or Level.PATCH
    demanded = max(step.analysis.demanded, least)
    proposed = min(demanded, Level.MINOR) if step.origin.major == 0 else demanded
    if wanted.auto:
        return proposed
    if wanted.choose is not None:
        return wanted.choose(step.analysis, proposed)
    choices = "--bump patch (typos), minor (better, compatible), major (breaks a promise), auto; or --version V"
    newer = [item.text for item in parent.prompt.ordered() if item.version > parent.item.version]
    also = f"; to go on from {newer[-1]}: --from {newer[-1]}" if newer else ""
    reasons = "; ".join(f"{reason.level}: {reason.message}" for reason in step.analysis.reasons)
    raise UsageError("which level does the change have?" + (f" {reasons}" if reasons else ""), hint=choices + also)


def taken_numbers(views: Compared, prompt: Prompt) -> Iterator[tuple[str, str]]:
    """Every number of a prompt that is in use or retired: in head, and on each protected branch of this clone.

    Raises Undecided where none of these is here.
    """
    if views.undecided is not None:
        raise views.undecided
    change = views.change
    yield from ((text, "this branch") for text in prompt.versions)
    yield from ((text, "this branch, as retired") for text in change.tombstones(prompt.folder))
    for tip in protected_tips(views.repository, views.context.policy.protected):
        there = prompt_at(views.repository.snapshot(tip.commit), change.layout, prompt.folder)
        if there is None:
            continue
        yield from ((text, tip.label) for text in there.versions)
        if there.manifest is not None:
            retired = change.library.manifest(there.manifest).section("retired")
            yield from ((text, f"{tip.label}, as retired") for text in retired)
