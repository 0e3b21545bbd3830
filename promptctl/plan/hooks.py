"""The scripts that git runs where pre-commit does not: POSIX sh, made for one Python and one project."""

from __future__ import annotations

from typing import NamedTuple

LOCAL_HOOKS = ("pre-commit", "pre-merge-commit", "pre-push")
SERVER_HOOKS = ("pre-receive",)
_READ_STDIN = frozenset({"pre-push", "pre-receive"})
_MARK = "# Written by `promptctl hook install`, which may write it anew"


class Caller(NamedTuple):
    """Who runs promptctl: a Python, and the project's folder in the repository, empty or ending with a slash."""

    python: str
    root: str = ""


def hook_script(name: str, caller: Caller) -> str:
    """The whole script: first the hook that was there before, with the same arguments and input, then promptctl."""
    command = f"{_quoted(caller.python)} -P -m {_arguments(name, caller.root)}"  # -P: the work tree holds no modules
    first, then, read = '"$before" "$@"', f"exec {command}", ""
    if name in _READ_STDIN:
        again = "printf '%s' \"$refs\" | "
        first, then = again + first, again + then
        read = "refs=$(cat && echo .) || exit 1\nrefs=${refs%.}\n"  # the dot keeps the last line's end
    return (
        "#!/bin/sh\n"
        f"{_MARK}; the hook that was here before runs first.\n"
        f'before="$(dirname "$0")/{kept_name(name)}"\n'
        f"{read}"
        'if [ -f "$before" ] && [ -x "$before" ]; then\n'
        f"    {first} || exit $?\n"
        "fi\n"
        f"{then}\n"
    )


def kept_name(name: str) -> str:
    """What a hook that was there before is called from then on, in the same folder."""
    return f"{name}.before-promptctl"


def is_ours(script: bytes | None) -> bool:
    """Whether a script was written here, by whatever version."""
    return script is not None and _MARK.encode() in script


def is_for(script: bytes, name: str, root: str) -> bool:
    """Whether a script of ours is about this hook of this project."""
    return f"-m {_arguments(name, root)}\n".encode("utf-8", "surrogateescape") in script


def _arguments(name: str, root: str) -> str:
    if name in SERVER_HOOKS:
        return "promptctl hook pre-receive"
    return f"promptctl hook run --stage {name}" + (f" -C {_quoted(root.rstrip('/'))}" if root else "")


def _quoted(text: str) -> str:
    """One word of a shell, whatever it holds."""
    return "'" + text.replace("'", "'\\''") + "'"
