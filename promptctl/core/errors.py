"""The ways in which a command can end without an answer, each with its exit code and the way out."""

from __future__ import annotations


class PromptctlError(Exception):
    """A command cannot go on; `hint` is the next thing to do, often a command line."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Refused(PromptctlError):
    """The request is understood and the answer is no."""


class UsageError(PromptctlError):
    """The command line or a configuration file cannot be used as it is."""

    exit_code = 2


class Undecided(PromptctlError):
    """The question could not be answered: git, the base, a lock or the disk is in the way."""

    exit_code = 3
