"""Pairs of schemas with the verdict that they deserve; the files are read by the benchmark too."""

from __future__ import annotations

import pytest

from promptctl.bump.json_schema import Verdict, compare
from tests.support.schemas import Pair, hand_made, is_valid

PAIRS = hand_made()


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_verdict(pair: Pair) -> None:
    found = compare(pair.narrow, pair.wide)
    assert found.verdict is pair.verdict, found.differences
    messages = [difference.message for difference in found.differences]
    assert pair.message is None or messages[0] == pair.message
    assert pair.place is None or found.differences[0].property == pair.place


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_witness_is_valid_before_and_not_after(pair: Pair) -> None:
    for new in ("wide", "narrow"):
        found = compare(pair.narrow, pair.wide, new=new)
        assert bool(found.differences) is (found.verdict is not Verdict.COMPATIBLE)
        for difference in found.differences:
            assert (difference.witness is not None) is (found.verdict is Verdict.BREAKING)
            if difference.witness is not None:
                assert is_valid(pair.narrow, difference.witness.instance)
                assert not is_valid(pair.wide, difference.witness.instance)


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_schema_is_compatible_with_itself(pair: Pair) -> None:
    for schema in (pair.narrow, pair.wide):
        assert compare(schema, schema).verdict is Verdict.COMPATIBLE
