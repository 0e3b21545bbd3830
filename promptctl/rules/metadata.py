"""Rules about what a file says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.hidden import find_hidden
from promptctl.rules.base import in_document, in_version, problem, ref_of, rule, span_of
from promptctl.tree.layout import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context


@rule("metadata-missing", family="metadata", severity=Severity.ERROR)
def metadata_missing(context: Context) -> Iterator[Finding]:
    """A version file has no front matter.

    ## What it does
    The first line must be `---`, and another `---` line must end the front matter.

    ## Why is this bad?
    Without a name, a version and a purpose the file is text that nobody can refer to.

    ## Example
    ```markdown
    You are a careful assistant.
    ```

    ## Use instead
    ```markdown
    ---
    name: chat-system
    version: 1.0.0
    purpose: Set tone and limits for every chat.
    ---
    You are a careful assistant.
    ```
    """
    yield from _faults(context, "metadata-missing")


@rule("metadata-invalid", family="metadata", severity=Severity.ERROR)
def metadata_invalid(context: Context) -> Iterator[Finding]:
    """Front matter or a manifest is not strict YAML, or breaks its schema.

    ## What it does
    Reads YAML strictly (no duplicate keys, aliases or tags; `1.10`, `on` and dates stay text) and checks it against
    the schemas in `schemas/`. Unknown keys are errors everywhere but under `metadata`. A version that is not the
    prompt's first one needs a `summary`.

    ## Why is this bad?
    A misspelt key is a setting that silently does nothing.

    ## Example
    ```yaml
    name: qualify-lead
    version: 1.1.0
    purposes: Decide whether a lead is worth a call.
    ```

    ## Use instead
    ```yaml
    name: qualify-lead
    version: 1.1.0
    purpose: Decide whether a lead is worth a call.
    ```
    """
    yield from _faults(context, "metadata-invalid")
    for place, entry in context.change.version_files:
        file = context.change.library.version(entry)
        if file.node is None or "summary" in file.data:
            continue
        versions = context.change.versions(place.folder)
        own = versions.get(place.version_text)
        if own and any(item.version < own.version for item in versions.values()):
            hint = "add one line that says what changed: it becomes the version history"
            span = span_of(file.lines, *file.locate())
            yield problem(
                place.path, "`summary` is missing", span=span, subject="summary", ref=ref_of(place), hint=hint
            )


@rule("unreadable-file", family="metadata", severity=Severity.ERROR)
def unreadable_file(context: Context) -> Iterator[Finding]:
    """A file is not plain UTF-8 text that every tool reads alike.

    ## What it does
    Refuses what is not UTF-8, a byte order mark, a carriage return, a NUL, more than 1 MiB, and anything but a
    regular file of mode 100644.

    ## Why is this bad?
    The same prompt would reach the model with other bytes depending on who reads it.

    ## Example
    ```console
    $ unix2dos prompt-templates/task/qualify-lead/1.1.0.md
    ```

    ## Use instead
    ```console
    $ dos2unix prompt-templates/task/qualify-lead/1.1.0.md
    ```
    """
    replaced = {place.path for place, _ in context.change.version_files if _mode_changed(context, place.path)}
    for finding in _faults(context, "unreadable-file"):
        if finding.path not in replaced:  # `released-version-replaced` says it of those
            yield finding


def _mode_changed(context: Context, path: str) -> bool:
    places = context.change.differing.get(path)
    if places is None or places.base is None or places.head is None:
        return False
    return places.base.mode != places.head.mode


def _faults(context: Context, name: str) -> Iterator[Finding]:
    """The faults that reading the files found and that the rule `name` reports."""
    library = context.change.library
    for place, entry in context.change.files:
        if place.role is Role.VERSION:
            file = library.version(entry)
            yield from (in_version(place, file, fault) for fault in file.faults if fault.rule == name)
        elif place.role is Role.MANIFEST:
            document = library.manifest(entry)
            yield from (in_document(place.path, document, fault) for fault in document.faults if fault.rule == name)


@rule("hidden-characters", family="metadata", severity=Severity.ERROR)
def hidden_characters(context: Context) -> Iterator[Finding]:
    """A file holds characters that a reader cannot see.

    ## What it does
    Reports bidirectional controls, zero-width characters, tag characters and runs of variation selectors in versions
    and manifests. The joiners ZWJ and ZWNJ are lawful where a script or an emoji needs them.

    ## Why is this bad?
    The model reads them, the reviewer does not: an instruction can hide in plain sight.

    ## Example
    ```text
    Answer politely.<U+200B>
    ```

    ## Use instead
    ```text
    Answer politely.
    ```
    """
    library = context.change.library
    for place, entry in context.change.files:
        if place.role not in {Role.VERSION, Role.MANIFEST}:
            continue
        file = library.version(entry) if place.role is Role.VERSION else library.manifest(entry)
        found = list(find_hidden(file.text or ""))
        if found:
            first = found[0]
            more = f", and {len(found) - 1} more in this file" if len(found) > 1 else ""
            span = span_of(file.lines, first.offset, first.offset + 1)
            yield problem(
                place.path,
                f"hidden character {first.name}{more}",
                span=span,
                subject=first.name,
                ref=ref_of(place),
                hint="delete it; an editor that shows code points helps to find it",
            )
