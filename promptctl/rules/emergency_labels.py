"""Rules about the label of emergency versions: lawful, and the same wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.versions import parse_version
from promptctl.rules.base import in_version, problem, ref_of, rule, span_of
from promptctl.rules.emergency_dues import concerned, emergencies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.tree.prompts import Prompt


@rule("emergency-reason", family="lifecycle", severity=Severity.ERROR)
def emergency_reason(context: Context) -> Iterator[Finding]:
    """An emergency version has no lawful reason, or names no incident.

    ## What it does
    Asks the `emergency` of a version for a `reason`, which is `safety`, `compliance` or `production-impact`, and for
    the `incident` that it answers.

    ## Why is this bad?
    An emergency version may skip gates. Whoever is merely in a hurry may not.

    ## Example
    ```yaml
    emergency: {reason: deadline, incident: INC-1042, declared: 2026-11-22}
    ```

    ## Use instead
    ```yaml
    emergency: {reason: safety, incident: INC-1042, declared: 2026-11-22}
    ```
    """
    for place, entry in context.change.version_files:
        file = context.change.library.version(entry)
        yield from (in_version(place, file, fault) for fault in file.faults if fault.rule == "emergency-reason")


@rule("emergency-unlabelled", family="lifecycle", severity=Severity.ERROR)
def emergency_unlabelled(context: Context) -> Iterator[Finding]:
    """Manifest and front matter disagree about an emergency version.

    ## What it does
    Compares the versions whose front matter has `emergency` with those under `emergencies` in the manifest: each has
    to be in both. Only the label in the front matter lets a version skip gates.

    ## Why is this bad?
    An emergency that one of them does not show is one that nobody follows up.

    ## Example
    ```yaml
    # prompt.yaml, while 1.1.1.md has no `emergency`
    emergencies:
      1.1.1: {postmortem: postmortems/qualify-lead-1.1.1.md}
    ```

    ## Use instead
    ```console
    $ promptctl new-version qualify-lead --emergency safety --incident INC-1042 -m "Asks for no health data."
    ```
    """
    for prompt in concerned(context):
        yield from _unlisted(context, prompt)
        yield from _unlabelled(context, prompt)


def _unlisted(context: Context, prompt: Prompt) -> Iterator[Finding]:
    manifest = context.change.manifest(prompt.folder)
    if manifest is not None and manifest.text is not None and manifest.node is None and manifest.faults:
        return  # it cannot be read, which another rule says
    for one in emergencies(context, prompt):
        if not one.listed:
            relative = one.postmortem.removeprefix(context.change.layout.root)
            hint = (
                f"add `{one.item.text}: {{postmortem: {relative}}}` under `emergencies` in {prompt.folder}/prompt.yaml"
            )
            message = f"{one.ref} is an emergency version, and the manifest does not list it under `emergencies`"
            span = span_of(one.file.lines, *one.file.locate("emergency", on_key=True))
            place = context.change.layout.place(one.item.path)
            ref = ref_of(place) if place else str(one.ref)
            yield problem(one.item.path, message, span=span, subject="emergency", ref=ref, hint=hint)


def _unlabelled(context: Context, prompt: Prompt) -> Iterator[Finding]:
    manifest = context.change.manifest(prompt.folder)
    if manifest is None:
        return
    for number in manifest.section("emergencies"):
        item = prompt.versions.get(number)
        file = context.change.library.version(item.entry) if item else None
        if file is not None and (file.node is None or "emergency" in file.data):
            continue
        if item is None and (number in context.change.tombstones(prompt.folder) or parse_version(number) is None):
            continue
        what = "has no `emergency` in its front matter" if item else "does not exist"
        message = f"the manifest lists {prompt.name}@{number} as an emergency version, and that {what}"
        hint = "take the entry out; only a draft can still be labelled, with reason, incident and declared"
        span = span_of(manifest.lines, *manifest.locate("emergencies", number, on_key=True))
        ref = f"{prompt.name}@{number}"
        yield problem(prompt.manifest_path, message, span=span, subject=f"emergencies.{number}", ref=ref, hint=hint)
