"""Plays a team's first day with promptctl in a temporary repository, with real commands and the real commit hook.

Every step says how it must end; the first one that ends otherwise ends the demo with exit code 1, so it is a test too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

PROMPT = "prompt-templates/task/qualify-lead"


class Step(NamedTuple):
    """A command line, the exit code that it must have, and words that its output must hold."""

    command: str
    says: tuple[str, ...] = ()
    code: int = 0


class Scene(NamedTuple):
    """A few commands and what they are about."""

    title: str
    steps: tuple[Step, ...]


STORY = (
    Scene(
        "Adopt promptctl: a policy, a commit hook, line ends and code owners",
        (
            Step("promptctl init", ("wrote promptctl.yaml", "installed the hooks")),
            Step("cat promptctl.yaml", ("protected: [main]",)),
            Step("git add --all && git commit --quiet --message 'Adopt promptctl'", ("Passed",)),
        ),
    ),
    Scene(
        "A prompt is a folder, a version is a file in it",
        (
            Step(
                "promptctl new qualify-lead --version 1.0.0 --purpose 'Decide whether a lead is worth a call.'",
                ("created qualify-lead@1.0.0",),
            ),
            Step(f"cat {PROMPT}/1.0.0.md", ("version: 1.0.0",)),
            Step("git add --all && git commit --quiet --message 'Add qualify-lead'", ("Passed",)),
        ),
    ),
    Scene(
        "A change is a new version",
        (
            Step(
                "promptctl new-version qualify-lead --bump minor -m 'Asks about the budget first.'",
                ("created qualify-lead@1.1.0, which follows 1.0.0",),
            ),
            Step(f"echo 'Ask about the budget first.' >> {PROMPT}/1.1.0.md"),
            Step("promptctl diff qualify-lead", ("{+Ask about the budget first.+}",)),
            Step("git add --all && git commit --quiet --message 'Ask about the budget first'", ("Passed",)),
        ),
    ),
    Scene(
        "Edited in place: the hook refuses the commit",
        (
            Step(f"echo 'Answer in one sentence.' >> {PROMPT}/1.1.0.md"),
            Step(
                "git commit --quiet --all --message 'Answer briefly'",
                ("qualify-lead@1.1.0 is released", "[released-version-edited]", "--from-edit"),
                code=1,
            ),
        ),
    ),
    Scene(
        "The right way: the edit becomes the next version, and the released file is put back",
        (
            Step(
                "promptctl new-version qualify-lead --from-edit -m 'Answers in one sentence.'",
                ("created qualify-lead@1.2.0, which follows 1.1.0", "restored"),
            ),
            Step("git add --all && git commit --quiet --message 'Answer briefly'", ("Passed",)),
        ),
    ),
    Scene(
        "Deleted: refused too, because a rollback would need the file",
        (
            Step(f"git rm --quiet {PROMPT}/1.0.0.md"),
            Step(
                "git commit --quiet --message 'Tidy up'",
                ("qualify-lead@1.0.0 is released and was removed", "[released-version-removed]"),
                code=1,
            ),
            Step(f"git restore --source=HEAD --staged --worktree -- {PROMPT}/1.0.0.md"),
            Step("git status --short"),
        ),
    ),
    Scene(
        "Past the hook: the same check compares commits, as it does in continuous integration",
        (
            Step("git switch --quiet --create shortcut"),
            Step(f"echo 'Be polite.' >> {PROMPT}/1.0.0.md"),
            Step("git commit --quiet --no-verify --all --message 'Be polite'"),
            Step("promptctl check --base main", ("[released-version-edited]", "1 error"), code=1),
            Step("git switch --quiet main"),
        ),
    ),
    Scene(
        "Two branches take the same number: the second one is renumbered",
        (
            Step("git switch --quiet --create french"),
            Step(
                "promptctl new-version qualify-lead --bump minor -m 'Answers in French.'",
                ("created qualify-lead@1.3.0",),
            ),
            Step(f"echo 'Use French.' >> {PROMPT}/1.3.0.md"),
            Step("git add --all && git commit --quiet --message 'Answer in French'", ("Passed",)),
            Step("git switch --quiet main"),
            Step(
                "promptctl new-version qualify-lead --bump minor -m 'Asks who decides.'",
                ("created qualify-lead@1.3.0",),
            ),
            Step(f"echo 'Find out who decides.' >> {PROMPT}/1.3.0.md"),
            Step("git add --all && git commit --quiet --message 'Ask who decides'", ("Passed",)),
            Step("git switch --quiet french"),
            Step("promptctl check", ("[version-collision]", "promptctl renumber qualify-lead@1.3.0"), code=1),
            Step("promptctl renumber qualify-lead@1.3.0 --to auto", ("qualify-lead@1.3.0 is now qualify-lead@1.4.0",)),
            Step("git add --all && git commit --quiet --message 'Take 1.4.0'", ("Passed",)),
            Step("git merge --quiet --no-edit main", ("Passed",)),
            Step("promptctl diff qualify-lead", ("[-Find",)),
            Step(f"echo 'Find out who decides.' >> {PROMPT}/1.4.0.md  # a draft may still change"),
            Step("git commit --quiet --all --message 'Ask who decides, in French'", ("Passed",)),
            Step("git switch --quiet main && git merge --quiet --no-ff --no-edit french"),
        ),
    ),
    Scene(
        "Which version runs where: a default, then a pilot with one tenant, then one more",
        (
            Step(
                "promptctl rollout start qualify-lead@1.0.0 --global -m 'The first selection.' --yes",
                ("moves  qualify-lead: nothing -> qualify-lead@1.0.0", "committed as"),
            ),
            Step(
                "promptctl rollout start qualify-lead@1.4.0 --tenants acme --new-tenant -m 'A pilot.' --yes",
                ("qualify-lead@1.0.0 -> qualify-lead@1.4.0  acme", "stays  qualify-lead: qualify-lead@1.0.0"),
            ),
            Step(
                "promptctl rollout expand qualify-lead --tenants globex --new-tenant --yes",
                ("qualify-lead@1.0.0 -> qualify-lead@1.4.0  globex",),
            ),
            Step("promptctl rollout status", ("running",)),
            Step("promptctl resolve qualify-lead --tenant globex", ("qualify-lead@1.4.0  (tenant, production)",)),
        ),
    ),
    Scene(
        "It was a bad one: everybody who got it gets what they had before",
        (
            Step(
                "promptctl rollback qualify-lead -m 'Refusals doubled.' --yes",
                ("qualify-lead@1.4.0 -> qualify-lead@1.0.0  acme, globex",),
            ),
            Step("promptctl rollback qualify-lead -m 'Again.' --yes", ("nothing to do",)),
            Step("promptctl resolve qualify-lead --tenant acme", ("qualify-lead@1.0.0  (default, production)",)),
            Step(
                "promptctl audit qualify-lead --env production --tenant acme",
                ("rollback qualify-lead@1.0.0: Refusals doubled.", "qualify-lead@1.4.0  (tenant)"),
            ),
        ),
    ),
    Scene(
        "The history tells what every version was",
        (
            Step(
                "promptctl log qualify-lead",
                ("1.4.0  released, minor, follows 1.3.0", "Asks about the budget first.", "Demo <demo@example.com>"),
            ),
            Step("promptctl diff qualify-lead@1.0.0 qualify-lead@1.2.0", ("{+Answer in one sentence.+}",)),
            Step("promptctl list", ("qualify-lead",)),
            Step("promptctl check --all", ("0 errors, 2 warnings", "[gates-unconfigured]")),
        ),
    ),
)


def main() -> int:
    """Play the story; 0 when every step ended as told."""
    with tempfile.TemporaryDirectory(prefix="promptctl-demo-") as folder:
        place = Path(folder)
        repository, environment = make_repository(place), surroundings(place / "home")
        for number, scene in enumerate(STORY, start=1):
            print(f"\n{_bold(f'{number}. {scene.title}')}\n")
            for step in scene.steps:
                wrong = play(step, repository, environment)
                if wrong:
                    print(f"\nthe demo failed: `{step.command}` {wrong}", file=sys.stderr)
                    return 1
    print(f"\n{_bold('All of it ended as it should.')} `promptctl rules` lists what is checked.")
    return 0


def make_repository(place: Path) -> Path:
    """An empty repository with an author of its own."""
    repository = place / "leads"
    for arguments in (
        ("init", "--quiet", "--initial-branch", "main", str(repository)),
        ("-C", str(repository), "config", "user.name", "Demo"),
        ("-C", str(repository), "config", "user.email", "demo@example.com"),
    ):
        subprocess.run(["git", *arguments], env=surroundings(place / "home"), check=True)
    return repository


def surroundings(home: Path) -> dict[str, str]:
    """The environment without anything of the user's: no git configuration, no hook or CI that runs the demo."""
    home.mkdir(exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT", "XDG_"))}
    here = Path(sys.executable).parent  # promptctl and pre-commit
    return {
        **kept,
        "HOME": str(home),
        "PATH": f"{here}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }


def play(step: Step, repository: Path, environment: Mapping[str, str]) -> str | None:
    """Show a command and what it prints; what was wrong with it, if anything."""
    print(f"$ {step.command}", flush=True)
    done = subprocess.run(
        ["sh", "-c", step.command],
        cwd=repository,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    print(done.stdout, end="", flush=True)
    if done.returncode != step.code:
        return f"exited {done.returncode}, not {step.code}"
    missing = [words for words in step.says if words not in done.stdout]
    return f"did not say: {missing[0]}" if missing else None


def _bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text


if __name__ == "__main__":
    sys.exit(main())
