"""Sets promptctl up in a repository: policy, hook, line ends, owners, and a job for continuous integration."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.entries import REGULAR, Blob, Entry
from promptctl.core.errors import Undecided
from promptctl.operations.writing import Plan
from promptctl.plan import adoption, ci_jobs, drafts
from promptctl.tree.policy import POLICY_FILE, Paths, parse_policy, read_policy_file

if TYPE_CHECKING:
    from typing import Literal

    from promptctl.repo.repository import Repository

_HOOKS = ".pre-commit-config.yaml"
_ATTRIBUTES = ".gitattributes"
_OWNERS = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
_TEMPLATES, _EVIDENCE = Paths().templates, Paths().evidence
_SAMPLE = "summarise-text"


@dataclass(frozen=True, slots=True)
class Setup:
    """What to set up. `root` is the project's folder: empty, or ending with a slash."""

    root: str
    sample: bool = False
    ci: Literal["github", "gitlab"] | None = None


def plan_init(repository: Repository, setup: Setup) -> Plan:
    """Only files that are missing, and lines that are missing from files that are there. Raises Undecided."""
    if repository.bare:
        raise Undecided("a bare repository has no files to set up", hint="promptctl init in a clone")
    branch = protected_branch(repository)
    files: dict[str, bytes | None] = {}
    notes: list[str] = []
    _add_policy(repository, setup, branch, files, notes)
    _add_hook(repository, setup, files, notes)
    templates, evidence = setup.root + _TEMPLATES, setup.root + _EVIDENCE
    _add_text(files, _ATTRIBUTES, adoption.attributes_text(_read(repository, _ATTRIBUTES) or "", templates, evidence))
    owners = next((name for name in _OWNERS if _read(repository, name) is not None), _OWNERS[0])
    _add_text(files, owners, adoption.owners_text(_read(repository, owners) or "", setup.root))
    _add_job(repository, setup, branch, files, notes)
    if setup.sample:
        files.update(_sample(repository, templates))
    written = [f"wrote {name}" for name in files]
    return Plan(files, "Adopt promptctl", (*written, *notes, *_host_notes(branch)))


def _add_policy(
    repository: Repository, setup: Setup, branch: str, files: dict[str, bytes | None], notes: list[str]
) -> None:
    path = setup.root + POLICY_FILE
    if _read(repository, path) is None:
        _add_text(files, path, adoption.policy_text(branch))
        notes.append(f"protected: {branch}")
    else:
        notes.append(f"kept {path} as it is")


def _add_hook(repository: Repository, setup: Setup, files: dict[str, bytes | None], notes: list[str]) -> None:
    old = _read(repository, _HOOKS)
    sample = f"{setup.root}{_TEMPLATES}/task/name/1.0.0.md"
    for name in adoption.reaching_formatters(old or "", sample):
        notes.append(f"the hook {name} in {_HOOKS} would rewrite released prompts; give it this line:")
        notes.append(f"    exclude: ^{setup.root}{_TEMPLATES}/")
    if old is not None and adoption.has_hook(old, setup.root):
        notes.append(f"kept the promptctl hook in {_HOOKS} as it is")
        return
    new = adoption.hooks_text(old, setup.root)
    if new is None:
        notes.append(f"{_HOOKS} is laid out in a way that cannot be added to safely; add this under `repos:` by hand:")
        notes += [f"    {line}" for line in adoption.hook_block(setup.root).splitlines()]
    _add_text(files, _HOOKS, new)


def _add_job(
    repository: Repository, setup: Setup, branch: str, files: dict[str, bytes | None], notes: list[str]
) -> None:
    if setup.ci is None:
        return
    branches = _protected(repository, setup, branch)
    path, text = {
        "github": (ci_jobs.GITHUB_FILE, ci_jobs.github_workflow(branches, setup.root)),
        "gitlab": (ci_jobs.GITLAB_FILE, ci_jobs.gitlab_job(branches, setup.root)),
    }[setup.ci]
    old = _read(repository, path)
    if old is None:
        _add_text(files, path, text)
    elif setup.ci == "gitlab" and not ci_jobs.has_gitlab_job(old):
        notes.append(f"{path} has jobs of its own; add this one by hand:")
        notes += [f"    {line}" for line in text.splitlines()]
    else:
        notes.append(f"kept {path} as it is")


def _protected(repository: Repository, setup: Setup, branch: str) -> tuple[str, ...]:
    """The branches that the policy on disk names; the one that was found where it names none that can be read."""
    text = _read(repository, setup.root + POLICY_FILE)
    data = text.encode() if text is not None else b""
    policy = parse_policy(read_policy_file(Entry(REGULAR, ""), Blob(len(data), data)))
    return policy.protected if text is not None and policy is not None else (branch,)


def _add_text(files: dict[str, bytes | None], path: str, text: str | None) -> None:
    if text is not None:
        files[path] = text.encode()


def _sample(repository: Repository, templates: str) -> dict[str, bytes | None]:
    folder = f"{templates}/task/{_SAMPLE}"
    if (repository.top / folder).exists():
        return {}
    manifest = drafts.manifest_text(name=_SAMPLE, owner=git_identity(repository) or "unknown", recommended="1.0.0")
    return {f"{folder}/prompt.yaml": manifest.encode(), f"{folder}/1.0.0.md": drafts.SAMPLE.encode()}


def _host_notes(branch: str) -> tuple[str, ...]:
    return (
        f"what only your git host can enforce: no direct pushes to {branch}, reviews, the check as required",
        "next: promptctl new NAME --purpose '…', then commit",
    )


def protected_branch(repository: Repository) -> str:
    """The branch to protect: the remote's default, else main or master, else the one that is checked out."""
    code, out, _ = repository.git.attempt("symbolic-ref", "-q", "--short", "refs/remotes/origin/HEAD")
    if code == 0:
        return out.decode("utf-8", "replace").strip().removeprefix("origin/")
    for name in ("main", "master"):
        if repository.objects.commit(f"refs/heads/{name}"):
            return name
    code, out, _ = repository.git.attempt("symbolic-ref", "-q", "--short", "HEAD")
    return out.decode("utf-8", "replace").strip() if code == 0 else "main"


def git_identity(repository: Repository) -> str | None:
    """The address that git would put into a commit, where one is set."""
    code, out, _ = repository.git.attempt("config", "user.email")
    return out.decode("utf-8", "replace").strip() or None if code == 0 else None


def install_hooks(repository: Repository) -> str:
    """Have pre-commit install its hooks; what it said, or what to run by hand."""
    command = _pre_commit()
    types = [word for name in adoption.HOOK_TYPES for word in ("--hook-type", name)]
    by_hand = f"pre-commit install {' '.join(types)}"
    if command is None:
        return f"pre-commit is not installed here: pip install pre-commit && {by_hand}"
    done = subprocess.run(  # noqa: S603 - pre-commit as the user has it
        [*command, "install", *types], cwd=repository.top, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines()
        return f"pre-commit install failed ({words[-1] if words else 'no reason given'}); run it by hand: {by_hand}"
    return f"installed the hooks {', '.join(adoption.HOOK_TYPES)}"


def _pre_commit() -> list[str] | None:
    found = shutil.which("pre-commit")
    if found is not None:
        return [found]
    return [sys.executable, "-m", "pre_commit"] if importlib.util.find_spec("pre_commit") else None


def _read(repository: Repository, path: str) -> str | None:
    target = repository.top / path
    try:
        return target.read_text(encoding="utf-8") if target.exists() else None
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot read {path}"
        raise Undecided(message, hint="init adds to it; make it readable UTF-8 first") from error
