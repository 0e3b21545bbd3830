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
    """How a version is named: `name@1.0.0`, `name/1.0.0`, or `"name"` beside `"1.0.0"`."""

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
_PATH_BEFORE = re.compile(r"[^\s\"'`()<>,;=]*\Z")
_SUFFIX = ".md"


def find_mentions(lines: Mapping[int, str], catalogue: Catalogue) -> Iterator[Mention]:
    """What the lines (by number; some may be missing) say of the prompts in `catalogue`, from top to bottom."""
    for number, line in sorted(lines.items()):
        if len(line) <= LONGEST_LINE:
            found = [*_refs(number, line, catalogue), *_paths(number, line, catalogue)]
            found += _splits(number, lines, catalogue)
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
    name, version = match["name"], match["version"].removesuffix(_SUFFIX)
    if name in catalogue and parse_version(version) is not None:
        yield Mention(form, name, version, number, match.start("name"), match.start("version") + len(version))


def _splits(number: int, lines: Mapping[int, str], catalogue: Catalogue) -> Iterator[Mention]:
    for match in _VERSION_LITERAL.finditer(lines[number]):
        version = match["version"].removesuffix(_SUFFIX)
        name = _nearest_name(number, match.start(), version, lines, catalogue)
        if name is not None:
            start = match.start("version")
            yield Mention(Form.SPLIT, name, version, number, start, start + len(version))


def _nearest_name(number: int, offset: int, version: str, lines: Mapping[int, str], catalogue: Catalogue) -> str | None:
    """The prompt with this version that is named closest by: on the line itself, then above, then below.

    An empty line parts what does not belong together.
    """
    for place in _around(number, lines):
        named = [
            (abs(match.start() - offset), match["name"])
            for match in _NAME_LITERAL.finditer(lines[place])
            if match["name"] in catalogue
            and not (match["folder"] or "").startswith("@")
            and version in catalogue.versions(match["name"])
        ]
        if named:
            return min(named)[1]
    return None


def _around(number: int, lines: Mapping[int, str]) -> Iterator[int]:
    yield number
    for step in (-1, 1):
        for place in range(number + step, number + step * (NEAR + 1), step):
            if not lines.get(place, "").strip():
                break
            if len(lines[place]) <= LONGEST_LINE:
                yield place
