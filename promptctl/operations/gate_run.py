"""Runs the command of a gate and records what it leaves. The result file decides, whatever the exit status."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Final

from promptctl.core.errors import Refused, Undecided
from promptctl.operations.gate_record import Recording, record, refused_nothing
from promptctl.operations.gate_subject import examined, find_gate, usual_baseline
from promptctl.rules.owed import owed

if TYPE_CHECKING:
    from datetime import datetime
    from typing import TextIO

    from promptctl.operations.compared import Compared
    from promptctl.operations.gate_record import Recorded
    from promptctl.operations.gate_subject import Examined

_PLACEHOLDER: Final = re.compile(r"\{(ref|name|version|body|baseline|baseline_body|config|out)\}")
_OUT: Final = {"promptfoo": "results.json", "junit": "results.xml", "generic": "results.json"}


@dataclass(frozen=True, slots=True)
class Run:
    """A gate to run for a version; without `environment` for the last one that the gate guards."""

    ref: str
    gate: str
    environment: str | None = None


def runs_for(views: Compared, ref: str, gate: str | None) -> tuple[Run, ...]:
    """The gates of a version that have a command, or the one that is named. Raises UsageError, Refused."""
    version = str(examined(views, ref).ref)
    if gate is not None:
        return (Run(version, find_gate(views, gate).name),)
    gates = [item for item in views.context.policy.gates or () if item.command is not None]
    if not gates:
        raise Refused("no gate of the policy has a command", hint="add `run` to a gate, or use promptctl gate record")
    return tuple(Run(version, item.name) for item in gates)


def runs_owed(views: Compared, environment: str) -> tuple[Run, ...]:
    """The gates that a change of an environment owes. Raises Undecided where there is no base to tell a change by."""
    if views.undecided is not None:
        raise views.undecided
    found = (
        Run(str(item.case.ref), item.verdict.gate.name, environment)
        for item in owed(views.context)
        if item.case.environment == environment and not item.verdict.is_met
    )
    return tuple(dict.fromkeys(found))


def run_gate(views: Compared, asked: Run, *, now: datetime, output: TextIO) -> Recorded:
    """Run the command in the project's root, and record its result file.

    Raises Refused where the gate has no command, or the command leaves no file or one that proves nothing.
    """
    gate, version = find_gate(views, asked.gate), examined(views, asked.ref)
    if gate.command is None:
        message = f"the gate {gate.name} has no command"
        raise Refused(message, hint=f"promptctl gate record {version.ref} {gate.name} --from FILE")
    baseline = usual_baseline(views, version, gate, asked.environment)
    with tempfile.TemporaryDirectory(prefix="promptctl-gate-") as name:
        folder = Path(name)
        out = folder / _OUT[gate.format]
        command = filled(gate.command, _values(folder, out, version, baseline))
        _run(views, command, output)
        try:
            data = out.read_bytes()
        except FileNotFoundError:
            raise refused_nothing(gate, str(version.ref)) from None
        except OSError as error:
            raise Undecided(f"cannot read the result file: {error.strerror}") from error
    return record(views, Recording(str(version.ref), gate.name, data, out.name, now, served_in=asked.environment))


def _values(folder: Path, out: Path, version: Examined, baseline: Examined | None) -> dict[str, str]:
    """What stands for each placeholder. Without a baseline its name is empty, and so is the file with its body."""
    bodies = {"body": version.side.body, "baseline_body": baseline.side.body if baseline else ""}
    for name, body in bodies.items():
        (folder / f"{name}.txt").write_bytes(body.encode())
    return {
        "ref": str(version.ref),
        "name": version.ref.name,
        "version": version.ref.version,
        "baseline": str(baseline.ref) if baseline else "",
        "config": str(folder / "config.yaml"),
        "out": str(out),
        **{name: str(folder / f"{name}.txt") for name in bodies},
    }


def filled(command: str, values: dict[str, str]) -> str:
    """A command with its placeholders replaced, each quoted for the shell; other braces are the shell's."""
    return _PLACEHOLDER.sub(lambda found: quote(values[found[1]]), command)


def _run(views: Compared, command: str, output: TextIO) -> None:
    root = views.repository.top / views.change.layout.root
    try:
        subprocess.run(  # noqa: S603 - the command of base's policy, as the user asked for
            ["sh", "-c", command],  # noqa: S607 - the shell that git itself would find
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    except OSError as error:
        raise Undecided(f"cannot run the command: {error.strerror}") from error
