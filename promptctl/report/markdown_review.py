"""What reviewers decide on: who moves, which gates were met by what, and how to take the change back."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from promptctl.core.text import plural
from promptctl.report.markup import NAME, code, codes, section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.core.report import Report
    from promptctl.core.review import Bound, Gated, GateLine, Moving, People, Scopes, Undo

_MOVES, _GATES, _UNDO = 9_000, 9_000, 4_000  # characters
_LINES = 20  # of one environment, or one gate, beyond which only a count is given
_BOUNDS = 8
_WORD = {"passed": "passed", "skipped": "skipped", "failed": "FAILED", "missing": "MISSING", "stale": "STALE"}


def who_moves(report: Report) -> Iterator[str]:
    """One item for each environment whose configuration changes, though it moves nobody."""
    moving = report.review.moving if report.review else ()
    items = [_environment(one, _MOVES // len(moving)) for one in moving]
    yield from section("Who moves", items, _MOVES + len(items))


def _environment(one: Moving, room: int) -> str:
    name = f"- **{code(one.environment, NAME)}**"
    if not one.readable:
        return f"{name}: who moves is **unknown**, because its configuration cannot be read; see what blocks"
    entries = (f"  - {_version(e.old)} → {_version(e.new)}: {', '.join(map(_scopes, e.scopes))}" for e in one.entries)
    groups = (
        f"  - {code(g.wanted, NAME)} for {_people(g.who)}: {_version(g.before)} becomes {_version(g.after)}"
        for g in one.groups
    )
    lines = [f"{name}: {_summary(one)}"]
    rest = len(one.entries) + len(one.groups)
    return "\n".join(_fitting(lines, chain(entries, groups), rest, room))


def _fitting(first: list[str], lines: Iterable[str], count: int, room: int) -> Iterator[str]:
    """The first lines, and of the others, which there are `count` of, as many as there is room for."""
    yield from first
    room -= sum(map(len, first))
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0 or number == _LINES:
            yield f"  - … and {count - number} more, cut here: `promptctl resolve` and `gate status` tell all"
            return
        yield line


def _summary(one: Moving) -> str:
    refused = f" Tenants that are not listed are **{one.unlisted}** from now on." if one.unlisted else ""
    if not one.people.count and not one.people.others:
        return f"nobody moves.{refused}"
    listed = one.people.count + one.stay
    moved = f"{one.people.count:,} of {listed:,} listed tenants move, {one.stay:,} do not" if listed else ""
    others = "everybody who is not listed moves" if one.people.others else "who is not listed does not move"
    regimes = f" Regimes of those who move: {_regimes(one.people)}." if listed else ""
    return f"{'; '.join(filter(None, (moved, others)))}.{regimes}{refused}"


def _regimes(people: People) -> str:
    return ", ".join(f"{code(name, NAME)} ({count:,})" for name, count in people.regimes[:_LINES]) or "none"


def _people(people: People) -> str:
    """How many, a few names, and what they demand."""
    parts = []
    if people.count:
        regimes = f"; {_regimes(people)}" if people.regimes else ""
        named = codes(people.names, people.count - len(people.names))
        parts.append(f"{people.count:,} {'tenant' if people.count == 1 else 'tenants'} ({named}{regimes})")
    return " and ".join([*parts, *(["everybody who is not listed"] if people.others else [])])


def _scopes(scopes: Scopes) -> str:
    named = codes(scopes.names, scopes.count - len(scopes.names))
    return f"{plural(scopes.count, scopes.kind)} ({named})"


def _version(text: str) -> str:
    return "nothing" if text == "nothing" else code(text)


def gates(report: Report) -> Iterator[str]:
    """For each version that an environment newly selects, how every gate stands and who says so."""
    found = (report.review.gated if report.review else None) or ()
    yield from section("Gates", map(_gated, found), _GATES)


def _gated(one: Gated) -> str:
    compared = f", compared with {code(one.baseline, NAME)}" if one.baseline else ", compared with nothing"
    title = f"- {code(one.ref, NAME)} in {code(one.environment, NAME)}"
    if not one.gates:
        return f"{title}: no gate asks for anything"
    back = "; it goes back to what was served before, so no gate may stop it" if one.returns else ""
    return "\n".join(_fitting([f"{title}{compared}{back}"], map(_gate, one.gates), len(one.gates), _GATES // 2))


def _gate(line: GateLine) -> str:
    regime = f" for {code(line.regime, NAME)}" if line.regime else ""
    name = f"  - {_WORD.get(line.result, line.result.upper())} {code(line.gate, NAME)}{regime}"
    told = [_bound(bound) for bound in line.bounds[:_BOUNDS]] or [code(line.message)]
    more = len(line.bounds) - _BOUNDS
    by = codes(line.by) or "nobody vouches for it"
    return f"{name}: {'; '.join([*told, *([f'{more} more'] if more > 0 else [])])}; {by}"


def _bound(bound: Bound) -> str:
    provider = f" by {code(bound.provider, NAME)}" if bound.provider else ""
    value = code(bound.value, NAME) if bound.value is not None else "unknown"
    verb = {True: "meets", False: "does **not** meet", None: "is not held against"}[bound.met]
    baseline = f" (baseline {code(bound.baseline, NAME)})" if bound.baseline is not None else ""
    return f"{code(bound.metric, NAME)}{provider} {value} {verb} {code(bound.threshold, NAME)}{baseline}"


def undo(report: Report) -> Iterator[str]:
    """Before the merge and after it; where `git revert` would not do, why."""
    found = report.review.undo if report.review else None
    if found is None:
        return
    lines = ["Before the merge: drop the commits.", *_after(found)]
    yield "\n".join(["### How to undo", "", *_within(lines, _UNDO)])


def _after(found: Undo) -> Iterator[str]:
    if found.commands:
        yield "After it, to move everybody back:\n"
        yield from (f"- {code(command, _UNDO)}" for command in found.commands)
    if found.loses:
        yield "\n`--at` takes back what else was changed in that environment since, too."
    if not found.released:
        yield "\nOr `git revert -m 1` the merge commit; `git revert` the commit where it was squashed."
        return
    names = codes(found.released[:_BOUNDS], len(found.released) - _BOUNDS)
    yield f"\n`git revert` **cannot** undo this change: it would remove {names}, which the merge releases."
    yield (
        "A released version stays; `promptctl new-version` with the old text takes a change of text back under a "
        "new number."
    )


def _within(lines: Iterable[str], room: int) -> Iterator[str]:
    for line in filter(None, lines):
        room -= len(line) + 1
        if room < 0:
            yield "… cut here: `promptctl rollback --help` tells how to move an environment back"
            return
        yield line
