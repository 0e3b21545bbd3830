from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.allowances import allowance_at, read_allowance

RULE = "hardcoded-version"


@pytest.mark.parametrize(
    ("line", "reason", "alone"),
    [
        (f"# promptctl: allow {RULE} replays March", "replays March", True),
        (f"  //promptctl:allow {RULE}: replays March", ": replays March", True),
        (f"/* promptctl: allow {RULE} replays March */", "replays March", True),
        (f"/* promptctl: allow {RULE} replays March */ code()", "replays March", False),
        (f" * promptctl: allow {RULE} replays March", "replays March", True),
        (f"<!-- promptctl: allow {RULE} replays March -->", "replays March", True),
        (f"{{# promptctl: allow {RULE} replays March #}}", "replays March", True),
        (f"code()  # promptctl: allow {RULE} replays March", "replays March", False),
        (f"-- promptctl: allow {RULE} ---", "", True),
        (f"# promptctl: allow {RULE}", "", True),
        (f"; promptctl: allow {RULE} # für März", "# für März", True),
    ],
)
def test_comments(line: str, reason: str, *, alone: bool) -> None:
    found = read_allowance(line)
    assert found is not None
    assert (found.rule, found.reason, found.alone) == (RULE, reason, alone)


@pytest.mark.parametrize(
    "line",
    [
        f"promptctl: allow {RULE} replays March",
        f"# promptctl allow {RULE} replays March",
        "# promptctl: allow",
        "# promptctl: allow everything-",
        f"# promptctl: deny {RULE} replays March",
    ],
)
def test_what_is_no_allowance(line: str) -> None:
    found = read_allowance(line)
    assert found is None or found.rule != RULE


@given(st.text(), st.text())
def test_code_before_a_comment_keeps_it_to_its_own_line(before: str, reason: str) -> None:
    line = f"{before}x()  # promptctl: allow {RULE} {reason}".replace("\n", " ")
    assert allowance_at({1: line, 2: "y()"}, 2, RULE) is None


@given(st.text(max_size=20), st.integers(1, 3))
def test_another_rule_or_another_line_allows_nothing(reason: str, number: int) -> None:
    lines = {number: f"# promptctl: allow {RULE} why {reason}".replace("\n", " ")}
    assert allowance_at(lines, number + 1, "hardcoded-path") is None
    assert allowance_at(lines, number + 2, RULE) is None
    assert allowance_at(lines, number + 1, RULE) is not None
