"""Makes a statement out of a result file, and keeps the file beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from promptctl.core.errors import Refused, UsageError
from promptctl.core.text import plural
from promptctl.core.times import written
from promptctl.evidence.adapters import READERS
from promptctl.evidence.judging import explained, judged
from promptctl.evidence.shelf import Shelf
from promptctl.evidence.statement import Source, Statement
from promptctl.evidence.statement_writer import write_statement
from promptctl.evidence.verdicts import SKEW
from promptctl.evidence.wanted import ProvesNothing, Wanted
from promptctl.operations.gate_subject import examined, find_gate, owed_baseline, usual_baseline
from promptctl.operations.writing import Plan
from promptctl.plan.adoption import sources_line
from promptctl.repo.history import whoever
from promptctl.repo.index import is_altered
from promptctl.rules.owed import models_for
from promptctl.tree.text_file import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from promptctl.evidence.judging import Judged
    from promptctl.evidence.measures import Results
    from promptctl.operations.compared import Compared
    from promptctl.operations.gate_subject import Examined
    from promptctl.tree.policy_values import Gate

_SUFFIXES: Final = {"promptfoo": ".json", "junit": ".xml", "generic": ".json"}
_LINES: Final = ".jsonl"


@dataclass(frozen=True, slots=True)
class Recording:
    """What was asked for. `file_name` is only for the form of its name.

    Without `baseline` it is what is served in `environment`, in which alone the evidence then counts, else in
    `served_in`, else in the last environment that the gate guards and that serves another version.
    """

    ref: str
    gate: str
    data: bytes
    file_name: str
    now: datetime
    baseline: str | None = None
    reviewed_by: str | None = None
    environment: str | None = None
    regimes: tuple[str, ...] = ()
    served_in: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The files to write, and whether the gate's thresholds are met."""

    plan: Plan
    passed: bool


def record(views: Compared, asked: Recording) -> Recorded:
    """Raises UsageError for what cannot be read, Refused for what proves nothing."""
    gate, version = find_gate(views, asked.gate), examined(views, asked.ref)
    where = asked.environment or asked.served_in
    baseline = examined(views, asked.baseline) if asked.baseline else usual_baseline(views, version, gate, where)
    results, baseline = _read(views, gate, version, baseline, asked)
    _refuse_unproving(gate, results, asked)
    statement = _statement(views, gate, version, baseline, results, asked)
    owed = statement.baseline if asked.baseline else owed_baseline(views, version, gate, where)
    found = judged(gate, statement, version.ref, owed, asked.now)
    statement = replace(statement, passed=found.outcome == "passed")
    plan = _plan(views, statement, found, version, asked)
    _refuse_altered(views, plan, asked)
    return Recorded(plan, statement.passed)


def _refuse_altered(views: Compared, plan: Plan, asked: Recording) -> None:
    """Once git has stored other bytes, the digest in the statement fits nothing any more."""
    for path, data in plan.files.items():
        if data is asked.data and is_altered(views.repository, path, data):
            message = f"git would store {path} with other bytes than the file has, such as other line ends"
            raise Refused(
                message, hint=f"add this line to .gitattributes: {sources_line(views.change.layout.evidence)}"
            )


def _read(
    views: Compared, gate: Gate, version: Examined, baseline: Examined | None, asked: Recording
) -> tuple[Results, Examined | None]:
    """What the file says; of a baseline that nobody named only where it is in the file."""
    models = models_for(views.context, version.found.file)
    wanted = Wanted(version.side, baseline.side if baseline else None, models)
    try:
        results = READERS[gate.format](asked.data, wanted)
    except ProvesNothing:
        if baseline is None or asked.baseline:
            raise
        results = READERS[gate.format](asked.data, replace(wanted, baseline=None))
    if asked.baseline and not results.compared:
        message = f"the file compares with nothing, so {asked.baseline} cannot be the baseline"
        raise ProvesNothing(message, hint=f"leave --baseline out, or record a file that has both ({gate.format})")
    return results, baseline if results.compared else None


def _refuse_unproving(gate: Gate, results: Results, asked: Recording) -> None:
    if results.tests < gate.min_tests:
        message = f"{plural(results.tests, 'test')} judged, and the gate {gate.name} asks for {gate.min_tests}"
        raise ProvesNothing(message, hint="run more tests")
    if results.created is not None and results.created > asked.now + SKEW:
        raise ProvesNothing(f"the file was made at {written(results.created)}, which is in the future")
    if asked.environment and results.environment and asked.environment != results.environment:
        raise UsageError(f"the file is for {results.environment}, not for {asked.environment}")
    if gate.per_regime and not (asked.regimes or results.regimes):
        message = f"the gate {gate.name} asks for evidence about each regime, and the file names none"
        raise UsageError(message, hint="add --regime hipaa, or `regimes` to the file")


def _statement(
    views: Compared, gate: Gate, version: Examined, baseline: Examined | None, results: Results, asked: Recording
) -> Statement:
    name, address = whoever(views.repository)
    statement = Statement(
        subject=version.subject,
        gate=gate.name,
        passed=False,
        metrics=results.metrics,
        recorded=asked.now,
        baseline=baseline.subject if baseline else None,
        environment=asked.environment or results.environment,
        regimes=asked.regimes or results.regimes,
        columns=results.columns,
        providers=results.providers,
        tests=results.tests,
        thresholds=gate.thresholds_for(version.ref.name),
        binding=results.binding,
        tool=results.tool,
        suite=results.suite,
        recorded_by=f"{name} <{address}>".strip(),
        reviewed_by=asked.reviewed_by,
    )
    if baseline is None:
        statement = replace(statement, metrics={k: replace(m, baseline=None) for k, m in results.metrics.items()})
    digest = sha256(asked.data).hexdigest()
    suffix = _LINES if asked.file_name.endswith(_LINES) else _SUFFIXES[gate.format]
    kept = f"sources/{stem(statement)}{suffix}" if len(asked.data) <= MAX_BYTES else None
    source = Source(gate.format, digest, kept, results.created)
    return replace(statement, source=source, attempts=_attempts(views, version, statement, digest))


def stem(statement: Statement) -> str:
    """The file name of a statement without its suffix: gate, environment, regimes."""
    return ".".join((statement.gate, *filter(None, (statement.environment,)), *sorted(statement.regimes)))


def _attempts(views: Compared, version: Examined, statement: Statement, digest: str) -> int:
    """One more than were made before, unless it is the same file again."""
    change = views.change
    shelf = Shelf(change.head, change.layout, change.library)
    for filed in shelf.filed(version.ref, statement.gate):
        old = filed.statement
        if old is not None and old.subject.behaviour == version.side.behaviour and stem(old) == stem(statement):
            return old.attempts + (old.source is None or old.source.sha256 != digest)
    return 1


def _plan(views: Compared, statement: Statement, found: Judged, version: Examined, asked: Recording) -> Plan:
    folder = f"{views.change.layout.evidence}/{version.ref.name}/{version.ref.version}"
    path = f"{folder}/{stem(statement)}.json"
    files: dict[str, bytes | None] = {path: write_statement(statement).encode()}
    if statement.source is not None and statement.source.path is not None:
        files[f"{folder}/{statement.source.path}"] = asked.data
    result = "pass" if statement.passed else "fail"
    message = f"Record {statement.gate} of {version.ref}: {result}"
    return Plan(files, message, tuple(_notes(statement, found, path)))


def _notes(statement: Statement, found: Judged, path: str) -> Iterator[str]:
    verb = "meets" if statement.passed else "does not meet"
    yield f"{statement.subject.name} {verb} the gate {statement.gate}: {found.message}"
    against = f" against {statement.baseline.name}" if statement.baseline else ""
    yield f"{plural(statement.tests or 0, 'test')} judged{against}; binding: {statement.binding}"
    yield from (explained(item) for item in found.checks if item.met is None)
    if statement.source is not None and statement.source.path is None:
        yield f"the result file is larger than {MAX_BYTES:,} bytes, so only its sha256 is kept"
    yield f"wrote {path}"


def refused_nothing(gate: Gate, ref: str) -> Refused:
    """What a command that leaves no result file comes to."""
    message = f"the gate {gate.name} of {ref} failed: its command left no result file"
    return Refused(message, hint="it has to write to {out}; its exit status does not count")
