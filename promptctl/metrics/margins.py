"""Margins of the guard: how much worse a version may be than the one before it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"(>=|<=) *(?:x([0-9]+(?:\.[0-9]+)?)|([+-]?[0-9]+(?:\.[0-9]+)?)(%|pp)?)")
_PER_CENT = 100


@dataclass(frozen=True, slots=True)
class Margin:
    """The limit is `ratio` times the other version's value plus `difference`; `at_least`: worse is less."""

    text: str
    ratio: float
    difference: float
    at_least: bool

    @property
    def is_ratio(self) -> bool:
        return self.difference == 0

    @property
    def is_strict(self) -> bool:
        """Whether it leaves no room: what is equal cannot be proved to be within it."""
        return self.difference == 0 and (self.ratio >= 1 if self.at_least else self.ratio <= 1)

    def excess(self, new: float, base: float) -> float:
        """How far beyond the limit a value lies; negative within it."""
        beyond = new - self.ratio * base - self.difference
        return -beyond if self.at_least else beyond


def parse_margin(text: str) -> Margin:
    """The margin that a valid policy states: `x1.5` and `+10%` are ratios, `+1pp` and plain numbers differences."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"no margin: {text}")
    sign, ratio, number, unit = match.groups()
    if ratio is not None:
        return Margin(text, float(ratio), 0.0, sign == ">=")
    value = float(number)
    if unit == "%":
        return Margin(text, max(1 + value / _PER_CENT, 0.0), 0.0, sign == ">=")
    return Margin(text, 1.0, value / _PER_CENT if unit == "pp" else value, sign == ">=")


def parse_share(text: str) -> float:
    """A cap such as `20%`."""
    return float(text.removesuffix("%")) / _PER_CENT
