"""Usage events in a file, JSONL or Parquet, counted by one query of DuckDB."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from promptctl.core.errors import Undecided, UsageError
from promptctl.metrics.pairing import Row
from promptctl.metrics.sources.asking import OUTCOMES, Counted
from promptctl.metrics.tallies import DURATION, Count, Moments, Tally, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from promptctl.metrics.sources.asking import Ask

NAME: Final = "gen_ai.prompt.name"
VERSION: Final = "gen_ai.prompt.version"
_FIELDS: Final = {
    "timestamp": "TIMESTAMPTZ",
    **dict.fromkeys(("environment", NAME, VERSION, "outcome", "tenant", "stage"), "VARCHAR"),
    **dict.fromkeys(("duration_s", "cost_usd", "quality", "policy_violations"), "DOUBLE"),
}
_JSON: Final = (
    "read_json(?, format='newline_delimited', ignore_errors=true, columns={"
    + ", ".join(f"'{name}': '{kind}'" for name, kind in _FIELDS.items())
    + "})"
)
_LACKING: Final = (
    "(" + " OR ".join(f'"{name}" IS NULL' for name in ("timestamp", "environment", NAME, VERSION, "outcome")) + ")"
)
_SETTINGS: Final = {"autoinstall_known_extensions": "false"}
_ENDINGS: Final = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".parquet")


def is_file_of_events(text: str) -> bool:
    """Whether a source is a file by its ending."""
    return text.lower().endswith(_ENDINGS)


@dataclass(frozen=True, slots=True)
class EventFile:
    """One file. A record that lacks a time, an environment, a prompt, a version or an outcome is unreadable."""

    path: Path

    def count(self, ask: Ask) -> Counted:
        """Raises UsageError without DuckDB or the file, Undecided for a file that is none of its kind."""
        if not self.path.is_file():
            raise UsageError(f"there is no file {self.path}", hint="--source FILE.jsonl or FILE.parquet")
        duckdb = _duckdb()
        try:
            with duckdb.connect(config=_SETTINGS) as connection:
                connection.execute("SET TimeZone = 'UTC'")  # what a time without an offset is in
                found = connection.execute(*self._query(connection, ask)).fetchall()
        except duckdb.Error as error:
            first = str(error).strip().split("\n")[0]
            raise Undecided(
                f"{self.path} cannot be read: {first}", hint="one JSON object a line, or Parquet"
            ) from error
        sound = [record for record in found if not record[0] and record[5] in OUTCOMES]
        return Counted(tuple(_rows(sound)), sum(record[6] for record in found) - sum(record[6] for record in sound))

    def _query(self, connection: DuckDBPyConnection, ask: Ask) -> tuple[str, list[Any]]:
        where = re.sub(r"([*?\[])", r"[\1]", str(self.path))  # a name, not a pattern
        if not self.path.name.lower().endswith(".parquet"):
            return _query(_JSON, where, ask)
        known = {str(row[0]) for row in connection.execute("DESCRIBE FROM read_parquet(?)", [where]).fetchall()}
        return _query(_parquet(known), where, ask)


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as error:
        message = "events in files are counted by DuckDB, which is not installed"
        raise UsageError(message, hint="pip install 'git-promptctl[metrics]'") from error
    return duckdb


def _parquet(known: set[str]) -> str:
    """The table that a Parquet file holds; columns may be of other types, and some may be absent."""
    columns = ", ".join(
        f'{_cast(name, kind) if name in known else f"NULL::{kind}"} AS "{name}"' for name, kind in _FIELDS.items()
    )
    return f"(SELECT {columns} FROM read_parquet(?))"  # noqa: S608 - names that stand in this file


def _cast(name: str, kind: str) -> str:
    cast = f'TRY_CAST("{name}" AS {kind})'
    return f"CASE WHEN isfinite({cast}) THEN {cast} END" if kind == "DOUBLE" else cast


def _query(table: str, where: str, ask: Ask) -> tuple[str, list[Any]]:
    """The one query, and its parameters in order: records that lack something, and the calls asked for, in groups."""
    wanted, values = [f'"{NAME}" = ?', "timestamp <= ?"], [ask.name, ask.until.isoformat()]
    if ask.environment is not None:
        wanted, values = [*wanted, "environment = ?"], [*values, ask.environment]
    if ask.since is not None:
        wanted, values = [*wanted, "timestamp >= ?"], [*values, ask.since.isoformat()]
    step = " + ".join("(timestamp >= ?)::INT" for _ in ask.steps) or "1"
    query = f"""
        SELECT {_LACKING} AS lacking, "{VERSION}", tenant, {step} AS step, stage, outcome, count(*),
            count(policy_violations), count_if(policy_violations > 0), count_if(duration_s > ?),
            {_moments("duration_s")}, {_moments("cost_usd")}, {_moments("quality")}, epoch(max(timestamp))
        FROM {table} WHERE {_LACKING} OR ({" AND ".join(wanted)}) GROUP BY ALL
    """  # noqa: S608 - made of names that stand in this file; every value is a parameter
    return query, [*(moment.isoformat() for moment in ask.steps), ask.slow, where, *values]


def _moments(name: str) -> str:
    return f"count({name}), coalesce(sum({name}), 0), coalesce(sum({name} * {name}), 0)"


def _rows(records: Sequence[Sequence[Any]]) -> Iterator[Row]:
    """Records differ by outcome too; those that agree in the rest make one row."""
    groups: dict[tuple[str, str, int, str], list[tuple[Tally, float]]] = {}
    for _, version, tenant, step, stage, outcome, *numbers, last in records:
        key = (version, tenant or "", int(step), stage or "")
        groups.setdefault(key, []).append((_tally(outcome, numbers), last))
    for key, found in sorted(groups.items()):
        yield Row(*key, total(tally for tally, _ in found), max(last for _, last in found))


def _tally(outcome: str, numbers: Sequence[Any]) -> Tally:
    calls, checked, violations, slow, *sums = numbers
    duration, cost, quality = (Moments(*sums[at : at + 3]) for at in (0, 3, 6))
    rates = {
        "error_rate": Count(calls if outcome == "error" else 0, calls),
        "refusal_rate": Count(calls if outcome == "refusal" else 0, calls),
        "policy_violation_rate": Count(int(violations), checked),
        "slow_rate": Count(int(slow), duration.n),
    }
    return Tally(calls, rates, {DURATION: duration, "cost": cost, "quality": quality})
