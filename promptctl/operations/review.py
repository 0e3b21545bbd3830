"""Puts together what reviewers decide on: who moves, what was proved of it, how to go back."""

from __future__ import annotations

from collections import Counter
from shlex import quote
from typing import TYPE_CHECKING

from promptctl.core.reach import selecting
from promptctl.core.review import Bound, Gated, GateLine, Group, Moving, People, Review, Scopes, Shifted, Undo
from promptctl.evidence.judging import measured
from promptctl.plan.effects import EVERYBODY_ELSE, effects
from promptctl.rules.environments import touched_environments
from promptctl.rules.moves import moved
from promptctl.rules.owed import going_forward, newly_selected, owed
from promptctl.tree.environments import environment_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.core.moves import Move
    from promptctl.core.report import NewVersion
    from promptctl.core.selection import Pointer, Selection
    from promptctl.evidence.thresholds import Check
    from promptctl.evidence.verdicts import Verdict
    from promptctl.rules.base import Context
    from promptctl.rules.owed import Owed, Selected

_NAMED = 5  # of those who move, or of the entries that do
_COMMANDS = 5  # beyond which one command for the whole environment is clearer
_KINDS = {"defaults": "default", "flags": "flag", "tenants": "tenant"}


def review_of(context: Context, base: str | None, added: Iterable[NewVersion]) -> Review:
    """What a change does; `base` is the commit that it would be merged into. May raise Undecided, as rules do."""
    return Review(
        moving=tuple(_moving(context, name) for name in _touched(context)),
        gated=tuple(_gated(context)) if context.policy.gates else None,
        policy=tuple(_policy_keys(context)),
        undo=_undo(context, base, tuple(item.ref for item in added)),
    )


def _touched(context: Context) -> list[str]:
    """In promotion order; an environment that the change removes comes last."""
    touched = touched_environments(context)
    order = environment_order(context.change.after, context.change.layout, context.policy)
    return [name for name in dict.fromkeys((*order, *sorted(touched))) if name in touched]


def _moving(context: Context, name: str) -> Moving:
    before, after = context.change.environment(name, on_base=True), context.change.environment(name)
    if not (before.is_readable and after.is_readable):
        return Moving(name, readable=False)
    old, new = before.selection, after.selection
    found = [effect for effect in effects(old, new) if effect.moves]
    listed = old.tenants.keys() | new.tenants.keys()
    everybody = list(dict.fromkeys(who for effect in found for who in effect.who))
    people = _people(everybody, new)
    return Moving(
        environment=name,
        people=people,
        stay=len(listed) - people.count,
        entries=tuple(_shifted(moved(context, name))),
        groups=tuple(Group(e.wanted, e.before, e.after, _people(e.who, new)) for e in found),
        unlisted="" if old.refuses_unlisted == new.refuses_unlisted else _ANSWER[new.refuses_unlisted],
    )


_ANSWER = {True: "refused", False: "answered"}


def _people(who: Iterable[str], selection: Selection) -> People:
    names = [name for name in who if name != EVERYBODY_ELSE]
    regimes = Counter(r for name in names if (entry := selection.tenants.get(name)) for r in entry.regimes)
    return People(len(names), tuple(names[:_NAMED]), EVERYBODY_ELSE in who, tuple(sorted(regimes.items())))


def _shifted(moves: Iterable[Move]) -> Iterator[Shifted]:
    alike: dict[tuple[str, str], dict[str, list[str]]] = {}
    for move in moves:
        kinds = alike.setdefault((str(move.old or "nothing"), str(move.new or "nothing")), {})
        kinds.setdefault(_KINDS.get(move.scope[0], "slot"), []).append(_name(move.scope))
    for (old, new), kinds in alike.items():
        yield Shifted(
            old, new, tuple(Scopes(k, len(set(n)), tuple(dict.fromkeys(n))[:_NAMED]) for k, n in kinds.items())
        )


def _name(scope: Pointer) -> str:
    """What people call an entry: a tenant, a flag, a prompt's default, `agent.slot`."""
    return scope[1] if scope[0] in _KINDS else f"{scope[0]}.{scope[-1]}"


def _gated(context: Context) -> Iterator[Gated]:
    """What is owed by the version, in the order in which environments come."""
    by_version: dict[tuple[str, str], list[Owed]] = {}
    for item in owed(context):
        by_version.setdefault((item.case.environment, str(item.case.ref)), []).append(item)
    for selected in newly_selected(context):
        items = by_version.get((selected.environment.name, str(selected.ref)), [])
        baseline = items[0].case.baseline if items else None
        yield Gated(
            ref=str(selected.ref),
            environment=selected.environment.name,
            baseline=baseline.name if baseline else None,
            gates=tuple(_gate_line(item.verdict) for item in items),
            returns=_returns(context, selected, items),
        )


def _returns(context: Context, selected: Selected, items: list[Owed]) -> bool:
    """Asked only where something is unmet, as the rules do: the answer takes a walk through history."""
    return any(not item.verdict.is_met for item in items) and going_forward(context, selected) is None


def _gate_line(verdict: Verdict) -> GateLine:
    statement = verdict.filed.statement if verdict.filed else None
    who = (("recorded", statement.recorded_by), ("reviewed", statement.reviewed_by)) if statement else ()
    return GateLine(
        gate=verdict.gate.name,
        regime=verdict.regime,
        result=verdict.outcome.value,
        message=verdict.message,
        bounds=tuple(_bound(check, verdict) for check in verdict.checks),
        by=tuple(f"{verb} by {name}" for verb, name in who if name),
    )


def _bound(check: Check, verdict: Verdict) -> Bound:
    statement = verdict.filed.statement if verdict.filed else None
    metrics = statement.columns.get(check.column, statement.metrics) if statement else {}
    metric = metrics.get(check.threshold.metric)
    baseline = None if metric is None or metric.baseline is None else f"{metric.baseline:.4g}"
    value = None if check.measured is None else measured(check)
    return Bound(check.threshold.name, check.threshold.text, value, baseline, check.met, check.column or None)


def _policy_keys(context: Context) -> list[str]:
    old, new = (doc.data if doc else {} for doc in (context.base_document, context.head_document))
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def _undo(context: Context, base: str | None, added: tuple[str, ...]) -> Undo | None:
    """The commands that move everybody back; None where the change does nothing that needs taking back."""
    if not context.change.touched:
        return None
    commands: list[str] = []
    loses = False
    for name in _touched(context):
        single = _by_files(context, name, base) or _rollbacks(context, name)
        if single is None and base is not None:
            loses = True
            commands.append(f'promptctl rollback --env {quote(name)} --at {base} -m "why"')
        commands += single or ()
    return Undo(tuple(commands), added, loses)


def _by_files(context: Context, name: str, base: str | None) -> list[str]:
    """For an environment that comes or goes: there is nothing that a rollback could start from, or go back to."""
    before, after = (context.change.environment(name, on_base=on_base).files for on_base in (True, False))
    if not before and after:
        return [f"git rm -- {' '.join(quote(file.path) for file in after)}"]
    if before and not after:
        return [f"git restore --source={base} --staged --worktree -- {' '.join(quote(file.path) for file in before)}"]
    return []


def _rollbacks(context: Context, name: str) -> list[str] | None:
    """One command a version; None where those would take back more than the change did, or less."""
    moves, selection = moved(context, name), context.change.environment(name, on_base=True).selection
    served = {reached.ref for reached in selecting(selection)}
    fresh = list(dict.fromkeys(move.new for move in moves))
    if len(fresh) > _COMMANDS or any(None in (move.old, move.new) or move.new in served for move in moves):
        return None
    return [f'promptctl rollback {ref} --env {quote(name)} -m "why"' for ref in fresh]
