"""The engine `jinja2`, in its sandbox. Imported on first use only, for the package is optional."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Final

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes, pass_context
from jinja2.lexer import Lexer
from jinja2.meta import TrackingCodeGenerator
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from promptctl.core.templates.jinja_needs import loads
from promptctl.core.templates.model import MissingVariable, TemplateFault, UnknownVariables, Variable

_OTHERS: Final = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
_UNDEFINED: Final = re.compile(r"'([^']+)' is undefined")


class _OffsetLexer(Lexer):
    """A lexer whose tokens, and so the nodes and errors made from them, carry offsets in place of line numbers."""

    def tokeniter(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> Iterator[tuple[int, str, str]]:
        """Yield the tokens of jinja2's own lexer, which leaves out nothing but white space."""
        offset = 0
        try:
            for _, kind, text in super().tokeniter(source, name, filename, state):
                offset = source.index(text, offset)
                yield offset, kind, text
                offset += len(text)
        except TemplateSyntaxError as error:
            error.lineno = offset
            raise


class _OffsetEnvironment(SandboxedEnvironment):
    @property
    def lexer(self) -> Lexer:
        return _OffsetLexer(self)


@pass_context
def _unfolded(_context: Context, value: object) -> object:
    return value


@cache
def _analyser() -> SandboxedEnvironment:
    # A finalizer that needs the context keeps jinja2 from computing constants such as {{ 9**9**9 }} in the analysis.
    return _OffsetEnvironment(keep_trailing_newline=True, finalize=_unfolded)


@cache
def _renderer() -> SandboxedEnvironment:
    return SandboxedEnvironment(autoescape=False, undefined=StrictUndefined, keep_trailing_newline=True)


def variables(body: str) -> tuple[Variable, ...]:
    """Return every place that loads a name which the body leaves undeclared somewhere, in body order.

    Raises:
        TemplateFault: jinja2 cannot parse the body.
        UnknownVariables: the body takes in another template, which sees all that is given.
    """
    # jinja2 reads every line end as "\n"; as many characters must remain.
    source = body.replace("\r\n", " \n").replace("\r", "\n")
    try:
        tree = _analyser().parse(source)
        found = loads(tree)
        undeclared = _undeclared(tree)
        is_whole = not any(_takes_in(node) for node in tree.find_all(_OTHERS))
    except TemplateSyntaxError as error:
        raise TemplateFault(error.message or "syntax error", min(error.lineno, len(body))) from error
    except Exception as error:  # such as RecursionError, or the ValueError of a number with too many digits
        raise TemplateFault(f"jinja2 cannot read the body: {error}") from error
    uses = tuple(sorted((use for use in found if use.name in undeclared), key=lambda use: use.start))
    if not is_whole:
        raise UnknownVariables("it takes in another template, which may use any variable", uses)
    return uses


def _takes_in(node: nodes.Node) -> bool:
    """Whether another template sees the variables of this one."""
    return isinstance(node, nodes.Extends) or bool(getattr(node, "with_context", False))


def _undeclared(tree: nodes.Template) -> set[str]:
    """Do what `jinja2.meta.find_undeclared_variables` does, without its optimizer, which computes constants."""
    generator = TrackingCodeGenerator(_analyser())
    generator.optimizer = None
    generator.visit(tree)
    return generator.undeclared_identifiers


def render(body: str, values: Mapping[str, object]) -> str:
    """Return the body as the sandboxed jinja2 renders it, without escaping.

    Raises:
        MissingVariable: a variable that is needed has no value.
        TemplateFault: jinja2 cannot parse the body, or it fails on these values.
    """
    with suppress(UnknownVariables):
        variables(body)
    try:
        return _renderer().from_string(body).render(dict(values))
    except Exception as error:  # whatever the body's expressions raise on these values
        name = _UNDEFINED.fullmatch(str(error)) if isinstance(error, UndefinedError) else None
        if name:
            raise MissingVariable((name[1],)) from error
        raise TemplateFault(f"cannot render: {error}") from error
