"""Rules about who answers for a prompt and which version people should take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.text import suggest
from promptctl.core.versions import is_stable
from promptctl.rules.base import problem, rule, span_of
from promptctl.tree.environments import last_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.tree.change import Change
    from promptctl.tree.document import Document
    from promptctl.tree.prompts import Prompt

_NOBODY = frozenset({"", "~", "null", "Null", "NULL"})  # text by the schema, and nothing by the reader


@rule("manifest-missing", family="ownership", severity=Severity.ERROR)
def manifest_missing(context: Context) -> Iterator[Finding]:
    """A folder holds versions but no `prompt.yaml`.

    ## What it does
    Looks for the manifest beside the version files.

    ## Why is this bad?
    Nobody owns the prompt, and nothing can say which of its versions are deprecated or retired.

    ## Example
    ```text
    prompt-templates/task/qualify-lead/1.0.0.md
    ```

    ## Use instead
    ```text
    prompt-templates/task/qualify-lead/1.0.0.md
    prompt-templates/task/qualify-lead/prompt.yaml
    ```
    """
    for prompt in context.change.prompts:
        if prompt.manifest is None and prompt.versions:
            path = prompt.ordered()[-1].path
            hint = f"add {prompt.manifest_path} with `name: {prompt.name}` and an `owner`"
            yield problem(path, f"{prompt.name} has no prompt.yaml", subject=prompt.folder, hint=hint)


@rule("owner-missing", family="ownership", severity=Severity.ERROR)
def owner_missing(context: Context) -> Iterator[Finding]:
    """A manifest names no owner.

    ## What it does
    Asks for a non-empty `owner`: a person, a team or an address.

    ## Why is this bad?
    Prompts that nobody owns multiply, and nobody answers when one of them misbehaves.

    ## Example
    ```yaml
    name: qualify-lead
    ```

    ## Use instead
    ```yaml
    name: qualify-lead
    owner: sales-ai@example.com
    ```
    """
    for prompt, document in _manifests(context):
        owner = document.data.get("owner")
        if owner is None or (isinstance(owner, str) and owner.strip() in _NOBODY):
            yield _found(prompt, document, "owner", f"{prompt.name} has no owner", "add `owner: <who answers for it>`")


@rule("recommended-missing", family="ownership", severity=Severity.WARNING)
def recommended_missing(context: Context) -> Iterator[Finding]:
    """Nothing says which version of a prompt people should take.

    ## What it does
    Asks for `recommended` in the manifest, or for a default in the last environment that it follows from.

    ## Why is this bad?
    Everyone picks for themselves, and the newest is not always the one that works.

    ## Example
    ```yaml
    name: qualify-lead
    owner: sales-ai@example.com
    ```

    ## Use instead
    ```yaml
    name: qualify-lead
    owner: sales-ai@example.com
    recommended: 1.1.0
    ```
    """
    for prompt, document in _manifests(context):
        if "recommended" in document.data:
            continue
        if not any(is_stable(item.version) for item in prompt.versions.values()):
            continue
        last = last_environment(context.change.after, context.change.layout, context.policy)
        if last is not None and prompt.name in context.change.environment(last).selection.defaults:
            continue
        hint = "add `recommended: <version>`, or give the prompt a default in the last environment"
        yield _found(prompt, document, "recommended", f"{prompt.name} has no recommended version", hint)


@rule("recommended-unfit", family="ownership", severity=Severity.ERROR)
def recommended_unfit(context: Context) -> Iterator[Finding]:
    """The recommended version does not exist, is retired or deprecated, or is a pre-release.

    ## What it does
    Looks up `recommended` among the versions of the prompt. It need not be the newest.

    ## Why is this bad?
    People follow the recommendation into a version that they cannot or should not use.

    ## Example
    ```yaml
    recommended: 2.0.0-rc.1
    ```

    ## Use instead
    ```yaml
    recommended: 1.1.0
    ```
    """
    for prompt, document in _manifests(context):
        text = document.string("recommended")
        if text is None:
            continue
        reason = _unfit(context.change, prompt, document, text)
        if reason:
            close = suggest(text, prompt.versions)
            hint = f"did you mean {close}?" if close and close != text else None
            yield _found(prompt, document, "recommended", f"the recommended version {text} {reason}", hint)


def _unfit(change: Change, prompt: Prompt, document: Document, text: str) -> str | None:
    if text in document.section("retired"):
        return "is retired"
    known = change.versions(prompt.folder).get(text)
    if known is None:
        return "does not exist"
    if text in document.section("deprecated"):
        return "is deprecated"
    return None if is_stable(known.version) else "is a pre-release"


def _manifests(context: Context) -> Iterator[tuple[Prompt, Document]]:
    """The manifests of the prompts that are looked at, as far as they are text."""
    for prompt in context.change.prompts:
        if prompt.manifest is not None:
            document = context.change.library.manifest(prompt.manifest)
            if document.text is not None and not any(fault.subject == "yaml" for fault in document.faults):
                yield prompt, document


def _found(prompt: Prompt, document: Document, key: str, message: str, hint: str | None) -> Finding:
    span = span_of(document.lines, *document.locate(key))
    return problem(prompt.manifest_path, message, span=span, subject=key, hint=hint)
