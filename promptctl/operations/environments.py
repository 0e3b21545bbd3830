"""Finds the environment that a command is about, and refuses one whose configuration cannot be relied on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import UsageError
from promptctl.core.text import suggest
from promptctl.tree.environments import configured, environment_files

if TYPE_CHECKING:
    from promptctl.operations.compared import Compared
    from promptctl.tree.selection import Environment


def choose_environment(views: Compared, name: str | None) -> str:
    """The environment that the user named, or the only one there is. Raises UsageError."""
    found = configured(views.change.after, views.change.layout)
    known = tuple(dict.fromkeys((*views.context.policy.environments, *found)))
    if name in found:
        return name
    if name in known:
        message = f"{name} has no configuration: there is no {views.change.layout.config}/{name}.yaml"
        raise UsageError(message, hint=f"promptctl rollout start NAME@VERSION --env {name} makes it")
    if name is not None:
        close = suggest(name, known)
        raise UsageError(f"there is no environment {name}", hint=f"did you mean {close}?" if close else _listed(known))
    if len(found) == 1:
        return found[0]
    if not found:
        message = f"no environment is configured: {views.change.layout.config}/ holds no YAML file"
        raise UsageError(message, hint="promptctl rollout start makes a prompt's first selection")
    raise UsageError("there is more than one environment", hint=f"add --env {'|'.join(known)}")


def planned_environment(views: Compared, name: str | None) -> Environment:
    """As the two others say; besides, one that the policy names and nothing configures yet."""
    order = views.context.policy.environments
    if name in order or (name is None and len(order) == 1):
        return sound_environment(views, name or order[0])
    return sound_environment(views, choose_environment(views, name))


def _listed(known: tuple[str, ...]) -> str:
    return f"there are {', '.join(known)}" if known else "no environment is configured"


def sound_environment(views: Compared, name: str) -> Environment:
    """An environment of head. Raises UsageError where anything in its files is wrong: half of it is no answer."""
    environment = views.change.environment(name)
    for file, fault in environment.faults:
        place = file.document.lines.position(min(fault.start, len(file.document.text or "")))
        message = f"{file.path}:{place.line}:{place.column}: {fault.message}"
        raise UsageError(message, hint=fault.hint or "promptctl check --all shows all that is wrong")
    return environment


def config_commit(views: Compared, name: str) -> str | None:
    """The commit whose configuration of an environment was read; None where it is in no commit yet."""
    if views.head.commit is not None:
        return views.head.commit
    layout, commit = views.change.layout, views.repository.head
    committed = list(environment_files(views.repository.snapshot(commit), layout, name))
    return commit if committed == list(environment_files(views.change.after, layout, name)) else None
