"""The engine `mustache`: a scanner for the tags of mustache(5), and rendering by pystache.

The scanner accepts less than pystache, which lets unclosed tags pass as text; what it accepts, both read alike.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Final

from promptctl.core.templates.model import (
    EngineUnavailable,
    MissingVariable,
    Need,
    TemplateFault,
    UnknownVariables,
    Variable,
)

_OPENERS: Final = ("#", "^")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: `kind` is its sigil, "" for `{{x}}` and `{{{x}}}`; `start` is where its name begins."""

    kind: str
    name: str
    start: int
    depth: int
    """How many sections that push a context surround it."""

    @property
    def root(self) -> str:
        """The name up to the first dot; empty for the implicit iterator."""
        return self.name.partition(".")[0]


def variables(body: str) -> tuple[Variable, ...]:
    """Return the variables and sections.

    Those that lie in a `{{#section}}` are possible: they may belong to its context. None is optional: a section that
    is missing is an error to the renderer, as a variable is.

    Raises:
        TemplateFault: a tag is not closed or not named, or sections are not balanced.
        UnknownVariables: the body takes in a partial.
    """
    found = tags(body)
    uses = tuple(
        Variable(tag.root, tag.start, tag.start + len(tag.root), Need.POSSIBLE if tag.depth else Need.REQUIRED)
        for tag in found
        if tag.kind in {"", "&", *_OPENERS} and tag.root
    )
    if any(tag.kind == ">" for tag in found):
        raise UnknownVariables("it takes in a partial, which may use any variable", uses)
    return uses


def tags(body: str) -> tuple[Tag, ...]:
    """Return the tags that stand for something: no comments, ends of sections or changes of delimiters.

    Raises:
        TemplateFault: a tag is not closed or not named, or sections are not balanced.
    """
    found: list[Tag] = []
    unclosed: list[Tag] = []
    depth = 0
    for kind, name, start in _scan(body):
        if kind == "/":
            if not unclosed or unclosed[-1].name != name:
                raise TemplateFault(f"the section {name!r} ends here, but is not the one that is open", start)
            depth -= unclosed.pop().kind == "#"
            continue
        found.append(Tag(kind, name, start, depth))
        if kind in _OPENERS:
            unclosed.append(found[-1])
            depth += kind == "#"
    if unclosed:
        raise TemplateFault(f"the section {unclosed[-1].name!r} is never closed", unclosed[-1].start)
    return tuple(found)


def render(body: str, values: Mapping[str, object]) -> str:
    """Return the body as pystache renders it, without escaping; partials are not loaded.

    Raises:
        MissingVariable: a variable or section has no value.
        TemplateFault: as `tags`, or the body asks for a partial, for a part of a value that is not there, or for
            a name that begins with two underscores, which could reach into objects.
        EngineUnavailable: pystache is not installed.
    """
    found = tags(body)
    for tag in found:
        _refuse(tag)
    if find_spec("pystache") is None:
        raise EngineUnavailable("mustache", "pip install 'git-promptctl[mustache]'")
    import pystache  # needs the optional package

    # Without its own, empty table of partials, pystache would read files.
    renderer = pystache.Renderer(escape=str, missing_tags="strict", partials={}, string_encoding="utf-8")
    try:
        return str(renderer.render(body, dict(values)))
    except Exception as error:  # whatever a value's own __str__, attribute or lambda raises
        key = str(getattr(error, "key", ""))
        root = key.partition(".")[0]
        if root and root not in values:
            raise MissingVariable((root,)) from error
        raise TemplateFault(
            f"cannot render {key!r}: {error}" if key else f"cannot render: {error}",
            next((tag.start for tag in found if tag.name == key), 0),
        ) from error


def _refuse(tag: Tag) -> None:
    if tag.kind == ">":
        raise TemplateFault(f"the partial {tag.name!r} cannot be loaded, a body stands alone", tag.start)
    if any(part.startswith("__") for part in tag.name.split(".")):
        raise TemplateFault(f"{tag.name!r} begins a name with two underscores", tag.start)


def _scan(body: str) -> Iterator[tuple[str, str, int]]:
    opener, grammar = "{{", _grammar("{{", "}}")
    place = body.find(opener)
    while place >= 0:
        match = grammar.match(body, place)
        if not match:
            raise TemplateFault("this tag is not closed, is empty or holds no lawful name", place)
        if match["open"]:
            opener, grammar = match["open"], _grammar(match["open"], match["close"])
        group = "raw" if match["raw"] else "name"
        if match[group]:
            yield match["sigil"] or "", match[group], match.start(group)
        place = body.find(opener, match.end())


@lru_cache(maxsize=16)
def _grammar(opener: str, closer: str) -> re.Pattern[str]:
    """Return what matches one tag, in the order of the alternatives of pystache's parser.

    All repetition is possessive, so that no body takes more than linear time.
    """
    end = re.escape(closer)
    part = rf"(?:(?!{end})[^\s{{}}.])++"
    name = rf"(?:\.|(?![=!&#^/>]){part}(?:(?!{end})\.{part})*+)"
    change = r"=\s*+(?P<open>[^\s=]++)[^\S\n]++(?P<close>[^\s=]++)\s*+="
    raw = rf"\{{\s*+(?P<raw>{name})\s*+\}}"
    comment = rf"!(?:(?!{end})[\s\S])++"
    plain = rf"(?P<sigil>[&#^/>]?)\s*+(?P<name>{name})"
    return re.compile(rf"{re.escape(opener)}\s*+(?:{change}|{raw}|{comment}|{plain})\s*+{end}")
