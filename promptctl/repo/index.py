"""Indexes: the user's own, and throw-away ones that hold what `git add` or a planned commit would store.

The user's index is only read, but for `put_entries`, which undoes a staged edit. A throw-away index lives in a
temporary folder with an object directory of its own, so that looking at the work tree leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.core.entries import REGULAR, Entry
from promptctl.core.errors import Undecided
from promptctl.repo.git import Git, decode, encode
from promptctl.repo.raw import unmerged
from promptctl.tree.text_file import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.repo.repository import Repository

_ALTERNATES = "GIT_ALTERNATE_OBJECT_DIRECTORIES"

# A monitor may be wrong about what changed, a split index has a part in the repository, a hook would run for an index
# that nobody keeps, and a warning about line ends would be a failure. What is thrown away need not be small, or
# outlive a power cut.
_SETTINGS = (
    "core.fsmonitor=false",
    "core.splitIndex=false",
    f"core.hooksPath={os.devnull}",
    "core.safecrlf=false",
    "core.looseCompression=0",
    "core.fsync=none",
)


@contextmanager
def scratch_index(repository: Repository) -> Iterator[Git]:
    """A git whose index is a copy of the user's and whose new objects go to a folder that is removed at the end."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="promptctl-") as name:
        folder = Path(name)
        source = repository.index
        try:
            if source.exists():
                shutil.copy2(source, folder / "index")  # with its time: git tells a racy entry by it
        except OSError as error:
            message = f"the index cannot be read: {error.strerror}"
            raise Undecided(message) from error
        yield _scratch_git(repository, folder)


def _scratch_git(repository: Repository, folder: Path) -> Git:
    objects = folder / "objects"
    objects.mkdir()
    places = [str(repository.object_dir)]
    places += [place for place in [repository.git.environment.get(_ALTERNATES)] if place]
    return repository.git.with_environment(
        {
            "GIT_INDEX_FILE": str(folder / "index"),
            "GIT_OBJECT_DIRECTORY": str(objects),
            _ALTERNATES: os.pathsep.join(_quoted(place) for place in places),
        },
    ).with_settings(_SETTINGS)


def _quoted(place: str) -> str:
    """An entry of the alternates variable: quoted where it holds the separator (see git's documentation of it)."""
    if os.pathsep not in place and not place.startswith('"'):
        return place
    escaped = place.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def add_work_tree(git: Git, folders: tuple[str, ...]) -> dict[str, Entry]:
    """Bring an index up to what `git add` would store of the work tree: tracked and untracked, not ignored files.

    Files that are too large to be worth storing are taken out and answered; their object ids are only placeholders.
    Raises Undecided while a file is unmerged: what is on disk then is no state that anybody meant.
    """
    conflict = git.run("ls-files", "-u", "-z", "--", *folders)
    if conflict:
        raise unmerged(decode(conflict.split(b"\0")[0].partition(b"\t")[2]))
    listed = git.run("ls-files", "-z", "-o", "-m", "-d", "--exclude-standard", "--", *folders)
    names = sorted({decode(name) for name in listed.split(b"\0") if name})
    large = {name: size for name in names if (size := _size(git.directory / name)) > MOST_BYTES}
    stored = b"".join(encode(name) + b"\0" for name in names if name not in large and not name.endswith("/"))
    git.run("update-index", "--add", "--remove", "--replace", "-z", "--stdin", stdin=stored)
    if large:
        removed = b"".join(encode(name) + b"\0" for name in large)
        git.run("update-index", "--force-remove", "-z", "--stdin", stdin=removed)
    return {name: Entry(REGULAR, f"{size:040x}") for name, size in large.items()}


def _size(path: Path) -> int:
    try:
        return 0 if path.is_symlink() or not path.is_file() else path.stat().st_size
    except OSError:
        return 0


def store_files(git: Git, files: Mapping[str, bytes | None]) -> None:
    """Put planned content into an index: bytes for a regular file, None to remove a path."""
    for path, content in files.items():
        if content is None:
            git.run("update-index", "--force-remove", "--", path)
            continue
        oid = git.run("hash-object", "-w", "--stdin", stdin=content).decode("ascii").strip()
        git.run("update-index", "--add", "--replace", "--cacheinfo", f"{REGULAR},{oid},{path}")


def staged_entry(git: Git, path: str) -> Entry | None:
    """What an index holds at a path."""
    words = git.run("ls-files", "-s", "-z", "--", path).split(b"\t")[0].decode("ascii").split()
    return Entry(words[0], words[1]) if words else None


def put_entries(repository: Repository, entries: Mapping[str, Entry]) -> None:
    """Put entries back into the user's own index, where they are not there already."""
    for path, entry in entries.items():
        if staged_entry(repository.git, path) != entry:
            repository.git.run("update-index", "--add", "--replace", "--cacheinfo", f"{entry.mode},{entry.oid},{path}")


def is_altered(repository: Repository, path: str, content: bytes) -> bool:
    """Whether `git add` would store other bytes at a path: other line ends, or what a filter makes of them."""
    git = repository.git
    stored = git.run("hash-object", "--stdin", f"--path={repository.top / path}", stdin=content)
    return stored != git.run("hash-object", "--stdin", "--no-filters", stdin=content)
