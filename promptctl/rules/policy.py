"""Rules about the policy itself: it must be readable, and no change may quietly switch off its own checks."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.text import suggest
from promptctl.rules.base import BOUND, WAIVER_ONLY, problem, rule, span_of
from promptctl.rules.loosening import loosenings
from promptctl.rules.reserved import RESERVED
from promptctl.tree.policy import parse_policy
from promptctl.tree.schemas import fault_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.tree.document import Document
    from promptctl.tree.faults import Fault

_ORDER = ("off", "info", "warning", "error")


@rule("policy-invalid", family="policy", severity=Severity.ERROR)
def policy_invalid(context: Context) -> Iterator[Finding]:
    """The policy cannot be read, or lowers a rule that only a waiver may lift.

    ## What it does
    Checks `promptctl.yaml` against its schema and looks at `rules`: those of the families immutability, regimes and
    policy cannot be lowered. A waiver of such a rule needs the path and the object id that it allows. Where the policy
    on the base cannot be read, a change may only mend it.

    ## Why is this bad?
    A policy that cannot be read protects nothing, and a rule that is lowered is lowered for every file at once.

    ## Example
    ```yaml
    rules: {released-version-edited: warning}
    ```

    ## Use instead
    ```yaml
    waivers:
      - rule: released-version-edited
        path: prompt-templates/task/qualify-lead/1.0.0.md
        blob: 9daeafb9864cf43055ae93beb0afd6c7d144bfa4
        reason: Removes a leaked token; see INC-1042.
        until: 2027-01-01
    ```
    """
    yield from _unreadable_base(context)
    document = context.head_document
    if document is None:
        return
    for fault in (*document.faults, *_unlawful(context, document)):
        span = span_of(document.lines, fault.start, fault.end) if document.text is not None else None
        path = context.change.layout.policy
        yield problem(path, fault.message, span=span, subject=fault.subject, hint=fault.hint)


def _unreadable_base(context: Context) -> Iterator[Finding]:
    """Head's policy is in force where base's cannot be read: alone it may mend that, and with other changes not."""
    document, change, mended = context.base_document, context.change, context.head_document
    if document is None or parse_policy(document) is not None or (mended is not None and mended.faults):
        return
    if set(change.touched) - {change.layout.policy} or change.facts.changes_elsewhere():
        message = "the policy on the base cannot be read, so nothing says what holds for other changes"
        hint = "mend the policy alone first, in a change of its own"
        yield problem(change.layout.policy, message, subject="base", hint=hint)


def _unlawful(context: Context, document: Document) -> Iterator[Fault]:
    for name, level in document.section("rules").items():
        known = context.registry.get(name)
        pointer = ("rules", name)
        if known is None:
            yield from _unknown_rule(context, document, pointer, name)
        elif known.family in WAIVER_ONLY and level in _ORDER and _is_lower(str(level), known.severity):
            message = f"{name} cannot be lowered to {level}"
            yield fault_at(document.node, pointer, message, hint="add a waiver for the one file that is meant")
    waivers = document.data.get("waivers")
    for number, waiver in enumerate(waivers if isinstance(waivers, list) else ()):
        if not isinstance(waiver, dict) or "rule" not in waiver:
            continue
        name = str(waiver["rule"])
        known = context.registry.get(name)
        if known is None:
            yield from _unknown_rule(context, document, ("waivers", number, "rule"), name)
        elif known.family in BOUND and not {"path", "blob"} <= waiver.keys():
            message = f"a waiver of {name} needs `path` and `blob`"
            yield fault_at(document.node, ("waivers", number), message, hint="blob is the new object id, or `gone`")


def _unknown_rule(context: Context, document: Document, pointer: tuple[str | int, ...], name: str) -> Iterator[Fault]:
    """A fault on the name: a key under `rules`, a value in a waiver."""
    if name in RESERVED:
        return
    close = suggest(name, context.registry)
    hint = f"did you mean {close}?" if close else "promptctl rules lists them"
    yield fault_at(document.node, pointer, f"there is no rule {name}", on_key=pointer[0] == "rules", hint=hint)


def _is_lower(level: str, severity: Severity) -> bool:
    return _ORDER.index(level) < _ORDER.index(severity.value)


@rule("policy-loosened", family="policy", severity=Severity.WARNING, subject="move")
def policy_loosened(context: Context) -> Iterator[Finding]:
    """The policy demands less than before, in a change of its own.

    ## What it does
    Compares the policy of head with that of the base: fewer protected branches or environments, moved paths, weaker
    gates or limits, lowered rules, added waivers, longer lists of exceptions.

    ## Why is this bad?
    It is not, when it is meant. Reviewers should see it as what it is.

    ## Example
    ```yaml
    protected: [main]          # was: [main, release]
    ```

    ## Use instead
    ```yaml
    protected: [main, release]
    ```
    """
    if not _comes_with_changes(context):
        yield from _loosened(context, "")


@rule("policy-loosened-with-changes", family="policy", severity=Severity.ERROR, subject="move")
def policy_loosened_with_changes(context: Context) -> Iterator[Finding]:
    """The policy demands less than before, together with other changes.

    ## What it does
    Finds what `policy-loosened` finds, in a change that touches any other file.

    ## Why is this bad?
    A waiver among forty changed files is read by nobody.

    ## Example
    ```text
    promptctl.yaml                                  adds a waiver
    prompt-templates/task/qualify-lead/1.0.0.md     edited
    ```

    ## Use instead
    Two changes: first the policy alone, then the rest once that is merged.
    """
    if _comes_with_changes(context):
        yield from _loosened(context, ", together with other changes")


def _comes_with_changes(context: Context) -> bool:
    change = context.change
    if change.layout.policy not in change.touched:
        return False
    return len(change.touched) > 1 or change.facts.changes_elsewhere()


def _loosened(context: Context, suffix: str) -> Iterator[Finding]:
    change = context.change
    path = change.layout.policy
    old, new = (parse_policy(doc) if doc else None for doc in (context.base_document, context.head_document))
    document = context.head_document
    if path not in change.touched or old is None or new is None or document is None:
        return
    if any(_unlawful(context, document)):
        return  # `policy-invalid` says it; what cannot come into force loosens nothing
    severities = {name: item.severity.value for name, item in context.registry.items()}
    for item in loosenings(old.data, new.data, severities):
        span = span_of(document.lines, *document.locate(*item.pointer))
        hint = "the policy alone, in a change of its own" if suffix else None
        subject = ".".join(str(part) for part in item.pointer)
        yield problem(path, f"the policy is loosened{suffix}: {item.message}", span=span, subject=subject, hint=hint)


@rule("policy-removed", family="policy", severity=Severity.ERROR, subject="move")
def policy_removed(context: Context) -> Iterator[Finding]:
    """The policy file is gone.

    ## What it does
    Looks for a `promptctl.yaml` that the base has and head removed.

    ## Why is this bad?
    Without it nothing says which branches are protected, and the next change is judged by nothing but defaults.

    ## Example
    ```console
    $ git rm promptctl.yaml
    ```

    ## Use instead
    ```console
    $ git restore --source=origin/main --staged --worktree promptctl.yaml
    ```
    """
    path = context.change.layout.policy
    places = context.change.touched.get(path)
    if places is not None and places.base is not None and places.head is None:
        hint = f"git restore --source={quote(context.base_name)} --staged --worktree -- {quote(':/' + path)}"
        yield problem(path, "the policy is removed", hint=hint)
