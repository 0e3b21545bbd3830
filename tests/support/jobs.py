"""Runs the steps of CI jobs as the systems run them, with stand-ins for what reaches out of the machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path

# `gh api`, as far as the steps use it: comments that GitHub keeps in a file, and `--jq` by jq itself.
_GH = """\
#!{python}
import json, os, subprocess, sys
from pathlib import Path

state = Path(os.environ["FAKE_STATE"])
with (state / "calls.jsonl").open("a") as calls:
    calls.write(json.dumps(["gh", *sys.argv[1:]]) + "\\n")
arguments = sys.argv[2:]
method = arguments[arguments.index("--method") + 1] if "--method" in arguments else "GET"
path = next(word for word in arguments if word.startswith("repos/"))
comments = json.loads((state / "comments.json").read_text())
refused = os.environ.get("FAKE_REFUSE", "").split(",")
if sys.argv[1] != "api" or not os.environ.get("GH_TOKEN") or method in refused:
    sys.exit("gh: Resource not accessible by integration (HTTP 403)")
if method == "GET":
    program = arguments[arguments.index("--jq") + 1]
    for page in (comments[:2], comments[2:]):  # --paginate asks jq about each page
        done = subprocess.run(["jq", "-r", program], input=json.dumps(page), text=True, check=True, stdout=-1)
        sys.stdout.write(done.stdout)
else:
    value = arguments[arguments.index("-F") + 1]
    assert value.startswith("body=@")
    body = Path(value.removeprefix("body=@")).read_text()
    if method == "POST":
        comments.append({{"id": 100 + len(comments), "user": {{"login": "github-actions[bot]"}}, "body": body}})
    else:
        (found,) = [item for item in comments if item["id"] == int(path.rpartition("/")[2])]
        found["body"] = body
    (state / "comments.json").write_text(json.dumps(comments))
"""
_PIP = """\
#!{python}
import json, os, sys
from pathlib import Path

with (Path(os.environ["FAKE_STATE"]) / "calls.jsonl").open("a") as calls:
    calls.write(json.dumps(["pip", *sys.argv[1:]]) + "\\n")
sys.exit(int(os.environ.get("FAKE_PIP", "0")))
"""
_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


@dataclass
class Machine:
    """A runner: folders of its own, `gh` and `pip` on the PATH, and what they were asked for."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.programs.mkdir(parents=True)
        (self.root / "temp").mkdir()
        self.keep_comments([])
        for name, text in (("gh", _GH), ("pip", _PIP)):
            (self.programs / name).write_text(text.format(python=sys.executable))
            (self.programs / name).chmod(0o755)

    @property
    def programs(self) -> Path:
        return self.root / "bin"

    @property
    def calls(self) -> list[list[str]]:
        """What `gh` and `pip` were called with, in order."""
        file = self.root / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    @property
    def comments(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((self.root / "comments.json").read_text())
        return found

    def keep_comments(self, comments: list[dict[str, Any]]) -> None:
        (self.root / "comments.json").write_text(json.dumps(comments))

    def file(self, name: str) -> Path:
        return self.root / "temp" / name

    def run(self, script: str, cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """One step, by the command with which GitHub runs `shell: bash`."""
        (self.root / "step.sh").write_text(script)
        variables = {
            **os.environ,
            "RUNNER_TEMP": str(self.root / "temp"),
            "GITHUB_OUTPUT": str(self.file("output")),
            "GITHUB_STEP_SUMMARY": str(self.file("summary")),
            "FAKE_STATE": str(self.root),
            **self.environment,
            **environment,
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(self.root / "step.sh")]
        return subprocess.run(command, cwd=cwd, env=variables, text=True, capture_output=True, check=False)


@dataclass
class Job:
    """How a job ended: whether it passed, what each step printed, and the outputs of the step `check`."""

    passed: bool
    printed: dict[str, str]
    outputs: dict[str, str]


def run_github_steps(
    steps: list[dict[str, Any]], machine: Machine, cwd: Path, environment: dict[str, str], contexts: dict[str, str]
) -> Job:
    """Run the steps that are scripts; a step without a condition runs while all before it passed.

    `contexts` are the values of expressions such as `github.token`. The parts of a condition are looked up whole.
    """
    passed, printed, outputs = True, {}, {}
    for step in steps:
        due = _holds(step["if"], outputs, environment, contexts) if "if" in step else passed
        if "run" not in step or not due:
            continue
        own = {key: _expanded(str(value), contexts) for key, value in step.get("env", {}).items()}
        done = machine.run(step["run"], cwd, {**environment, **own})
        printed[step["name"]] = done.stdout + done.stderr
        passed = passed and done.returncode == 0
        if machine.file("output").exists():
            outputs = dict(line.split("=", 1) for line in machine.file("output").read_text().splitlines())
    return Job(passed, printed, outputs)


def _holds(condition: str, outputs: dict[str, str], environment: dict[str, str], contexts: dict[str, str]) -> bool:
    condition = _EXPRESSION.sub(r"\1", condition)
    known = {
        "!cancelled()": True,
        "github.event_name == 'pull_request'": environment.get("GITHUB_EVENT_NAME") == "pull_request",
        "steps.check.outputs.result != ''": bool(outputs.get("result")),
        "inputs.comment == 'true'": contexts.get("inputs.comment") == "true",
    }
    return all(known[part] for part in condition.split(" && "))


def _expanded(text: str, contexts: dict[str, str]) -> str:
    return _EXPRESSION.sub(lambda found: contexts[found[1]], text)


def load(path: Path) -> Any:
    """The last document of a YAML file, with `on` as the text that it is to GitHub."""
    *_, document = yaml.safe_load_all(path.read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in document.items()}
