"""What the tags of a handlebars body say: calls, and blocks that are closed as they were opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from promptctl.core.templates.handlebars.tokens import Tag, Token, tags
from promptctl.core.templates.model import TemplateFault

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST: Final = 100  # calls within calls
_UP: Final = frozenset({".", "..", "this"})
_SCOPED: Final = re.compile(r"^\.|this\b")
_OPENERS: Final = frozenset({"block", "inverse", "partial_block", "decorator_block"})


@dataclass(frozen=True, slots=True)
class Path:
    """`../lead.name`: one level up, and then two steps. A name as a string or number has one step."""

    text: str
    steps: tuple[str, ...]
    starts: tuple[int, ...]
    """Where each of the steps begins."""
    levels: int = 0
    is_data: bool = False
    is_value: bool = False
    """A string, number or other literal: as an argument it is no path."""

    @property
    def is_scoped(self) -> bool:
        """Whether it says that it starts at the context, as `this.name` does."""
        return bool(_SCOPED.search(self.text))

    @property
    def is_simple(self) -> bool:
        """Whether it may be the name of a helper."""
        return len(self.steps) == 1 and not (self.is_scoped or self.levels or self.is_data)


@dataclass(frozen=True, slots=True)
class Call:
    """What stands in a tag or in parentheses; without arguments a tag may be a call or a value."""

    head: Path | Call
    arguments: tuple[Path | Call, ...] = ()
    named: tuple[Path | Call, ...] = ()
    params: tuple[str, ...] = ()
    """The block's own names, from `as |item index|`."""


Value: TypeAlias = Path | Call


class Event(NamedTuple):
    """A tag in its place: blocks are balanced, and `otherwise` and `chain` stand where an else may stand."""

    kind: str
    start: int
    call: Call | None


def events(body: str) -> Iterator[Event]:
    """Yield the tags in body order.

    Raises:
        TemplateFault: a tag breaks the grammar, or a block is not closed as it was opened.
    """
    open_: list[tuple[str, str, int]] = []  # how a block opened, its name, and where
    for tag in tags(body):
        kind = _kind(tag, body)
        call = None if kind == "otherwise" else _Parser(tag).call(has_params=kind in {*_OPENERS, "chain"})
        if kind in {"otherwise", "chain"}:
            opened = open_[-1][0] if open_ else ""
            if opened != "block" and (opened, kind) != ("inverse", "otherwise"):
                raise TemplateFault("this else belongs to no block", tag.start)
            if kind == "otherwise":
                open_[-1] = ("closing", *open_[-1][1:])
        elif kind in {"end", "raw_end"}:
            _close(open_, call, tag)
        elif kind in _OPENERS or kind == "raw":
            open_.append((kind, _name(call), tag.start))
        yield Event("end" if kind == "raw_end" else kind, tag.start, call)
    if open_:
        raise TemplateFault(f"the block {open_[-1][1]!r} is never closed", open_[-1][2])


def _kind(tag: Tag, body: str) -> str:
    if tag.kind == "unescaped":
        return "value"
    if tag.kind == "decorator" and "#" in body[tag.start : tag.start + 4]:
        return "decorator_block"
    return tag.kind


def _close(open_: list[tuple[str, str, int]], call: Call | None, tag: Tag) -> None:
    name = _name(call)
    if call is not None and (call.arguments or call.named):
        raise TemplateFault("the end of a block takes a name alone", tag.start)
    if not open_ or open_[-1][1] != name:
        raise TemplateFault(f"the block {name!r} ends here, but is not the one that is open", tag.start)
    open_.pop()


def _name(call: Call | None) -> str:
    return call.head.text if call is not None and isinstance(call.head, Path) else ""


class _Parser:
    """Reads the tokens of one tag from left to right."""

    def __init__(self, tag: Tag) -> None:
        self._tag = tag
        self._tokens = tag.tokens
        self._place = 0

    def call(self, *, has_params: bool) -> Call:
        """Return what the whole tag says."""
        may_be_call = self._tag.kind in {"partial", "partial_block"} and self._next() == "open"
        call = self._call(0, self._value(0) if may_be_call else self._head())
        if has_params and self._next() == "params":
            self._take()
            names = self._params()
            call = Call(call.head, call.arguments, call.named, names)
        if self._next():
            raise self._fault()
        return call

    def _next(self, ahead: int = 0) -> str:
        """Return the kind of a token to come, empty at the end."""
        place = self._place + ahead
        return self._tokens[place].kind if place < len(self._tokens) else ""

    def _take(self, *kinds: str) -> Token:
        if self._next() not in (kinds or {self._next()}) or not self._next():
            raise self._fault()
        self._place += 1
        return self._tokens[self._place - 1]

    def _fault(self) -> TemplateFault:
        if self._place >= len(self._tokens):
            return TemplateFault("this tag ends too soon", self._tag.start)
        token = self._tokens[self._place]
        return TemplateFault(f"{token.text!r} has no place here", token.start)

    def _call(self, depth: int, head: Value) -> Call:
        arguments: list[Value] = []
        named: list[Value] = []
        while self._next() in {"name", "word", "quoted", "data", "string", "literal", "open"}:
            if self._next(1) == "equals" and self._next() in {"name", "word", "quoted"}:
                self._place += 2
                named.append(self._value(depth))
            elif named:
                raise self._fault()
            else:
                arguments.append(self._value(depth))
        return Call(head, tuple(arguments), tuple(named))

    def _value(self, depth: int) -> Value:
        if self._next() != "open":
            return self._head()
        if depth >= _DEEPEST:
            raise TemplateFault(f"more than {_DEEPEST} parentheses in one another", self._tokens[self._place].start)
        self._take("open")
        call = self._call(depth + 1, self._head())
        self._take("shut")
        return call

    def _head(self) -> Path:
        if self._next() in {"string", "literal"}:
            token = self._take()
            quote = token.text[0] if token.kind == "string" else ""
            text = token.text[len(quote) : len(token.text) - len(quote)].replace(f"\\{quote}", quote)
            return Path(text, (text,), (token.start + len(quote),), is_value=True)
        is_data = self._next() == "data" and bool(self._take())
        return self._path(is_data=is_data)

    def _path(self, *, is_data: bool) -> Path:
        text, levels = "@" if is_data else "", 0
        steps: list[str] = []
        starts: list[int] = []
        while True:
            token = self._take("name", "word", "quoted")
            is_quoted = token.kind == "quoted"
            part = token.text[1:-1].replace("\\]", "]").replace("\\\\", "\\") if is_quoted else token.text
            text += part
            if not is_quoted and part in _UP:
                if steps:
                    raise TemplateFault(f"{part!r} stands only at the beginning of a path", token.start)
                levels += part == ".."
            else:
                steps.append(part)
                starts.append(token.start + is_quoted)
            if self._next() != "step":
                return Path(text, tuple(steps), tuple(starts), levels, is_data)
            text += self._take("step").text

    def _params(self) -> tuple[str, ...]:
        names = [self._take("name", "word", "quoted").text]
        while self._next() != "bar":
            names.append(self._take("name", "word", "quoted").text)
        self._take("bar")
        return tuple(names)
