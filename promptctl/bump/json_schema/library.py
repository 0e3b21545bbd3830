"""What jsonschema says of an instance, with formats asserted: nothing is called a witness that it has not seen."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any, Final

from promptctl.bump.json_schema import ecma
from promptctl.bump.json_schema.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonschema import Draft202012Validator, FormatChecker

    from promptctl.bump.json_schema.documents import Document

_DEEPEST: Final = 100  # schemas in one another that the library may have open, at about six frames each


class Library:
    """Validators for two schemas, made when they are first asked."""

    __slots__ = ("_chain", "_documents", "_patterns", "_validators")

    def __init__(self, narrow: Document, wide: Document) -> None:
        self._documents = (narrow, wide)
        self._patterns: list[ecma.Pattern | None] | None = None
        self._chain = 0
        self._validators: tuple[Draft202012Validator, ...] | None = None

    def separates(self, instance: Any) -> bool:
        """Whether the instance is valid under the narrow schema and not under the wide one.

        Where the library might not come to an end the answer is no: its patterns are Python's, which may take
        exponential time, and its recursion has no guard.
        """
        if self._patterns is None:
            self._chain = max(document.chain or 0 for document in self._documents)
            sources = {source for document in self._documents for source in document.patterns}
            self._patterns = [ecma.parse(source) for source in sorted(sources)]
        if self._chain * (1 + _depth(instance)) > _DEEPEST or any(document.is_dynamic for document in self._documents):
            return False
        longest = _longest(instance)
        if not all(pattern is not None and pattern.is_quick(longest) for pattern in self._patterns):
            return False
        if self._validators is None:
            self._validators = _validators(self._documents)
        narrow, wide = self._validators
        return _judge(narrow, instance) is True and _judge(wide, instance) is False


def _depth(instance: Any) -> int:
    """How many containers stand in one another."""
    if not isinstance(instance, (dict, list)):
        return 0
    inner = instance.values() if isinstance(instance, dict) else instance
    return 1 + max(map(_depth, inner), default=0)


def _longest(instance: Any) -> int:
    """The length of the longest string, be it a name."""
    if isinstance(instance, str):
        return len(instance)
    if isinstance(instance, dict):
        return max((max(len(name), _longest(item)) for name, item in instance.items()), default=0)
    return max(map(_longest, instance), default=0) if isinstance(instance, list) else 0


def _validators(documents: tuple[Document, Document]) -> tuple[Draft202012Validator, ...]:
    from jsonschema import Draft202012Validator
    from referencing import Registry

    nothing: Registry[Any] = Registry()  # fetches nothing
    checker = _checker()
    return tuple(
        Draft202012Validator(document.root.schema, format_checker=checker, registry=nothing) for document in documents
    )


def _checker() -> FormatChecker:
    """The library's checks of formats, and ours for those that it has no check for as it is installed."""
    from jsonschema import Draft202012Validator, FormatChecker

    checker = FormatChecker(formats=())
    checker.checkers = dict(Draft202012Validator.FORMAT_CHECKER.checkers)
    for name, judge in FORMATS.items():
        if name not in checker.checkers:
            checker.checks(name)(_check(judge))
    return checker


def _check(judge: Callable[[str], bool | None]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or judge(value) is not False


def _judge(validator: Draft202012Validator, instance: Any) -> bool | None:
    """None where the library cannot tell: a reference leads nowhere, or a number is too large to divide."""
    from referencing.exceptions import Unresolvable

    try:
        with warnings.catch_warnings(action="ignore"):
            return bool(validator.is_valid(instance))
    except (ArithmeticError, RecursionError, Unresolvable, re.error):
        return None
