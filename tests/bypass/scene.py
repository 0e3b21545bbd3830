"""Where a bypass is tried: an author's clone, the server that it pushes to, and the CI run about the change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.repos import FOLDER, Repo, version_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECOND = f"{FOLDER}/1.1.0.md"
UNDECIDED = "undecided"
UNCHANGED = "unchanged"
REFUSED = "refused"
GIT = "git"


@dataclass
class Scene:
    """The author stands on `feature`, which starts at the server's main. There 1.0.0 and 1.1.0 are released.

    `pushed` is what the author pushes in the end; `claimed` is where that says main stood, in place of where it did.
    The rest is about the CI run: `event` is what it is for, `directory` where it is started, `environment` and
    `on_runner` what an attacker can do to it. `to_mend` is what somebody has to put right on main, alone, before
    anything else is taken; `pristine` is what the server was like before the author came.
    """

    folder: Path
    repo: Repo
    bare: Repo
    pristine: object = None
    pushed: list[str] = field(default_factory=lambda: ["--force", "feature:refs/heads/main"])
    claimed: str | None = None
    event: str = "pull_request"
    directory: str = "."
    environment: dict[str, str] = field(default_factory=dict)
    on_runner: list[Callable[[Repo], None]] = field(default_factory=list)
    to_mend: dict[str, str] = field(default_factory=dict)

    def land(self, message: str = "Land it") -> None:
        """Commit what is on disk and have the server take it as its main, which it must."""
        self.repo.commit(message)
        self.repo.git("push", "--quiet", "origin", "feature:main")

    def land_unseen(self) -> None:
        """The same before there was a hook."""
        hook = self.bare.path / "hooks/pre-receive"
        hook.rename(hook.with_suffix(".off"))
        self.land()
        hook.with_suffix(".off").rename(hook)

    def draft(self, version: str, body: str = "Judge anew.", supersedes: str = "1.1.0") -> str:
        return self.repo.add_version(version, body, supersedes=supersedes, summary="Says more.")

    def store(self, content: str | bytes) -> str:
        """Write a blob and nothing else; its id."""
        data = content.encode() if isinstance(content, str) else content
        return self.repo.git("hash-object", "-w", "--stdin", stdin=data)

    def put(self, path: str | bytes, oid: str, mode: str = "100644") -> None:
        """Commit an entry by plumbing: no file system, filter or hook has a say."""
        raw = path.encode() if isinstance(path, str) else path
        line = f"{mode} {oid}\t".encode() + raw + b"\0"
        self.repo.git("update-index", "-z", "--add", "--replace", "--index-info", stdin=line)
        self.repo.git("commit", "--quiet", "--no-verify", "-m", "Put")

    def add(self, path: str | bytes, content: str | None = None) -> None:
        """Commit a further file under a name that a file system may not take."""
        self.put(path, self.store(version_text("1.0.0", "Weigh the lead.") if content is None else content))


@dataclass(frozen=True)
class Bypass:
    """One way around. `check` and `server` are the rule that refuses it, or one of the words above.

    `words` are what the refusal says where no rule does. `note` says what holds where one of the two does not apply.
    """

    perform: Callable[[Scene], None]
    check: str
    server: str
    words: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        return self.perform.__name__

    @property
    def what(self) -> str:
        """What is tried, for people."""
        return str(self.perform.__doc__).removesuffix(".")


class Family:
    """The bypasses of one module, in the order in which they are written."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.bypasses: list[Bypass] = []

    def bypass(
        self, check: str, server: str | None = None, *, words: str = "", note: str = ""
    ) -> Callable[[Callable[[Scene], None]], Callable[[Scene], None]]:
        """List a function whose docstring is a row of the table; the server refuses as `check` does, unless told."""

        def wrap(perform: Callable[[Scene], None]) -> Callable[[Scene], None]:
            self.bypasses.append(Bypass(perform, check, server or check, words, note))
            return perform

        return wrap
