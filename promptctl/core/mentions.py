"""Finds in lines of code where a version of a prompt is named by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from promptctl.core.versions import parse_version

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

NEAR = 3  # lines from a name to its version, at most
LONGEST_LINE = 10_000  # whatever is longer, a machine wrote


class Form(Enum):
    """How a version is named."""

    VERSION = "version"
    PATH = "path"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Mention:
    """A version of a prompt in a line of code; `start` and `end` are offsets in the line, counted from 0."""

    form: Form
    name: str
    version: str
    line: int
    start: int
    end: int

    @property
    def ref(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def rule(self) -> str:
        return f"hardcoded-{self.form.value}"


class Catalogue(Protocol):
    """The prompts that code might name."""

    def __contains__(self, name: str) -> bool: ...

    def parents(self, name: str) -> Collection[str]:
        """The names of the folders that hold the folder of a prompt."""
        ...

    def versions(self, name: str) -> Collection[str]: ...


_IDENTIFIERS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION = rf"(?P<version>(?>\d+\.\d+\.\d+(?:-{_IDENTIFIERS})?(?:\+{_IDENTIFIERS})?))(?![0-9A-Za-z_]|\.\d)"
_NAME = r"(?P<name>[a-z0-9_-]++)"
_QUOTE = r"(?P<quote>[\"'`])"
_UNQUOTE = r"\\?(?P=quote)"

# A name begins after what could not belong to it, or after an escape such as `\n` in a string.
_REF = re.compile(rf"(?:(?<![\w/@\\-])|(?<=\\[nrt])){_NAME}@{_VERSION}")
_PATH = re.compile(rf"(?:(?<![\w@\\-])|(?<=\\[nrt])){_NAME}/{_VERSION}")
_NAME_LITERAL = re.compile(rf"{_QUOTE}(?P<folder>[^\s\"'`]{{0,200}}/)?{_NAME}/?{_UNQUOTE}")
_VERSION_LITERAL = re.compile(rf"{_QUOTE}{_VERSION}(?:\.md)?{_UNQUOTE}")
# What may stand before a version whose name is on another line: nothing, an operator, or a key that speaks of versions.
_ARGUMENT = re.compile(r"[\s/+,.]*(?:[\"'`]?[\w.-]*(?:ver|rev|tag|pin)[\w.-]*[\"'`]?\s*[:=]+>?\s*)?\Z", re.IGNORECASE)
_LONGEST_KEY = 200
_ANY_VERSION = re.compile(r"\d\.\d+\.\d")
_PATH_BEFORE = re.compile(r"[^\s\"'`()<>,;=]*\Z")


def find_mentions(lines: Mapping[int, str], catalogue: Catalogue) -> Iterator[Mention]:
    """What the lines (by number; some may be missing) say of the prompts in `catalogue`, from top to bottom."""
    names = _Names(lines, catalogue)
    for number, line in sorted(lines.items()):
        if len(line) <= LONGEST_LINE and _ANY_VERSION.search(line):
            found = [*_refs(number, line, catalogue), *_paths(number, line, catalogue), *_splits(number, line, names)]
            yield from sorted(found, key=lambda mention: mention.start)


def _refs(number: int, line: str, catalogue: Catalogue) -> Iterator[Mention]:
    for match in _REF.finditer(line):
        yield from _known(Form.VERSION, match, number, catalogue)


def _paths(number: int, line: str, catalogue: Catalogue) -> Iterator[Mention]:
    for match in _PATH.finditer(line):
        if _is_path(line[max(0, match.start() - 300) : match.start()], match["name"], catalogue):
            yield from _known(Form.PATH, match, number, catalogue)


def _is_path(before: str, name: str, catalogue: Catalogue) -> bool:
    """Whether what stands before a name may lead to the prompt, and not to a package or a page of that name."""
    found = _PATH_BEFORE.search(before)
    path = found[0] if found else ""
    folder = path.rstrip("/").rpartition("/")[2]
    return folder in catalogue.parents(name) if "://" in path else not folder.startswith("@")


def _known(form: Form, match: re.Match[str], number: int, catalogue: Catalogue) -> Iterator[Mention]:
    name, version = match["name"], match["version"].removesuffix(".md")
    if name in catalogue and parse_version(version) is not None:
        yield Mention(form, name, version, number, match.start("name"), match.start("version") + len(version))


def _splits(number: int, line: str, names: _Names) -> Iterator[Mention]:
    for match in _VERSION_LITERAL.finditer(line):
        version = match["version"].removesuffix(".md")
        is_argument = match.start() <= _LONGEST_KEY and _ARGUMENT.match(line[: match.start()])
        for place in (number, *(_around(number, names.lines) if is_argument else ())):
            name = names.closest(place, match.start(), version)
            if name is not None:
                start = match.start("version")
                yield Mention(Form.SPLIT, name, version, number, start, start + len(version))
                break


def _around(number: int, lines: Mapping[int, str]) -> Iterator[int]:
    """The lines above, then those below; an empty one parts what does not belong together."""
    for step in (-1, 1):
        for place in range(number + step, number + step * (NEAR + 1), step):
            if not lines.get(place, "").strip():
                break
            yield place


class _Names:
    """The prompts that lines name in quotes, each line read once."""

    def __init__(self, lines: Mapping[int, str], catalogue: Catalogue) -> None:
        self.lines = lines
        self._catalogue = catalogue
        self._found: dict[int, list[tuple[int, str]]] = {}

    def closest(self, number: int, offset: int, version: str) -> str | None:
        """The prompt that has this version and that a line names nearest to an offset."""
        if number not in self._found:
            self._found[number] = list(self._literals(self.lines[number][:LONGEST_LINE]))
        fitting = (item for item in self._found[number] if version in self._catalogue.versions(item[1]))
        return min(((abs(start - offset), name) for start, name in fitting), default=(0, None))[1]

    def _literals(self, line: str) -> Iterator[tuple[int, str]]:
        for match in _NAME_LITERAL.finditer(line):
            if match["name"] in self._catalogue and not (match["folder"] or "").startswith("@"):
                yield match.start(), match["name"]
