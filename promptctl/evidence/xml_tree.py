"""XML from strangers: no document type, so no entity can be declared, none can grow and none can fetch a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from promptctl.evidence.wanted import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 100


@dataclass(slots=True)
class Element:
    """An element with its attributes; text is left out."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)

    def each(self, *tags: str) -> Iterator[Element]:
        """The children of these names."""
        return (child for child in self.children if child.tag in tags)

    def has(self, *tags: str) -> bool:
        return any(self.each(*tags))

    def walk(self) -> Iterator[Element]:
        """The element and all that lie in it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse_xml(data: bytes) -> Element:
    """The root. Raises Unreadable for what is no XML, has a document type, or is nested too deeply."""
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the signature of expat
    except expat.ExpatError as error:
        message = f"line {error.lineno}, column {error.offset + 1}: not XML: {expat.errors.messages[error.code]}"
        raise Unreadable(message) from error
    except (LookupError, ValueError) as error:
        raise Unreadable(f"not XML: {error}") from error
    return builder.root.children[0]


def _refuse(*_: object) -> None:
    message = "the file declares a document type, and with it entities"
    raise Unreadable(message, hint="no tool that writes JUnit XML needs one")


class _Builder:
    def __init__(self) -> None:
        self.root = Element("", {})
        self._open = [self.root]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._open) > _DEEPEST:
            raise Unreadable(f"the file is nested more than {_DEEPEST} levels deep")
        element = Element(tag.rpartition(":")[2], attributes)
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _: str) -> None:
        self._open.pop()
