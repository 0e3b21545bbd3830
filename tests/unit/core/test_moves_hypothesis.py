"""Whoever gets another version because flags changed places, or unlisted tenants their lot, is told as a move."""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.moves import moves
from promptctl.core.refs import Ref
from promptctl.core.selection import Flag, Request, Selection, Tenant, UnknownPrompt, UnlistedTenant, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "ask"
VERSIONS = st.sampled_from([Ref(NAME, f"1.{minor}.0") for minor in range(3)])
TENANTS = ("acme", "globex", "unlisted")
FLAGS = st.builds(
    Flag,
    key=st.sampled_from("abc"),
    use=VERSIONS,
    enabled=st.booleans(),
    by_application=st.booleans(),
    tenants=st.none() | st.frozensets(st.sampled_from(TENANTS), min_size=1),
)
LISTED = st.fixed_dictionaries(
    {name: st.builds(Tenant, overrides=st.dictionaries(st.just(NAME), VERSIONS)) for name in TENANTS[:2]}
)
SELECTIONS = st.builds(
    Selection,
    environment=st.just("production"),
    defaults=st.dictionaries(st.just(NAME), VERSIONS),
    tenants=LISTED,
    flags=st.lists(FLAGS, max_size=3, unique_by=lambda flag: flag.key).map(tuple),
    refuses_unlisted=st.booleans(),
)


def answers(selection: Selection) -> Iterator[Ref | None]:
    """What every request gets."""
    keys = [flag.key for flag in selection.flags]
    passed = chain.from_iterable(combinations(sorted(keys), size) for size in range(len(keys) + 1))
    for flags in passed:
        for tenant in (None, *TENANTS):
            try:
                yield resolve(selection, Request(NAME, tenant, frozenset(flags))).ref
            except (UnknownPrompt, UnlistedTenant):
                yield None


@given(SELECTIONS, st.randoms(use_true_random=False))
def test_flags_that_change_places(before: Selection, random: object) -> None:
    flags = list(before.flags)
    random.shuffle(flags)  # type: ignore[attr-defined]
    after = Selection("production", before.defaults, {}, before.tenants, tuple(flags), before.refuses_unlisted)
    found = list(moves(before, after))
    assert bool(found) is (list(answers(before)) != list(answers(after)))
    assert all(move.old != move.new for move in found)


@given(SELECTIONS)
def test_unlisted_tenants_that_are_refused_from_now_on(before: Selection) -> None:
    refused = not before.refuses_unlisted
    after = Selection("production", before.defaults, {}, before.tenants, before.flags, refused)
    found = [move.scope for move in moves(before, after)]
    served = any(flag.enabled and not flag.by_application and flag.tenants is None for flag in before.flags)
    assert (("unlisted-tenants",) in found) is (served or bool(before.defaults))


def test_resolving_everybody_takes_steps_in_proportion() -> None:
    """Counted by the places that are looked at: what one tenant costs does not grow with the number of tenants."""

    def steps(number: int) -> int:
        tenants = {f"t{n}": Tenant(overrides={NAME: Ref(NAME, "1.1.0")} if n % 2 else {}) for n in range(number)}
        flags = tuple(Flag(f"f{n}", Ref(NAME, "1.2.0"), tenants=frozenset({f"t{n}"})) for n in range(5))
        selection = Selection("production", {NAME: Ref(NAME, "1.0.0")}, {}, tenants, flags)
        return sum(len(resolve(selection, Request(NAME, tenant)).steps) for tenant in tenants)

    assert steps(10_000) <= 11 * steps(1_000)
