"""A repository whose production serves something, and what people ask of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from promptctl.core.entries import REGULAR, Blob, Entry
from promptctl.core.selection import Request, resolve
from promptctl.tree.selection import ConfigFile, Environment, merge, read_selection

if TYPE_CHECKING:
    from tests.support.repos import Repo, Result

CONFIG = "prompt-config/production.yaml"
START = """\
# Who gets what, and why.
defaults:
  qualify-lead:
    use: qualify-lead@1.0.0   # since spring
    because: Works.

salesAgent:
  prompts:
    qualifyLead: "qualify-lead@1.0.0"  # pinned
    again: qualify-lead
tenants:
  acme-health:
    regimes: [hipaa]
    prompts: {qualify-lead: qualify-lead@2.0.0}
  globex:     # may be anything
  initech: {}
"""


def day(days: int) -> str:
    """The date so many days from today: the commands go by the clock."""
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def stock(repo: Repo, config: str = START) -> Repo:
    """Add the versions 1.1.0, 1.2.0 and 2.0.0 (fit for HIPAA), and select by this configuration."""
    repo.add_version("1.1.0", "Judge the lead briefly.", supersedes="1.0.0", summary="Briefly.")
    repo.add_version("1.2.0", "Judge the lead at length.", supersedes="1.1.0", summary="At length.")
    repo.add_version("2.0.0", "Judge the lead well.", supersedes="1.2.0", summary="Well.", regimes="[hipaa]")
    repo.write(CONFIG, config)
    repo.write("promptctl.yaml", repo.read("promptctl.yaml") + "gates: {}\nrollout: {observation: optional}\n")
    repo.commit("Select")
    return repo


def run(repo: Repo, *arguments: str) -> Result:
    """An operating command that is not asked about; it says what it does, and never shows a traceback."""
    found = repo.promptctl(*arguments, "--yes")
    assert "Traceback" not in found.err
    return found


def done(repo: Repo, *arguments: str) -> str:
    """As `run`, and it made one commit, which `check` finds nothing wrong with; what it said."""
    head = repo.git("rev-parse", "HEAD")
    found = run(repo, *arguments)
    assert found.code == 0, found.err
    assert repo.git("rev-parse", "HEAD~1") == head, found.out
    assert repo.git("status", "--porcelain", "--untracked-files=no") == ""
    return found.out


def idle(repo: Repo, *arguments: str) -> str:
    """As `run`, and it ends well without a commit; what it said."""
    head = repo.git("rev-parse", "HEAD")
    found = run(repo, *arguments)
    assert (found.code, repo.git("rev-parse", "HEAD")) == (0, head), found.err
    return found.out


def refused(repo: Repo, code: int, *arguments: str) -> str:
    """As `run`, and it ends so with everything as before; what it said."""
    before = repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain"), repo.git("for-each-ref")
    found = run(repo, *arguments)
    assert found.code == code, found.out + found.err
    assert (repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain"), repo.git("for-each-ref")) == before
    return found.err


def environment(repo: Repo, name: str = "production") -> Environment:
    """What the files on disk configure."""
    folder = repo.path / "prompt-config"
    paths = [path for path in (folder / f"{name}.yaml", *sorted((folder / name).rglob("*.yaml"))) if path.exists()]
    files = [(path.relative_to(repo.path).as_posix(), path.read_bytes()) for path in paths]
    entry = Entry(REGULAR, "")
    found = merge(name, [ConfigFile(path, entry, read_selection(entry, Blob(len(d), d))) for path, d in files])
    assert not found.faults
    return found


def gets(repo: Repo, wanted: str = "qualify-lead", tenant: str | None = None) -> str:
    """The version that the files on disk select."""
    return str(resolve(environment(repo).selection, Request(wanted, tenant)).ref.version)


def message(repo: Repo, commit: str = "HEAD") -> tuple[str, dict[str, str]]:
    """The first line of a commit's message, and its trailers."""
    subject = repo.git("log", "-1", "--format=%s", commit)
    trailers = repo.git("log", "-1", "--format=%(trailers:only,unfold)", commit).splitlines()
    return subject, dict(line.removeprefix("Promptctl-").split(": ", 1) for line in trailers)


def changed_lines(repo: Repo, path: str = CONFIG) -> tuple[list[str], list[str]]:
    """The lines that the newest commit took out of a file, and those that it put in."""
    lines = repo.git("diff", "--unified=0", "HEAD~1", "HEAD", "--", path).splitlines()[4:]
    return [line[1:] for line in lines if line[0] == "-"], [line[1:] for line in lines if line[0] == "+"]
