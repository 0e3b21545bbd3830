"""Reads JUnit XML, which names tests and how they ended, and no prompt, unless the suite has properties that do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.canonical import canonical_json, sha256_of
from promptctl.core.text import plural
from promptctl.core.times import parse_moment
from promptctl.evidence.measures import PASSED, Metric, Results, Tool
from promptctl.evidence.wanted import ProvesNothing, Unreadable
from promptctl.evidence.xml_tree import parse_xml

if TYPE_CHECKING:
    from datetime import datetime

    from promptctl.evidence.wanted import Wanted
    from promptctl.evidence.xml_tree import Element

_BEHAVIOUR = "promptctl.behaviour"
_REF = "promptctl.ref"


def read_junit(data: bytes, wanted: Wanted) -> Results:
    """Raises Unreadable or ProvesNothing."""
    root = parse_xml(data)
    if root.tag not in {"testsuites", "testsuite"}:
        raise Unreadable(f"not JUnit XML: the file holds <{root.tag}>", hint="such a file holds <testsuites>")
    every = [element for element in root.walk() if element.tag == "testcase"]
    cases = [case for case in every if not case.has("skipped")]
    errors = sum(case.has("error") for case in cases)
    failed = sum(case.has("failure", "error") for case in cases)
    _refuse_empty(every, cases, errors)
    _refuse_lost(root, failed)
    count = len(cases)
    return Results(
        tests=count - errors,
        metrics={PASSED: Metric((count - failed) / count, n=count), "error_rate": Metric(errors / count, n=count)},
        binding=_binding(root, wanted),
        tool=Tool("junit"),
        created=_created(root),
        suite=sha256_of(canonical_json(sorted(map(_name, every)))),
    )


def _name(case: Element) -> list[str]:
    return [case.attributes.get(key, "").encode("utf-8", "replace").decode() for key in ("classname", "name")]


def _refuse_empty(every: list[Element], cases: list[Element], errors: int) -> None:
    if not every:
        raise ProvesNothing("the file holds no tests")
    if not cases:
        raise ProvesNothing(f"nothing was tested: {_all(len(every), 'was', 'were')} skipped")
    if errors == len(cases):
        raise ProvesNothing(f"nothing was tested: {_all(errors)} ended in an error")


def _all(count: int, one: str = "", many: str = "") -> str:
    return f"the only test {one}".rstrip() if count == 1 else f"all {count} tests {many}".rstrip()


def _refuse_lost(root: Element, failed: int) -> None:
    """A total of failures without any is what is left of a file when somebody takes them out."""
    for element in root.walk():
        if element.tag in {"testsuites", "testsuite"}:
            stated = sum(_count(element, key) for key in ("failures", "errors"))
            if stated and not failed:
                message = f"the file says that {plural(stated, 'test')} failed, and shows none that did"
                raise ProvesNothing(message, hint="record the file as the tool wrote it")


def _count(element: Element, key: str) -> int:
    text = element.attributes.get(key, "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000000") else 0


def _binding(root: Element, wanted: Wanted) -> str:
    """What properties say of the version that was tested; each has to agree."""
    candidate = wanted.candidate
    said = {_BEHAVIOUR: candidate.behaviour, _REF: str(candidate.ref)}
    found = set()
    for element in root.walk():
        name, value = element.attributes.get("name", ""), element.attributes.get("value")
        if element.tag == "property" and name in said:
            if value != said[name]:
                message = f"the results are about another version than {candidate.ref}: {name} is {value}"
                raise ProvesNothing(message, hint="run the tests with this version")
            found.add(name)
    return "digest" if _BEHAVIOUR in found else "asserted"


def _created(root: Element) -> datetime | None:
    """The oldest moment of a suite. One without an offset is in nobody knows which time zone."""
    texts = (element.attributes.get("timestamp", "") for element in root.walk() if element.tag == "testsuite")
    moments = (parse_moment(text) for text in texts if text.endswith("Z") or "+" in text[10:] or "-" in text[10:])
    return min((moment for moment in moments if moment is not None), default=None)
