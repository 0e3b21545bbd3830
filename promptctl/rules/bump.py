"""Rules about the size of a version's number: no break may look like a correction."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from promptctl.bump.reasons import Certainty
from promptctl.core.findings import Related, Severity
from promptctl.core.levels import Level
from promptctl.core.versions import bumped
from promptctl.rules.base import problem, ref_of, rule, span_of
from promptctl.rules.chain import links
from promptctl.rules.levels import override_of, step_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.bump.reasons import Reason
    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.rules.chain import Link
    from promptctl.rules.levels import Step


@rule("bump-too-small", family="bump", severity=Severity.ERROR, subject="move")
def bump_too_small(context: Context) -> Iterator[Finding]:
    """A version's number is raised less than its change demands.

    ## What it does
    Compares each surface of a new version (purpose, input, output, model, configuration, regimes, body) with that of
    the version it supersedes. A pre-release, and the version that finishes it, are compared with the last stable
    version before. In 0.x a minor bump is enough for a break, and a patch for anything else. What is only read out of
    prose is `bump-maybe-too-small`.

    ## Why is this bad?
    Whoever takes every patch and minor version gets a break in production.

    ## Example
    ```yaml
    version: 1.0.1
    supersedes: 1.0.0
    input: {schema: {type: object, required: [lead, budget]}}    # 1.0.0 required lead alone
    ```

    ## Use instead
    ```yaml
    version: 2.0.0
    supersedes: 1.0.0
    input: {schema: {type: object, required: [lead, budget]}}
    ```
    """
    for link, step in _new_steps(context):
        override = override_of(link.file)
        if step.is_too_small(step.analysis.proved, override):
            hint = f"promptctl renumber {ref_of(link.place)} --to auto"
            if override is not None and step.analysis.witnessed > override:
                hint += "; a break that an example proves cannot be overridden"
            yield _too_small(link, step, step.analysis.proved, "demands", hint)


@rule("bump-maybe-too-small", family="bump", severity=Severity.WARNING, subject="move")
def bump_maybe_too_small(context: Context) -> Iterator[Finding]:
    """A version's number is raised less than its body's change is likely to demand.

    ## What it does
    Looks for signs in the body that the answer has another structure: the keys of a JSON example, sections, headings
    or tags that it must have, the format that it must be in. They are signs and no proof.

    ## Why is this bad?
    Programs that read the answer look for the structure they know.

    ## Example
    ```markdown
    version: 1.0.1
    ---
    Answer with JSON only: {"verdict": "yes"}      <!-- 1.0.0 had the key "qualified" -->
    ```

    ## Use instead
    ```markdown
    version: 2.0.0
    ---
    Answer with JSON only: {"verdict": "yes"}
    ```
    """
    for link, step in _new_steps(context):
        override, likely = override_of(link.file), step.analysis.demanded
        if step.is_too_small(likely, override) and not step.is_too_small(step.analysis.proved, override):
            number = bumped(step.origin, step.least(likely, override))
            hint = f"promptctl renumber {ref_of(link.place)} --to {number}, or say in `bump-override` why it is not so"
            yield _too_small(link, step, likely, "is likely to demand", hint)


@rule("major-without-decision", family="bump", severity=Severity.ERROR)
def major_without_decision(context: Context) -> Iterator[Finding]:
    """A major version does not say where it was decided.

    ## What it does
    Where the policy says `require: {decision-on-major: true}`, each version whose number raises the major one must
    name a file in `decision`, and the file must exist. The path starts at the project's root.

    ## Why is this bad?
    A break costs every team that calls the prompt; later nobody knows what it was for.

    ## Example
    ```yaml
    version: 2.0.0
    supersedes: 1.4.0
    ```

    ## Use instead
    ```yaml
    version: 2.0.0
    supersedes: 1.4.0
    decision: docs/adr/0007.md
    ```
    """
    if not context.policy.data.get("require", {}).get("decision-on-major", False):
        return
    for link in links(context):
        step = step_of(context, link)
        if step is None or step.declared is not Level.MAJOR:
            continue
        decision = link.file.string("decision")
        if decision is None:
            message, hint = f"{link.own.text} is a major version without a `decision`", "decision: docs/adr/0001.md"
        elif not _is_file(context, decision):
            message, hint = f"`decision` names no file: {decision}", "the path starts at the project's root"
        else:
            continue
        yield _found(link, "version" if decision is None else "decision", message, hint)


@rule("override-in-use", family="bump", severity=Severity.INFO)
def override_in_use(context: Context) -> Iterator[Finding]:
    """A version overrides the level that its change demands.

    ## What it does
    Shows the level and the reason of each `bump-override` without which the number would be too small. What a witness
    proves to be a break cannot be overridden.

    ## Why is this bad?
    It is not, where the reason holds. Reviewers must see it to agree.

    ## Example
    ```yaml
    version: 1.0.1
    bump-override: {level: patch, reason: "Only the date format of an example changed."}
    ```

    ## Use instead
    ```yaml
    version: 2.0.0
    ```
    """
    for link in links(context):
        override = override_of(link.file)
        step = step_of(context, link) if override is not None else None
        if step is None or override is None:
            continue
        demanded = step.analysis.demanded
        if step.is_too_small(demanded, None) and not step.is_too_small(demanded, override):
            reason = link.file.data["bump-override"]["reason"]
            message = f"{link.own.text} demands {demanded} and is called {override}: {reason}"
            yield _found(link, "bump-override", message, None)


def _is_file(context: Context, path: str) -> bool:
    inside = posixpath.normpath(path)
    return not inside.startswith(("/", "..")) and context.change.facts.exists(context.change.layout.root + inside)


def _new_steps(context: Context) -> Iterator[tuple[Link, Step]]:
    """The steps of versions that head adds: what is released is judged by the table, not by its number."""
    for link in links(context):
        if link.place.path in context.change.touched and context.change.base.entry(link.place.path) is None:
            step = step_of(context, link)
            if step is not None:
                yield link, step


def _too_small(link: Link, step: Step, level: Level, verb: str, hint: str) -> Finding:
    declared = step.declared or Level.NONE
    message = f"{link.own.text} is a {declared} bump of {step.origin}, but the change {verb} {level}"
    reasons = [reason for reason in step.analysis.reasons if reason.level > declared]
    first = min((reason for reason in reasons if reason.level == level), key=_proved_first)
    related = tuple(Related(link.place.path, f"{reason.level}: {reason.message}", reason.line, 1) for reason in reasons)
    return replace(_found(link, "version", f"{message}: {first.message}", hint), related=related)


def _proved_first(reason: Reason) -> bool:
    return reason.certainty is not Certainty.PROVED


def _found(link: Link, key: str, message: str, hint: str | None) -> Finding:
    span = span_of(link.file.lines, *link.file.locate(key))
    return problem(link.place.path, message, span=span, subject=key, ref=ref_of(link.place), hint=hint)
