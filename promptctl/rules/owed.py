"""What the policy's gates make of a version that an environment selects, or is about to.

What reads evidence is imported on first use: most changes select nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.outcomes import Outcome
from promptctl.core.reach import selecting
from promptctl.core.refs import Ref, parse_ref
from promptctl.rules.environments import environments, known
from promptctl.rules.moves import moved, returns
from promptctl.rules.regimes import by_regimes, can_get

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.moves import Move
    from promptctl.core.reach import Reached
    from promptctl.core.selection import Selection
    from promptctl.evidence.shelf import Filed, Shelf
    from promptctl.evidence.statement import Subject
    from promptctl.evidence.verdicts import Case, Verdict
    from promptctl.evidence.wanted import Side
    from promptctl.rules.base import Context
    from promptctl.tree.selection import Environment
    from promptctl.tree.version_file import VersionFile


class Selected(NamedTuple):
    """A version that a change newly selects in an environment, and every place where it does."""

    environment: Environment
    ref: Ref
    places: list[Move]


@dataclass(frozen=True, slots=True)
class Owed:
    """How a gate stands for a version that a change newly selects."""

    selected: Selected
    case: Case
    verdict: Verdict


def owed(context: Context) -> tuple[Owed, ...]:
    """The verdicts on all that a change newly selects; none in the change that brings the policy.

    Of emergencies, where the context asks for those: how the gates stand that they skip.
    """
    if context.emergencies:
        return context.change.once("skipped gates", lambda: tuple(_skipped(context)))
    return context.change.once("owed gates", lambda: tuple(_owed(context)))


def _owed(context: Context) -> Iterator[Owed]:
    for selected in newly_selected(context):
        case = case_of(context, selected.environment, selected.ref)
        yield from (Owed(selected, case, verdict) for verdict in judge(context, case))


def _skipped(context: Context) -> Iterator[Owed]:
    for item in owed(replace(context, emergencies=False)):
        if item.verdict.outcome is Outcome.SKIPPED:
            case = replace(item.case, emergency=False)
            verdicts = (verdict for verdict in judge(context, case) if verdict.gate == item.verdict.gate)
            yield from (Owed(item.selected, case, verdict) for verdict in verdicts)


def newly_selected(context: Context) -> tuple[Selected, ...]:
    """The versions that a change selects where something else was before."""
    found: dict[tuple[str, Ref], Selected] = {}
    if context.base_document is not None:
        for name in environments(context):
            for move in moved(context, name):
                if move.new is not None:
                    key = (name, move.new)
                    item = found.setdefault(key, Selected(context.change.environment(name), move.new, []))
                    item.places.append(move)
    return tuple(found.values())


def going_forward(context: Context, selected: Selected) -> Move | None:
    """The first place that does not only go back to what it served before, which no gate may keep from happening.

    Asks history, so it is asked last. Raises Undecided where that is cut short.
    """
    name = selected.environment.name
    return next((move for move in selected.places if not returns(context, name, move)), None)


def about(finding: Finding, item: Owed) -> Finding:
    """The finding with its environment, and with what tells it apart from those about other gates."""
    parts = (str(item.case.ref), item.verdict.gate.name, item.verdict.regime or "")
    return replace(finding, subject=" ".join(part for part in parts if part), environment=item.case.environment)


def judge(context: Context, case: Case) -> tuple[Verdict, ...]:
    """How every gate that guards the environment stands for a case."""
    from promptctl.evidence.shelf import lineage
    from promptctl.evidence.verdicts import Found, verdicts

    folder = known(context).folder(case.ref.name)
    versions = context.change.versions(folder) if folder else {}
    shelf = shelf_of(context)
    line = lineage(versions, context.change.library, case.ref) or (case.ref,)
    proof = partial(_false, context, shelf, case)
    found: list[Verdict] = []
    for gate in context.policy.gates or ():
        if gate.guards(case.environment):
            folders = [shelf.filed(ref, gate.name) for ref in line]
            found += verdicts(gate, case, Found(folders, proof), context.now)
    return tuple(found)


def shelf_of(context: Context) -> Shelf:
    """The evidence as it would be after the merge."""
    from promptctl.evidence.shelf import Shelf

    change = context.change
    return change.once("evidence", lambda: Shelf(change.after, change.layout, change.library))


def case_of(context: Context, environment: Environment, ref: Ref) -> Case:
    """A version in an environment of head, with what it is compared with and what is demanded of it there."""
    from promptctl.evidence.verdicts import Case

    emergency = known(context).is_emergency(ref)
    return Case(
        ref=ref,
        behaviour=known(context).digest(ref) or "",
        environment=environment.name,
        baseline=baseline_of(context, environment, ref),
        regimes=_regimes(context, environment.selection, ref),
        emergency=emergency,
        may_skip=context.policy.emergency.may_skip,
    )


def baseline_of(context: Context, environment: Environment, ref: Ref) -> Subject | None:
    """What a version is compared with: what its rollout comes from, else the default on base.

    None where that is nothing, or behaves as the version does.
    """
    from promptctl.evidence.statement import Subject

    before = context.change.environment(environment.name, on_base=True)
    rollout = environment.rollouts.get(str(ref)) or before.rollouts.get(str(ref))
    other = rollout.source if rollout else before.selection.defaults.get(ref.name)
    digest = known(context).digest(other) if other else None
    if other is None or digest == known(context).digest(ref):
        return None
    return Subject(str(other), behaviour=digest)


def _regimes(context: Context, selection: Selection, ref: Ref) -> tuple[str, ...]:
    """The regimes of the tenants that can get a version; of a version that is not selected, those that it may meet."""
    groups = by_regimes(selection)
    places = [reached for reached in selecting(selection) if reached.ref == ref]
    if not places:
        declared = regimes_of(known(context).file(ref))
        return tuple(sorted(declared & {regime for regimes in groups for regime in regimes}))
    found: set[str] = set()
    for regimes, tenants in groups.items():
        if any(_reaches(selection, reached, tenant) for reached in places for tenant in tenants):
            found |= regimes
    return tuple(sorted(found))


def _reaches(selection: Selection, reached: Reached, tenant: str) -> bool:
    if reached.scope[0] == "tenants":
        return reached.scope[1] == tenant
    return can_get(selection, reached, tenant)


def regimes_of(file: VersionFile | None) -> set[str]:
    """The regimes that a version says it is fit for."""
    return {regime for regime in (file.data.get("regimes") or () if file else ()) if isinstance(regime, str)}


def _false(context: Context, shelf: Shelf, case: Case, filed: Filed) -> str | None:
    """What the kept result file says otherwise than the statement made from it."""
    from promptctl.evidence.proof import disagreement
    from promptctl.evidence.wanted import Side, Wanted

    statement = filed.statement
    if statement is None or statement.source is None or statement.source.path is None:
        return None
    there, data = shelf.source(filed, statement.source.path)
    if data is None:
        why = "cannot be read, or is too large" if there else "is not there any more"
        return f"the result file {statement.source.path} that it was made from {why}"
    file = known(context).file(case.ref)
    if file is None or file.body is None:
        return f"{case.ref} cannot be read"
    candidate = Side(parse_ref(statement.subject.name) or case.ref, file.body, case.behaviour, file.template)
    models = models_for(context, file)
    return disagreement(statement, data, Wanted(candidate, _compared(context, statement.baseline), models))


def _compared(context: Context, baseline: Subject | None) -> Side | None:
    """The baseline of a statement, where the version by that name still behaves as it says."""
    from promptctl.evidence.wanted import Side

    ref = parse_ref(baseline.name) if baseline else None
    file = known(context).file(ref) if ref else None
    if baseline is None or ref is None or file is None or file.body is None or file.digest != baseline.behaviour:
        return None
    return Side(ref, file.body, file.digest or "", file.template)


def models_for(context: Context, file: VersionFile) -> tuple[str, ...] | None:
    """What evaluation tools call a version's model; None where it names none, or the policy does not know it."""
    model = file.string("model")
    return context.policy.models.get(model) if model else None
