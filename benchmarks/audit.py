"""Measures `promptctl audit` against the `git log` that reads the same history.

`python -m benchmarks.audit [--commits N]`: each commit releases ten versions, each in another prompt, and changes the
ten manifests; older versions are deprecated as new ones come. At full size there are 10,000 commits, and
`--format json` lists 170,000 events.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.generate import A_PROMPT, folder, git, version_path, version_text
from benchmarks.run import Command, Job, _forget_environment, _promptctl, caption, measure, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_A_COMMIT = 10  # versions of one commit
_KEPT = 3  # versions of a prompt that are not deprecated
_FIRST = 1767225600  # the same objects in every run
_HOUR = 3600
_COMMIT = b"commit refs/heads/main\ncommitter Benchmark <benchmark@example.com> %d +0000\ndata 7\nRelease\n"
_POLICY = "protected: [main]\nenvironments: [production]\n"
_MANIFEST = "name: {name}\nowner: team@example.com\nrecommended: 1.{minor}.0\n{deprecated}"
_DEPRECATED = (
    "  1.{old}.0: {{replacement: 1.{new}.0, reason: Too long., announced: 2026-01-02, remove-after: 2026-04-01}}\n"
)


def make_history(path: Path, commits: int) -> None:
    """A repository whose main has this many commits; its work tree is empty."""
    path.mkdir(parents=True)
    git(path, "init", "--quiet", "--initial-branch=main")
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=path, stdin=subprocess.PIPE) as process:
        assert process.stdin
        for number in range(commits):
            when = _FIRST + number * _HOUR
            process.stdin.write(
                b"commit refs/heads/main\ncommitter Benchmark <benchmark@example.com> %d +0000\n" % when
            )
            process.stdin.write(b"data 7\nRelease\n")
            for name, text in _files(number, commits):
                data = text.encode()
                process.stdin.write(b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(data), data))
    assert process.returncode == 0
    git(path, "repack", "-adq")


def _files(number: int, commits: int) -> Iterator[tuple[str, str]]:
    """What a commit changes: the next version of ten prompts. All prompts have their turn before one has its next."""
    if number == 0:
        yield "promptctl.yaml", _POLICY
    round_length = max(1, commits // A_PROMPT)
    minor, turn = divmod(number, round_length)
    for prompt in range(turn * _A_COMMIT, (turn + 1) * _A_COMMIT):
        yield version_path(prompt, minor), version_text(prompt, minor)
        yield f"{folder(prompt)}/prompt.yaml", _manifest(prompt, minor)


def _manifest(prompt: int, minor: int) -> str:
    gone = "".join(_DEPRECATED.format(old=old, new=minor) for old in range(minor - _KEPT + 1))
    name = folder(prompt).rpartition("/")[2]
    return _MANIFEST.format(name=name, minor=minor, deprecated=f"deprecated:\n{gone}" if gone else "")


def _jobs(path: Path, commits: int, *options: str) -> tuple[Job, Job]:
    title = f"`{' '.join(('audit', *options))}`, {commits:,} commits, {commits * _A_COMMIT:,} versions"
    log = ("git", "log", "--raw", "-m", "--first-parent", "--no-renames", "main", "--", "prompt-templates")
    audit = _promptctl("audit", "--branch", "main", *options)
    return Job(title, path, (audit,)), Job("`git log --raw -m --first-parent`", path, (Command(log),))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit", description="Measure `promptctl audit`.")
    parser.add_argument("--commits", type=int, default=1_000, help="how long the history is (full size: 10000)")
    parser.add_argument("--pairs", type=int, default=11, help="how often each side runs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="promptctl-bench-") as name:
        _forget_environment(Path(name))
        path = Path(name) / "history"
        make_history(path, options.commits)
        jobs = (_jobs(path, options.commits), _jobs(path, options.commits, "--format", "json"))
        results = [measure(*pair, options.pairs) for pair in jobs]
    for result in results:
        print(" / ".join(result.milliseconds))
    print(f"{table(results)}\n{caption(options.pairs)}", end="")


if __name__ == "__main__":
    main()
