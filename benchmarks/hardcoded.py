"""Measures the search for versions in code against the one `git grep -F` for names that it cannot do without.

`python -m benchmarks.hardcoded`: as in `benchmarks.run`, only ratios within one run mean anything. The input is a
repository of 5,000 files, most of them code that speaks of no prompt, some that names one, a few that pin a version.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.generate import A_PROMPT, _commit, _name, _released, git
from benchmarks.run import Command, Job, Result, _forget_environment, _promptctl, caption, measure, table
from promptctl.operations.compared import Question, compared
from promptctl.repo.heads import HeadKind
from promptctl.rules.pins import pins_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILES = 5_000
_LINES = 200  # of a code file, 8 KB
_DAY = "2026-01-01"
_TOUCHED = "app/0001.py"
_KINDS = {"work tree": HeadKind.WORK_TREE, "index": HeadKind.INDEX, "commit": HeadKind.COMMIT}
_WHERE = {"work tree": (), "index": ("--cached",), "commit": ("main",)}


@dataclass(frozen=True)
class Search:
    """What the rules do between the open views and the findings, without starting Python or opening the views."""

    title: str
    path: Path
    question: Question

    def seconds(self) -> float:
        with compared(self.question) as views:
            start = time.perf_counter()
            found = pins_of(views.context).found
            spent = time.perf_counter() - start
        assert found
        return spent


def make_code(path: Path, prompts: int) -> Path:
    """A repository on main, checked out, of 5,000 files."""
    path.mkdir(parents=True)
    git(path, "init", "--quiet", "--initial-branch=main")
    managed = list(_released(prompts))
    code = ((f"app/{number:04}.py", code_text(number, prompts)) for number in range(_FILES - len(managed)))
    _commit(path, "main", [*managed, *code])
    git(path, "reset", "--quiet", "--hard")
    time.sleep(1.1)  # git reads files again that are no older than its index, until it has written it anew
    git(path, "update-index", "--really-refresh")
    return path


def code_text(number: int, prompts: int) -> str:
    """One file in ten names a prompt, one in a hundred pins a version of it."""
    lines = [f"    value_{line} = compute('{_word(number, line)}', {line}, '/{line}.5')" for line in range(_LINES)]
    if number % 10 == 1:
        version = f"@1.{number % A_PROMPT}.0" if number % 100 == 1 else ""
        lines[number % _LINES] = f'    prompt = prompts.get("{_name(number % prompts)}{version}")'
    return "\n".join(["def run(prompts, compute):", *lines, ""])


def _word(number: int, line: int) -> str:
    return hashlib.shake_128(f"{number}.{line}".encode()).hexdigest(4)


def _grep(path: Path, prompts: int, head: str) -> Job:
    """The search that any program needs; the names come from a file."""
    names = path.parent / f"names-{prompts}"
    names.write_text("".join(f"{_name(number)}\n" for number in range(prompts)))
    where = _WHERE[head]
    command = Command(("git", "grep", "-F", "-I", "-z", "-n", "--column", "-f", "-", *where, "--", "app"), names)
    return Job(f"`git grep -F` of {prompts} names, {head}", path, (command,))


def _search(path: Path, prompts: int, head: str) -> tuple[Search, Job]:
    commit = "main" if head == "commit" else None
    question = Question(path, _DAY, kind=_KINDS[head], commit=commit, base="main", everything=True)
    return Search(f"the search alone, {head}, {prompts} prompts", path, question), _grep(path, prompts, head)


def _command(path: Path, prompts: int, head: str, *arguments: str) -> tuple[Job, Job]:
    check = Command(("sh", "-c", '"$@" || test $? = 1', "sh", *_promptctl("check", *arguments).arguments))
    return Job(f"`check {' '.join(arguments)}`, {prompts} prompts", path, (check,)), _grep(path, prompts, head)


def _hook(path: Path, prompts: int) -> tuple[Job, Job]:
    """One code file staged, with a version that it did not pin before."""
    file = path / _TOUCHED
    file.write_text(file.read_text() + f'PIN = "{_name(0)}@1.0.0"\n')
    git(path, "add", _TOUCHED)
    job, reference = _command(path, prompts, "index", "--staged")
    return Job(f"{job.title}, one code file staged", path, job.commands), reference


def rows(place: Path) -> Iterator[tuple[str, tuple[Job | Search, Job]]]:
    for prompts in (15, 150):
        path = make_code(place / str(prompts), prompts)
        for head in _KINDS:
            yield f"{head} {prompts}", _search(path, prompts, head)
        yield f"all {prompts}", _command(path, prompts, "work tree", "--all")
        yield f"hook {prompts}", _hook(path, prompts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hardcoded", description=__doc__)
    parser.add_argument("--pairs", type=int, default=15, help="how often each side runs (at least 11)")
    options = parser.parse_args()
    if options.pairs < 11:
        parser.error("fewer than 11 pairs say little")
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="promptctl-bench-") as name:
        _forget_environment(Path(name))
        for row, (job, reference) in rows(Path(name)):
            result = measure(job, reference, options.pairs)
            one, other = result.milliseconds
            print(f"{row:14} {result.cells[2]:>7}  ({result.cells[3]})  {one} / {other}", flush=True)
            results.append(result)
    print(f"\n{table(results)}\n{caption(options.pairs)}", end="")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        raise SystemExit(str(error)) from error
