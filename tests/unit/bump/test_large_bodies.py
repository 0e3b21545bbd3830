"""Bodies of 200 kB end soon, whatever is in them; a patch is never said for want of time."""

from __future__ import annotations

import time

import pytest

from promptctl.bump.prose import is_surface_edit
from promptctl.bump.prose.structure import signs

_LIMIT = 60.0  # seconds: tells what grows with the square from what is slow here
_SIZE = 200_000


def filled(text: str) -> str:
    return (text * (_SIZE // len(text) + 1))[:_SIZE]


LARGE = {
    "lines of one letter": (filled("#\n"), filled("{\n")),
    "one line": (filled("a "), filled("b ")),
    "words in turn": (filled("alpha\nbravo\n"), filled("bravo\ncharlie\n")),
    "code in long lines": (filled("`a` " * 900 + "\n"), filled("`a` " * 899 + "`b`\n")),
    "fences that are none": (filled("```" + " " * 3_000 + "`\nx\n"), filled("```" + " " * 3_000 + "`\ny\n")),
    "open tags": (filled("<a <b {{c " * 300 + "\n"), filled("<a <b {{d " * 300 + "\n")),
    "keys of JSON": tuple("".join(f'output "{key}{n}": 1\n' for n in range(11_000)) for key in ("k", "q")),
    "headings": tuple("# OUTPUT\n" + "".join(f"## {key} {n}\n" for n in range(15_000)) for key in ("Head", "Tail")),
    "lines that changed places": (
        "\n".join(f"say x{n:x}" for n in range(20_000)),
        "\n".join(f"say x{n:x}" for n in reversed(range(20_000))),
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_bodies_end(name: str) -> None:
    old, new = LARGE[name]
    start = time.process_time()
    assert not is_surface_edit(old, new)
    list(signs(old, new, braces=True))
    assert time.process_time() - start < _LIMIT
