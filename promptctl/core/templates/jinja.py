"""The engine `jinja2`, in its sandbox. Imported on first use only, for the package is optional."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes, pass_context
from jinja2.lexer import Lexer
from jinja2.meta import TrackingCodeGenerator
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from promptctl.core.templates.model import MissingVariable, TemplateFault, Variable

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
    """
    # jinja2 reads every line end as "\n"; as many characters must remain.
    source = body.replace("\r\n", " \n").replace("\r", "\n")
    try:
        tree = _analyser().parse(source)
        loads = [(node.lineno, node.name) for node in tree.find_all(nodes.Name) if node.ctx == "load"]
        loads += [(node.lineno, node.name) for node in tree.find_all(nodes.NSRef)]
        undeclared = _undeclared(tree)
    except TemplateSyntaxError as error:
        raise TemplateFault(error.message or "syntax error", min(error.lineno, len(body))) from error
    except Exception as error:  # such as RecursionError, or the ValueError of a number with too many digits
        raise TemplateFault(f"jinja2 cannot read the body: {error}") from error
    uses = sorted({(start, name) for start, name in loads if name in undeclared})
    return tuple(Variable(name, start, start + len(name)) for start, name in uses)


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
    variables(body)
    try:
        return _renderer().from_string(body).render(dict(values))
    except Exception as error:  # whatever the body's expressions raise on these values
        name = _UNDEFINED.fullmatch(str(error)) if isinstance(error, UndefinedError) else None
        if name:
            raise MissingVariable((name[1],)) from error
        raise TemplateFault(f"cannot render: {error}") from error
