"""Installs git's own hooks in one repository; a hook that is there stays and runs first."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError
from promptctl.operations.compared import refuse_nested
from promptctl.operations.writing import Plan
from promptctl.plan.hooks import LOCAL_HOOKS, SERVER_HOOKS, Caller, hook_script, is_for, is_ours, kept_name
from promptctl.repo.git import encode
from promptctl.repo.hook_files import hooks_folder, read_hook, write_hook
from promptctl.repo.repository import find_root

if TYPE_CHECKING:
    from pathlib import Path

    from promptctl.repo.repository import Repository


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook to be written. `before` is what is there now; `kept` is where that goes unless it is ours."""

    path: Path
    text: bytes
    before: bytes | None = None
    kept: Path | None = None

    @property
    def is_done(self) -> bool:
        return self.before == self.text and os.access(self.path, os.X_OK)


def plan_hooks(repository: Repository, *, server: bool) -> tuple[Hook, ...]:
    """The hooks of a clone, or of a server. Raises UsageError where it is the other one, Refused where hooks clash."""
    if server and not repository.bare:
        message = f"{repository.top} is not a bare repository, as servers have them"
        raise UsageError(message, hint="in a clone: promptctl hook install --local")
    if repository.bare and not server:
        message = f"{repository.top} is a bare repository, in which nobody commits"
        raise UsageError(message, hint=f"promptctl hook install --server {repository.top}")
    root = find_root(repository)
    if not server:
        refuse_nested(repository, root)
    folder = hooks_folder(repository)
    caller = Caller(sys.executable, root)
    return tuple(_hook(folder, name, caller) for name in (SERVER_HOOKS if server else LOCAL_HOOKS))


def _hook(folder: Path, name: str, caller: Caller) -> Hook:
    path, kept = folder / name, folder / kept_name(name)
    text = encode(hook_script(name, caller))
    if not os.path.lexists(path):
        return Hook(path, text)
    legacy = folder / f"{name}.legacy"  # where pre-commit puts a hook that it finds, and runs it first
    ours = next((place for place in (path, legacy) if is_ours(read_hook(place))), None)
    if ours is not None:
        before = read_hook(ours) or b""
        if not is_for(before, name, caller.root):
            message = f"{ours} checks another project, or was written by another version of promptctl"
            raise Refused(message, hint="delete it and install again; for several projects use pre-commit")
        return Hook(ours, text, before)
    if os.path.lexists(kept):
        message = f"{path} would be kept as {kept.name}, which is there already"
        raise Refused(message, hint="delete or rename one of them")
    return Hook(path, text, read_hook(path), kept)


def as_plan(repository: Repository, hooks: tuple[Hook, ...]) -> Plan:
    """What installing would change, by paths as a diff shows them."""
    before: dict[str, bytes | None] = {}
    after: dict[str, bytes | None] = {}
    for hook in hooks:
        if hook.is_done:
            continue
        name = os.path.relpath(hook.path, repository.top)
        before[name], after[name] = hook.before, hook.text
        if hook.kept is not None:
            after[os.path.relpath(hook.kept, repository.top)] = hook.before
    return Plan(files=after, message="", before=before)


def install(hook: Hook) -> str:
    """Write one hook, and say what was done."""
    if hook.is_done:
        return f"{hook.path} is installed already"
    write_hook(hook.path, hook.text, hook.kept)
    if hook.kept is not None:
        return f"wrote {hook.path}; what was there runs first and is now called {hook.kept.name}"
    return f"wrote {hook.path}" if hook.before is None else f"wrote {hook.path} anew"
