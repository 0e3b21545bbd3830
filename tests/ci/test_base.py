"""The base of a change in real clones, as CI systems make them, with the variables and event files that they write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ci import (
    NUMBER,
    ZEROS,
    Server,
    github,
    gitlab,
    gitlab_merge_request,
    mend,
    merge_group_payload,
    pull_request,
    pull_request_payload,
    push_payload,
    run_hint,
    server_at,
)
from tests.support.repos import FIRST, FOLDER, GONE, POLICY, make_repo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repos import Repo, Result

EDITED = ["released-version-edited"]
SECOND = f"{FOLDER}/1.1.0.md"


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """Main has 1.0.0; feature edits it, and main has moved on to 1.1.0 since."""
    server = server_at(make_repo(tmp_path / "server").path)
    server.switch("feature")
    server.edit()
    server.commit("Edit in place")
    server.git("checkout", "--quiet", "main")
    release(server, "1.1.0")
    return server


def release(repo: Repo, version: str, before: str = "1.0.0") -> str:
    repo.add_version(version, f"Judge well, {version}.", supersedes=before, summary=f"Version {version}.")
    return repo.commit(f"Release {version}")


def label(found: Result) -> str:
    """The base's name as a person reads it."""
    return found.err.partition(" with ")[2].partition(", policy of ")[0].partition(" (")[0]


def undecided(found: Result) -> str:
    """What a run says that could not decide."""
    assert (found.code, found.out) == (3, "")
    assert "Traceback" not in found.err
    return found.err


def answer(repo: Repo, env: dict[str, str], *arguments: str) -> tuple[list[str], str]:
    """The rules that fire, and the base that was taken."""
    found = repo.check(*arguments, env=env)
    assert found.code in {0, 1}, found.err
    return found.rules, label(found)


# GitHub, pull requests


@pytest.mark.parametrize("depth", [2, None])
def test_a_merge_checkout_is_compared_with_its_first_parent(server: Server, tmp_path: Path, depth: int | None) -> None:
    server.open_pull_request("feature")
    env = pull_request(server, tmp_path / "event")
    release(server, "1.2.0", "1.1.0")  # after the event
    clone = server.merge_checkout(tmp_path / "clone", depth=depth)
    assert answer(clone, env) == (EDITED, "main, the first parent of the merge")
    assert clone.check(env=env).report["base"] == server.tip("main")


def test_a_merge_checkout_alone_names_the_fetch_that_mends_it(server: Server, tmp_path: Path) -> None:
    """The default of `actions/checkout`: one commit, whose parents are only names."""
    server.open_pull_request("feature")
    env = pull_request(server, tmp_path / "event")
    clone = server.merge_checkout(tmp_path / "clone", depth=1)
    found = undecided(clone.check(env=env))
    assert "GitHub merges into main, which is not in this clone" in found
    assert run_hint(clone, found) == "git fetch origin +refs/heads/main:refs/remotes/origin/main"
    assert answer(clone, env) == (EDITED, "main, the first parent of the merge")


def test_a_merge_checkout_alone_that_removes_a_release(server: Server, tmp_path: Path) -> None:
    server.git("checkout", "--quiet", "feature")
    server.git("rm", "--quiet", "-f", FIRST)
    server.commit("Remove")
    server.open_pull_request("feature")
    env = pull_request(server, tmp_path / "event")
    clone = server.merge_checkout(tmp_path / "clone", depth=1)
    clone.git("fetch", "--quiet", "--depth=1", "origin", server.tip("main"))
    assert answer(clone, env) == (GONE, "main, the first parent of the merge")


def test_the_head_checked_out_is_compared_with_the_target(server: Server, tmp_path: Path) -> None:
    env = pull_request(server, tmp_path / "event")
    clone = server.checkout(tmp_path / "clone", "refs/heads/feature")
    assert answer(clone, env) == (EDITED, "origin/main")
    single = server.checkout(tmp_path / "single", "refs/heads/feature", depth=1)
    undecided(single.check(env=env))
    assert (mend(single, env).rules, single.git("rev-parse", "--is-shallow-repository")) == (EDITED, "false")


def test_without_the_branch_the_base_that_the_event_names_is_taken(server: Server, tmp_path: Path) -> None:
    env = pull_request(server, tmp_path / "event")
    clone = server.checkout(tmp_path / "clone", "refs/heads/feature", depth=5)
    clone.git("fetch", "--quiet", "origin", server.tip("main"))
    assert answer(clone, env) == (EDITED, "main as GitHub knew it")


def test_a_branch_into_which_the_target_was_merged_is_no_merge_of_github(server: Server, tmp_path: Path) -> None:
    """Its first parent is the branch itself, where the edit already is."""
    server.git("checkout", "--quiet", "feature")
    server.git("merge", "--quiet", "--no-verify", "-m", "Merge main", "main")
    env = pull_request(server, tmp_path / "event")
    clone = server.checkout(tmp_path / "clone", "refs/heads/feature")
    assert len(clone.git("rev-parse", "HEAD^@").split()) == 2
    assert answer(clone, env) == (EDITED, "origin/main")


def test_an_octopus_is_no_merge_of_github(server: Server, tmp_path: Path) -> None:
    server.git("branch", "other", "main~1")
    server.git("checkout", "--quiet", "other")
    server.write("notes.txt", "other")
    server.commit()
    server.git("checkout", "--quiet", "-b", "all", "feature")
    server.git("merge", "--quiet", "--no-verify", "-m", "Three", "main", "other")
    env = pull_request(server, tmp_path / "event", branch="all")
    clone = server.checkout(tmp_path / "clone", "refs/heads/all")
    assert answer(clone, env) == (EDITED, "origin/main")


def test_a_version_that_two_branches_took_is_a_collision(server: Server, tmp_path: Path) -> None:
    server.git("checkout", "--quiet", "-B", "feature", "main~1")
    server.add_version("1.1.0", "Judge otherwise.", supersedes="1.0.0", summary="Says otherwise.")
    server.commit()
    env = pull_request(server, tmp_path / "event")
    clone = server.checkout(tmp_path / "clone", "refs/heads/feature")
    assert answer(clone, env) == (["version-collision"], "origin/main")


@pytest.mark.parametrize("depth", [1, 2, None])
def test_a_run_for_the_target_does_not_judge_the_target(server: Server, tmp_path: Path, depth: int | None) -> None:
    """`pull_request_target` checks out the base, which has nothing against itself."""
    head = server.tip("feature")
    payload = pull_request_payload(("feature", head), ("main", server.tip("main")))
    env = github("pull_request_target", payload, tmp_path / "event", GITHUB_REF="refs/heads/main")
    clone = server.checkout(tmp_path / "clone", "refs/heads/main", depth=depth)
    found = undecided(clone.check(env=env))
    assert "the checkout is not the change that is to be merged into main" in found
    assert f"help: git fetch origin {head} && promptctl check --head {head}" in found
    clone.git("fetch", "--quiet", "origin", head)
    assert mend(clone, env, "--head", head).rules == EDITED


def test_a_target_that_moved_on_does_not_pass_for_the_change_either(server: Server, tmp_path: Path) -> None:
    payload = pull_request_payload(("feature", server.tip("feature")), ("main", server.tip("main")))
    env = github("pull_request_target", payload, tmp_path / "event")
    clone = server.checkout(tmp_path / "clone", "refs/heads/main")
    server.git("checkout", "--quiet", "main")
    release(server, "1.2.0", "1.1.0")
    clone.git("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
    assert "is not the change" in undecided(clone.check(env=env))


def test_what_was_merged_meanwhile_can_be_asked_about_again(server: Server, tmp_path: Path) -> None:
    server.git("checkout", "--quiet", "-b", "fine", "main")
    release(server, "1.2.0", "1.1.0")
    env = pull_request(server, tmp_path / "event", branch="fine")
    server.git("checkout", "--quiet", "main")
    server.git("merge", "--quiet", "--no-ff", "--no-verify", "-m", "Merge", "fine")
    clone = server.checkout(tmp_path / "clone", "refs/heads/fine")
    assert answer(clone, env) == ([], "origin/main")


def test_a_pull_request_into_a_branch_that_is_not_protected(server: Server, tmp_path: Path) -> None:
    """What is on it is a draft, so the comparison is with what is protected."""
    server.git("checkout", "--quiet", "-b", "stack", "main")
    release(server, "1.2.0", "1.1.0")
    server.git("checkout", "--quiet", "-b", "top")
    server.edit(f"{FOLDER}/1.2.0.md")
    server.commit()
    server.open_pull_request("top", "stack")
    env = pull_request(server, tmp_path / "event", branch="top", target="stack")
    clone = server.merge_checkout(tmp_path / "clone")
    assert answer(clone, env) == ([], "origin/main")
    clone.edit(SECOND)
    clone.commit()
    assert answer(clone, env)[0] == EDITED


def test_a_pull_request_into_another_protected_branch(server: Server, tmp_path: Path) -> None:
    """Only main's policy names the old line; the line's own copy of it is older than that."""
    server.git("branch", "release/1.x", "main")
    server.write("promptctl.yaml", POLICY.replace("[main]", "[main, release/1.x]"))
    server.commit()
    server.git("checkout", "--quiet", "-b", "fix", "release/1.x")
    server.edit(SECOND)
    server.commit()
    server.open_pull_request("fix", "release/1.x")
    env = pull_request(server, tmp_path / "event", branch="fix", target="release/1.x")
    clone = server.merge_checkout(tmp_path / "clone")
    assert answer(clone, env) == (EDITED, "release/1.x, the first parent of the merge")


def test_a_pull_request_cannot_free_its_target(server: Server, tmp_path: Path) -> None:
    server.git("checkout", "--quiet", "feature")
    server.write("promptctl.yaml", POLICY.replace("main", "feature"))
    server.commit()
    server.open_pull_request("feature")
    env = pull_request(server, tmp_path / "event")
    clone = server.merge_checkout(tmp_path / "clone")
    rules, base = answer(clone, env)
    assert (rules, base) == ([*EDITED, "policy-loosened-with-changes"], "main, the first parent of the merge")


def test_head_is_what_is_checked_out_and_not_the_files_on_disk(server: Server, tmp_path: Path) -> None:
    server.open_pull_request("feature")
    env = pull_request(server, tmp_path / "event")
    clone = server.merge_checkout(tmp_path / "clone", depth=2)
    clone.write(FIRST, server.git("show", f"main:{FIRST}") + "\n")
    clone.edit(SECOND)
    found = clone.check(env=env)
    assert (found.rules, found.report["head"]) == (EDITED, clone.git("rev-parse", "HEAD"))
    assert found.report["findings"][0]["path"] == FIRST
    assert clone.check("--worktree", env=env).report["findings"][0]["path"] == SECOND


def test_blobs_that_a_partial_clone_lacks_are_fetched(server: Server, tmp_path: Path) -> None:
    server.git("config", "uploadpack.allowFilter", "true")
    server.open_pull_request("feature")
    env = pull_request(server, tmp_path / "event")
    clone = server.merge_checkout(tmp_path / "whole", depth=2)
    clone.git("init", "--quiet", str(tmp_path / "clone"))
    part = type(clone)(tmp_path / "clone")
    part.git("remote", "add", "origin", server.path.as_uri())
    spec = "+refs/pull/7/merge:refs/remotes/pull/7/merge"
    part.git("fetch", "--quiet", "--filter=blob:none", "origin", spec, "+refs/heads/*:refs/remotes/origin/*")
    part.git("checkout", "--quiet", "--detach", "refs/remotes/pull/7/merge")
    assert answer(part, env) == (EDITED, "main, the first parent of the merge")


# GitHub, merge queues


def test_a_merge_queue_has_its_own_base(server: Server, tmp_path: Path) -> None:
    """The change before it in the queue is not on main yet, and already counts."""
    server.git("checkout", "--quiet", "-b", "gh-readonly-queue/main/pr-6", "main")
    before = release(server, "1.2.0", "1.1.0")
    server.git("checkout", "--quiet", "-b", "gh-readonly-queue/main/pr-7")
    server.edit(f"{FOLDER}/1.2.0.md")
    after = server.commit()
    env = github("merge_group", merge_group_payload(after, before), tmp_path / "event")
    clone = server.checkout(tmp_path / "clone", "refs/heads/gh-readonly-queue/main/pr-7")
    assert answer(clone, env) == (EDITED, "main as GitHub names it")
    shallow = server.checkout(tmp_path / "shallow", "refs/heads/gh-readonly-queue/main/pr-7", depth=1)
    shallow.git("fetch", "--quiet", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main")
    found = undecided(shallow.check(env=env))
    assert f"GitHub merges onto {before}, which is not in this clone" in found
    run_hint(shallow, found)
    assert answer(shallow, env) == (EDITED, "main as GitHub names it")


# GitHub, pushes


def pushed(server: Server, tmp_path: Path, before: str, branch: str = "main", **more: str) -> dict[str, str]:
    payload = push_payload(before, server.tip(branch), f"refs/heads/{branch}")
    return github("push", payload, tmp_path / "event", GITHUB_REF=f"refs/heads/{branch}", **more)


def test_a_push_of_several_commits_is_judged_as_a_whole(server: Server, tmp_path: Path) -> None:
    before = server.tip("main")
    server.edit()
    server.commit("Edit in place")
    release(server, "1.2.0", "1.1.0")
    server.write("notes.txt", "third")
    server.commit()
    clone = server.checkout(tmp_path / "clone", "refs/heads/main")
    found = clone.check(env=pushed(server, tmp_path, before))
    assert (found.code, found.rules, label(found)) == (1, EDITED, "main before the push")
    assert found.report["base"] == before
    assert clone.check(env=pushed(server, tmp_path, server.tip("main"))).rules == []


def test_a_push_that_loses_a_release(server: Server, tmp_path: Path) -> None:
    before = server.tip("main")
    server.git("reset", "--quiet", "--hard", "main~1")
    server.write("notes.txt", "instead")
    server.commit()
    clone = server.checkout(tmp_path / "clone", "refs/heads/main")
    env = pushed(server, tmp_path, before)
    found = undecided(clone.check(env=env))
    assert f"main stood at {before} before this push, which is not in this clone" in found
    assert run_hint(clone, found) == f"git fetch origin {before}"
    assert answer(clone, env) == (GONE, "main before the push")


def test_the_first_push_of_a_branch_has_nothing_before_it(server: Server, tmp_path: Path) -> None:
    clone = server.checkout(tmp_path / "clone", "refs/heads/main")
    found = clone.check(env=pushed(server, tmp_path, ZEROS))
    assert (found.code, label(found)) == (0, "nothing: main is new")
    assert (found.report["base"], found.report["policy"]) == (None, "head")
    assert found.report["summary"]["versions"] == 2


def test_a_push_to_another_branch_is_compared_as_anywhere(server: Server, tmp_path: Path) -> None:
    server.git("checkout", "--quiet", "feature")
    before = server.tip("feature")
    server.write("notes.txt", "more")
    server.commit()
    clone = server.checkout(tmp_path / "clone", "refs/heads/feature")
    for known in (before, ZEROS, "c" * 40):  # the last as after a forced push
        assert answer(clone, pushed(server, tmp_path, known, "feature")) == (EDITED, "origin/main")
    alone = server.checkout(tmp_path / "alone", "refs/heads/feature", depth=1)
    found = undecided(alone.check(env=pushed(server, tmp_path, before, "feature")))
    assert "help: git fetch origin +refs/heads/main:refs/remotes/origin/main" in found


def test_a_push_cannot_take_its_branch_out_of_the_policy(server: Server, tmp_path: Path) -> None:
    before = server.tip("main")
    server.write("promptctl.yaml", POLICY.replace("main", "feature"))
    server.commit("Protect something else")
    server.edit()
    server.commit("Edit in place")
    clone = server.checkout(tmp_path / "clone", "refs/heads/main")
    env = pushed(server, tmp_path, before)
    assert answer(clone, env) == ([*EDITED, "policy-loosened-with-changes"], "main before the push")
    shallow = server.checkout(tmp_path / "shallow", "refs/heads/main", depth=1)
    shallow.git("fetch", "--quiet", "origin", "+refs/heads/feature:refs/remotes/origin/feature")
    found = undecided(shallow.check(env=env))
    assert run_hint(shallow, found) == f"git fetch origin {before}"
    assert answer(shallow, env)[0] == [*EDITED, "policy-loosened-with-changes"]


def test_a_push_to_a_branch_that_only_the_old_policy_protects(server: Server, tmp_path: Path) -> None:
    """Neither the default branch nor guarded by the host: what stood there before tells."""
    server.git("checkout", "--quiet", "-b", "trunk", "main")
    server.write("promptctl.yaml", POLICY.replace("main", "trunk"))
    before = server.commit()
    server.write("promptctl.yaml", POLICY)
    server.edit()
    server.commit()
    clone = server.checkout(tmp_path / "clone", "refs/heads/trunk")
    rules, base = answer(clone, pushed(server, tmp_path, before, "trunk"))
    assert (rules, base) == ([*EDITED, "policy-loosened-with-changes"], "trunk before the push")


@pytest.mark.parametrize("name", ["push", "schedule", "workflow_dispatch"])
def test_runs_that_are_about_no_branch_are_compared_as_anywhere(server: Server, tmp_path: Path, name: str) -> None:
    server.git("tag", "v1", "feature")
    payload = push_payload(ZEROS, server.tip("feature"), "refs/tags/v1")
    env = github(name, payload, tmp_path / "event", GITHUB_REF="refs/tags/v1")
    clone = server.checkout(tmp_path / "clone", "refs/tags/v1")
    assert answer(clone, env) == (EDITED, "origin/main")


# What comes before a CI event


def test_the_caller_and_hooks_know_better_than_ci(server: Server, tmp_path: Path) -> None:
    server.git("checkout", "--quiet", "main")
    before = server.tip("main~1")
    clone = server.checkout(tmp_path / "clone", "refs/heads/main")
    env = pushed(server, tmp_path, "c" * 40)
    assert clone.check(env=env).code == 3
    assert answer(clone, env, "--base", before) == ([], before)
    assert answer(clone, env, "--staged") == ([], "origin/main")
    assert clone.promptctl("hook", "run", env=env).code == 0
    broken = github("push", b"{", tmp_path / "event")
    assert answer(clone, broken, "--staged") == ([], "origin/main")
    assert clone.promptctl("hook", "run", env=broken).code == 0
    assert clone.promptctl("list", env=broken).code == 0
    clone.edit()
    clone.git("add", "-A")
    assert answer(clone, env, "--staged")[0] == EDITED


def test_the_whole_of_head_can_be_asked_about_without_a_base(server: Server, tmp_path: Path) -> None:
    clone = server.checkout(tmp_path / "clone", "refs/heads/main", depth=1)
    found = clone.check("--all", env=pushed(server, tmp_path, "c" * 40))
    assert (found.code, found.report["base"], found.report["policy"]) == (0, None, "head")
    assert "main stood at cccc" in found.err


# GitLab


@pytest.mark.parametrize("depth", [None, 20, 1])
def test_gitlab_merge_request(server: Server, tmp_path: Path, depth: int | None) -> None:
    """The clone has no branch at all, and where the two parted is no base."""
    env = gitlab_merge_request(CI_MERGE_REQUEST_DIFF_BASE_SHA=server.tip("main~1"))
    clone = server.gitlab_clone(tmp_path / "clone", "feature", depth=depth)
    found = undecided(clone.check(env=env))
    assert "GitLab merges into main, which is not in this clone" in found
    assert run_hint(clone, found) == "git fetch origin +refs/heads/main:refs/remotes/origin/main"
    found = mend(clone, env)
    assert (found.rules, label(found)) == (EDITED, "origin/main")


def test_gitlab_merged_results(server: Server, tmp_path: Path) -> None:
    target = server.tip("main")
    server.open_pull_request("feature")
    env = gitlab_merge_request(
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=server.tip("feature"), CI_MERGE_REQUEST_TARGET_BRANCH_SHA=target
    )
    clone = server.gitlab_clone(tmp_path / "clone", f"refs/pull/{NUMBER}/merge", depth=20)
    found = clone.check(env=env)
    assert (found.rules, label(found), found.report["base"]) == (EDITED, "main as GitLab names it", target)
    alone = server.gitlab_clone(tmp_path / "alone", f"refs/pull/{NUMBER}/merge", depth=1)
    run_hint(alone, undecided(alone.check(env=env)))
    assert answer(alone, env) == (EDITED, "main as GitLab names it")
    server.git("checkout", "--quiet", "main")
    release(server, "1.2.0", "1.1.0")
    clone.git("fetch", "--quiet", "origin", "+refs/heads/main:refs/remotes/origin/main")
    assert clone.check(env=env).report["base"] == target


def test_gitlab_push(server: Server, tmp_path: Path) -> None:
    before = server.tip("main")
    server.edit()
    server.commit()
    release(server, "1.2.0", "1.1.0")
    clone = server.gitlab_clone(tmp_path / "clone", "main", depth=20)
    push = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_REF_PROTECTED": "true"}
    assert answer(clone, gitlab(**push, CI_COMMIT_BEFORE_SHA=before)) == (EDITED, "main before the push")
    assert answer(clone, gitlab(**push, CI_COMMIT_BEFORE_SHA=ZEROS)) == ([], "nothing: main is new")
    assert "git fetch origin cccc" in undecided(clone.check(env=gitlab(**push, CI_COMMIT_BEFORE_SHA="c" * 40)))


def test_gitlab_schedule(server: Server, tmp_path: Path) -> None:
    clone = server.checkout(tmp_path / "clone", "refs/heads/main")
    env = gitlab(CI_PIPELINE_SOURCE="schedule", CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA=ZEROS)
    assert answer(clone, env) == ([], "origin/main")


# Azure, Bitbucket, Jenkins


def test_azure(server: Server, tmp_path: Path) -> None:
    server.open_pull_request("feature")
    env = {
        "TF_BUILD": "True",
        "BUILD_REASON": "PullRequest",
        "BUILD_SOURCEBRANCH": f"refs/pull/{NUMBER}/merge",
        "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
        "SYSTEM_PULLREQUEST_SOURCECOMMITID": server.tip("feature"),
    }
    clone = server.merge_checkout(tmp_path / "clone", depth=2)
    assert answer(clone, env) == (EDITED, "main, the first parent of the merge")
    alone = server.merge_checkout(tmp_path / "alone", depth=1)
    run_hint(alone, undecided(alone.check(env=env)))
    assert answer(alone, env)[0] == EDITED
    clone = server.checkout(tmp_path / "pushed", "refs/heads/main")
    push = {"TF_BUILD": "True", "BUILD_REASON": "IndividualCI", "BUILD_SOURCEBRANCH": "refs/heads/main"}
    found = undecided(clone.check(env=push))
    assert "Azure does not say where main stood before this push" in found
    assert "help: name it with --base, or check everything with --all" in found
    assert clone.check("--all", env=push).code == 0
    assert answer(clone, {**push, "BUILD_SOURCEBRANCH": "refs/heads/feature"}) == ([], "origin/main")


def test_bitbucket(server: Server, tmp_path: Path) -> None:
    """A pull request's pipeline merges the destination into the branch, by a commit that it names in short."""
    destination = server.tip("main")
    clone = server.checkout(tmp_path / "clone", "refs/heads/feature", depth=50)
    clone.git("fetch", "--quiet", "origin", destination)
    clone.git("merge", "--quiet", "--no-verify", "--no-edit", destination)
    env = {
        "BITBUCKET_BUILD_NUMBER": "12",
        "BITBUCKET_COMMIT": server.tip("feature"),
        "BITBUCKET_BRANCH": "feature",
        "BITBUCKET_PR_ID": str(NUMBER),
        "BITBUCKET_PR_DESTINATION_BRANCH": "main",
        "BITBUCKET_PR_DESTINATION_COMMIT": destination[:12],
    }
    assert answer(clone, env) == (EDITED, "main as Bitbucket knew it")
    clone.git("branch", destination[:12], "HEAD")  # a branch may bear any name
    assert "is not in this clone" in undecided(clone.check(env=env))
    push = {"BITBUCKET_BUILD_NUMBER": "12", "BITBUCKET_BRANCH": "main"}
    assert "Bitbucket does not say" in undecided(server.check(env=push))


def test_jenkins(server: Server, tmp_path: Path) -> None:
    server.open_pull_request("feature")
    jenkins = {"JENKINS_URL": "https://jenkins.example.com/"}
    change = {"CHANGE_ID": str(NUMBER), "CHANGE_TARGET": "main", "BRANCH_NAME": f"PR-{NUMBER}"}
    clone = server.merge_checkout(tmp_path / "clone")
    assert answer(clone, {**jenkins, **change}) == (EDITED, "origin/main")
    server.git("checkout", "--quiet", "main")
    before = server.tip("main")
    server.edit()
    server.commit()
    pushed_to = server.checkout(tmp_path / "pushed", "refs/heads/main")
    branch = {**jenkins, "BRANCH_NAME": "main", "GIT_BRANCH": "main"}
    built = {**branch, "GIT_PREVIOUS_COMMIT": server.tip("main"), "GIT_PREVIOUS_SUCCESSFUL_COMMIT": before}
    assert answer(pushed_to, built) == (EDITED, "main before the push")
    assert "Jenkins does not say" in undecided(pushed_to.check(env=branch))
