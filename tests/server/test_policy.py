"""Whose policy decides on a server: the one that is there, never the one that is being pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, FOLDER, POLICY
from tests.support.servers import EDITED, edit, push, refs, refused, release

if TYPE_CHECKING:
    from tests.support.repos import Repo

INVALID = "protected: main, and some more\n"


def waiver(repo: Repo) -> str:
    """A policy that lets the edit of the first version pass that is on disk."""
    entry = {
        "rule": EDITED,
        "path": FIRST,
        "blob": repo.git("hash-object", FIRST),
        "reason": "A leaked token.",
        "until": "2999-01-01",
    }
    return f"{POLICY}waivers:\n  - {{{', '.join(f'{key}: {value}' for key, value in entry.items())}}}\n"


def unhooked(bare: Repo, repo: Repo, *arguments: str) -> None:
    """Push as before the hook was installed."""
    hook = bare.path / "hooks/pre-receive"
    hook.rename(hook.with_suffix(".off"))
    assert push(repo, *arguments).code == 0
    hook.with_suffix(".off").rename(hook)


def test_a_push_cannot_free_itself(repo: Repo, bare: Repo) -> None:
    before = refs(bare)
    repo.write("promptctl.yaml", POLICY.replace("[main]", "[elsewhere]"))
    repo.commit("Loosen")
    edit(repo, FIRST)
    assert refused(push(repo, "main"), "[policy-loosened-with-changes]", f"[{EDITED}]", "policy of base")
    assert refused(push(repo, "main", "main:elsewhere"), f"[{EDITED}]")
    repo.git("rm", "--quiet", "promptctl.yaml")
    repo.commit("Remove")
    assert refused(push(repo, "main"), "[policy-removed]", f"[{EDITED}]")
    assert refs(bare) == before


@pytest.mark.usefixtures("bare")
def test_a_policy_may_be_loosened_alone_and_holds_from_then_on(repo: Repo) -> None:
    repo.write("promptctl.yaml", POLICY.replace("[main]", "[elsewhere]"))
    repo.commit("Loosen")
    found = push(repo, "main")
    assert (found.code, "[policy-loosened]" in found.err) == (0, True)
    edit(repo, FIRST)
    assert push(repo, "main").code == 0, "main is not protected any more"
    assert push(repo, "main:elsewhere").code == 0
    edit(repo, f"{FOLDER}/prompt.yaml", FIRST)
    repo.git("rm", "--quiet", FIRST)
    repo.commit()
    assert refused(push(repo, "main:elsewhere"), FIRST)


@pytest.mark.usefixtures("bare")
def test_a_waiver_counts_once_it_is_on_the_server(repo: Repo) -> None:
    released = repo.read(FIRST)
    repo.edit()
    policy, edited = waiver(repo), repo.read(FIRST)
    repo.write("promptctl.yaml", policy)
    repo.commit("Both at once")
    assert refused(push(repo, "main"), f"[{EDITED}]")
    repo.write(FIRST, released)
    repo.commit("Both at once, in two commits", "--amend")
    assert push(repo, "main").code == 0
    repo.write(FIRST, edited)
    repo.commit("Edit")
    assert push(repo, "main").code == 0


@pytest.mark.parametrize("branch", ["main", "trunk"])
def test_a_policy_that_cannot_be_read_frees_nobody(repo: Repo, bare: Repo, branch: str) -> None:
    repo.git("branch", "--quiet", "--move", branch)
    bare.git("symbolic-ref", "HEAD", f"refs/heads/{branch}")
    repo.write("promptctl.yaml", INVALID)
    repo.commit("Break the policy")
    if branch == "main":
        assert refused(push(repo, branch), "[policy-invalid]")
    unhooked(bare, repo, branch)
    edit(repo, FIRST)
    assert refused(push(repo, branch), "[policy-invalid]", f"[{EDITED}]")
    repo.write("promptctl.yaml", POLICY.replace("main", branch))
    repo.commit("Mend the policy")
    assert refused(push(repo, branch), f"[{EDITED}]")
    repo.git("reset", "--quiet", "--soft", f"origin/{branch}")
    repo.git("checkout", "--quiet", f"origin/{branch}", "--", FIRST)
    repo.commit("Mend the policy alone")
    assert push(repo, branch).code == 0


def test_a_policy_whose_object_is_lost_passes_nothing(repo: Repo, bare: Repo) -> None:
    oid = repo.git("rev-parse", "main:promptctl.yaml")
    release(repo)
    (bare.path / "objects" / oid[:2] / oid[2:]).unlink()
    assert refused(push(repo, "main"), "cannot be read")


def test_a_branch_is_protected_by_the_policy_that_stands_on_it(repo: Repo, bare: Repo) -> None:
    """Whatever HEAD of the server names: its own policy need not know the branch."""
    repo.switch("next")
    repo.write("promptctl.yaml", POLICY.replace("[main]", "[main, next]"))
    repo.commit("Protect this one too")
    assert push(repo, "next").code == 0
    assert refused(push(repo, "--delete", "next"), "next is protected")
    edit(repo, FIRST)
    assert refused(push(repo, "next"), f"[{EDITED}]")
    assert push(repo, "next:other").code == 0
    bare.git("symbolic-ref", "HEAD", "refs/heads/nowhere")
    assert refused(push(repo, "next"), f"[{EDITED}]")
    assert refused(push(repo, "next:main"), f"[{EDITED}]")


def test_a_policy_on_a_protected_branch_counts_for_others(repo: Repo, bare: Repo) -> None:
    repo.write("promptctl.yaml", POLICY.replace("[main]", "[main, stable]"))
    repo.commit("Protect stable")
    assert push(repo, "main", "main~1:refs/heads/stable", "main~1:refs/heads/develop").code == 0
    bare.git("symbolic-ref", "HEAD", "refs/heads/develop")
    edit(repo, FIRST)
    assert refused(push(repo, "main:stable"), f"[{EDITED}]", "with stable before the push")
