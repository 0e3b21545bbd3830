"""Which uses of a name in a jinja2 template do without a value: those that the renderer survives where it is missing.

A name may be missing under `default` and in a test such as `x is defined`, and it need not be there in what such a test
guards. Where a template sets a name itself, outside of any block, uses that follow are none of callers' business. All
else is required: to the renderer, whatever else is done with what is missing is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jinja2 import nodes

from promptctl.core.templates.model import Need, Variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DEFAULTS: Final = frozenset({"default", "d"})
_Names = frozenset[str]


def loads(tree: nodes.Template) -> list[Variable]:
    """Return every load of a name, whose `lineno` is its offset, but for those of what the template set before."""
    found: list[Variable] = []
    own: _Names = frozenset()
    for child in tree.body:
        found += [use for use in _of(child, frozenset()) if use.name not in own]
        own |= _set_by(child)
    return found


def _set_by(node: nodes.Node) -> _Names:
    """Return the names that a statement at the top of a template always sets."""
    target = node.target if isinstance(node, nodes.Assign | nodes.AssignBlock) else None
    return frozenset(
        name.name
        for name in (target.find_all(nodes.Name) if isinstance(target, nodes.Tuple) else (target,))
        if isinstance(name, nodes.Name)
    )


def _of(node: nodes.Node, given: _Names) -> Iterator[Variable]:
    """Yield the loads within a node, where `given` names have values if it is reached."""
    match node:
        case nodes.Name(ctx="load") | nodes.NSRef():
            need = Need.OPTIONAL if node.name in given else Need.REQUIRED
            yield Variable(node.name, node.lineno, node.lineno + len(node.name), need)
        case nodes.Filter(node=nodes.Name() as name, name=function) if function in _DEFAULTS:
            yield from _of(name, given | {name.name})
            yield from _of_all((*node.args, *node.kwargs), given)
        case nodes.Test(node=nodes.Name() as name, name="defined" | "undefined"):
            yield from _of(name, given | {name.name})
        case nodes.And() | nodes.Or():
            yield from _of(node.left, given)
            yield from _of(node.right, given | _known(node.left, holds=isinstance(node, nodes.And)))
        case nodes.CondExpr():
            yield from _of(node.test, given)
            yield from _of(node.expr1, given | _known(node.test, holds=True))
            if node.expr2 is not None:
                yield from _of(node.expr2, given | _known(node.test, holds=False))
        case nodes.If():
            yield from _of(node.test, given)
            yield from _of_all(node.body, given | _known(node.test, holds=True))
            yield from _of_all((*node.elif_, *node.else_), given | _known(node.test, holds=False))
        case _:
            yield from _of_all(node.iter_child_nodes(), given)


def _of_all(children: Iterable[nodes.Node], given: _Names) -> Iterator[Variable]:
    for child in children:
        yield from _of(child, given)


def _known(test: nodes.Node, *, holds: bool) -> _Names:
    """Return the names that have values where a test holds, or does not."""
    match test:
        case nodes.Test(node=nodes.Name() as name, name="defined" | "undefined" as tested):
            return frozenset({name.name}) if (tested == "defined") is holds else frozenset()
        case nodes.Not():
            return _known(test.node, holds=not holds)
        case nodes.And() | nodes.Or():
            sides = _known(test.left, holds=holds), _known(test.right, holds=holds)
            return sides[0] | sides[1] if isinstance(test, nodes.And) is holds else sides[0] & sides[1]
    return frozenset()
