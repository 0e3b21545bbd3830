"""What CI systems check out and say: clones, variables and event files as the systems make them."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

from tests.support.repos import Repo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repos import Result

ZEROS = "0" * 40
UNDECIDED = 3
NUMBER = 7
_MERGE = f"refs/pull/{NUMBER}/merge"
_OWNER = {"login": "octo-org", "id": 583231, "type": "Organization", "site_admin": False}
_AUTHOR = {"login": "octocat", "id": 1, "type": "User", "site_admin": False}


class Server(Repo):
    """The repository that a host keeps. Work is done in it directly, as if it had been pushed."""

    def open_pull_request(self, branch: str, target: str = "main") -> str:
        """Make the merge that GitHub and Azure offer for a pull request; the commit."""
        self.git("checkout", "--quiet", "--detach", target)
        self.git("merge", "--quiet", "--no-ff", "--no-verify", "-m", f"Merge {branch} into {target}", branch)
        self.git("update-ref", _MERGE, "HEAD")
        return self.git("rev-parse", "HEAD")

    def tip(self, name: str) -> str:
        return self.git("rev-parse", name)

    def checkout(self, path: Path, ref: str, *, depth: int | None = None, commit: str | None = None) -> Repo:
        """A clone as `actions/checkout` makes it: a depth brings in one ref, no depth every branch, with its history.

        `commit` is what the event names, where the ref has moved on since.
        """
        path.mkdir(parents=True)
        repo = Repo(path)
        repo.git("init", "--quiet", "--initial-branch=main")
        repo.git("remote", "add", "origin", self.path.as_uri())
        where = ref.replace("refs/heads/", "refs/remotes/origin/").replace("refs/pull/", "refs/remotes/pull/")
        spec = f"+{commit or ref}:{where}"
        if depth is None:
            everything = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
            repo.git("fetch", "--quiet", "--prune", "--no-recurse-submodules", "origin", *everything)
            repo.git("fetch", "--quiet", "--no-tags", "origin", spec)
        else:
            repo.git("fetch", "--quiet", "--no-tags", f"--depth={depth}", "origin", spec)
        if ref.startswith("refs/heads/"):
            repo.git("checkout", "--quiet", "--force", "-B", ref.removeprefix("refs/heads/"), where)
        else:
            repo.git("checkout", "--quiet", "--force", "--detach", where)
        return repo

    def merge_checkout(self, path: Path, *, depth: int | None = None) -> Repo:
        return self.checkout(path, _MERGE, depth=depth)

    def gitlab_clone(self, path: Path, branch: str, *, depth: int | None = None) -> Repo:
        """A clone as GitLab's runner makes it: the commit of the pipeline alone, without any branch."""
        path.mkdir(parents=True)
        repo = Repo(path)
        repo.git("init", "--quiet")
        repo.git("remote", "add", "origin", self.path.as_uri())
        options = [f"--depth={depth}"] if depth else []
        commit = self.tip(branch)
        repo.git("fetch", "--quiet", *options, "origin", f"+{commit}:refs/pipelines/1024")
        repo.git("checkout", "--quiet", "--force", "--detach", commit)
        return repo


def server_at(path: Path) -> Server:
    """A server that takes pushes to the branch it has checked out, over a repository that is there."""
    return Server(path)


def _repository() -> dict[str, Any]:
    return {
        "id": 35129377,
        "name": "prompts",
        "full_name": "octo-org/prompts",
        "private": False,
        "owner": _OWNER,
        "html_url": "https://github.com/octo-org/prompts",
        "fork": False,
        "default_branch": "main",
        "visibility": "public",
    }


def _side(ref: str, sha: str) -> dict[str, Any]:
    return {"label": f"octo-org:{ref}", "ref": ref, "sha": sha, "user": _OWNER, "repo": _repository()}


def pull_request_payload(head: tuple[str, str], base: tuple[str, str]) -> dict[str, Any]:
    """The payload of `pull_request` and `pull_request_target`: branches and commits of both sides."""
    return {
        "action": "synchronize",
        "number": NUMBER,
        "pull_request": {
            "url": f"https://api.github.com/repos/octo-org/prompts/pulls/{NUMBER}",
            "id": 279147437,
            "number": NUMBER,
            "state": "open",
            "locked": False,
            "title": "Ask about the budget first",
            "user": _AUTHOR,
            "body": None,
            "merged_at": None,
            "merge_commit_sha": "c4295bd74fb0f4fda03689c3df3f2803b658fd85",
            "requested_reviewers": [],
            "labels": [],
            "draft": False,
            "head": _side(*head),
            "base": _side(*base),
            "author_association": "CONTRIBUTOR",
            "auto_merge": None,
            "merged": False,
            "mergeable": None,
            "commits": 1,
            "changed_files": 1,
        },
        "before": "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c",
        "after": head[1],
        "repository": _repository(),
        "sender": _AUTHOR,
    }


def merge_group_payload(head: str, base: str, target: str = "main") -> dict[str, Any]:
    return {
        "action": "checks_requested",
        "merge_group": {
            "head_sha": head,
            "head_ref": f"refs/heads/gh-readonly-queue/{target}/pr-{NUMBER}-{base}",
            "base_ref": f"refs/heads/{target}",
            "base_sha": base,
            "head_commit": {"id": head, "tree_id": ZEROS, "message": "Merge pull request #7"},
        },
        "repository": _repository(),
        "sender": _AUTHOR,
    }


def push_payload(before: str, after: str, ref: str = "refs/heads/main", *, forced: bool = False) -> dict[str, Any]:
    return {
        "ref": ref,
        "before": before,
        "after": after,
        "base_ref": None,
        "created": before == ZEROS,
        "deleted": False,
        "forced": forced,
        "compare": f"https://github.com/octo-org/prompts/compare/{before[:12]}...{after[:12]}",
        "commits": [{"id": after, "message": "Change", "distinct": True, "added": [], "removed": [], "modified": []}],
        "head_commit": {"id": after, "message": "Change"},
        "repository": _repository(),
        "pusher": {"name": "octocat", "email": "octocat@github.com"},
        "sender": _AUTHOR,
    }


def github(name: str, payload: object, folder: Path, **more: str) -> dict[str, str]:
    """The variables of a run, and its event file in `folder`; a payload of bytes is written as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "event.json"
    file.write_bytes(payload if isinstance(payload, bytes) else json.dumps(payload).encode())
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": name,
        "GITHUB_EVENT_PATH": str(file),
        "GITHUB_REPOSITORY": "octo-org/prompts",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REF_PROTECTED": "false",
        **more,
    }


def pull_request(server: Server, folder: Path, branch: str = "feature", target: str = "main") -> dict[str, str]:
    """The run of a pull request, with the tips as they are now."""
    payload = pull_request_payload((branch, server.tip(branch)), (target, server.tip(target)))
    return github("pull_request", payload, folder, GITHUB_BASE_REF=target, GITHUB_HEAD_REF=branch, GITHUB_REF=_MERGE)


def gitlab(**more: str) -> dict[str, str]:
    return {"CI": "true", "GITLAB_CI": "true", "CI_SERVER_NAME": "GitLab", "CI_DEFAULT_BRANCH": "main", **more}


def gitlab_merge_request(**more: str) -> dict[str, str]:
    """A merge request's pipeline; only one for merged results names the tips of the branches."""
    return gitlab(
        CI_PIPELINE_SOURCE="merge_request_event",
        CI_COMMIT_BEFORE_SHA=ZEROS,
        CI_COMMIT_REF_PROTECTED="false",
        CI_MERGE_REQUEST_IID=str(NUMBER),
        CI_MERGE_REQUEST_PROJECT_ID="12",
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME="feature",
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
        **{"CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "", **more},
    )


def run_hint(repo: Repo, err: str) -> str:
    """Run the command that an error offers, as a person would; the command."""
    command = re.split(r"; |, or ", err.partition("help: ")[2].partition("\n")[0])[0]
    subprocess.run(["sh", "-c", command], cwd=repo.path, check=False, capture_output=True)
    return command


def mend(repo: Repo, env: dict[str, str], *arguments: str) -> Result:
    """What a check says once every command that it asks for has been run."""
    found = repo.check(*arguments, env=env)
    for _ in range(2):
        if found.code == UNDECIDED:
            run_hint(repo, found.err)
            found = repo.check(*arguments, env=env)
    return found
