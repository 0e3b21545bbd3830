"""Names of prompts and references to their versions, as people write them: `name@version`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from promptctl.core.versions import parse_version

MAX_NAME = 64
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def is_name(text: str) -> bool:
    """Whether a prompt may have this name: ASCII lower case and digits, in parts joined by single `-` or `_`."""
    return len(text) <= MAX_NAME and _NAME.fullmatch(text) is not None


def name_key(name: str) -> str:
    """What makes a name unique in a repository: `-` and `_` count as equal."""
    return name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Ref:
    """One version of one prompt; `version` is kept as written."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


@lru_cache(maxsize=4096)  # thousands of tenants name the same few versions
def parse_ref(text: str) -> Ref | None:
    """The reference that `text` spells, or None when the name or the version is not one."""
    name, separator, version = text.partition("@")
    if not separator or not is_name(name) or parse_version(version) is None:
        return None
    return Ref(name, version)
