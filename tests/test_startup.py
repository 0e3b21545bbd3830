"""What may be imported by what runs on every commit: start-up is most of what a hook costs.

Each new entry of these lists has to be worth its milliseconds to everyone who commits.
"""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from promptctl.cli import commands
from promptctl.cli.app import app
from promptctl.export.bundle import bundle_bytes
from tests.support.bundles import numbered

if TYPE_CHECKING:
    from tests.support.repos import Repo

# What has no spec is no module but a table that an extension keeps.
NAMES = "*[name for name, module in sys.modules.items() if getattr(module, '__spec__', None)]"
NOTHING = f"import atexit, sys; atexit.register(lambda: print({NAMES}, file=sys.stderr));"
LIBRARIES = NOTHING + "import semver, yaml"
PROMPTCTL = NOTHING + "from promptctl.cli.main import main; main()"

# click and typing_extensions: typer has brought its own click only since 0.26.
TYPER = {"typer", "annotated_doc", "click", "shellingham", "typing_extensions"}
YAML = {"yaml", "_yaml"}

# Of the standard library: modules that only some commands need, and that take a millisecond or more.
COSTLY = {"asyncio", "concurrent", "email", "hashlib", "http", "multiprocessing", "random", "sqlite3", "tempfile"}


@dataclass(frozen=True)
class Allowed:
    """Other people's packages, and modules of promptctl with all that lies below them."""

    packages: set[str]
    modules: set[str]


VERSION = Allowed(TYPER, {"cli.app", "cli.main", "cli.options", "core.errors"})
CHECK = Allowed(
    YAML | {"semver"},
    {
        *("cli.main", "cli.staged", "cli.console"),
        *("operations.check", "operations.compared", "operations.lane"),
        *("bump", "core", "tree", "repo", "rules", "report.text"),
    },
)

RUNTIME = Allowed({"semver"}, {"core", "runtime"})


def imported(program: str, *arguments: str, cwd: Path | None = None) -> set[str]:
    """The modules that a program has imported when it ends, without those that every Python here imports."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = set(done.stderr.split())
    return found if program == NOTHING else found - imported(NOTHING)


def excess(found: set[str], allowed: Allowed) -> set[str]:
    known = {*sys.stdlib_module_names, "promptctl", *allowed.packages}
    foreign = {name.partition(".")[0] for name in found} - known
    own = {name.removeprefix("promptctl.") for name in found if name.startswith("promptctl.")}
    return foreign | {name for name in own if not any(is_near(name, module) for module in allowed.modules)}


def is_near(name: str, module: str) -> bool:
    """Whether a module is the allowed one, lies below it, or is a package around it."""
    return f"{name}.".startswith(f"{module}.") or f"{module}.".startswith(f"{name}.")


def test_version_imports_typer_and_little_else() -> None:
    assert excess(imported(PROMPTCTL, "--version"), VERSION) == set()


@pytest.mark.parametrize("command", ["check --staged", "hook run"])
def test_a_hook_imports_what_one_changed_version_needs(repo: Repo, command: str) -> None:
    schema = "{schema: {type: object, properties: {lead: {type: string}}}}"
    repo.add_version("1.1.0", "Judge {{lead}}.", supersedes="1.0.0", summary="Names the lead.", input=schema)
    repo.git("add", "--all")
    found = imported(PROMPTCTL, *command.split(), cwd=repo.path)
    assert excess(found, CHECK) == set()
    assert (found - imported(LIBRARIES)) & COSTLY == set()


def test_an_application_imports_core_alone() -> None:
    """With a prompt given out and rendered: what is imported on first use counts too."""
    program = (
        "import promptctl.runtime as r, sys; found = r.load(sys.argv[1]); found.get('greet').render(); found.close()"
    )
    with tempfile.TemporaryDirectory() as place:
        bundle = Path(place, "bundle.json")
        bundle.write_bytes(bundle_bytes(numbered(1)))
        assert excess(imported(NOTHING + program, str(bundle)), RUNTIME) == set()


def test_every_command_can_be_imported() -> None:
    program: Any = get_command(app)
    modules = {module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__)}
    assert {command.name for command in program.commands.values()} == modules
