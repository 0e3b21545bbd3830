"""Rules about where files lie and how they are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.refs import MAX_NAME, is_name, name_key
from promptctl.rules.base import in_version, problem, ref_of, rule, span_of
from promptctl.tree.layout import MANIFEST, Role
from promptctl.tree.prompts import all_prompts, prompt_at
from promptctl.tree.snapshot import walk_folders

_LEAST_PARTS = 2  # a category and a name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.tree.change import Change
    from promptctl.tree.layout import Place


@rule("misplaced-file", family="layout", severity=Severity.ERROR)
def misplaced_file(context: Context) -> Iterator[Finding]:
    """A file under the template folder is neither a version nor a manifest, or lies where no prompt can be.

    ## What it does
    Allows `<category>[/<sub>…]/<name>/prompt.yaml` and `…/<semver>.md`, a README.md and dot files, and nothing else.
    A prompt needs a category and cannot lie inside another prompt.

    ## Why is this bad?
    A file that nothing checks looks like a prompt to whoever finds it, and is no version that can be selected.

    ## Example
    ```text
    prompt-templates/task/qualify-lead/final-final.md
    prompt-templates/qualify-lead/1.0.0.md
    ```

    ## Use instead
    ```text
    prompt-templates/task/qualify-lead/1.1.0.md
    ```
    """
    for place, _ in context.change.files:
        message = _misplaced(context.change, place)
        if message:
            yield problem(place.path, message[0], hint=message[1])


def _misplaced(change: Change, place: Place) -> tuple[str, str] | None:
    outer = next((folder for folder in _above(place) if _is_prompt(change, folder)), None)
    if place.role is Role.COMPANION:
        return None
    if outer is not None:
        return f"lies inside the prompt {outer}", "a prompt is one folder: move the file out of the other prompt"
    if place.role is Role.OTHER:
        return "is no version, manifest or README", "a version is named <semver>.md, such as 1.0.0.md"
    if len(place.parts) < _LEAST_PARTS:
        return "has no category", f"move it to {change.layout.templates}/<category>/<name>/{place.file_name}"
    inner = _surrounded(change, place)
    if inner is not None:
        return f"makes a prompt around the prompt {inner}", "a prompt is one folder: move the file to one of its own"
    return None


def _surrounded(change: Change, place: Place) -> str | None:
    """A prompt of base that the file's new prompt lies around. Where all is looked at, that one's own files say so."""
    if change.everything or place.role is Role.VERSION_LIKE or not _is_new(change, place.folder):
        return None
    inner = (folder for folder in walk_folders(change.after, place.folder) if _is_prompt(change, folder))
    return next((folder for folder in inner if not _is_new(change, folder)), None)


def _above(place: Place) -> Iterator[str]:
    """The folders that hold the file's own folder, below the template folder."""
    folder = place.folder
    for _ in place.parts[1:]:
        folder = folder.rpartition("/")[0]
        yield folder


def _is_prompt(change: Change, folder: str) -> bool:
    return prompt_at(change.after, change.layout, folder) is not None


@rule("invalid-prompt-name", family="layout", severity=Severity.ERROR)
def invalid_prompt_name(context: Context) -> Iterator[Finding]:
    """The folder of a prompt is not named as a prompt may be.

    ## What it does
    A name is made of lower-case ASCII letters and digits, in parts joined by single `-` or `_`, at most 64 characters.

    ## Why is this bad?
    The name stands in references, file names, telemetry and flag keys; some of these fold case, cut at a dot or
    refuse a blank.

    ## Example
    ```text
    prompt-templates/task/Qualify Lead/1.0.0.md
    ```

    ## Use instead
    ```text
    prompt-templates/task/qualify-lead/1.0.0.md
    ```
    """
    for prompt in context.change.prompts:
        if not is_name(prompt.name):
            why = f"is longer than {MAX_NAME} characters" if len(prompt.name) > MAX_NAME else "is no prompt name"
            hint = "a name has lower-case letters and digits in parts joined by `-` or `_`"
            yield problem(
                _any_file(context.change, prompt.folder), f"{prompt.name} {why}", subject=prompt.folder, hint=hint
            )


@rule("duplicate-prompt-name", family="layout", severity=Severity.ERROR, subject="tree")
def duplicate_prompt_name(context: Context) -> Iterator[Finding]:
    """Two folders have the same prompt name.

    ## What it does
    Compares the names of all prompts, whatever their category; `-` and `_` count as equal.

    ## Why is this bad?
    `qualify-lead@1.0.0` must mean one file.

    ## Example
    ```text
    prompt-templates/task/qualify-lead/1.0.0.md
    prompt-templates/sales/qualify_lead/1.0.0.md
    ```

    ## Use instead
    ```text
    prompt-templates/task/qualify-lead/1.0.0.md
    prompt-templates/sales/sales-qualify-lead/1.0.0.md
    ```
    """
    change = context.change
    suspects = [prompt for prompt in change.prompts if change.everything or _is_new(change, prompt.folder)]
    if not suspects:
        return
    folders: dict[str, list[str]] = {}
    for prompt in all_prompts(change.after, change.layout):
        folders.setdefault(name_key(prompt.name), []).append(prompt.folder)
    for prompt in suspects:
        others = [folder for folder in folders.get(name_key(prompt.name), ()) if folder != prompt.folder]
        if others:
            message = f"the name {prompt.name} is taken by {others[0]}"
            hint = "a name is unique in the repository, and `-` and `_` count as equal"
            yield problem(_any_file(change, prompt.folder), message, subject=prompt.folder, hint=hint)


def _is_new(change: Change, folder: str) -> bool:
    return prompt_at(change.base, change.layout, folder) is None


@rule("name-mismatch", family="layout", severity=Severity.ERROR)
def name_mismatch(context: Context) -> Iterator[Finding]:
    """The `name` in front matter or manifest is not the name of the folder.

    ## What it does
    Compares the field with the folder that the file lies in.

    ## Why is this bad?
    A file copied from another prompt would answer to two names.

    ## Example
    ```yaml
    # prompt-templates/task/qualify-lead/prompt.yaml
    name: qualify-leads
    ```

    ## Use instead
    ```yaml
    name: qualify-lead
    ```
    """
    change = context.change
    for place, entry in change.files:
        if place.role is Role.VERSION:
            file = change.library.version(entry)
            name, lines, where = file.string("name"), file.lines, file.locate("name")
        elif place.role is Role.MANIFEST:
            document = change.library.manifest(entry)
            name, lines, where = document.string("name"), document.lines, document.locate("name")
        else:
            continue
        if name is not None and place.parts and name != place.name:
            message = f"the name {name} is not that of the folder, {place.name}"
            yield problem(place.path, message, span=span_of(lines, *where), subject="name", ref=ref_of(place))


@rule("invalid-version", family="layout", severity=Severity.ERROR)
def invalid_version(context: Context) -> Iterator[Finding]:
    """A file name or a version field is not a SemVer 2.0.0 version.

    ## What it does
    Reads the file name, `version` and `supersedes`. There is no leading `v` and there are always three numbers.

    ## Why is this bad?
    Only SemVer says which of two versions is the newer, and how much they may differ.

    ## Example
    ```text
    prompt-templates/task/qualify-lead/v1.1.md
    ```

    ## Use instead
    ```text
    prompt-templates/task/qualify-lead/1.1.0.md
    ```
    """
    change = context.change
    for place, entry in change.files:
        if place.role is Role.VERSION_LIKE:
            message = f"the file name is not a SemVer 2.0.0 version: {place.version_text}"
            yield problem(
                place.path, message, subject="file", hint="name it <major>.<minor>.<patch>.md, such as 1.2.0.md"
            )
        elif place.role is Role.VERSION:
            file = change.library.version(entry)
            yield from (in_version(place, file, fault) for fault in file.faults if fault.rule == "invalid-version")


@rule("version-mismatch", family="layout", severity=Severity.ERROR)
def version_mismatch(context: Context) -> Iterator[Finding]:
    """The `version` in the front matter is not the one in the file name.

    ## What it does
    Compares the text of the field with the file name, suffix included.

    ## Why is this bad?
    The file name is what a reference finds; the field is what telemetry and reports repeat.

    ## Example
    ```yaml
    # prompt-templates/task/qualify-lead/1.1.0.md
    version: 1.0.0
    ```

    ## Use instead
    ```yaml
    version: 1.1.0
    ```
    """
    for place, entry in context.change.version_files:
        file = context.change.library.version(entry)
        text = file.string("version")
        if text is not None and file.version is not None and text != place.version_text:
            message = f"the version {text} is not that of the file name, {place.version_text}"
            span = span_of(file.lines, *file.locate("version"))
            yield problem(place.path, message, span=span, subject="version", ref=ref_of(place))


@rule("equal-precedence", family="layout", severity=Severity.ERROR, subject="tree")
def equal_precedence(context: Context) -> Iterator[Finding]:
    """Two versions of a prompt have equal precedence.

    ## What it does
    Build metadata (`+formal-tone`) is a label that says nothing about order, so `1.1.0` and `1.1.0+formal-tone` are
    equal. Looks at the versions of base and head together.

    ## Why is this bad?
    Nothing says which of the two came later.

    ## Example
    ```text
    prompt-templates/task/qualify-lead/1.1.0.md
    prompt-templates/task/qualify-lead/1.1.0+formal-tone.md
    ```

    ## Use instead
    ```text
    prompt-templates/task/qualify-lead/1.1.0.md
    prompt-templates/task/qualify-lead/1.2.0+formal-tone.md
    ```
    """
    for place, _ in context.change.version_files:
        versions = context.change.versions(place.folder)
        own = versions.get(place.version_text)
        twins = [item for item in versions.values() if own and item.version == own.version and item.text != own.text]
        if twins:
            message = f"{place.version_text} and {twins[0].text} have equal precedence"
            yield problem(place.path, message, subject="precedence", ref=ref_of(place), hint="raise one of the numbers")


def _any_file(change: Change, folder: str) -> str:
    """A file that stands for a folder: its manifest where there is one, else its first file that was asked about."""
    files = change.after.files(folder)
    return f"{folder}/{MANIFEST}" if MANIFEST in files or not files else f"{folder}/{min(files)}"
