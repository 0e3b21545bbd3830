"""Rules about gates: what an environment newly selects is proved fit, by evidence about exactly that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptctl.core.findings import Related, Severity
from promptctl.core.outcomes import Outcome
from promptctl.core.text import Lines
from promptctl.rules.base import problem, rule, span_of
from promptctl.rules.environments import at
from promptctl.rules.owed import about, going_forward, owed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.rules.owed import Owed


@rule("gate-missing", family="gates", severity=Severity.ERROR, subject="move")
def gate_missing(context: Context) -> Iterator[Finding]:
    """An environment newly selects a version without the evidence that a gate asks for.

    ## What it does
    For every version that a change newly selects, by a default, an agent's pin, a tenant or a flag, by hand or by
    command, looks for evidence for each gate of the environment: in the version's own folder, then up its `supersedes`
    chain for as long as the behaviour is the same. A gate with `per-regime` asks for evidence about each regime that a
    tenant in reach demands. Going back to what the same place served before needs none.

    ## Why is this bad?
    Nobody knows what the version does to the people who get it.

    ## Example
    ```text
    prompt-config/production.yaml                      qualify-lead@2.0.0 becomes the default
    prompt-evidence/qualify-lead/2.0.0/evals.json      is not there
    ```

    ## Use instead
    ```console
    $ promptctl gate run qualify-lead@2.0.0 evals
    ```
    """
    yield from _at_selections(context, Outcome.MISSING)


@rule("gate-failed", family="gates", severity=Severity.ERROR, subject="move")
def gate_failed(context: Context) -> Iterator[Finding]:
    """An environment newly selects a version that does not meet a gate.

    ## What it does
    Holds the recorded metrics of a version that a change newly selects against the thresholds in force, with each
    provider that was evaluated. The recorded result does not count. A metric that is missing, is not a number, or is
    zero although tokens were used fails. So do too few tests, and a missing reviewer where the gate requires one.

    ## Why is this bad?
    The version was examined, and found worse than the team said it may be.

    ## Example
    ```yaml
    gates:
      evals: {format: promptfoo, thresholds: {pass_rate: ">= 0.95"}}     # and the evidence says 0.8
    ```

    ## Use instead
    A version that meets the threshold, or a waiver that says why this one may do without:
    ```yaml
    waivers:
      - {rule: gate-failed, ref: qualify-lead@2.0.0, environment: production, reason: …, until: 2027-01-01}
    ```
    """
    yield from _at_selections(context, Outcome.FAILED)


@rule("evidence-stale", family="gates", severity=Severity.ERROR, subject="move", dated=True)
def evidence_stale(context: Context) -> Iterator[Finding]:
    """The evidence for a version that an environment newly selects is too old.

    ## What it does
    Compares the age of the evidence with the gate's `max-age`. The age counts from when the result file was made,
    where the file says so, and else from when it was recorded.

    ## Why is this bad?
    Models change behind their names. What was true then need not be true today.

    ## Example
    ```yaml
    gates:
      evals: {max-age: 30d}      # and the results are 45 days old
    ```

    ## Use instead
    ```console
    $ promptctl gate run qualify-lead@2.0.0 evals
    ```
    """
    yield from _at_evidence(context, Outcome.STALE)


@rule("evidence-mismatch", family="gates", severity=Severity.ERROR, subject="move")
def evidence_mismatch(context: Context) -> Iterator[Finding]:
    """The evidence is about something else than the version that an environment newly selects.

    ## What it does
    Compares the behaviour digest that the evidence names with that of the version, and, where a threshold compares
    with a baseline, the digest of the baseline with that of what is served: the rollout's `from`, else the default on
    base. A digest that is not there counts as another one.

    ## Why is this bad?
    It proves something, but of another text: a draft that was changed since, or another version altogether.

    ## Example
    ```text
    prompt-evidence/qualify-lead/2.0.0/evals.json      recorded before the last edit of 2.0.0.md
    ```

    ## Use instead
    ```console
    $ promptctl gate run qualify-lead@2.0.0 evals
    ```
    """
    yield from _at_evidence(context, Outcome.MISMATCH)


@rule("evidence-invalid", family="gates", severity=Severity.ERROR, subject="move")
def evidence_invalid(context: Context) -> Iterator[Finding]:
    """The evidence for a version that an environment newly selects is no evidence.

    ## What it does
    Reads the file strictly as an in-toto Statement. Reports what is no such statement, is dated in the future, was
    recorded for another gate, stands beside a second statement for the same gate, or says something else than the
    result file that is kept beside it.

    ## Why is this bad?
    A number that somebody typed is no measurement.

    ## Example
    ```json
    {"metrics": {"pass_rate": {"value": 0.97}}}
    ```
    and `sources/evals.json` has 0.79.

    ## Use instead
    ```console
    $ promptctl gate record qualify-lead@2.0.0 evals --from results.json
    ```
    """
    yield from _at_evidence(context, Outcome.INVALID)


@rule("no-baseline", family="gates", severity=Severity.INFO, subject="move")
def no_baseline(context: Context) -> Iterator[Finding]:
    """A threshold compares with a baseline, and there is none.

    ## What it does
    Names the thresholds on changes that are not applied to a version that a change newly selects, because the
    environment serves no other version of the prompt.

    ## Why is this bad?
    It is not: a first version is compared with nothing. Reviewers should know that nothing was compared.

    ## Example
    ```yaml
    thresholds: {"cost.change": "<= +10%"}
    ```

    ## Use instead
    Absolute thresholds beside the relative ones:
    ```yaml
    thresholds: {"cost.change": "<= +10%", cost: "<= 0.02"}
    ```
    """
    for item in owed(context):
        if item.verdict.unbased:
            names = ", ".join(dict.fromkeys(item.verdict.unbased))
            message = f"{item.case.ref} is compared with nothing: the gate {item.verdict.gate.name} leaves out {names}"
            yield about(at(item.selected.environment, item.selected.places[0].scope, message, ref=item.case.ref), item)


def _at_selections(context: Context, outcome: Outcome) -> Iterator[Finding]:
    """Findings at the place that selects the version."""
    for item in owed(context):
        move = going_forward(context, item.selected) if item.verdict.outcome is outcome else None
        if move is not None:
            filed = item.verdict.filed
            message = item.verdict.message
            if filed is not None:
                verb = "has no evidence for" if outcome is Outcome.MISSING else "does not meet"
                message = f"{item.case.ref} {verb} the gate {item.verdict.gate.name}: {message}"
            hint = _hint(item)
            found = at(item.selected.environment, move.scope, message, ref=item.case.ref, hint=hint)
            related = (Related(filed.path, "the evidence"),) if filed is not None else ()
            yield about(replace(found, related=related), item)


def _at_evidence(context: Context, outcome: Outcome) -> Iterator[Finding]:
    """Findings in the file that does not count."""
    for item in owed(context):
        filed = item.verdict.filed
        if item.verdict.outcome is outcome and filed is not None and going_forward(context, item.selected) is not None:
            lines = Lines(filed.file.text)
            message = f"no evidence for {item.case.ref} in {item.case.environment}: {item.verdict.message}"
            span = span_of(lines, item.verdict.offset, item.verdict.offset)
            hint = _hint(item)
            yield about(problem(filed.path, message, span=span, ref=str(item.case.ref), hint=hint), item)


def _hint(item: Owed) -> str | None:
    from promptctl.rules.next_steps import next_step

    return next_step(item.case, item.verdict)
