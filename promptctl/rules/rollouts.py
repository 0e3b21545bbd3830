"""Rules about how selections move: recorded, and step by step where much is at stake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.rules.base import rule
from promptctl.rules.breaking import why_breaking
from promptctl.rules.environments import at, environments, known
from promptctl.rules.moves import moved, returns
from promptctl.rules.observed import PROMOTE, STOP, verdict
from promptctl.tree.environments import last_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.moves import Move
    from promptctl.core.refs import Ref
    from promptctl.core.rollouts import Rollout
    from promptctl.core.selection import Flag
    from promptctl.rules.base import Context
    from promptctl.tree.selection import Environment

_WHOLE = 100
_FEW = 2  # a pilot with the only tenant that is listed is not everybody


@rule("rollout-undeclared", family="rollouts", severity=Severity.ERROR, subject="move")
def rollout_undeclared(context: Context) -> Iterator[Finding]:
    """A selection moves to another version, and no rollout says so.

    ## What it does
    In the policy's rollout environments (the last one, unless it names others), looks at every default, slot, tenant
    and flag that resolves to another version than before. Each such move needs an entry under `rollouts`, on base or
    in head, whose target is the new version and whose `from` is the old one, and that is not rolled back. First
    selections need none, nor does going back to what the same place served before, nor an emergency version. Where
    history is too short to tell, the check cannot decide (exit code 3).

    ## Why is this bad?
    Nobody can see who moves, from what, why, and what it takes to go back.

    ## Example
    ```yaml
    tenants:
      acme-health:
        prompts: {qualify-lead: qualify-lead@2.0.0}    # was: the default, 1.1.0
    ```

    ## Use instead
    ```console
    $ promptctl rollout start qualify-lead@2.0.0 --env production --tenants acme-health -m "Pilot."
    ```
    """
    for environment, move, old, new in steps(context):
        if entry_for(context, environment, old, new) is None and not returns(context, environment.name, move):
            message = f"{'.'.join(move.scope)} moves from {old} to {new}, and no rollout records it"
            how = "(--tenants T | --flag KEY | --global) -m WHY"
            hint = (
                f"promptctl rollout start {new} --env {environment.name} {how}; or add it under `rollouts`, from {old}"
            )
            yield at(environment, move.scope, message, ref=new, hint=hint)


@rule("global-rollout-risky", family="rollouts", severity=Severity.ERROR, subject="move")
def global_rollout_risky(context: Context) -> Iterator[Finding]:
    """Everybody moves to a version that may break them, and nobody has tried it first.

    ## What it does
    Goes by effect: a tenant that is not listed, or every listed one, gets another version, by a default, an agent's
    pin or a flag without conditions. Where the step is a major one, or the comparison of the two versions shows a
    break, base must have a rollout of the version with a recorded observation PROMOTE, or the rollout says in
    `unobserved-because` why there is none. Going back to what was served before is no fault, nor is an emergency.

    ## Why is this bad?
    A contract changes for everyone in one moment, and the first to notice are all of them.

    ## Example
    ```yaml
    defaults:
      qualify-lead: {use: qualify-lead@2.0.0, because: It looks better.}    # was: 1.1.0
    ```

    ## Use instead
    ```console
    $ promptctl rollout start qualify-lead@2.0.0 --env production --tenants acme-health -m "Pilot."
    $ promptctl observe qualify-lead --env production --source events.jsonl --record
    $ promptctl rollout finish qualify-lead@2.0.0 --env production
    ```
    """
    told: set[tuple[str, Ref, Ref]] = set()
    for environment, move, old, new in steps(context):
        step = (environment.name, old, new)
        if step in told or not is_global(context, environment, move) or _is_observed(context, environment, old, new):
            continue
        reason = why_breaking(context, old, new)
        if reason and not returns(context, environment.name, move):
            told.add(step)
            message = f"everybody moves from {old} to {new} at once, which is {reason}"
            hint = "roll it out to some tenants first, or say in the rollout's `unobserved-because` why not"
            yield at(environment, move.scope, message, ref=new, hint=hint)


@rule("stopped-rollout", family="rollouts", severity=Severity.ERROR, subject="move")
def stopped_rollout(context: Context) -> Iterator[Finding]:
    """A rollout is expanded although the newest observation of its version says STOP.

    ## What it does
    Where the policy requires observation, looks at every move to a version whose rollout was open before, and stays
    open: the newest observation that is recorded for the version must not be STOP. A rollout that says in
    `unobserved-because` why it goes on all the same passes. Going back is no expansion.

    ## Why is this bad?
    The version was proved worse than what it replaces, and still more people get it.

    ## Example
    ```text
    prompt-evidence/qualify-lead/2.0.0/observation.production.json    verdict: STOP
    prompt-config/production.yaml                                     globex gets qualify-lead@2.0.0 too
    ```

    ## Use instead
    ```console
    $ promptctl rollback qualify-lead --env production -m "Refusals doubled."
    ```
    """
    section = context.policy.data.get("rollout")
    if not isinstance(section, dict) or section.get("observation") != "required":
        return
    told: set[tuple[str, Ref]] = set()
    for environment, move, old, new in steps(context):
        if (environment.name, new) in told or not _is_expanded(context, environment, old, new):
            continue
        stopped = verdict(context, context.change.after, environment.name, new) == STOP
        if stopped and not returns(context, environment.name, move):
            told.add((environment.name, new))
            message = f"the rollout of {new} is expanded, and its newest observation in {environment.name} says STOP"
            hint = f'promptctl rollback {new} --env {environment.name} -m "what went wrong"'
            yield at(environment, move.scope, message, ref=new, hint=hint)


def _is_expanded(context: Context, environment: Environment, old: Ref, new: Ref) -> bool:
    """Whether a rollout was open before, is open still, and does not say why it need not be observed."""
    before = context.change.environment(environment.name, on_base=True).rollouts.get(str(new))
    entry = entry_for(context, environment, old, new)
    is_open = before is not None and before.is_open and entry is not None and entry.is_open
    return is_open and entry is not None and not entry.unobserved_because


def rollout_environments(context: Context) -> tuple[str, ...]:
    """The environments in which moves have to be recorded."""
    section = context.policy.data.get("rollout")
    listed = section.get("environments") if isinstance(section, dict) else None
    if isinstance(listed, list):
        return tuple(str(name) for name in listed)
    last = last_environment(context.change.after, context.change.layout, context.policy)
    return () if last is None else (last,)


def steps(context: Context) -> Iterator[tuple[Environment, Move, Ref, Ref]]:
    """The moves from one version to another that rollout rules are about; none in the change that brings the policy."""
    if context.base_document is None:
        return
    for name in environments(context):
        if name in rollout_environments(context):
            for move in moved(context, name):
                if (
                    move.old is not None
                    and move.new is not None
                    and known(context).is_emergency(move.new) is context.emergencies
                ):
                    yield context.change.environment(name), move, move.old, move.new


def entry_for(context: Context, environment: Environment, old: Ref, new: Ref) -> Rollout | None:
    """The entry that covers a move, of head where both sides have one."""
    before = context.change.environment(environment.name, on_base=True)
    found = environment.rollouts.get(str(new)) or before.rollouts.get(str(new))
    return found if found and found.source == old and found.state != "rolled-back" else None


def is_global(context: Context, environment: Environment, move: Move) -> bool:
    """Whether a move is one of everybody, by its effect."""
    section = move.scope[0]
    if section == "flags":
        flag = next((one for one in environment.selection.flags if one.key == move.scope[1]), None)
        return flag is None or not flag.enabled or _takes_all(flag)
    return section != "tenants" or _every_tenant(context, environment, move)


def _takes_all(flag: Flag) -> bool:
    return flag.tenants is None and not flag.by_application and flag.percentage in {None, _WHOLE}


def _every_tenant(context: Context, environment: Environment, move: Move) -> bool:
    listed = environment.selection.tenants
    alike = {m.scope[1] for m in moved(context, environment.name) if m.scope[0] == "tenants" and m.new == move.new}
    return alike >= listed.keys() and (len(listed) >= _FEW or environment.selection.refuses_unlisted)


def _is_observed(context: Context, environment: Environment, old: Ref, new: Ref) -> bool:
    """Whether base has a rollout that was observed, or the rollout says why it was not."""
    entry = entry_for(context, environment, old, new)
    if entry is not None and entry.unobserved_because:
        return True
    before = context.change.environment(environment.name, on_base=True).rollouts.get(str(new))
    is_known = before is not None and before.state != "rolled-back"
    return is_known and verdict(context, context.change.base, environment.name, new) == PROMOTE
