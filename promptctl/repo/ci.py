"""What a CI system says about the change it runs for, read from the variables and files that it documents.

GitHub: https://docs.github.com/actions/reference/variables and the event payloads of webhooks. GitLab: predefined
variables. Azure: predefined variables. Bitbucket: default variables. Jenkins: multibranch and Git plugin variables.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptctl.core.errors import Undecided

if TYPE_CHECKING:
    from collections.abc import Mapping

_BRANCH = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Merge:
    """A change that is to be merged into a branch. Ids are None where the system does not give them.

    `head` is the tip of what is merged; `base` the target's commit as the system knew it; `exact` says that it knew it
    for this very run, so that it is better than what the clone has.
    """

    system: str
    target: str
    head: str | None = None
    base: str | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    """Commits that a branch got. `before` is where it stood, zeros for a new branch, None where nobody says."""

    system: str
    branch: str
    before: str | None


def ci_event(environment: Mapping[str, str]) -> Merge | Push | None:
    """What this run is about, or None outside CI and in runs that are about no change (schedules, manual runs).

    Raises Undecided where a system is recognised but its event cannot be read.
    """
    for name, value, read in (
        ("GITHUB_ACTIONS", "true", _github),
        ("GITLAB_CI", "true", _gitlab),
        ("TF_BUILD", "True", _azure),
        ("BITBUCKET_BUILD_NUMBER", None, _bitbucket),
        ("JENKINS_URL", None, _jenkins),
    ):
        if name in environment and value in {None, environment[name]}:
            return read(environment)
    return None


def _github(environment: Mapping[str, str]) -> Merge | Push | None:
    name = environment.get("GITHUB_EVENT_NAME", "")
    event = _event(environment.get("GITHUB_EVENT_PATH", "")) if name in _GITHUB_EVENTS else {}
    if name in {"pull_request", "pull_request_target"}:
        pull = event["pull_request"]
        return Merge("GitHub", pull["base"]["ref"], pull["head"]["sha"], pull["base"]["sha"])
    if name == "merge_group":
        group = event["merge_group"]
        target = str(group["base_ref"]).removeprefix(_BRANCH)
        return Merge("GitHub", target, group["head_sha"], group["base_sha"], exact=True)
    ref = str(event.get("ref", environment.get("GITHUB_REF", "")))
    if name == "push" and ref.startswith(_BRANCH):
        return Push("GitHub", ref.removeprefix(_BRANCH), event["before"])
    return None


_GITHUB_EVENTS = frozenset({"pull_request", "pull_request_target", "merge_group", "push"})


class _Event(dict[str, Any]):
    """A payload whose missing keys are an undecided question and not a crash."""

    def __missing__(self, key: str) -> Any:
        message = f"the GitHub event has no `{key}`"
        raise Undecided(message, hint="name the base: promptctl check --base REF")


def _event(path: str) -> _Event:
    try:
        document = json.loads(Path(path).read_bytes(), object_hook=_Event)
    except (OSError, ValueError, RecursionError) as error:
        message = f"the GitHub event file cannot be read: {path or 'GITHUB_EVENT_PATH is not set'}"
        raise Undecided(message, hint="name the base: promptctl check --base REF") from error
    return document if isinstance(document, _Event) else _Event()


def _gitlab(environment: Mapping[str, str]) -> Merge | Push | None:
    target = environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
    if target:
        base = environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA") or None
        head = environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or None
        return Merge("GitLab", target, head, base, exact=base is not None)
    branch = environment.get("CI_COMMIT_BRANCH")
    if branch and environment.get("CI_PIPELINE_SOURCE", "push") == "push":
        return Push("GitLab", branch, environment.get("CI_COMMIT_BEFORE_SHA") or None)
    return None


def _azure(environment: Mapping[str, str]) -> Merge | Push | None:
    target = environment.get("SYSTEM_PULLREQUEST_TARGETBRANCH")
    if target:
        head = environment.get("SYSTEM_PULLREQUEST_SOURCECOMMITID") or None
        return Merge("Azure", target.removeprefix(_BRANCH), head)
    branch = environment.get("BUILD_SOURCEBRANCH", "")
    automatic = environment.get("BUILD_REASON", "") in {"IndividualCI", "BatchedCI"}
    return Push("Azure", branch.removeprefix(_BRANCH), None) if automatic and branch.startswith(_BRANCH) else None


def _bitbucket(environment: Mapping[str, str]) -> Merge | Push | None:
    target = environment.get("BITBUCKET_PR_DESTINATION_BRANCH")
    if target:
        base = environment.get("BITBUCKET_PR_DESTINATION_COMMIT") or None
        return Merge("Bitbucket", target, environment.get("BITBUCKET_COMMIT") or None, base)
    branch = environment.get("BITBUCKET_BRANCH")
    return Push("Bitbucket", branch, None) if branch else None


def _jenkins(environment: Mapping[str, str]) -> Merge | Push | None:
    target = environment.get("CHANGE_TARGET")
    if target:
        return Merge("Jenkins", target)
    branch = environment.get("BRANCH_NAME") or environment.get("GIT_BRANCH", "").removeprefix("origin/")
    before = environment.get("GIT_PREVIOUS_SUCCESSFUL_COMMIT") or environment.get("GIT_PREVIOUS_COMMIT") or None
    return Push("Jenkins", branch, before) if branch else None
