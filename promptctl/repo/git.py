"""Runs git without trusting its environment: no lazy answers, no replaced objects, no index refresh."""

from __future__ import annotations

import os
import subprocess
from copy import copy
from typing import TYPE_CHECKING, NoReturn

from promptctl.core.errors import Undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# Replace refs and grafts would let a clone show other content than the one that is merged; optional locks would
# refresh an index that git itself is about to write; magic pathspecs would turn a folder name into a pattern.
_ENVIRONMENT = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_GLOB_PATHSPECS": "0",
    "GIT_NOGLOB_PATHSPECS": "0",
    "GIT_ICASE_PATHSPECS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}

_RECOVER = "git fsck; in a partial or shallow clone: git fetch --refetch origin"
_ABOUT_OBJECTS = ("commit", "object", "promisor", "unable to read")


class Git:
    """Runs git in one directory; copies of it differ in directory, environment variables or `-c` settings."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = {**os.environ, **_ENVIRONMENT}
        self.settings: tuple[str, ...] = ()

    def with_environment(self, extra: Mapping[str, str]) -> Git:
        changed = copy(self)
        changed.environment = {**self.environment, **extra}
        return changed

    def for_hooks(self, extra: Mapping[str, str]) -> Git:
        """A git whose hooks meet the user's own environment, in which pathspecs are magic and locks are taken."""
        changed = copy(self)
        changed.environment = {**os.environ, **extra, "LC_ALL": "C"}
        return changed

    def with_settings(self, settings: Iterable[str]) -> Git:
        """A git that reads these settings (`name=value`) instead of the user's."""
        changed = copy(self)
        changed.settings = tuple(word for setting in settings for word in ("-c", setting))
        return changed

    def at(self, directory: Path) -> Git:
        moved = copy(self)
        moved.directory = directory
        return moved

    def run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """The standard output; raises Undecided with git's own words when git fails."""
        code, out, err = self.attempt(*arguments, stdin=stdin)
        if code != 0:
            self.fail(err, arguments)
        return out

    def attempt(self, *arguments: str, stdin: bytes | None = None) -> tuple[int, bytes, bytes]:
        """Exit code, output and error output, for questions where a failure is an answer too."""
        try:
            done = subprocess.run(  # noqa: S603 - the arguments are ours, never a shell's
                ["git", *self.settings, *arguments],  # noqa: S607 - the user's git, found as the user finds it
                cwd=self.directory,
                env=self.environment,
                input=stdin if stdin is not None else b"",
                capture_output=True,
                check=False,
            )
        except FileNotFoundError as error:
            _no_git(self.directory, error)
        except (NotADirectoryError, PermissionError) as error:
            message = f"cannot run git in {self.directory}: {error.strerror}"
            raise Undecided(message) from error
        return done.returncode, done.stdout, done.stderr

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A git that keeps running and answers on its standard output."""
        return subprocess.Popen(  # noqa: S603 - as above
            ["git", *self.settings, *arguments],  # noqa: S607 - as above
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def fail(self, stderr: bytes, arguments: tuple[str, ...]) -> NoReturn:
        """Raise Undecided for a git that failed, with the command that mends what is known to happen."""
        text = stderr.decode("utf-8", "replace").strip()
        if "safe.directory" in text:
            trust = text[text.rfind("git config --global") :].partition("\n")[0]
            message = f"git does not trust the repository of {self.directory}: it belongs to another user"
            raise Undecided(message, hint=trust)
        if "not a git repository" in text:
            message = f"{self.directory} is not in a git repository"
            raise Undecided(message, hint="git init")
        if "index.lock" in text:
            raise Undecided("another git command holds the index", hint="wait for it to end and try again")
        message = f"git {arguments[0]} failed: {_reason(text)}"
        raise Undecided(message, hint=_remedy(text))


def _reason(text: str) -> str:
    """The last line, and the error before it: that is where git says what the machine said."""
    words = text.splitlines()[-2:]
    told = words if words and words[0].startswith("error:") else words[-1:]
    return "; ".join(told) or "no reason given"


def _remedy(text: str) -> str | None:
    if "Unable to process path" in text:
        return "put a regular file in its place, or remove it"
    if "index" in text and not any(word in text for word in _ABOUT_OBJECTS):
        return "git read-tree HEAD, which makes the index anew: what was staged has to be staged again"
    return _RECOVER if any(word in text for word in _ABOUT_OBJECTS) else None


def unreadable(name: str) -> Undecided:
    """An object that should be there cannot be read."""
    message = f"object {name} cannot be read"
    return Undecided(message, hint=_RECOVER)


def _no_git(directory: Path, error: FileNotFoundError) -> NoReturn:
    if not directory.is_dir():
        message = f"no such directory: {directory}"
        raise Undecided(message) from error
    raise Undecided("git is not installed, or not on the PATH", hint="install git 2.28 or later") from error


def decode(raw: bytes) -> str:
    """A path as git stores it; bytes that are not UTF-8 become surrogate escapes and survive the way back."""
    return raw.decode("utf-8", "surrogateescape")


def encode(path: str) -> bytes:
    """The way back from `decode`."""
    return path.encode("utf-8", "surrogateescape")


def fetch_command(branch: str) -> str:
    """Brings a branch in where a clone of one branch alone would put it nowhere; a full clone stays full."""
    return f"git fetch origin +refs/heads/{branch}:refs/remotes/origin/{branch}"
