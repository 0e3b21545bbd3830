"""Rules about environments in relation to each other: nothing skips one, and none drifts away."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.core.findings import Severity
from promptctl.core.reach import selecting
from promptctl.core.refs import Ref
from promptctl.core.versions import parse_version
from promptctl.rules.base import rule
from promptctl.rules.environments import at, environments, judged, known, previous
from promptctl.rules.moves import history, moved, names, returns
from promptctl.tree.environments import last_environment, read_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.tree.selection import Environment


@rule("environment-skipped", family="environments", severity=Severity.ERROR, subject="move")
def environment_skipped(context: Context) -> Iterator[Finding]:
    """The last environment selects what the environment before it never had.

    ## What it does
    For each version that the last environment newly selects, asks whether the nearest environment before it that has a
    configuration selects the same behaviour on base, or ever did. Behaviour counts, not the number: a release candidate
    that was made final was tried. Going back to what the same place served before is no fault, nor is an emergency.

    ## Why is this bad?
    The first place where the prompt is tried is the one where it matters most.

    ## Example
    ```text
    prompt-config/staging.yaml       qualify-lead@1.1.0, and never anything newer
    prompt-config/production.yaml    qualify-lead@1.1.0 becomes qualify-lead@2.0.0
    ```

    ## Use instead
    ```console
    $ promptctl rollout start qualify-lead@2.0.0 --env staging --global -m "Try it."
    ```
    """
    last = last_environment(context.change.after, context.change.layout, context.policy)
    before = previous(context, last, on_base=True) if last else None
    if last is None or before is None or context.base_document is None:
        return
    told: set[Ref] = set()
    for move in moved(context, last):
        ref = move.new
        if ref is None or ref in told or known(context).is_emergency(ref) is not context.emergencies:
            continue
        digest = known(context).digest(ref)
        if digest is None or digest in _served(context, last, ref.name):
            continue
        if _any(partial(_was_tried, context, before, ref), partial(returns, context, last, move)):
            continue
        told.add(ref)
        message = f"{last} newly selects {ref}, which {before} has never selected"
        hint = f"select it in {before} first, in a change of its own"
        yield at(context.change.environment(last), move.scope, message, ref=ref, hint=hint)


@rule("environment-drift", family="environments", severity=Severity.WARNING, subject="tree")
def environment_drift(context: Context) -> Iterator[Finding]:
    """An environment serves by default what the environment before it does not know.

    ## What it does
    Compares each default with what the nearest environment before selects for the prompt. It should be one of those
    versions, or the same behaviour, or older than one of them, unless an open rollout of either environment explains
    the difference.

    ## Why is this bad?
    What is tried in the first environment says nothing about the second.

    ## Example
    ```text
    prompt-config/staging.yaml       qualify-lead@1.1.0
    prompt-config/production.yaml    qualify-lead@1.2.0
    ```

    ## Use instead
    ```text
    prompt-config/staging.yaml       qualify-lead@1.2.0
    prompt-config/production.yaml    qualify-lead@1.2.0
    ```
    """
    looked_at = {item.environment.name: item for item in judged(context)}
    for name in environments(context):
        before = previous(context, name)
        items = [looked_at[one] for one in (name, before) if one in looked_at]
        if before is None or not items:
            continue
        pair = context.change.environment(before), context.change.environment(name)
        if pair[0].is_readable and pair[1].is_readable:
            for ref in _drifted(context, *pair):
                if any(item.covers(ref.name) for item in items):
                    message = f"{name} serves {ref} by default, and {before} serves neither it nor anything newer"
                    hint = f"bring {before} up to date, or {name} back: promptctl drift shows all differences"
                    yield at(pair[1], ("defaults", ref.name), message, ref=ref, hint=hint)


def _served(context: Context, environment: str, name: str) -> frozenset[str | None]:
    """The behaviour of every version of a prompt that an environment selects on base."""
    selected = (one.ref for one in selecting(_on_base(context, environment).selection) if one.ref.name == name)
    key = f"behaviour of {name} in {environment}"
    return context.change.once(key, lambda: frozenset(map(known(context).digest, set(selected))))


def _any(*questions: Callable[[], bool]) -> bool:
    """Whether one of the answers is yes. Raises Undecided where none is, and one is missing."""
    unanswered: Undecided | None = None
    for question in questions:
        try:
            if question():
                return True
        except Undecided as error:
            unanswered = error
    if unanswered is not None:
        raise unanswered
    return False


def _on_base(context: Context, name: str) -> Environment:
    return context.change.environment(name, on_base=True)


def _was_tried(context: Context, environment: str, ref: Ref) -> bool:
    """Whether an environment ever selected the behaviour of a version, as far as base's history goes."""
    alike = _same_behaviour(context, ref)
    change = context.change
    for snapshot in history(context, environment):
        if names(context, snapshot, environment, alike):
            past = read_environment(snapshot, change.layout, change.library, environment)
            if any(one.ref in alike for one in selecting(past.selection)):
                return True
    return False


def _same_behaviour(context: Context, ref: Ref) -> set[Ref]:
    folder, digest = known(context).folder(ref.name), known(context).digest(ref)
    versions = context.change.versions(folder) if folder else {}
    return {other for text in versions if known(context).digest(other := Ref(ref.name, text)) == digest}


def _drifted(context: Context, before: Environment, after: Environment) -> Iterator[Ref]:
    there: dict[str, set[Ref]] = {}
    for _, ref in selecting(before.selection):
        there.setdefault(ref.name, set()).add(ref)
    rollouts = [rollout for side in (before, after) for rollout in side.rollouts.values() if rollout.is_open]
    explained = {ref for rollout in rollouts for ref in (rollout.target, rollout.source)}
    for name, ref in after.selection.defaults.items():
        served = there.get(name, set())
        if ref not in served and ref not in explained and not any(_covers(context, other, ref) for other in served):
            yield ref


def _covers(context: Context, other: Ref, ref: Ref) -> bool:
    """Whether having the other version means that this one is nothing new."""
    numbers = parse_version(other.version), parse_version(ref.version)
    if numbers[0] is not None and numbers[1] is not None and numbers[1] < numbers[0]:
        return True
    digest = known(context).digest(ref)
    return digest is not None and digest == known(context).digest(other)
