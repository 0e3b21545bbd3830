"""Reads the results of tools of one's own; `schemas/results.json` is the format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promptctl.core.text import Lines
from promptctl.core.times import parse_moment
from promptctl.evidence.measures import PASSED, Metric, Results, Tool
from promptctl.evidence.wanted import ProvesNothing, Unreadable, decoded
from promptctl.tree.json_nodes import JsonFault, json_data, parse_json
from promptctl.tree.schemas import validate

if TYPE_CHECKING:
    from promptctl.evidence.wanted import Wanted

_HINT = "schemas/results.json says what the file may hold"


def read_generic(data: bytes, wanted: Wanted) -> Results:
    """Raises Unreadable or ProvesNothing."""
    found = _document(data)
    tests, passed, before = found["tests"], found["passed"], found.get("baseline")
    if not tests:
        raise ProvesNothing("the file holds no tests", hint="`tests` says how many were judged")
    behaviour = found.get("behaviour")
    if behaviour is not None and behaviour != wanted.candidate.behaviour:
        message = f"the results are about the behaviour {behaviour[:12]}, and {wanted.candidate.ref} has another"
        raise ProvesNothing(message, hint=f"promptctl show {wanted.candidate.ref} prints its behaviour digest")
    metrics = {name: Metric(item["value"], item.get("baseline"), item.get("n")) for name, item in _metrics(found)}
    share = before["passed"] / before["tests"] if before else None
    created = found.get("created")
    return Results(
        tests=tests,
        metrics={PASSED: Metric(passed / tests, share, tests), **metrics},
        binding="digest" if behaviour else "asserted",
        tool=Tool(**found.get("tool", {"name": "generic"})),
        compared=before is not None or any(item.baseline is not None for item in metrics.values()),
        created=parse_moment(created) if created else None,
        suite=found.get("suite"),
        environment=found.get("environment"),
        regimes=tuple(found.get("regimes", ())),
    )


def _metrics(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return list(found.get("metrics", {}).items())


def _document(data: bytes) -> dict[str, Any]:
    """The file, in its form and with numbers that can be."""
    text = decoded(data)
    try:
        node = parse_json(text, lenient=True)
    except JsonFault as error:
        raise Unreadable(f"{_place(text, error.start)}: not JSON: {error.message}", hint=_HINT) from error
    found = json_data(node)
    for fault in validate(node, found, "results"):
        raise Unreadable(f"{_place(text, fault.start)}: {fault.message}", hint=fault.hint or _HINT)
    document: dict[str, Any] = found
    for side in (document, document.get("baseline", {"tests": 0, "passed": 0})):
        if side["passed"] > side["tests"]:
            raise Unreadable("more tests passed than there were", hint=_HINT)
    if PASSED in document.get("metrics", {}):
        raise Unreadable(f"`metrics` holds {PASSED}, which is worked out from `tests` and `passed`", hint=_HINT)
    if "created" in document and parse_moment(document["created"]) is None:
        raise Unreadable(f"there is no such moment: {document['created']}", hint=_HINT)
    return document


def _place(text: str, offset: int) -> str:
    place = Lines(text).position(offset)
    return f"line {place.line}, column {place.column}"
