"""Rules about who vouched for evidence, by which tests, and about policies that ask for none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity, Span
from promptctl.core.outcomes import Outcome
from promptctl.core.reach import selecting
from promptctl.core.refs import parse_ref
from promptctl.core.text import Lines
from promptctl.rules.base import problem, rule, span_of
from promptctl.rules.environments import at, environments, known
from promptctl.rules.owed import about, going_forward, newly_selected, owed, shelf_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.refs import Ref
    from promptctl.rules.base import Context

_TOP = Span(1, 1, 1, 1)
_FALSE = frozenset({Outcome.INVALID, Outcome.MISMATCH, Outcome.MISSING})


@rule("evidence-self-reviewed", family="gates", severity=Severity.ERROR, subject="move")
def evidence_self_reviewed(context: Context) -> Iterator[Finding]:
    """The author of a version reviewed the evidence for it.

    ## What it does
    Compares `reviewedBy` in the evidence for a version that a change newly selects with the names and addresses of
    everybody whose commits wrote the version's file; what is in no commit yet was written by whoever would commit it.
    Where history is cut short, the check cannot decide (exit code 3). Git does not prove names: see the threat model.

    ## Why is this bad?
    Who wrote a prompt sees in its answers what they meant.

    ## Example
    ```console
    $ git log --format=%an -- prompt-templates/task/qualify-lead/2.0.0.md
    Jane Doe
    $ promptctl gate record qualify-lead@2.0.0 impact --from results.json --reviewed-by "Jane Doe"
    ```

    ## Use instead
    ```console
    $ promptctl gate record qualify-lead@2.0.0 impact --from results.json --reviewed-by "John Roe"
    ```
    """
    for item in owed(context):
        filed = item.verdict.filed
        statement = filed.statement if filed else None
        if filed is None or statement is None or statement.reviewed_by is None or item.verdict.outcome in _FALSE:
            continue
        path = _path_of(context, item.case.ref)
        if path is None or not is_one_of(statement.reviewed_by, context.change.facts.authors(path)):
            continue
        if going_forward(context, item.selected) is not None:
            lines, place = Lines(filed.file.text), filed.file.locate("predicate", "reviewedBy")
            message = f"{statement.reviewed_by} wrote {item.case.ref}, and reviewed the evidence for it"
            span, hint = span_of(lines, *place), "let somebody else review it, and record it again"
            yield about(problem(filed.path, message, span=span, ref=str(item.case.ref), hint=hint), item)


def is_one_of(person: str, authors: Collection[str]) -> bool:
    """Whether a person, as `Name`, `address` or `Name <address>`, is among names and addresses; case is the same."""
    name, _, rest = person.partition("<")
    said = {part.strip().casefold() for part in (person, name, rest.partition(">")[0])} - {""}
    return any(author.strip().casefold() in said for author in authors)


def _path_of(context: Context, ref: Ref) -> str | None:
    folder = known(context).folder(ref.name)
    item = context.change.versions(folder).get(ref.version) if folder else None
    return item.path if item else None


@rule("suite-changed-with-version", family="gates", severity=Severity.WARNING, subject="move")
def suite_changed_with_version(context: Context) -> Iterator[Finding]:
    """A version was examined by other tests than the version before it.

    ## What it does
    Compares the digest of the tests in the evidence for a version that a change newly selects with that in the evidence
    of its baseline, gate by gate, where both have one.

    ## Why is this bad?
    A better number may only mean easier tests.

    ## Example
    ```text
    prompt-evidence/qualify-lead/1.1.0/evals.json      40 tests
    prompt-evidence/qualify-lead/2.0.0/evals.json      12 of them
    ```

    ## Use instead
    Both versions in one run of the same tests:
    ```console
    $ promptctl gate run qualify-lead@2.0.0 evals
    ```
    """
    for item in owed(context):
        filed, baseline = item.verdict.filed, item.case.baseline
        statement = filed.statement if filed else None
        before = parse_ref(baseline.name) if baseline else None
        if statement is None or statement.suite is None or before is None or item.verdict.outcome in _FALSE:
            continue
        older = [one.statement for one in shelf_of(context).filed(before, item.verdict.gate.name) if one.statement]
        suites = {one.suite for one in older if one.suite and one.environment == statement.environment}
        if suites and statement.suite not in suites:
            message = f"{item.case.ref} met other tests for the gate {item.verdict.gate.name} than {before} did"
            hint = f"evaluate {before} and {item.case.ref} in one run of the same tests"
            place = item.selected.places[0].scope
            yield about(at(item.selected.environment, place, message, ref=item.case.ref, hint=hint), item)


@rule("gates-unconfigured", family="gates", severity=Severity.WARNING, subject="tree")
def gates_unconfigured(context: Context) -> Iterator[Finding]:
    """Versions are selected, and the policy has no gates.

    ## What it does
    Says once that nothing is gated, when a change selects a version and the policy has no key `gates`; with `--all`
    whenever an environment selects anything. An empty `gates: {}` says that this is meant.

    ## Why is this bad?
    Whatever is merged reaches people, proved or not.

    ## Example
    ```yaml
    protected: [main]
    environments: [staging, production]
    ```

    ## Use instead
    ```yaml
    protected: [main]
    environments: [staging, production]
    gates:
      evals: {environments: [production], format: promptfoo, min-tests: 20, thresholds: {pass_rate: ">= 0.95"}}
    ```
    """
    if context.policy.gates is None and _selects(context):
        message = "the policy has no gates: a version needs no evidence to be selected"
        hint = "add `gates`, or `gates: {}` where that is meant"
        yield problem(context.change.layout.policy, message, span=_TOP, subject="gates", hint=hint)


@rule("metrics-unconfigured", family="gates", severity=Severity.WARNING, subject="tree")
def metrics_unconfigured(context: Context) -> Iterator[Finding]:
    """Versions are selected, and the policy does not say how rollouts are watched.

    ## What it does
    Says once that observation is optional, when a change selects a version and the policy has no key `rollout`; with
    `--all` whenever an environment selects anything.

    ## Why is this bad?
    A version that does harm is found by those who are harmed.

    ## Example
    ```yaml
    protected: [main]
    environments: [staging, production]
    ```

    ## Use instead
    ```yaml
    protected: [main]
    environments: [staging, production]
    rollout: {observation: required}      # or optional, where that is meant
    ```
    """
    if context.policy.rollout is None and _selects(context):
        message = "the policy has no `rollout`: nobody has to observe what a version does"
        hint = "add `rollout: {observation: required}`, or optional where that is meant"
        yield problem(context.change.layout.policy, message, span=_TOP, subject="rollout", hint=hint)


def _selects(context: Context) -> bool:
    """Whether there is anything that gates could be about."""
    if context.base_document is None:
        return False
    if context.change.everything:
        found = (context.change.environment(name) for name in environments(context))
        return any(one.is_readable and any(selecting(one.selection)) for one in found)
    return bool(newly_selected(context))
