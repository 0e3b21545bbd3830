"""Text from a repository inside Markdown, where it can neither format, link nor mention anybody.

It stands in code alone (code spans, `<code>`, `<pre>`): hosts look for names and addresses in what they have rendered,
so that no escaping helps elsewhere.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from promptctl.core.text import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TEXT = 500  # characters of one message or hint
NAME = 100  # of one name or summary


def code(text: str, limit: int = _TEXT) -> str:
    """Text as a code span: between more backticks than it has in a row."""
    text = _short(text, limit) or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def codes(names: Iterable[str], more: int = 0) -> str:
    """Names as code, and how many there are beyond them."""
    shown = ", ".join(code(name, NAME) for name in names)
    return f"{shown} and {more} more" if more > 0 else shown


def html_code(text: str) -> str:
    """Text as code inside an HTML block."""
    return f"<code>{html.escape(_short(text, NAME), quote=False)}</code>"


def section(title: str, items: Iterable[str], room: int) -> Iterator[str]:
    """A list under a heading, as far as there is room for it; nothing without items."""
    lines = [f"### {title}", ""]
    left = 0
    for item in items:
        room -= len(item) + 1
        if room < 0:
            left += 1
        else:
            lines.append(item)
    if left:
        lines.append(f"- … and {left} more, cut here: `promptctl check` lists them all")
    if len(lines) > 2:  # noqa: PLR2004 - the heading and a blank line
        yield "\n".join(lines)


def _short(text: str, limit: int) -> str:
    """Text on one line; what is far beyond the limit is not even looked at."""
    return shortened(visible(text[: limit + 1]), limit)
