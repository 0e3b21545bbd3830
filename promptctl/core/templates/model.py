"""What all engines share: the variable, the three errors, and the contract that an engine's module meets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from promptctl.core.text import shortened

_LONGEST: Final = 200  # characters of a message, which may repeat a piece of the body


class Need(StrEnum):
    """What a use asks of callers: a value, nothing, or a value unless the name is that of a part of a section."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Variable:
    """One use of a variable: `body[start:end]` is its name. It may be left out where all its uses are optional."""

    name: str
    start: int
    end: int
    need: Need = Need.REQUIRED


class TemplateError(Exception):
    """A body cannot be read or rendered."""


class TemplateFault(TemplateError):
    """The body breaks the engine's grammar, or asks of a value what it cannot give.

    `offset` counts characters in the body; it is 0 where the engine does not tell.
    """

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message, offset)
        self.message = shortened(message, _LONGEST)
        self.offset = offset

    def __str__(self) -> str:
        return self.message


class MissingVariable(TemplateError):
    """A value is missing for `names`, which are in body order."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names)
        self.names = names

    def __str__(self) -> str:
        return f"no value for {', '.join(self.names)}"


class EngineUnavailable(TemplateError):
    """The engine is not installed, or nothing here can read it; `hint` says what to do."""

    def __init__(self, engine: str, hint: str) -> None:
        super().__init__(engine, hint)
        self.engine = engine
        self.hint = hint

    def __str__(self) -> str:
        return f"the template engine {self.engine} is not available: {self.hint}"


class UnknownVariables(TemplateError):
    """The body is lawful, but uses what it does not name, such as whatever a partial uses; `known` is what it names."""

    def __init__(self, reason: str, known: tuple[Variable, ...]) -> None:
        super().__init__(reason, known)
        self.reason = reason
        self.known = known

    def __str__(self) -> str:
        return self.reason


class Engine(Protocol):
    """What the module of an engine holds; the errors are those above and no others."""

    def variables(self, body: str) -> tuple[Variable, ...]:
        """Return every use of a variable, in body order."""

    def render(self, body: str, values: Mapping[str, object]) -> str:
        """Return the body with its variables replaced."""


def asked(uses: Iterable[Variable]) -> dict[str, Variable]:
    """Return for each name the use that asks the most of callers, the first of those: required, possible, optional."""
    order = {Need.REQUIRED: 2, Need.POSSIBLE: 1, Need.OPTIONAL: 0}
    return {use.name: use for use in sorted(uses, key=lambda use: (order[use.need], -use.start))}


def demand(used: Iterable[Variable], values: Mapping[str, object]) -> None:
    """Check that every variable has a value.

    Raises:
        MissingVariable: one or more have none.
    """
    missing = tuple(dict.fromkeys(variable.name for variable in used if variable.name not in values))
    if missing:
        raise MissingVariable(missing)
