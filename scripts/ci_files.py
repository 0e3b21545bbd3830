"""The files by which CI systems use this project itself, made of the same steps as the jobs that `init --ci` writes."""

from __future__ import annotations

from textwrap import indent

from promptctl import __version__
from promptctl.plan.ci_jobs import COMMENT_IF, PYTHON, github_steps, gitlab_steps, quoted

NOTICE = "# Made by `make docs`: change {source}, not this file.\n"
SOURCE = "scripts/ci_files.py or promptctl/plan/ci_jobs.py"
INPUTS = {
    "version": ("Version of git-promptctl to install.", __version__),
    "directory": ("Folder of the project in the repository.", "."),
    "base": ("Commit to compare with; by default what the run is about.", ""),
    "args": ("Further arguments of `promptctl check`, with spaces between them.", ""),
}
GITHUB_INPUTS = {
    "format": ("What `promptctl check` prints.", "github"),
    "comment": ("Whether to keep a comment on the pull request up to date.", "true"),
}


def action_text() -> str:
    """`action.yml`: the action for GitHub. Whoever uses it checks the repository out first."""
    environment = "".join(
        f"PROMPTCTL_{name.upper()}: ${{{{ inputs.{name} }}}}\n"
        for name in ("version", "directory", "base", "format", "args")
    )
    steps = github_steps(environment=environment, comment_if=f"inputs.comment == 'true' && {COMMENT_IF}")
    return f"""\
{NOTICE.format(source=SOURCE)}\
name: promptctl
description: Refuse changes to prompt versions that are released.
inputs:
{indent(_inputs({**INPUTS, **GITHUB_INPUTS}, required=True), "  ")}\
outputs:
  result:
    description: passed, failed or undecided
    value: ${{{{ steps.check.outputs.result }}}}
runs:
  using: composite
  steps:
{indent(steps, " " * 4)}"""


def component_text() -> str:
    """`templates/promptctl.yml`: the component for GitLab."""
    variables = "".join(f'PROMPTCTL_{name.upper()}: "$[[ inputs.{name} ]]"\n' for name in INPUTS)
    stage = {"stage": ("Stage of the job.", "test")}
    return f"""\
{NOTICE.format(source=SOURCE)}\
spec:
  inputs:
{indent(_inputs({**stage, **INPUTS}), " " * 4)}\
---
promptctl:
  stage: $[[ inputs.stage ]]
  image: python:{PYTHON}
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_REF_PROTECTED == "true"
  variables:
    GIT_DEPTH: "0"
{indent(variables, " " * 4)}\
{indent(gitlab_steps(), " " * 2)}"""


def _inputs(inputs: dict[str, tuple[str, str]], *, required: bool = False) -> str:
    more = "  required: false\n" if required else ""
    return "".join(
        f"{name}:\n  description: {quoted(text)}\n{more}  default: {quoted(default)}\n"
        for name, (text, default) in inputs.items()
    )
