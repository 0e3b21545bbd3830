"""Small selections and requests for property tests, over few enough names that they meet."""

from __future__ import annotations

from hypothesis import strategies as st

from promptctl.core.refs import Ref
from promptctl.core.selection import Flag, Pin, Request, Selection, Tenant

NAMES = ("greet", "judge")
SLOTS = ("sales.first", "sales.second")
TENANTS = ("acme", "no", "1.10", "null", "2026-01-01", "größe: x", 'it\'s "q" # y')
KEYS = ("formal", "no", "2026-01-01", "late: 'x'")

_names = st.sampled_from(NAMES)
_refs = st.builds(Ref, _names, st.sampled_from(("1.0.0", "1.1.0", "2.0.0")))
_tenants = st.builds(
    Tenant,
    st.frozensets(st.sampled_from(("hipaa", "gdpr"))),
    st.dictionaries(st.sampled_from((*NAMES, *SLOTS)), _refs, max_size=3),
)
_flags = st.builds(
    Flag,
    st.sampled_from(KEYS),
    _refs,
    st.booleans(),
    st.booleans(),
    st.none() | st.frozensets(st.sampled_from(TENANTS), min_size=1),
    st.none() | st.sampled_from((0, 10, 60, 100)),
)
_pins = st.builds(Pin, _names, st.none()) | _refs.map(lambda ref: Pin(ref.name, ref))
selections = st.builds(
    Selection,
    st.just("production"),
    st.dictionaries(_names, _refs),
    st.dictionaries(st.sampled_from(SLOTS), _pins),
    st.dictionaries(st.sampled_from(TENANTS), _tenants),
    st.lists(_flags, max_size=4, unique_by=lambda flag: flag.key).map(tuple),
    st.booleans(),
)
requests = st.builds(
    Request,
    st.sampled_from((*NAMES, *SLOTS)),
    st.none() | st.sampled_from((*TENANTS, "stranger")),
    st.frozensets(st.sampled_from(KEYS)),
    st.none() | st.text(max_size=4),
)
