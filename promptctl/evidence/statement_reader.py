"""Evidence files, read strictly: every fault has its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from promptctl.core.times import parse_moment
from promptctl.evidence.measures import Metric, Tool
from promptctl.evidence.statement import Source, Statement, Subject
from promptctl.tree.faults import Fault
from promptctl.tree.json_nodes import JsonFault, json_data, parse_json
from promptctl.tree.schemas import fault_at, locate, validate
from promptctl.tree.text_file import read_text

if TYPE_CHECKING:
    from datetime import datetime

    from promptctl.core.entries import Blob, Entry
    from promptctl.tree.nodes import Node

_RULE: Final = "evidence-invalid"


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A file that should hold a statement: the statement, or what is wrong and where in its text."""

    text: str
    statement: Statement | None
    faults: tuple[Fault, ...] = ()
    node: Node | None = None

    def locate(self, *pointer: str | int) -> tuple[int, int]:
        """Character offsets of a value, or of what should hold it."""
        return locate(self.node, pointer)


def read_statement(entry: Entry, blob: Blob | None) -> StatementFile:
    """Never raises for any bytes: what is wrong is in `faults`."""
    text, faults = read_text(entry, blob)
    if text is None:
        return StatementFile("", None, tuple(Fault(_RULE, f.message, 0, 0, "", f.hint) for f in faults))
    try:
        node = parse_json(text)
    except JsonFault as error:
        return StatementFile(
            text, None, (Fault(_RULE, f"not JSON: {error.message}", error.start, error.start, "json"),)
        )
    data = json_data(node)
    found = [Fault(_RULE, f.message, f.start, f.end, f.subject, f.hint) for f in validate(node, data, "evidence")]
    if not found:
        found = [fault_at(node, pointer, "there is no such moment", rule=_RULE) for pointer in _bad_moments(data)]
    return StatementFile(text, None if found else _statement(data), tuple(found), node)


def _bad_moments(data: dict[str, Any]) -> list[tuple[str, ...]]:
    """The schema knows the form of a timestamp, and not how many days a month has."""
    pointers = (("predicate", "recordedAt"), ("predicate", "source", "createdAt"))
    return [pointer for pointer in pointers if (text := _at(data, pointer)) is not None and parse_moment(text) is None]


def _at(data: Any, pointer: tuple[str, ...]) -> Any:
    for key in pointer:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _statement(data: dict[str, Any]) -> Statement:
    """A document that the schema has let pass."""
    predicate = data["predicate"]
    subject, *others = (_subject(item) for item in data["subject"])
    tool, source = predicate.get("tool"), predicate.get("source")
    return Statement(
        subject=subject,
        baseline=others[0] if others else None,
        gate=predicate["gate"],
        passed=predicate["result"] == "pass",
        metrics=_metrics(predicate["metrics"]),
        recorded=_moment(predicate["recordedAt"]),
        environment=predicate.get("environment"),
        regimes=tuple(predicate.get("regimes", ())),
        columns={name: _metrics(column) for name, column in predicate.get("columns", {}).items()},
        providers=tuple(predicate.get("providers", ())),
        tests=predicate.get("tests"),
        thresholds=predicate.get("thresholds", {}),
        binding=predicate.get("binding", "asserted"),
        tool=Tool(tool["name"], tool.get("version")) if tool else None,
        source=_source(source) if source else None,
        suite=predicate.get("suite"),
        attempts=predicate.get("attempts", 1),
        recorded_by=predicate.get("recordedBy"),
        reviewed_by=predicate.get("reviewedBy"),
    )


def _subject(item: dict[str, Any]) -> Subject:
    return Subject(item["name"], **item.get("digest", {}))


def _source(item: dict[str, Any]) -> Source:
    created = item.get("createdAt")
    return Source(item["format"], item["sha256"], item.get("path"), _moment(created) if created else None)


def _metrics(items: dict[str, Any]) -> dict[str, Metric]:
    return {name: Metric(item["value"], item.get("baseline"), item.get("n")) for name, item in items.items()}


def _moment(text: str) -> datetime:
    moment = parse_moment(text)
    if moment is None:
        raise ValueError(f"no moment: {text}")
    return moment
