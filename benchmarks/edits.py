"""Measures how well the level that a body's change demands is told, on edits that their authors labelled.

`python -m benchmarks.edits`: no such edit is part of this repository, see `tests.support.edits`.
"""

from __future__ import annotations

import time

from tests.support.edits import LABELS, edits, folder, quality


def main() -> None:
    found = list(edits())
    if not found:
        print(f"no labelled edits in {folder()}: PROMPTCTL_REAL_PROMPTS names a folder that has some")
        return
    start = time.perf_counter()
    result = quality(found)
    spent = time.perf_counter() - start
    print("| level | edits | called so | precision | recall |\n| --- | ---: | ---: | ---: | ---: |")
    for level in LABELS:
        counts = f"{result.labelled(level)} | {result.called(level)}"
        print(f"| {level} | {counts} | {result.precision(level):.2f} | {result.recall(level):.2f} |")
    print(f"\n{len(found)} edits in {spent:.1f} s; called a patch, labelled major: {result.found['major', 'patch']}")


if __name__ == "__main__":
    main()
