"""Measures promptctl against what no program that does its work can do without, each in turn with the other.

`python -m benchmarks.run [ROW…]`: only ratios within one run mean anything, because both sides then meet the same
machine in the same mood.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.generate import (
    A_PROMPT,
    SELECTION,
    add_branch,
    folder,
    git,
    make_repository,
    make_tenants,
    name_of,
    stage_version,
    version_path,
)
from promptctl import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BRANCH = "change"
_NEW = 100  # versions on that branch
_BEGIN, _END = "<!-- measured -->\n", "<!-- end of what was measured -->\n"


class Command(NamedTuple):
    """A process; `stdin` is a file that it reads."""

    arguments: Sequence[str]
    stdin: Path | None = None


@dataclass(frozen=True)
class Job:
    """Processes that run one after the other in a repository. A failing one ends the run: it would measure nothing.

    What `first` does, to have the same state in every run, is not measured.
    """

    title: str
    path: Path
    commands: tuple[Command, ...]
    first: tuple[Command, ...] = ()

    def seconds(self) -> float:
        for command in self.first:
            self._run(command)
        start = time.perf_counter()
        for command in self.commands:
            self._run(command)
        return time.perf_counter() - start

    def _run(self, command: Command) -> None:
        with (command.stdin or Path(os.devnull)).open("rb") as stdin:
            subprocess.run(
                command.arguments,
                cwd=self.path,
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                check=True,
                stderr=subprocess.DEVNULL,
            )


class Result(NamedTuple):
    """What one row measured, in pairs of seconds."""

    job: Job
    reference: Job
    pairs: list[tuple[float, float]]

    @property
    def ratios(self) -> list[float]:
        return [job / reference for job, reference in self.pairs]

    @property
    def cells(self) -> tuple[str, ...]:
        low, middle, high = statistics.quantiles(self.ratios, n=4)
        return (self.job.title, self.reference.title, f"{middle:.2f}", f"{low:.2f} to {high:.2f}")

    @property
    def milliseconds(self) -> tuple[str, ...]:
        return tuple(f"{1000 * statistics.median(side):.0f} ms" for side in zip(*self.pairs, strict=True))


class Inputs:
    """Repositories by size, made when they are first asked for."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def repository(self, versions: int) -> Path:
        path = self._place / str(versions)
        if not path.exists():
            make_repository(path, versions)
            stage_version(path)
            add_branch(path, _BRANCH, _NEW)
        return path

    def tenants(self, number: int) -> Path:
        path = self._place / f"{number}-tenants"
        if not path.exists():
            make_tenants(path, number)
        return path

    def objects(self, path: Path, names: Sequence[str]) -> Path:
        """A file with the ids of objects, as `git cat-file --batch` reads them."""
        with tempfile.NamedTemporaryFile(dir=self._place, delete=False) as file:
            file.write(git(path, "rev-parse", *names))
        return Path(file.name)


_PYTHON = Command((sys.executable, "-c", "pass"))


def _promptctl(*arguments: str) -> Command:
    return Command((str(Path(sys.executable).with_name("promptctl")), *arguments))


def _cat_file(objects: Path) -> Command:
    return Command(("git", "cat-file", "--batch"), objects)


def _start_up(inputs: Inputs) -> tuple[Job, Job]:
    path = inputs.repository(1_000)
    return Job("`promptctl --version`", path, (_promptctl("--version"),)), Job("`python -c pass`", path, (_PYTHON,))


def _staged(inputs: Inputs, versions: int) -> Job:
    title = f"`check --staged`, one new version among {versions:,}"
    return Job(title, inputs.repository(versions), (_promptctl("check", "--staged"),))


def _hook(inputs: Inputs, versions: int) -> tuple[Job, Job]:
    job = _staged(inputs, versions)
    files = (version_path(0, A_PROMPT), version_path(0, A_PROMPT - 1), f"{folder(0)}/prompt.yaml", "promptctl.yaml")
    needed = inputs.objects(job.path, [f":{file}" for file in files])
    differences = Command(("git", "diff", "--cached", "--raw", "--no-renames"))
    title = f"start Python, `git diff --cached --raw`, `git cat-file --batch` of {len(files)} blobs"
    return job, Job(title, job.path, (_PYTHON, differences, _cat_file(needed)))


def _growth(inputs: Inputs) -> tuple[Job, Job]:
    return _staged(inputs, 10_000), _staged(inputs, 1_000)


def _incremental(inputs: Inputs) -> tuple[Job, Job]:
    path = inputs.repository(10_000)
    check = _promptctl("check", "--base", "main", "--head", _BRANCH)
    needed = [f"{_BRANCH}:promptctl.yaml"]
    for number in range(_NEW):
        files = (version_path(number, A_PROMPT), version_path(number, A_PROMPT - 1), f"{folder(number)}/prompt.yaml")
        needed += [f"{_BRANCH}:{file}" for file in files]
    differences = Command(("git", "diff-tree", "-r", "--raw", "--no-renames", "main", _BRANCH))
    title = f"start Python, `git diff-tree`, `git cat-file --batch` of {len(needed)} blobs"
    floor = Job(title, path, (_PYTHON, differences, _cat_file(inputs.objects(path, needed))))
    return Job(f"`check --base main`, {_NEW} new versions among 10,000", path, (check,)), floor


def _full(inputs: Inputs) -> tuple[Job, Job]:
    path = inputs.repository(1_000)
    versions = [f"main:{version_path(n // A_PROMPT, n % A_PROMPT)}" for n in range(1_000)]
    check = Job("`check --all` of 1,000 versions", path, (_promptctl("check", "--all", "--head", "main"),))
    return check, Job("`git cat-file --batch` of them", path, (_cat_file(inputs.objects(path, versions)),))


_READ = f"import yaml; yaml.load(open({SELECTION!r}, 'rb'), Loader=yaml.CSafeLoader)"


def _rollback(inputs: Inputs, tenants: int) -> tuple[Job, Job]:
    path = inputs.tenants(tenants)
    reset = Command(("git", "reset", "--quiet", "--hard", "pilot"))
    back = _promptctl("rollback", f"{name_of(0)}", "--env", "production", "-m", "Bad.", "--yes")
    job = Job(f"`rollback` among {tenants:,} tenants, from start to commit", path, (back,), (reset,))
    changed = Command(("git", "checkout", "--quiet", "back", "--", SELECTION))
    read = Command((sys.executable, "-c", _READ))
    commit = Command(("git", "commit", "--quiet", "--message", "Back"))
    title = "read the file once with PyYAML (C), `git commit` of the same change"
    return job, Job(title, path, (read, commit), (reset, changed))


def _one_tenant(inputs: Inputs, tenants: int) -> tuple[Job, Job]:
    path = inputs.tenants(tenants)
    check = _promptctl("check", "--base", "pilot", "--head", "back")
    read = Command((sys.executable, "-c", _READ))
    return Job(f"`check` of a rollback among {tenants:,} tenants", path, (check,)), Job(
        "read the file once with PyYAML (C)", path, (read,)
    )


ROWS: dict[str, Callable[[Inputs], tuple[Job, Job]]] = {
    "version": _start_up,
    "hook-1k": lambda inputs: _hook(inputs, 1_000),
    "hook-10k": lambda inputs: _hook(inputs, 10_000),
    "hook-100k": lambda inputs: _hook(inputs, 100_000),
    "hook-growth": _growth,
    "incremental": _incremental,
    "full-1k": _full,
    "rollback-10k": lambda inputs: _rollback(inputs, 10_000),
    "tenants-10k": lambda inputs: _one_tenant(inputs, 10_000),
}
_LARGE = {"hook-100k"}


def measure(job: Job, reference: Job, pairs: int) -> Result:
    """Both once to warm up, then in turn."""
    job.seconds(), reference.seconds()
    return Result(job, reference, [(job.seconds(), reference.seconds()) for _ in range(pairs)])


def table(results: Sequence[Result]) -> str:
    header = ("what", "measured against", "ratio", "middle half")
    rows = [header, ("---", "---", "---:", "---:"), *(result.cells for result in results)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def caption(pairs: int) -> str:
    words = git(Path(), "version").decode().split()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    day = datetime.now(UTC).date().isoformat()
    return f"Measured on {day}: promptctl {__version__}, {python}, git {words[2]}; {pairs} pairs a row.\n"


def write_page(page: Path, text: str) -> None:
    """Replace what stands between the two marks."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    assert begin
    assert end
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _forget_environment(home: Path) -> None:
    """No configuration of the developer's, and no trace of a hook or a CI that this runs in."""
    kept = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    os.environ.clear()
    os.environ.update(kept)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description="Measure the speed of promptctl.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--large", action="store_true", help="also the rows that take minutes to prepare")
    parser.add_argument("--pairs", type=int, default=15, help="how often each side runs (at least 11)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table between the marks of a page")
    options = parser.parse_args()
    unknown = set(options.rows) - set(ROWS)
    if unknown or options.pairs < 11:
        parser.error(f"no such row: {', '.join(sorted(unknown))}" if unknown else "fewer than 11 pairs say little")
    chosen = options.rows or [name for name in ROWS if options.large or name not in _LARGE]
    with tempfile.TemporaryDirectory(prefix="promptctl-bench-") as name:
        _forget_environment(Path(name))
        inputs = Inputs(Path(name))
        results = [_run(row, inputs, options.pairs) for row in chosen]
    text = f"{table(results)}\n{caption(options.pairs)}"
    print(f"\n{text}", end="")
    if options.write:
        write_page(options.write, text)


def _run(name: str, inputs: Inputs, pairs: int) -> Result:
    result = measure(*ROWS[name](inputs), pairs)
    job, reference = result.milliseconds
    print(f"{name:12} {result.cells[2]:>7}  ({result.cells[3]})  {job} / {reference}", flush=True)
    return result


if __name__ == "__main__":
    main()
