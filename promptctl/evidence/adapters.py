"""The forms of result files, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from promptctl.evidence.generic import read_generic
from promptctl.evidence.junit import read_junit
from promptctl.evidence.promptfoo import read_promptfoo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from promptctl.evidence.measures import Results
    from promptctl.evidence.wanted import Wanted

READERS: Final[Mapping[str, Callable[[bytes, Wanted], Results]]] = {
    "generic": read_generic,
    "junit": read_junit,
    "promptfoo": read_promptfoo,
}
