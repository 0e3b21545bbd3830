"""Compares the configurations that running processes report with the one that the repository has."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from promptctl.core.errors import UsageError
from promptctl.core.times import parse_moment
from promptctl.tree.environments import environment_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from promptctl.operations.compared import Compared

_COMMIT: Final = ("feature_flag.version", "config_commit")
_ENVIRONMENT: Final = ("feature_flag.set.id", "environment")
_PROCESS: Final = ("service.instance.id", "host.name", "process")
_HASH = re.compile(r"[0-9a-f]{7,64}")

CURRENT: Final = "current"
SAME: Final = "same"
DIFFERENT: Final = "different"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Served:
    """How many processes serve an environment from a commit.

    `state` is current (it is the repository's commit), same (its configuration is), different, or unknown (there is no
    such commit here).
    """

    environment: str
    commit: str
    processes: int
    state: str

    @property
    def drifts(self) -> bool:
        return self.state in {DIFFERENT, UNKNOWN}


@dataclass(frozen=True, slots=True)
class Reported:
    """The configurations that are served; `unreadable` is how many lines report none."""

    served: tuple[Served, ...]
    unreadable: int


def served(views: Compared, path: Path, environments: tuple[str, ...]) -> Reported:
    """What the newest report of each process says. Raises UsageError where there is no such file."""
    newest: dict[tuple[str, str], tuple[str, str]] = {}
    unreadable = 0
    for number, report in enumerate(_reports(path)):
        if report is None:
            unreadable += 1
            continue
        environment, commit, process, moment = report
        key = (environment, process or f"line {number}")
        if environment in environments and moment >= newest.get(key, ("", ""))[0]:
            newest[key] = (moment, commit)
    counts: dict[tuple[str, str], int] = {}
    for (environment, _), (_, commit) in newest.items():
        counts[environment, commit] = counts.get((environment, commit), 0) + 1
    found = (Served(*key, n, _state(views, *key)) for key, n in sorted(counts.items()))
    return Reported(tuple(found), unreadable)


def _reports(path: Path) -> Iterator[tuple[str, str, str, str] | None]:
    """Environment, commit, process and time of each line; None for one that is no report."""
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.strip():
                    yield _report(line)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", hint="--served FILE.jsonl") from error


def _report(line: str) -> tuple[str, str, str, str] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    environment, commit = _first(found, _ENVIRONMENT), _first(found, _COMMIT)
    if not environment or not _HASH.fullmatch(commit):
        return None
    moment = parse_moment(_first(found, ("timestamp",)))
    return environment, commit, _first(found, _PROCESS), moment.isoformat() if moment else ""


def _first(found: dict[str, Any], names: Iterable[str]) -> str:
    return next((value for name in names if isinstance(value := found.get(name), str)), "")


def _state(views: Compared, environment: str, commit: str) -> str:
    head = views.head.commit or views.repository.head
    there = views.repository.objects.commit(commit)
    if there is None:
        return UNKNOWN
    if there == head:
        return CURRENT
    layout = views.change.layout
    theirs, ours = views.repository.snapshot(there), views.repository.snapshot(head)
    same = list(environment_files(theirs, layout, environment)) == list(environment_files(ours, layout, environment))
    return SAME if same else DIFFERENT
