"""What a run is about, by the variables and the event file that the CI system wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptctl.core.errors import Undecided
from promptctl.repo.ci import Merge, Push, ci_event
from tests.support.ci import (
    ZEROS,
    github,
    gitlab,
    gitlab_merge_request,
    merge_group_payload,
    pull_request_payload,
    push_payload,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repos import Repo

HEAD, BASE = "a" * 40, "b" * 40


@pytest.mark.parametrize("name", ["pull_request", "pull_request_target"])
def test_github_pull_request(tmp_path: Path, name: str) -> None:
    payload = pull_request_payload(("feature/x", HEAD), ("release/1.x", BASE))
    assert ci_event(github(name, payload, tmp_path)) == Merge("GitHub", "release/1.x", HEAD, BASE)


def test_github_merge_group_that_names_no_branch(tmp_path: Path) -> None:
    payload = {"merge_group": {"head_sha": HEAD, "base_sha": BASE}}
    assert ci_event(github("merge_group", payload, tmp_path)) == Merge(
        "GitHub", None, HEAD, BASE, exact=True, queued=True
    )


def test_github_names_the_target_of_a_pull_request_in_a_variable_too(tmp_path: Path) -> None:
    payload = {"pull_request": {"head": {"sha": HEAD}, "base": {"sha": BASE}}}
    environment = github("pull_request", payload, tmp_path) | {"GITHUB_BASE_REF": "main"}
    assert ci_event(environment) == Merge("GitHub", "main", HEAD, BASE)


def test_github_merge_group(tmp_path: Path) -> None:
    found = ci_event(github("merge_group", merge_group_payload(HEAD, BASE), tmp_path))
    assert found == Merge("GitHub", "main", HEAD, BASE, exact=True, queued=True)


def test_github_push(tmp_path: Path) -> None:
    assert ci_event(github("push", push_payload(BASE, HEAD), tmp_path)) == Push("GitHub", "main", BASE, guarded=True)
    other = push_payload(ZEROS, HEAD, "refs/heads/feature/x")
    assert ci_event(github("push", other, tmp_path)) == Push("GitHub", "feature/x", ZEROS)
    ruled = github("push", other, tmp_path, GITHUB_REF_PROTECTED="true")
    assert ci_event(ruled) == Push("GitHub", "feature/x", ZEROS, guarded=True)


@pytest.mark.parametrize("name", ["schedule", "workflow_dispatch", "release", "issue_comment", ""])
def test_github_runs_about_no_change(tmp_path: Path, name: str) -> None:
    assert ci_event(github(name, b"not even JSON", tmp_path)) is None


def test_github_pushes_of_tags_are_about_no_branch(tmp_path: Path) -> None:
    assert ci_event(github("push", push_payload(ZEROS, HEAD, "refs/tags/v1"), tmp_path)) is None


def test_gitlab() -> None:
    assert ci_event(gitlab_merge_request()) == Merge("GitLab", "main")
    stale = gitlab_merge_request(CI_MERGE_REQUEST_DIFF_BASE_SHA=HEAD)
    assert ci_event(stale) == Merge("GitLab", "main")
    merged = gitlab_merge_request(CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=HEAD, CI_MERGE_REQUEST_TARGET_BRANCH_SHA=BASE)
    assert ci_event(merged) == Merge("GitLab", "main", None, BASE, exact=True)
    push = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": BASE}
    assert ci_event(gitlab(**push)) == Push("GitLab", "main", BASE, guarded=True)
    for source in ("schedule", "web", "api", "trigger", "pipeline"):
        assert ci_event(gitlab(**push | {"CI_PIPELINE_SOURCE": source})) is None
    assert ci_event(gitlab(CI_PIPELINE_SOURCE="push", CI_COMMIT_TAG="v1")) is None


def test_azure() -> None:
    azure = {"TF_BUILD": "True", "BUILD_REASON": "PullRequest", "BUILD_SOURCEBRANCH": "refs/pull/7/merge"}
    for target in ("refs/heads/main", "main"):  # repositories of Azure's own, and of GitHub
        more = {"SYSTEM_PULLREQUEST_TARGETBRANCH": target, "SYSTEM_PULLREQUEST_SOURCECOMMITID": HEAD}
        assert ci_event(azure | more) == Merge("Azure", "main", HEAD)
    push = azure | {"BUILD_REASON": "BatchedCI", "BUILD_SOURCEBRANCH": "refs/heads/main"}
    assert ci_event(push) == Push("Azure", "main", None)
    assert ci_event(push | {"BUILD_REASON": "Schedule"}) is None
    assert ci_event(push | {"BUILD_SOURCEBRANCH": "refs/tags/v1"}) is None


def test_bitbucket() -> None:
    bitbucket = {"CI": "true", "BITBUCKET_BUILD_NUMBER": "12", "BITBUCKET_COMMIT": HEAD}
    request = {
        "BITBUCKET_BRANCH": "feature",
        "BITBUCKET_PR_ID": "7",
        "BITBUCKET_PR_DESTINATION_BRANCH": "main",
        "BITBUCKET_PR_DESTINATION_COMMIT": BASE[:12],
    }
    assert ci_event(bitbucket | request) == Merge("Bitbucket", "main", None, BASE[:12])
    assert ci_event(bitbucket | {"BITBUCKET_BRANCH": "main"}) == Push("Bitbucket", "main", None)
    assert ci_event(bitbucket | {"BITBUCKET_TAG": "v1"}) is None


def test_jenkins() -> None:
    jenkins = {"JENKINS_URL": "https://jenkins.example.com/", "GIT_BRANCH": "origin/main"}
    change = {"CHANGE_ID": "7", "CHANGE_TARGET": "main", "CHANGE_BRANCH": "feature", "BRANCH_NAME": "PR-7"}
    assert ci_event(jenkins | change) == Merge("Jenkins", "main")
    built = {"GIT_PREVIOUS_COMMIT": HEAD, "GIT_PREVIOUS_SUCCESSFUL_COMMIT": BASE}
    assert ci_event(jenkins | built) == Push("Jenkins", "main", BASE)
    assert ci_event(jenkins | {"GIT_PREVIOUS_COMMIT": HEAD}) == Push("Jenkins", "main", HEAD)
    assert ci_event(jenkins) == Push("Jenkins", "main", None)
    assert ci_event(jenkins | {"BRANCH_NAME": "v1", "TAG_NAME": "v1"}) is None


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"CI": "true"},
        {"GITHUB_ACTIONS": "false", "GITHUB_EVENT_NAME": "push"},
        {"GITLAB_CI": ""},
        {"CI": "woodpecker"},
    ],
)
def test_no_system_that_is_known(environment: dict[str, str]) -> None:
    assert ci_event(environment) is None


PULL = pull_request_payload(("feature", HEAD), ("main", BASE))
PUSH = push_payload(BASE, HEAD)
QUEUE = merge_group_payload(HEAD, BASE)


def put(payload: dict[str, Any], value: object, *keys: str) -> dict[str, Any]:
    """The payload with another value in one place."""
    first, *rest = keys
    return {**payload, first: put(payload[first], value, *rest) if rest else value}


BROKEN: list[tuple[str, object]] = [
    ("push", b""),
    ("push", b"{"),
    ("push", b"\xff\xfe"),
    ("push", b"[" * 100_000),
    ("pull_request", b"null"),
    ("pull_request", b"[]"),
    ("pull_request", b'"pull_request"'),
    ("pull_request", {}),
    ("pull_request", put(PULL, [], "pull_request")),
    ("pull_request", put(PULL, "main", "pull_request", "base")),
    ("pull_request", put(PULL, None, "pull_request", "base", "ref")),
    ("pull_request", put(PULL, "", "pull_request", "base", "ref")),
    ("pull_request", put(PULL, "main^1", "pull_request", "base", "ref")),
    ("pull_request", put(PULL, "--upload-pack=x", "pull_request", "base", "ref")),
    ("pull_request", put(PULL, "a\ud800b", "pull_request", "base", "ref")),
    ("pull_request", put(PULL, "a\nb", "pull_request", "base", "ref")),
    ("pull_request", put(PULL, "HEAD", "pull_request", "head", "sha")),
    ("pull_request", put(PULL, 7, "pull_request", "head", "sha")),
    ("merge_group", put(QUEUE, {}, "merge_group")),
    ("merge_group", put(QUEUE, "", "merge_group", "base_ref")),
    ("merge_group", put(QUEUE, 1.5, "merge_group", "base_ref")),
    ("push", put(PUSH, None, "before")),
    ("push", put(PUSH, "", "before")),
    ("push", put(PUSH, "main", "before")),
    ("push", put(PUSH, "\ud800", "before")),
    ("push", put(PUSH, "b" * 65, "before")),
    ("push", put(PUSH, 0, "ref")),
    ("push", put(PUSH, ["refs/heads/main"], "ref")),
    ("push", put(PUSH, "refs/heads/", "ref")),
]


@pytest.mark.parametrize(("name", "payload"), BROKEN, ids=range(len(BROKEN)))
def test_a_github_event_that_is_not_as_documented(tmp_path: Path, name: str, payload: object) -> None:
    with pytest.raises(Undecided) as raised:
        ci_event(github(name, payload, tmp_path))
    assert raised.value.hint == "name the base: promptctl check --base REF"
    assert str(raised.value).startswith("the GitHub event ") or str(raised.value).startswith("GitHub names ")


@pytest.mark.parametrize("path", ["", "no/such/file", "/", "a\0b"])
def test_a_github_event_file_that_cannot_be_read(tmp_path: Path, path: str) -> None:
    with pytest.raises(Undecided, match="the GitHub event file cannot be read"):
        ci_event(github("push", PUSH, tmp_path) | {"GITHUB_EVENT_PATH": path})


@pytest.mark.parametrize(
    "environment",
    [
        gitlab_merge_request(CI_MERGE_REQUEST_TARGET_BRANCH_SHA="main"),
        gitlab_merge_request() | {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "a..b"},
        gitlab(CI_PIPELINE_SOURCE="push", CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA="HEAD~1"),
        {"TF_BUILD": "True", "SYSTEM_PULLREQUEST_TARGETBRANCH": "-x"},
        {"JENKINS_URL": "x", "BRANCH_NAME": "main", "GIT_PREVIOUS_COMMIT": "origin/main"},
    ],
)
def test_variables_that_are_not_as_documented(environment: dict[str, str]) -> None:
    with pytest.raises(Undecided, match=r"names a (commit|branch) by what is no"):
        ci_event(environment)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()), max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
PLACES = [
    ("pull_request", PULL, ("pull_request",)),
    ("pull_request", PULL, ("pull_request", "head", "sha")),
    ("pull_request", PULL, ("pull_request", "base", "ref")),
    ("pull_request_target", PULL, ("pull_request", "base", "sha")),
    ("merge_group", QUEUE, ("merge_group", "base_sha")),
    ("merge_group", QUEUE, ("merge_group", "base_ref")),
    ("push", PUSH, ("ref",)),
    ("push", PUSH, ("before",)),
    ("push", PUSH, ("repository",)),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.sampled_from(PLACES), value=JSON)
def test_no_value_in_an_event_is_taken_for_something_else(tmp_path: Path, place: Any, value: object) -> None:
    name, payload, keys = place
    try:
        found = ci_event(github(name, put(payload, value, *keys), tmp_path))
    except Undecided:
        return
    for text in ((found.target or "none") if isinstance(found, Merge) else found.branch,) if found else ():
        assert isinstance(text, str)
        text.encode("utf-8", "surrogateescape")
        assert not set(text) & set("\n\0 ^~:")
        assert not text.startswith("-")


@pytest.mark.parametrize("payload", [b"{", b"[]", json.dumps(put(PUSH, [1], "before")).encode()])
def test_a_broken_event_ends_with_exit_3_and_one_line(repo: Repo, tmp_path: Path, payload: bytes) -> None:
    found = repo.check(env=github("push", payload, tmp_path / "event"))
    assert (found.code, found.out) == (3, "")
    assert found.err.startswith("error: the GitHub event ")
    assert "help: name the base: promptctl check --base REF" in found.err
    assert "Traceback" not in found.err
    assert repo.check("--base", "main", env=github("push", payload, tmp_path / "event")).code == 0
