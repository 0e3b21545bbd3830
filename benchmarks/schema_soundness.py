"""Tries the comparison of JSON Schemas against jsonschema: is any pair called compatible that an instance refutes?

`python -m benchmarks.schema_soundness [--suite FOLDER]`: the folder is a copy of the official JSON-Schema-Test-Suite,
such as `json` in the source distribution of jsonschema; without it no pairs are made of its schemas. Exits with 1 where
a pair is called compatible wrongly, or too few of the compatible pairs of ordinary object schemas are proved.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from promptctl.bump.json_schema import Verdict, compare
from tests.support.schemas import (
    Pair,
    Schemas,
    from_suite,
    hand_made,
    instances,
    is_schema,
    ordinary,
    random_pair,
    refutation,
    widened,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTANCES = 400  # tried on each pair that is not refuted by the comparison itself
_LEAST_PROVED = 0.85
_MUTATIONS = 2  # of each schema of the suite


def mutations(random: Random, schemas: list[object]) -> Iterator[Pair]:
    """Pairs of a schema and a mutation of it, in both directions."""
    make = Schemas(random)
    for schema in schemas:
        for _ in range(_MUTATIONS):
            changed = make.mutated(schema)
            if is_schema(changed):
                yield Pair("suite", schema, changed)
                yield Pair("suite", changed, schema)


def pairs(random: Random, count: int, suite: Path | None) -> Iterator[Pair]:
    for pair in hand_made():
        yield Pair("hand-made", pair.narrow, pair.wide)
        yield Pair("hand-made", pair.wide, pair.narrow)
    if suite is not None:
        yield from mutations(random, from_suite(suite))
    made = (random_pair(random) for _ in range(count))
    yield from (pair for pair in made if is_schema(pair.narrow) and is_schema(pair.wide))
    for _ in range(count // 4):
        schema = ordinary(random)
        yield Pair("ordinary, widened", schema, widened(random, schema))
        yield Pair("ordinary, narrowed", widened(random, schema), schema)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", type=Path)
    parser.add_argument("--pairs", type=int, default=1_000, help="how many are made at random")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # Python warns of patterns that it may read otherwise one day
    random = Random(options.seed)  # noqa: S311 - not for secrets
    verdicts: Counter[tuple[str, str]] = Counter()
    wrong, missed, slowest, total = [], 0, 0.0, 0
    for pair in pairs(random, options.pairs, options.suite):
        start = time.process_time()
        verdict = compare(pair.narrow, pair.wide).verdict
        slowest = max(slowest, time.process_time() - start)
        total += 1
        verdicts[pair.name, verdict.value] += 1
        if verdict is not Verdict.BREAKING:
            found = refutation(pair, instances(random, pair, _INSTANCES))
            wrong += [(pair, found)] if found and verdict is Verdict.COMPATIBLE else []
            missed += bool(found) and verdict is Verdict.UNKNOWN
    for pair, found in wrong:
        print(f"WRONG: {found[0]!r} is valid under {pair.narrow!r} and not under {pair.wide!r}")
    return report(verdicts, wrong=len(wrong), missed=missed, slowest=slowest, total=total)


def report(verdicts: Counter[tuple[str, str]], *, wrong: int, missed: int, slowest: float, total: int) -> int:
    print("| pairs | compatible | breaking | unknown |\n|---|---:|---:|---:|")
    for name in dict.fromkeys(name for name, _ in verdicts):
        row = [verdicts[name, verdict.value] for verdict in (Verdict.COMPATIBLE, Verdict.BREAKING, Verdict.UNKNOWN)]
        print(f"| {name} | {' | '.join(map(str, row))} |")
    truly = [verdicts["ordinary, widened", verdict.value] for verdict in Verdict]
    proved = truly[0] / sum(truly)
    print(f"{total} pairs, {wrong} called compatible that an instance refutes")
    print(f"{proved:.1%} of {sum(truly)} compatible pairs of ordinary object schemas proved")
    print(f"{missed} pairs left unknown that an instance refutes; slowest comparison {slowest:.2f} s of CPU")
    return int(wrong > 0 or proved < _LEAST_PROVED)


if __name__ == "__main__":
    sys.exit(main())
