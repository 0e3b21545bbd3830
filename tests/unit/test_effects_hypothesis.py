"""Who moves, worked out for groups of tenants, is what each tenant's own question answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings

from promptctl.core.reach import reachable
from promptctl.plan.effects import EVERYBODY_ELSE, effects
from tests.support.selections import TENANTS, selections

if TYPE_CHECKING:
    from promptctl.core.selection import Selection


@settings(deadline=None)
@given(selections, selections)
def test_every_tenant_is_told_what_it_gets(old: Selection, new: Selection) -> None:
    for effect in effects(old, new):
        for who in effect.who:
            tenant = None if who == EVERYBODY_ELSE else who
            assert tenant is None or tenant in TENANTS
            for selection, words in ((old, effect.before), (new, effect.after)):
                refs = [str(found.ref) for found in reachable(selection, effect.wanted, tenant)]
                told = [] if words == "nothing" else [part.partition(" ")[0] for part in words.split(", else ")]
                assert told == refs
