"""Whether a statement says what the result file says that it was made from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from promptctl.core.canonical import sha256_of
from promptctl.core.errors import PromptctlError
from promptctl.core.times import written
from promptctl.evidence.adapters import READERS
from promptctl.evidence.measures import Metric

if TYPE_CHECKING:
    from promptctl.evidence.measures import Metrics, Results
    from promptctl.evidence.statement import Statement
    from promptctl.evidence.wanted import Wanted

_CLOSE = 1e-9


def disagreement(statement: Statement, data: bytes, wanted: Wanted) -> str | None:
    """The first thing in which a statement and the bytes of its result file differ, or None.

    Where `wanted` has no baseline, what the statement says of one cannot be told from the file and is not looked at.
    """
    source = statement.source
    if source is None:
        return None
    if sha256_of(data) != source.sha256:
        return f"the result file {source.path} is not the one that was recorded: its sha256 is another"
    try:
        results = READERS[source.format](data, wanted)
    except PromptctlError as error:
        return f"the result file {source.path} does not bear it out: {error.message}"
    with_baseline = wanted.baseline is not None
    return (
        _metrics(statement.metrics, results.metrics, with_baseline=with_baseline)
        or _columns(statement, results, with_baseline=with_baseline)
        or _tests(statement, results)
        or _moment(statement, results)
    )


def _columns(statement: Statement, results: Results, *, with_baseline: bool) -> str | None:
    if statement.columns.keys() != results.columns.keys():
        stated, found = (", ".join(sorted(columns)) or "none" for columns in (statement.columns, results.columns))
        return f"it has columns of {stated}, and the result file of {found}"
    for name, metrics in results.columns.items():
        different = _metrics(statement.columns[name], metrics, with_baseline=with_baseline)
        if different:
            return f"{name}: {different}"
    return None


def _metrics(stated: Metrics, found: Metrics, *, with_baseline: bool) -> str | None:
    unknown = Metric(None)
    for name in sorted(stated.keys() | found.keys()):
        here, there = stated.get(name, unknown), found.get(name, unknown)
        pairs = [("", here.value, there.value)]
        if with_baseline:
            pairs.append((" of the baseline", here.baseline, there.baseline))
        for whose, one, other in pairs:
            if not _same(one, other):
                return f"it says {name}{whose} is {_shown(one)}, and the result file says {_shown(other)}"
    return None


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=_CLOSE)


def _shown(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.6g}"


def _tests(statement: Statement, results: Results) -> str | None:
    if statement.tests == results.tests:
        return None
    return f"it says that {statement.tests} tests were judged, and the result file says {results.tests}"


def _moment(statement: Statement, results: Results) -> str | None:
    stated = statement.source.created if statement.source else None
    one, other = (written(moment) if moment else "no moment" for moment in (stated, results.created))
    return None if one == other else f"it says that the result file was made at {one}, and that says {other}"
