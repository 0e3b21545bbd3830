"""What holds for every pair of schemas, tried with Hypothesis against jsonschema."""

from __future__ import annotations

import copy
import re
import warnings
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from promptctl.bump.json_schema import Verdict, compare, ecma
from promptctl.bump.json_schema.atoms import Atoms
from promptctl.bump.json_schema.budget import Budget, OutOfBudgetError
from promptctl.bump.json_schema.documents import Document, Interner
from promptctl.bump.json_schema.evaluate import Evaluator
from tests.support.schemas import (
    Schemas,
    has_end,
    instances,
    is_schema,
    is_valid,
    ordinary,
    random_pair,
    refutation,
    widened,
)

if TYPE_CHECKING:
    from random import Random

THOROUGH = settings(
    deadline=timedelta(seconds=60),
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
randoms = st.randoms(use_true_random=False)


@THOROUGH
@given(random=randoms)
def test_no_pair_is_called_compatible_that_an_instance_refutes(random: Random) -> None:
    pair = random_pair(random)
    assume(is_schema(pair.narrow) and is_schema(pair.wide))
    found = compare(pair.narrow, pair.wide)
    if found.verdict is Verdict.COMPATIBLE:
        assert not refutation(pair, instances(random, pair, 60))
    for difference in found.differences:
        if difference.witness is not None:
            assert is_valid(pair.narrow, difference.witness.instance)
            assert not is_valid(pair.wide, difference.witness.instance)


@THOROUGH
@given(random=randoms)
def test_the_new_side_changes_words_and_no_verdict(random: Random) -> None:
    pair = random_pair(random)
    assume(is_schema(pair.narrow) and is_schema(pair.wide))
    assert compare(pair.narrow, pair.wide).verdict is compare(pair.narrow, pair.wide, new="narrow").verdict


@THOROUGH
@given(random=randoms)
def test_a_schema_is_compatible_with_itself_whatever_is_said_about_it(random: Random) -> None:
    schema = Schemas(random, ("#/$defs/d", "#", "#/nowhere", "urn:other")).document(3)
    assume(is_schema(schema))
    assert compare(schema, copy.deepcopy(schema)).verdict is Verdict.COMPATIBLE
    if isinstance(schema, dict) and "$ref" not in str(schema):
        reordered = {"description": "said about it", **dict(reversed(schema.items()))}
        assert compare(schema, reordered).verdict is Verdict.COMPATIBLE


@THOROUGH
@given(random=randoms)
def test_edits_that_widen_an_ordinary_schema_are_proved_and_never_refuted(random: Random) -> None:
    schema = ordinary(random)
    assert compare(schema, widened(random, schema)).verdict is Verdict.COMPATIBLE


@THOROUGH
@given(random=randoms)
def test_pointers_lead_into_the_new_schema(random: Random) -> None:
    pair = random_pair(random)
    assume(is_schema(pair.narrow) and is_schema(pair.wide))
    for new, schema in (("wide", pair.wide), ("narrow", pair.narrow)):
        for difference in compare(pair.narrow, pair.wide, new=new).differences:  # type: ignore[arg-type]
            place: Any = schema
            for step in difference.pointer:
                place = place[step]


@THOROUGH
@given(random=randoms)
def test_an_instance_is_judged_as_jsonschema_does_or_not_at_all(random: Random) -> None:
    pair = random_pair(random)
    assume(is_schema(pair.narrow) and has_end(pair.narrow))
    document = Document(pair.narrow, Interner(), "")
    assume(document.fault is None and document.is_closed)
    for instance in instances(random, pair, 20):
        try:
            answer = Evaluator(Atoms(), Budget(5_000), lenient=True).holds(document.root, instance)
        except OutOfBudgetError:
            continue
        assert answer is None or answer is is_valid(pair.narrow, instance), (pair.narrow, instance)


PIECES = st.sampled_from(
    (
        *("a", "b", "0", ".", "^", "$", "[ab]", "[^a]", "[a-z0-9_-]", r"\d", r"\W", r"\s", r"\.", "x?", "a*", "b+"),
        *("a{2}", "b{1,3}", "(a|b)", "(?:ab)+", "(a|)", "(a+b?)*", "-", "a+?"),
    ),
)


@settings(deadline=timedelta(seconds=60), max_examples=500)
@given(st.lists(PIECES, max_size=6), st.text("ab0xz-_. A", max_size=8))
@example(["^", "(a|)", "$"], "a")
def test_patterns_match_what_python_matches(pieces: list[str], text: str) -> None:
    source = "".join(pieces)
    answer = ecma.matches(source, text)
    assert answer is None or answer is bool(re.search(source, text))
    if ecma.matches_all(source):
        assert re.search(source, text)


@settings(deadline=timedelta(seconds=60), max_examples=500)
@given(st.text("ab|()[]{}*+?\\^$.-,019dwsbBuxpP<=!:", max_size=10))
def test_patterns_that_are_understood_are_read_as_python_reads_them(source: str) -> None:
    assume(ecma.parse(source) is not None)
    with warnings.catch_warnings(action="error"):
        pattern = re.compile(source)
    for text in ("", "a", "b", "ab", "ba0", "a-b", "1", "d", "\\", "aab}"):
        assert ecma.matches(source, text) is bool(pattern.search(text))
