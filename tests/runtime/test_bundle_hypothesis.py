"""Whatever a file holds, reading it gives a bundle or says in one line why not."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from promptctl.core.refs import Ref
from promptctl.core.rollouts import Rollout
from promptctl.core.selection import Flag, Pin, Selection, Tenant
from promptctl.runtime.bundle import BundleError, read_bundle
from tests.support.bundles import document_of

if TYPE_CHECKING:
    from collections.abc import Iterator

OLD, NEW = Ref("greet", "1.0.0"), Ref("greet", "2.0.0")
DOCUMENT = document_of(
    Selection(
        "production",
        {"greet": OLD},
        {"sales.first": Pin("greet", NEW), "sales.second": Pin("greet")},
        {"acme": Tenant(frozenset({"hipaa"}), {"greet": NEW})},
        (Flag("late", NEW, by_application=True, tenants=frozenset({"acme"}), percentage=5, expires="2026-11-22"),),
    ),
    rollouts=(Rollout(NEW, OLD, "flag", "running", "2026-11-22"),),
    regimes=["hipaa"],
    config={"temperature": 0.5},
)


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield from places(value, (*path, key))


PLACES = [path for path in places(DOCUMENT) if path]
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=5)
    | st.just("a\ud800\n"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def judge(data: bytes) -> None:
    message = ""
    try:
        read_bundle(data)
    except BundleError as error:
        message = str(error)
    assert "\n" not in message


@settings(max_examples=300)
@given(st.sampled_from(PLACES), st.none() | JUNK.map(lambda value: (value,)))
def test_a_bundle_with_anything_in_any_place_is_read_or_refused(path: tuple[Any, ...], put: tuple[Any] | None) -> None:
    document = copy.deepcopy(DOCUMENT)
    holder: Any = document
    for key in path[:-1]:
        holder = holder[key]
    if put is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = put[0]
    judge(json.dumps(document).encode())


@given(st.binary(max_size=40), st.integers(0, 400), st.booleans())
def test_bytes_of_any_kind_are_read_or_refused(data: bytes, place: int, packed: bool) -> None:  # noqa: FBT001 - given
    judge(b"\x1f\x8b" + data if packed else data)
    whole = json.dumps(DOCUMENT).encode()
    judge(whole[:place] + data + whole[place + len(data) :])
