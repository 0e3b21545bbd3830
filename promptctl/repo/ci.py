"""What a CI system says about the change it runs for, read from the variables and files that it documents.

GitHub: https://docs.github.com/actions/reference/variables and the event payloads of webhooks. GitLab: predefined
variables. Azure: predefined variables. Bitbucket: default variables. Jenkins: multibranch and Git plugin variables.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptctl.core.errors import Undecided

if TYPE_CHECKING:
    from collections.abc import Mapping

_BRANCH = "refs/heads/"
_BY_HAND = "name the base: promptctl check --base REF"
_ID = re.compile(r"[0-9a-f]{7,64}")
# What git lets no branch be called, so that a name from outside is nothing but a name.
_NO_BRANCH = re.compile(r"^[-/]|[\x00-\x20\x7f~^:?*\[\\\ud800-\udbff]|\.\.|@\{|/$|^$")


@dataclass(frozen=True, slots=True)
class Merge:
    """A change that is to be merged into the branch `target`. Ids are None where the system does not give them.

    `target` is None where the system names the commit that it merges onto and no branch. `head` is the tip of what
    is merged; `base` the target's commit as the system knew it. `exact`: it knew it for this very run, so that it is
    better than what the clone has. `queued`: what lies on the target is not what comes before this change, so that
    nothing else will do.
    """

    system: str
    target: str | None
    head: str | None = None
    base: str | None = None
    exact: bool = False
    queued: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    """Commits that a branch got. `before` is where it stood, zeros for a new branch, None where nobody says.

    `guarded`: the system's own settings protect the branch, or it is the default one.
    """

    system: str
    branch: str
    before: str | None
    guarded: bool = False


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
    if name not in {"pull_request", "pull_request_target", "merge_group", "push"}:
        return None
    event = _Payload(environment.get("GITHUB_EVENT_PATH", ""))
    if name == "push":
        return _github_push(environment, event)
    if name == "merge_group":
        base, head = event.commit("merge_group", "base_sha"), event.commit("merge_group", "head_sha")
        return Merge("GitHub", _queue_target(event), head, base, exact=True, queued=True)
    named = environment.get("GITHUB_BASE_REF") if event.find("pull_request", "base", "ref") is None else None
    target = _branch("GitHub", named or event.text("pull_request", "base", "ref"))
    head, base = (event.commit("pull_request", side, "sha") for side in ("head", "base"))
    return Merge("GitHub", target, head, base)


def _queue_target(event: _Payload) -> str | None:
    if event.find("merge_group", "base_ref") is None:
        return None
    return _branch("GitHub", event.text("merge_group", "base_ref").removeprefix(_BRANCH))


def _github_push(environment: Mapping[str, str], event: _Payload) -> Push | None:
    ref = event.text("ref")
    if not ref.startswith(_BRANCH):
        return None
    branch = _branch("GitHub", ref.removeprefix(_BRANCH))
    guarded = environment.get("GITHUB_REF_PROTECTED") == "true" or event.find("repository", "default_branch") == branch
    return Push("GitHub", branch, event.commit("before"), guarded)


class _Payload:
    """The event as GitHub wrote it down; whatever is not as GitHub documents it is an undecided question."""

    def __init__(self, path: str) -> None:
        try:
            self._document: Any = json.loads(Path(path).read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            message = f"the GitHub event file cannot be read: {path or 'GITHUB_EVENT_PATH is not set'}"
            raise Undecided(message, hint=_BY_HAND) from error

    def find(self, *keys: str) -> Any:
        """A value, or None where there is none."""
        value = self._document
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def text(self, *keys: str) -> str:
        value = self.find(*keys)
        if not isinstance(value, str):
            message = f"the GitHub event has no `{'.'.join(keys)}`"
            raise Undecided(message, hint=_BY_HAND)
        return value

    def commit(self, *keys: str) -> str:
        found = _commit("GitHub", self.text(*keys))
        if found is None:
            message = f"the GitHub event has no `{'.'.join(keys)}`"
            raise Undecided(message, hint=_BY_HAND)
        return found


def _gitlab(environment: Mapping[str, str]) -> Merge | Push | None:
    target = environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
    if target:
        # CI_MERGE_REQUEST_DIFF_BASE_SHA is only where the two parted, and goes stale.
        base = _commit("GitLab", environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA"))
        return Merge("GitLab", _branch("GitLab", target), None, base, exact=base is not None)
    branch = environment.get("CI_COMMIT_BRANCH")
    if not branch or environment.get("CI_PIPELINE_SOURCE", "push") != "push":
        return None
    guarded = environment.get("CI_COMMIT_REF_PROTECTED") == "true" or environment.get("CI_DEFAULT_BRANCH") == branch
    return Push("GitLab", branch, _commit("GitLab", environment.get("CI_COMMIT_BEFORE_SHA")), guarded)


def _azure(environment: Mapping[str, str]) -> Merge | Push | None:
    target = environment.get("SYSTEM_PULLREQUEST_TARGETBRANCH")
    if target:
        head = _commit("Azure", environment.get("SYSTEM_PULLREQUEST_SOURCECOMMITID"))
        return Merge("Azure", _branch("Azure", target.removeprefix(_BRANCH)), head)
    branch = environment.get("BUILD_SOURCEBRANCH", "")
    automatic = environment.get("BUILD_REASON", "") in {"IndividualCI", "BatchedCI"}
    return Push("Azure", branch.removeprefix(_BRANCH), None) if automatic and branch.startswith(_BRANCH) else None


def _bitbucket(environment: Mapping[str, str]) -> Merge | Push | None:
    target = environment.get("BITBUCKET_PR_DESTINATION_BRANCH")
    if target:
        base = _commit("Bitbucket", environment.get("BITBUCKET_PR_DESTINATION_COMMIT"))
        return Merge("Bitbucket", _branch("Bitbucket", target), None, base)
    branch = environment.get("BITBUCKET_BRANCH")
    return Push("Bitbucket", branch, None) if branch else None


def _jenkins(environment: Mapping[str, str]) -> Merge | Push | None:
    target = environment.get("CHANGE_TARGET")
    if target:
        return Merge("Jenkins", _branch("Jenkins", target))
    branch = environment.get("BRANCH_NAME") or environment.get("GIT_BRANCH", "").removeprefix("origin/")
    before = environment.get("GIT_PREVIOUS_SUCCESSFUL_COMMIT") or environment.get("GIT_PREVIOUS_COMMIT")
    if not branch or environment.get("TAG_NAME"):
        return None
    return Push("Jenkins", branch, _commit("Jenkins", before))


def _commit(system: str, value: str | None) -> str | None:
    """The id of a commit; None where the system gives none. A name must not pass for an id."""
    if value and not _ID.fullmatch(value):
        message = f"{system} names a commit by what is no object id: {value!r}"
        raise Undecided(message, hint=_BY_HAND)
    return value or None


def _branch(system: str, name: str) -> str:
    if _NO_BRANCH.search(name):
        message = f"{system} names a branch by what is no branch name: {name!r}"
        raise Undecided(message, hint=_BY_HAND)
    return name
