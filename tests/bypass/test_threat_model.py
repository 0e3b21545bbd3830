"""The table of the threat model is the catalogue, so that it cannot say what no test has tried."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.bypass.catalogue import FAMILIES
from tests.bypass.scene import GIT, REFUSED, UNCHANGED, UNDECIDED, Bypass, Family

PAGE = Path(__file__).parents[2] / "docs/threat-model.md"
BEGIN, END = "<!-- The catalogue: tests/bypass. -->\n", "<!-- End of the catalogue. -->\n"
WORDS = {UNDECIDED: "exit 3", UNCHANGED: "nothing to refuse", REFUSED: "refused", GIT: "git refuses it"}


def answer(outcome: str) -> str:
    return WORDS.get(outcome) or f"[{outcome}](rules/{outcome}.md)"


def row(bypass: Bypass) -> str:
    what = bypass.what + (f". {bypass.note.removesuffix('.')}" if bypass.note else "")
    return f"| {what} | {answer(bypass.check)} | {answer(bypass.server)} |\n"


def section(family: Family) -> str:
    head = f"### {family.title}\n\n| what is tried | `check` in CI | the server |\n| --- | --- | --- |\n"
    return head + "".join(map(row, family.bypasses)) + "\n"


def test_the_table_is_the_catalogue() -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    table, found, after = rest.partition(END)
    wanted = "\n" + "".join(map(section, FAMILIES))
    if os.environ.get("UPDATE_THREATS"):
        PAGE.write_text(before + BEGIN + wanted + END + after, encoding="utf-8")
        table = wanted
    assert found
    assert table == wanted, "UPDATE_THREATS=1 .venv/bin/python -m pytest tests/bypass/test_threat_model.py"


def test_every_page_that_is_named_is_there() -> None:
    links = set(re.findall(r"\]\((?!https?:)([^)#]+)", PAGE.read_text(encoding="utf-8")))
    assert [link for link in sorted(links) if not (PAGE.parent / link).exists()] == []
