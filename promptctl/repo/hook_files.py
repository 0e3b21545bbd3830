"""The hooks of a repository as files: where git looks for them, and how they are read and written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, Undecided
from promptctl.repo.git import decode

if TYPE_CHECKING:
    from promptctl.repo.repository import Repository

_MODE = 0o755  # whoever installs a hook, others must be able to run it
_EVERYWHERE = ("global", "system")


def hooks_folder(repository: Repository) -> Path:
    """Where git looks for the hooks of this repository; raises Refused where that is one place for all repositories."""
    code, out, _ = repository.git.attempt("config", "--show-scope", "--get", "core.hooksPath")
    scope, _, path = decode(out).removesuffix("\n").partition("\t")
    if code == 0 and scope in _EVERYWHERE:
        message = f"core.hooksPath is {path} for every repository, so a hook there would run in all of them"
        raise Refused(message, hint="git config core.hooksPath FOLDER, for this repository alone; then again")
    found = decode(repository.git.run("rev-parse", "--git-path", "hooks")).removesuffix("\n")
    return repository.top / found


def read_hook(path: Path) -> bytes | None:
    """What a hook holds; None where nothing is there, or a link that leads nowhere."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise Undecided(message, hint="nothing was changed") from error


def write_hook(path: Path, text: bytes, kept: Path | None) -> None:
    """Write a hook as a whole file; what was there goes to `kept` first, and back when the writing fails."""
    written = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".promptctl-")
        written = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        written.chmod(_MODE)
        _put(written, path, kept)
    except OSError as error:
        if written is not None:
            written.unlink(missing_ok=True)
        message = f"cannot write {path}: {error.strerror}"
        raise Undecided(message, hint="that hook is as it was") from error


def _put(written: Path, path: Path, kept: Path | None) -> None:
    if kept is not None:
        path.rename(kept)
    try:
        written.replace(path)
    except OSError:
        if kept is not None:
            kept.rename(path)
        raise
