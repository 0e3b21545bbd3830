"""Measures `promptctl observe` over a file of usage events against DuckDB's own bare aggregate of the same file.

`python -m benchmarks.observe [--events N]`: five million at full size, about 1.6 GB in a temporary folder.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.generate import folder, git, version_path, version_text
from benchmarks.run import Command, Job, _forget_environment, _promptctl, caption, measure, table

_START = datetime(2026, 11, 20, tzinfo=UTC)
_NOW = (_START + timedelta(days=9)).isoformat()
_BARE = """
import duckdb, sys
duckdb.sql('''
    SELECT "gen_ai.prompt.version", count(*), avg((outcome = 'error')::INT), avg((outcome = 'refusal')::INT),
        avg((policy_violations > 0)::INT), quantile_cont(duration_s, 0.95), avg(cost_usd), stddev(cost_usd),
        avg(quality), stddev(quality)
    FROM read_json_auto(''' + repr(sys.argv[1]) + ''') GROUP BY 1
''').fetchall()
"""


def write_events(path: Path, events: int, name: str) -> None:
    """Two versions, forty tenants, nine days."""
    generator = random.Random(1)  # noqa: S311 - data
    with path.open("w") as file:
        for number in range(events):
            moment = _START + timedelta(days=9) * (number / events)
            chance, version = generator.random(), generator.choice(("1.0.0", "1.1.0"))
            outcome = "error" if chance < 0.01 else "refusal" if chance < 0.02 else "ok"
            file.write(
                f'{{"timestamp": "{moment:%Y-%m-%dT%H:%M:%S.%f}Z", "environment": "production", '
                f'"tenant": "t{generator.randrange(40)}", "conversation": "c{number // 4}", '
                f'"gen_ai.prompt.name": "{name}", "gen_ai.prompt.version": "{version}", "outcome": "{outcome}", '
                f'"duration_s": {generator.expovariate(1):.3f}, "cost_usd": {chance / 100:.5f}, '
                f'"input_tokens": {number % 900}, "output_tokens": {number % 300}, '
                f'"quality": {generator.random():.2f}, "policy_violations": {int(chance > 0.999)}}}\n'
            )


def make_shop(path: Path) -> str:
    """A repository that selects one of two versions of a prompt; the prompt's name."""
    name = folder(0).rpartition("/")[2]
    files: dict[str, bytes | str] = {version_path(0, minor): version_text(0, minor) for minor in (0, 1)}
    files[f"{folder(0)}/prompt.yaml"] = f"name: {name}\nowner: team@example.com\nrecommended: 1.0.0\n"
    files["promptctl.yaml"] = "protected: [main]\nenvironments: [production]\nrollout: {}\n"
    files["prompt-config/production.yaml"] = f"defaults:\n  {name}: {{use: {name}@1.0.0, because: Works.}}\n"
    for where, text in files.items():
        (path / where).parent.mkdir(parents=True, exist_ok=True)
        (path / where).write_bytes(text if isinstance(text, bytes) else text.encode())
    git(path, "init", "--quiet", "--initial-branch=main")
    git(path, "add", "--all")
    git(path, "-c", "user.name=B", "-c", "user.email=b@example.com", "commit", "--quiet", "--message=Begin")
    return name


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.observe", description="Measure `promptctl observe`.")
    parser.add_argument("--events", type=int, default=5_000_000, help="how many events the file holds")
    parser.add_argument("--pairs", type=int, default=5, help="how often each side runs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="promptctl-bench-") as folder_name:
        _forget_environment(Path(folder_name))
        path = Path(folder_name) / "shop"
        path.mkdir()
        name, events = make_shop(path), str(Path(folder_name) / "events.jsonl")
        write_events(Path(events), options.events, name)
        look = _promptctl("observe", name, "--version", "1.1.0", "--source", events, "--now", _NOW)
        bare = Command((sys.executable, "-c", _BARE, events))
        job = Job(f"`observe` over {options.events:,} events", path, (look,))
        result = measure(job, Job("DuckDB's bare aggregate of the same file", path, (bare,)), options.pairs)
    ours, theirs = result.milliseconds
    print(f"{table([result])}\n{ours} / {theirs}; {caption(options.pairs)}", end="")


if __name__ == "__main__":
    main()
