"""Which names a handlebars body looks up in its input.

A name is looked up in the context, which blocks change: `#each` and `#with` to a value of the input, so that names
inside are parts of that value; `#if` and `#unless` not at all; any other block may or may not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from promptctl.core.templates.handlebars.syntax import Call, Path, events
from promptctl.core.templates.model import EngineUnavailable, Need, UnknownVariables, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.core.templates.handlebars.syntax import Event, Value

_DEEPEST: Final = 200  # blocks within blocks
_LENIENT: Final = frozenset({"if", "unless", "each", "with"})
"""Helpers that every handlebars has, and whose argument may be missing even in its strict mode."""


class _Context(Enum):
    ROOT = auto()
    PART = auto()
    EITHER = auto()


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a name may mean somewhere: the contexts around, the innermost last; names of blocks; what is given."""

    contexts: tuple[_Context, ...] = (_Context.ROOT,)
    locals: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()

    def entered(self, context: _Context) -> _Scope:
        return _Scope((*self.contexts, context), self.locals, self.given)

    def knowing(self, *, locals_: tuple[str, ...] = (), given: tuple[str, ...] = ()) -> _Scope:
        return _Scope(self.contexts, self.locals.union(locals_), self.given.union(given))

    def at(self, levels: int) -> _Context:
        """Return the context that so many `../` lead to; a block that may not have changed it counts or does not."""
        reach = self.contexts[::-1][levels:]
        if not reach:
            return _Context.EITHER
        passed = self.contexts[::-1][:levels].count(_Context.EITHER)
        candidates = set(reach[: 1 + passed])
        if reach[0] is _Context.ROOT or candidates == {_Context.PART}:
            return reach[0]
        return _Context.EITHER


def variables(body: str) -> tuple[Variable, ...]:
    """Return every name that is looked up in the input, in body order.

    Raises:
        TemplateFault: the body breaks the grammar.
        UnknownVariables: it hands its whole input on, or its blocks are nested too deep.
    """
    found: list[Variable] = []
    reason = ""
    for uses in _uses(body):
        if isinstance(uses, str):
            reason = reason or uses
        else:
            found.append(uses)
    ordered = tuple(sorted(dict.fromkeys(found), key=lambda variable: variable.start))
    if reason:
        raise UnknownVariables(reason, ordered)
    return ordered


def render(body: str, values: Mapping[str, object]) -> str:  # noqa: ARG001 - the engines' contract
    """Refuse.

    Raises:
        EngineUnavailable: always.
    """
    raise EngineUnavailable("handlebars", "handlebars bodies are read but not rendered, render them in the application")


def _uses(body: str) -> Iterator[Variable | str]:
    """Yield the variables, and reasons why there may be others."""
    scope = _Scope()
    around: list[tuple[_Scope, _Scope]] = []  # of each open block: the scope outside, and that of its else
    for event in events(body):
        if event.kind == "end":
            scope, _ = around.pop()
        elif event.kind == "otherwise":
            scope = around[-1][1]
        else:
            scope = around[-1][1] if event.kind == "chain" else scope
            if event.call is not None:
                yield from _of_event(event, event.call, scope)
        if event.kind in {"partial", "partial_block"}:
            yield "it takes in a partial, which may use any variable"
        if event.call is None or event.kind in {"value", "partial", "decorator", "end"}:
            continue
        inner, other = _inside(event, event.call, scope)
        outside = around.pop()[0] if event.kind == "chain" else scope
        around.append((outside, other))
        scope = inner
        if len(around) > _DEEPEST:
            yield f"its blocks are nested more than {_DEEPEST} deep, so not all are read"
            return


def _of_event(event: Event, call: Call, scope: _Scope) -> Iterator[Variable | str]:
    head = call.head
    has_arguments = bool(call.arguments or call.named)
    if isinstance(head, Call):
        yield from _of_value(head, scope)
    elif event.kind in {"value", "block", "inverse", "chain"} and (not head.is_simple or not has_arguments):
        yield from _of_path(head, scope, is_printed=event.kind == "value")
    yield from _of_arguments(call, scope)


def _of_arguments(call: Call, scope: _Scope) -> Iterator[Variable | str]:
    is_lenient = _is_builtin(call) and len(call.arguments) == 1
    for value in (*call.arguments, *call.named):
        yield from _of_value(value, scope, is_lenient=is_lenient)


def _of_value(value: Value, scope: _Scope, *, is_lenient: bool = False) -> Iterator[Variable | str]:
    if isinstance(value, Path):
        if not value.is_value:
            yield from _of_path(value, scope, is_lenient=is_lenient)
        return
    if isinstance(value.head, Path) and not value.head.is_simple:
        yield from _of_path(value.head, scope)
    yield from _of_arguments(value, scope)


def _of_path(
    path: Path, scope: _Scope, *, is_lenient: bool = False, is_printed: bool = False
) -> Iterator[Variable | str]:
    name, context = _target(path, scope)
    if name is None:
        # Nobody prints an input that is an object, so what is printed is a part of it.
        if context is _Context.ROOT or (context is _Context.EITHER and not (is_printed or is_lenient)):
            yield "it hands its whole input on, so any variable may be used"
        return
    if context is _Context.PART:
        return
    need = Need.REQUIRED if context is _Context.ROOT else Need.POSSIBLE
    if need is Need.REQUIRED and (is_lenient or name in scope.given):
        need = Need.OPTIONAL
    start = path.starts[1 if path.is_data else 0]
    yield Variable(name, start, start + len(name), need)


def _target(path: Path, scope: _Scope) -> tuple[str | None, _Context]:
    """Return the name that a path begins with, none where it has none, and where it is looked up."""
    if path.is_data:
        if path.steps[:1] != ("root",):
            return None, _Context.PART
        return (path.steps[1] if len(path.steps) > 1 else None), _Context.ROOT
    if path.steps and path.steps[0] in scope.locals and not path.levels and not path.is_scoped:
        return None, _Context.PART
    return (path.steps[0] if path.steps else None), scope.at(path.levels)


def _is_builtin(call: Call) -> bool:
    return isinstance(call.head, Path) and call.head.is_simple and call.head.text in _LENIENT


def _inside(event: Event, call: Call, scope: _Scope) -> tuple[_Scope, _Scope]:
    """Return the scopes of the two parts of a block, as they stand: before its else and behind it."""
    name = call.head.text if isinstance(call.head, Path) else ""
    subject = call.arguments[0] if len(call.arguments) == 1 else None
    then, other = scope.entered(_Context.EITHER), scope.entered(_Context.EITHER)
    if not call.arguments and not call.named:
        other = scope
    if _is_builtin(call) and subject is not None:
        is_given = _given(subject, scope)
        there, other = scope.knowing(given=is_given), scope
        if name == "unless":
            then, other = scope, there
        elif name == "if":
            then = there
        else:
            is_part = name == "each" or (isinstance(subject, Path) and bool(subject.steps))
            then = there.entered(_Context.PART if is_part else _Context.EITHER)
    if event.kind == "inverse":
        then, other = other, then
    return then.knowing(locals_=call.params), other


def _given(value: Value, scope: _Scope) -> tuple[str, ...]:
    """Return the name that has a value wherever this one is true."""
    if isinstance(value, Call) or value.is_value:
        return ()
    name, context = _target(value, scope)
    return (name,) if name is not None and context is _Context.ROOT else ()
