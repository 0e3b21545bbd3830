"""`promptctl audit`."""

from __future__ import annotations

import csv
import gc
import io
import json
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from promptctl.cli.completion import complete_environment, complete_name
from promptctl.cli.console import print_lines, print_machine, print_note
from promptctl.cli.options import HERE, Directory, resolve_directory
from promptctl.cli.progress import counting
from promptctl.core.errors import UsageError
from promptctl.core.events import Kind
from promptctl.core.styled import Line, Part, line
from promptctl.core.text import plural, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.core.events import Event, Shift
    from promptctl.operations.audit import Audit

_COLUMNS = (
    *("event", "ref", "path", "commit", "author", "email", "date", "lawful", "detail"),
    *("environment", "from", "to", "scopes"),
)
_SHOWN = 5  # scopes of one event that are named to people
_DAY = len("2026-11-22")
_SHORT = 10  # digits of a commit id that people read


class AuditFormat(Enum):
    """Formats of `audit`."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def audit(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", autocompletion=complete_name, help="Ask about this prompt only.")
    ] = None,
    *,
    env: Annotated[
        str | None,
        typer.Option("--env", metavar="ENV", autocompletion=complete_environment, help="List what moved there."),
    ] = None,
    tenant: Annotated[
        str | None, typer.Option(metavar="TENANT", help="With a name and --env: which versions this tenant got when.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="List nothing from before this day (UTC).", metavar="DATE")] = None,
    until: Annotated[str | None, typer.Option(help="List nothing from after this day (UTC).", metavar="DATE")] = None,
    branch: Annotated[
        str | None, typer.Option(help="Audit this branch instead of the protected one.", metavar="NAME")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List every event, not only violations.")] = False,
    output: Annotated[AuditFormat, typer.Option("--format", help="What to print.")] = AuditFormat.TEXT,
    directory: Directory = HERE,
) -> None:
    """Prove from the history of the protected branch that no released version ever changed, and tell who moved whom.

    Exits 0 when it is proved, 1 when a version was edited, replaced or removed without leave, even if it was restored
    later, and 3 when the history is not whole. Dates limit what is listed, never what is proved.

    Example: promptctl audit --since 2026-11-01 --format csv
    """
    from promptctl.operations.audit import AuditQuestion
    from promptctl.operations.audit import audit as run

    where, first, last = resolve_directory(ctx, directory), _day("--since", since), _day("--until", until)
    if first and last and first > last:
        raise UsageError(f"--since {first} is after --until {last}: no day lies between")
    gc.disable()  # an audit keeps most of what it makes, and makes no cycles
    with counting("commits") as progress:
        found = run(AuditQuestion(where, name, first, last, branch, env, tenant, progress))
    if output is AuditFormat.TEXT:
        print_lines(_text(found, everything=verbose or name is not None or env is not None))
    else:
        print_note(_verdict(found))
        print_machine(_json(found) if output is AuditFormat.JSON else _csv(found))
    raise typer.Exit(int(not found.clean))


def _day(option: str, text: str | None) -> str | None:
    try:
        return None if text is None else date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"{option} is no date: {text}", hint="write 2026-11-22") from error


def _row(event: Event) -> dict[str, Any]:
    oid, author, email, when, _ = event.commit
    who = (event.path, oid, author, email, when)
    row = (event.kind.value, event.ref, *who, event.lawful, event.detail)
    return dict(zip(_COLUMNS, row, strict=False)) | _moved_row(event.shift)


def _moved_row(shift: Shift | None) -> dict[str, Any]:
    moved = (shift.environment, shift.old, shift.new, list(shift.scopes)) if shift else ("", "", "", [])
    return dict(zip(_COLUMNS[9:], moved, strict=True))


_NOWHERE = json.dumps(_moved_row(None))[1:]  # most events move nobody


def _intervals(found: Audit) -> list[dict[str, Any]]:
    """Each with its end, which is where the next one starts; None for what still holds."""
    ends = (*(one.since for one in found.intervals[1:]), None)[: len(found.intervals)]
    return [
        {
            "ref": one.ref,
            "reason": one.reason,
            "since": one.since.date,
            "until": end.date if end else None,
            "commit": one.since.oid,
            "author": one.since.author,
            "email": one.since.email,
        }
        for one, end in zip(found.intervals, ends, strict=True)
    ]


def _json(found: Audit) -> str:
    """One event a line, as there may be very many."""
    head = {"version": 1, "branch": found.branch, "tip": found.tip, "clean": found.clean, "commits": found.commits}
    head |= {"intervals": _intervals(found)} if found.intervals else {}
    document = json.dumps(head | {"events": []}).removesuffix("]}")
    return document + "".join(_joined(found.events)) + "]}"


def _joined(events: Iterable[Event]) -> Iterator[str]:
    """Each event on a line of its own. Those of one commit share what they say of it, which is most of their text."""
    encode, commit, who, start = json.encoder.encode_basestring_ascii, None, "", "\n"
    for event in events:
        if event.commit is not commit:
            commit = event.commit
            who = json.dumps(dict(zip(_COLUMNS[3:7], commit[:4], strict=True)))[1:-1]
        shift = event.shift
        moved = json.dumps(_moved_row(shift))[1:] if shift else _NOWHERE
        yield (
            f'{start}{{"event": "{event.kind.value}", "ref": {encode(event.ref)}, "path": {encode(event.path)}, {who}, '
            f'"lawful": {"true" if event.lawful else "false"}, "detail": {encode(event.detail)}, {moved}'
        )
        start = ", \n"


def _csv(found: Audit) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for event in found.events:
        row = _row(event)
        row |= {"lawful": str(event.lawful).lower(), "scopes": " ".join(row["scopes"])}
        writer.writerow([visible(cell) for cell in row.values()])
    return out.getvalue().removesuffix("\n")


def _text(found: Audit, *, everything: bool) -> Iterator[Line]:
    """Violations first, with what was restored after them; then the verdict and what else happened."""
    broken = {event.path for event in found.events if not event.lawful}
    first = [e for e in found.events if not e.lawful or _mends(e, broken)]
    rest = [e for e in found.events if e.lawful and not _mends(e, broken)] if everything else []
    for event in (*first, *rest):
        yield from _event(event)
    for one in _intervals(found):
        until = (one["until"] or "now")[:10]
        who = f"  ({one['reason']})  {one['author']}  {one['commit'][:_SHORT]}"
        yield line(
            f"{one['since'][:10]} to {until.ljust(_DAY)}  ", Part(one["ref"] or "nothing", "strong"), Part(who, "dim")
        )
    if first or rest or found.intervals:
        yield line("")
    yield line(Part(_verdict(found), "plain" if found.clean else "error"))
    kinds = [event.kind for event in found.events]
    counts = [f"{count} {kind.value}" for kind in Kind if (count := kinds.count(kind))]
    if counts:
        yield line(Part(", ".join(counts), "dim"))


def _mends(event: Event, broken: set[str]) -> bool:
    return event.kind is Kind.RESTORED and event.path in broken


def _event(event: Event) -> Iterator[Line]:
    commit = event.commit
    what = Part(event.kind.value, "plain" if event.lawful else "error")
    yield line(what, " ", Part(event.ref, "strong"), f": {event.detail}" if event.detail else "")
    if event.shift:
        yield line(f"    {_moved(event.shift)}")
    yield line("    ", Part(event.path, "path"))
    yield line(Part(f"    {commit.date[:10]}  {commit.author} <{commit.email}>  {commit.oid[:_SHORT]}", "dim"))


def _moved(shift: Shift) -> str:
    """Who moved from what to what."""
    more = f" and {len(shift.scopes) - _SHOWN} more" if len(shift.scopes) > _SHOWN else ""
    scopes = ", ".join(shift.scopes[:_SHOWN]) + more
    return f"{shift.environment}: {shift.old or 'nothing'} -> {shift.new or 'nothing'}  {scopes or 'nobody moved'}"


def _verdict(found: Audit) -> str:
    """What was looked at and what came of it; printed on every run."""
    if found.tip is None:
        return "nothing to audit: there are no commits yet"
    where = f"{plural(found.commits, 'commit')} of {found.branch} ({found.tip[:_SHORT]})"
    if found.clean:
        return f"proved in {where}: no released version was ever edited, replaced or removed without leave"
    unseen = found.violations - sum(not event.lawful for event in found.events)
    return f"{plural(found.violations, 'violation')} in {where}" + (f", {unseen} not listed" if unseen else "")
