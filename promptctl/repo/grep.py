"""Searches text for names of prompts with `git grep`: in a commit, an index, or the files on disk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.mentions import LONGEST_LINE, NEAR
from promptctl.repo.git import decode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from promptctl.repo.git import Git

# Binary files are searched too and left out afterwards: whether a file counts as binary is for its bytes to say, and
# not for attributes that the change itself may have brought.
_OPTIONS = (
    "-H",
    "-n",
    "-z",
    "--text",
    f"--context={NEAR + 1}",
    "--no-color",
    "--no-column",
    "--no-textconv",
    "--no-recurse-submodules",
)
_LINE = re.compile(rb"(?:--\n)?([^\0]+)\0([0-9]+)\0([^\n]*)\n")

# Git tries one name after the other. From here on it is faster to look for anything like a version, which takes
# Perl's expressions, and not every git has them.
_MANY = 16
_ANY_VERSION = r"[@/\"'`]\d+\.\d+\.\d"

_FEW_PATHS = 200  # more would be matched in vain against every file, and could be too much for one command
_LITERAL = {"GIT_LITERAL_PATHSPECS": "0"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Where to look: `paths` are files or folders, everywhere without any; `outside` folders and `skip` globs are not.

    More files than these may be searched, never fewer.
    """

    paths: Collection[str] = ()
    outside: Collection[str] = ()
    skip: Collection[str] = ()

    def pathspecs(self) -> Iterator[str]:
        if len(self.paths) <= _FEW_PATHS:
            yield from (f":(literal){path}" for path in self.paths)
        yield from (f":(exclude,literal){path}" for path in self.outside)
        yield from (f":(exclude,glob){pattern}" for pattern in self.skip)


def search(git: Git, where: str, names: Collection[str], limits: Limits) -> Mapping[str, Mapping[int, str]]:
    """The lines that may name a version of a prompt, and those around them, by path and number.

    `where` is a commit, `--cached` for the index, or empty for the files on disk that the index knows.
    """
    out = _grep(git.with_environment(_LITERAL), where, names, limits)
    prefix = "" if where.startswith("--") or not where else f"{where}:"
    found: dict[str, dict[int, str]] = {}
    binary: set[str] = set()
    for path, number, line in _LINE.findall(out):
        name = decode(path).removeprefix(prefix)
        if b"\0" in line:
            binary.add(name)
        elif len(line) <= 4 * LONGEST_LINE:  # bytes; the line itself is measured where it is read
            found.setdefault(name, {})[int(number)] = decode(line).removesuffix("\r")
    return {path: lines for path, lines in found.items() if path not in binary}


def _grep(git: Git, where: str, names: Collection[str], limits: Limits) -> bytes:
    places = (*([where] if where else []), "--", *limits.pathspecs())
    if len(names) > _MANY:
        code, out, stderr = git.attempt("grep", "-P", "-e", _ANY_VERSION, *_OPTIONS, *places)
        if _answered(code, stderr):
            return out
    patterns = "\n".join(names).encode()
    code, out, stderr = git.attempt("grep", "-F", "-f", "-", *_OPTIONS, *places, stdin=patterns)
    if not _answered(code, stderr):
        git.fail(stderr, ("grep",))
    return out


def _answered(code: int, stderr: bytes) -> bool:
    """Whether git looked at everything: a file that it cannot read it only mentions."""
    return code in {0, 1} and not re.search(rb"^(?:error|fatal): ", stderr, re.MULTILINE)
