"""Reads promptfoo's results: a version and its baseline side by side, provider by provider.

Everything is worked out of the rows. Totals, ids that are made of labels, and exit codes are not relied on.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from promptctl.core.canonical import canonical_json, sha256_of
from promptctl.core.globs import star_matches
from promptctl.core.text import shortened
from promptctl.evidence.measures import Results, Tool
from promptctl.evidence.promptfoo_metrics import measure
from promptctl.evidence.promptfoo_rows import read_run
from promptctl.evidence.promptfoo_text import has_text, is_labelled, rendered_alike
from promptctl.evidence.wanted import ProvesNothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promptctl.evidence.promptfoo_metrics import Measured
    from promptctl.evidence.promptfoo_rows import Row, Run
    from promptctl.evidence.wanted import Side, Wanted

_SHOWN = 5


def read_promptfoo(data: bytes, wanted: Wanted) -> Results:
    """Raises Unreadable or ProvesNothing."""
    run = read_run(data)
    rows, binding = _rows_of(run, wanted.candidate)
    rows = _of_model(rows, wanted)
    before, before_binding = _rows_of(run, wanted.baseline) if wanted.baseline else ([], binding)
    columns: dict[str, Measured] = {}
    for provider in sorted({row.provider for row in rows}):
        here, there = ([row for row in side if row.provider == provider] for side in (rows, before))
        _refuse_unproving(here, provider)
        if wanted.baseline:
            _refuse_other_tests(here, there, provider, wanted.baseline)
        columns[provider] = measure(here, there, run)
    counted = [row for row in before if row.provider in columns]
    measured = {provider: column.metrics for provider, column in columns.items()}
    return Results(
        tests=min(column.tests for column in columns.values()),
        metrics=next(iter(measured.values())) if len(columns) == 1 else measure(rows, counted, run).metrics,
        binding=binding if binding == before_binding else "asserted",
        tool=Tool("promptfoo", run.tool),
        compared=wanted.baseline is not None,
        columns=measured if len(columns) > 1 else {},
        providers=tuple(columns),
        created=run.created,
        suite=_suite(rows),
    )


def _rows_of(run: Run, side: Side) -> tuple[list[Row], str]:
    """The rows of a version, and what ties them to it. Raises ProvesNothing where there are none."""
    found = [row for row in run.rows if _is_about(row, side)]
    labelled = [row for row in found if is_labelled(row.prompt, side)]
    if labelled:
        found = labelled  # two versions may share a text, and then the label tells them apart
    drafts = [row for row in run.rows if is_labelled(row.prompt, side) and not _is_about(row, side)]
    if drafts and (not found or not drafts[0].prompt.is_template):
        message = f"the prompt that is labelled {side.ref} has another text than the version: a draft of it was run"
        raise ProvesNothing(message, hint=f"evaluate the body of {side.ref} as it is now")
    if found:
        proved = any(row.prompt.is_template or rendered_alike(row, side) for row in found)
        return found, "body" if proved else "asserted"
    labels = sorted({shortened(row.prompt.label) for row in run.rows})
    more = ", …" if len(labels) > _SHOWN else ""
    have = f"it has {', '.join(labels[:_SHOWN])}{more}" if labels else "it has no results at all"
    raise ProvesNothing(f"nothing in the file is about {side.ref}: {have}", hint=f"evaluate the body of {side.ref}")


def _is_about(row: Row, side: Side) -> bool:
    if row.prompt.is_template:
        return has_text(row.prompt, side)
    alike = rendered_alike(row, side)
    return is_labelled(row.prompt, side) if alike is None else alike


def _of_model(rows: list[Row], wanted: Wanted) -> list[Row]:
    """The rows whose provider runs the version's model."""
    if wanted.models is None:
        return rows
    patterns = wanted.models
    found = [row for row in rows if any(star_matches(patterns, name) for name in row.names)]
    if not found:
        providers = sorted({name for row in rows for name in row.names})
        message = f"no provider runs the model of {wanted.candidate.ref}: the file has {', '.join(providers)}"
        raise ProvesNothing(message, hint=f"`models` in the policy has {', '.join(patterns)} for it")
    return found


def _refuse_unproving(rows: list[Row], provider: str) -> None:
    judged = [row for row in rows if row.judged]
    if not judged and any(row.error for row in rows):
        raise ProvesNothing(f"nothing was judged: {provider} gave nothing but errors")
    if not judged:
        raise ProvesNothing("nothing was judged: no test has an assertion", hint="add `assert` to the tests")
    if all(row.error for row in judged):
        raise ProvesNothing(f"nothing was judged: all {len(judged)} answers of {provider} are errors")


def _refuse_other_tests(rows: list[Row], before: list[Row], provider: str, baseline: Side) -> None:
    """A comparison is one of the same tests with the same provider."""
    if {row.test for row in rows} != {row.test for row in before}:
        message = f"{baseline.ref} did not run the same tests with {provider}"
        raise ProvesNothing(message, hint="evaluate both versions in one run")


def _suite(rows: Iterable[Row]) -> str | None:
    """A digest of the tests, whatever their order and however often each was run."""
    try:
        cases = {canonical_json(_identity(row.case)) for row in rows}
    except ValueError:
        return None
    return sha256_of(json.dumps(sorted(case.decode() for case in cases)).encode())


def _identity(case: Mapping[str, object]) -> dict[str, object]:
    return {key: case[key] for key in ("vars", "assert", "threshold") if key in case}
