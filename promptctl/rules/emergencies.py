"""Rules about what emergency versions owe afterwards, and how many there may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity, Span
from promptctl.core.text import plural
from promptctl.core.times import spoken
from promptctl.rules.base import problem, rule, span_of
from promptctl.rules.emergency_dues import (
    concerned,
    emergencies,
    follower,
    normal_due,
    postmortem_due,
    postmortem_lacks,
    recent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.rules.emergency_dues import Emergency

_TOP = Span(1, 1, 1, 1)


@rule("postmortem-missing", family="lifecycle", severity=Severity.ERROR, dated=True)
def postmortem_missing(context: Context) -> Iterator[Finding]:
    """The post-mortem of an emergency version is overdue.

    ## What it does
    From the policy's `emergency.postmortem-within` after the declaration on, asks for the file that the manifest names:
    it must have the sections What happened, Impact, Cause and Actions, each with some text, and name the incident. A
    declaration in the future gives no time at all.

    ## Why is this bad?
    What is not understood happens again, and the next emergency skips the gates too.

    ## Example
    ```yaml
    emergencies:
      1.1.1: {postmortem: postmortems/qualify-lead-1.1.1.md}    # a file that is not there
    ```

    ## Use instead
    ```markdown
    # INC-1042: qualify-lead asked for health data

    ## What happened
    …
    ## Impact
    …
    ## Cause
    …
    ## Actions
    …
    ```
    """
    for prompt in concerned(context):
        for one in emergencies(context, prompt):
            until, lacks = postmortem_due(context, one), postmortem_lacks(context, one)
            if lacks == () or until >= context.today:
                continue
            since = f"was due on {until}" if until else "is due: the emergency is declared for the future"
            path = one.postmortem
            hint = "sections: What happened, Impact, Cause, Actions; each with some text, and the incident by its name"
            if lacks is None:
                message = f"the post-mortem of {one.ref} {since}, and there is no {path}"
                yield _at_label(one, message, "postmortem", hint)
            else:
                message = f"the post-mortem of {one.ref} {since}, and lacks {', '.join(lacks)}"
                yield problem(path, message, span=_TOP, subject=str(one.ref), ref=str(one.ref), hint=hint)


@rule("emergency-not-followed-up", family="lifecycle", severity=Severity.ERROR, dated=True)
def emergency_not_followed_up(context: Context) -> Iterator[Finding]:
    """No normal version has followed an emergency version in time.

    ## What it does
    From the policy's `emergency.normal-version-within` after the declaration on, looks for a stable version that is no
    emergency itself and has the emergency version in its `supersedes` chain. A declaration in the future gives no time
    at all.

    ## Why is this bad?
    What was made in a hurry, past the gates, has become what everybody gets.

    ## Example
    ```text
    1.1.0.md
    1.1.1.md    emergency: {reason: safety, incident: INC-1042, declared: 2026-11-22}
    ```

    ## Use instead
    ```console
    $ promptctl new-version qualify-lead --from 1.1.1 --bump minor -m "Asks for no health data, and meets every gate."
    ```
    """
    for prompt in concerned(context):
        for one in emergencies(context, prompt):
            until = normal_due(context, one)
            if until < context.today and follower(context, one) is None:
                since = f" by {until}" if until else ", and the emergency is declared for the future"
                message = f"no normal version has followed {one.ref}{since}"
                hint = f"promptctl new-version {prompt.name} --from {one.item.text} --bump minor -m 'what changed'"
                yield _at_label(one, message, "followed", hint)


@rule("emergency-overused", family="lifecycle", severity=Severity.ERROR, dated=True)
def emergency_overused(context: Context) -> Iterator[Finding]:
    """A prompt has more emergency versions than the policy allows.

    ## What it does
    Counts the emergency versions of a prompt that were declared within the policy's window (`emergency.max-per-prompt`)
    before today.

    ## Why is this bad?
    Emergencies have become the way in which the prompt is changed.

    ## Example
    ```yaml
    emergency: {max-per-prompt: {count: 2, within: 90d}}    # and 1.1.1, 1.1.2 and 1.1.3 are emergency versions
    ```

    ## Use instead
    ```console
    $ promptctl new-version qualify-lead --bump patch -m "Asks for no health data."
    $ promptctl gate run qualify-lead@1.1.3
    ```
    """
    most, window = context.policy.emergency.most, context.policy.emergency.window
    for prompt in concerned(context):
        found = recent(context, prompt)
        if len(found) > most:
            numbers = ", ".join(one.item.text for one in found)
            message = f"{prompt.name} has {plural(len(found), 'emergency version')} within {spoken(window)} ({numbers})"
            hint = "make it a normal version that meets the gates"
            yield _at_label(found[-1], f"{message}, and the policy allows {most}", "overused", hint)


def _at_label(one: Emergency, message: str, subject: str, hint: str) -> Finding:
    span = span_of(one.file.lines, *one.file.locate("emergency", on_key=True))
    return problem(one.item.path, message, span=span, subject=subject, ref=str(one.ref), hint=hint)
