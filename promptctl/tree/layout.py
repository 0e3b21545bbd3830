"""Where a project's files lie, and what a path under the template folder is meant to be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from promptctl.core.versions import parse_version
from promptctl.tree.baseline import BASELINE_FILE
from promptctl.tree.policy import POLICY_FILE, Paths

MANIFEST = "prompt.yaml"
_SUFFIX = ".md"


class Role(Enum):
    """What a file is, by its name alone."""

    VERSION = "version"
    VERSION_LIKE = "version-like"
    MANIFEST = "manifest"
    COMPANION = "companion"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """A path under the template folder: `folder` is its parent, `parts` the folders between the two."""

    path: str
    folder: str
    file_name: str
    parts: tuple[str, ...]
    role: Role

    @property
    def name(self) -> str:
        """The prompt that the parent folder names."""
        return self.parts[-1] if self.parts else ""

    @property
    def version_text(self) -> str:
        return self.file_name.removesuffix(_SUFFIX)


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths relative to the repository: `root` is empty or ends with a slash, the others have no final slash."""

    root: str
    policy: str
    baseline: str
    templates: str
    config: str
    evidence: str
    postmortems: str

    @property
    def managed(self) -> tuple[str, ...]:
        """Everything that promptctl looks after."""
        return (self.policy, self.baseline, self.templates, self.config, self.evidence, self.postmortems)

    def is_managed(self, path: str) -> bool:
        """Whether promptctl looks after a file."""
        return any(path == place or path.startswith(place + "/") for place in self.managed)

    def place(self, path: str) -> Place | None:
        """What a path is meant to be, or None when it is not under the template folder."""
        prefix = self.templates + "/"
        if not path.startswith(prefix):
            return None
        *parts, file_name = path[len(prefix) :].split("/")
        folder = path.rpartition("/")[0]
        return Place(path, folder, file_name, tuple(parts), role_of(file_name))


def layout_for(root: str, paths: Paths) -> Layout:
    """The layout of the project whose root is `root` (repository path, empty or ending with a slash)."""
    return Layout(
        root=root,
        policy=root + POLICY_FILE,
        baseline=root + BASELINE_FILE,
        templates=root + paths.templates,
        config=root + paths.config,
        evidence=root + paths.evidence,
        postmortems=root + paths.postmortems,
    )


@lru_cache(maxsize=4096)
def role_of(file_name: str) -> Role:
    """What a file under the template folder is meant to be."""
    if file_name == MANIFEST:
        return Role.MANIFEST
    if file_name.startswith(".") or file_name == "README.md":
        return Role.COMPANION
    if not file_name.endswith(_SUFFIX):
        return Role.OTHER
    stem = file_name.removesuffix(_SUFFIX)
    if parse_version(stem) is not None:
        return Role.VERSION
    return Role.VERSION_LIKE if stem.lstrip("vV")[:1].isdigit() else Role.OTHER
