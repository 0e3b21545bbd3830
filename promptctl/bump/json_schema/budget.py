"""A count of steps, so that every comparison ends."""

from __future__ import annotations


class OutOfBudgetError(Exception):
    """The steps are spent: what was asked stays unanswered."""


class Budget:
    """Steps that one task may take; the only thing in this package that changes while it is handed around."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Take steps off.

        Raises:
            OutOfBudgetError: none are left.
        """
        self.left -= steps
        if self.left < 0:
            raise OutOfBudgetError
