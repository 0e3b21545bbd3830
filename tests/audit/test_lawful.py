"""What the rules of the house allow is shown and is no violation: retirement, purges, waivers and returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.audit.support import (
    DEPRECATION,
    MANIFEST,
    PURGE,
    TOMBSTONE,
    audit,
    commit_at,
    details,
    kinds,
    waiver,
    write_manifest,
    write_policy,
)
from tests.support.repos import FIRST, FOLDER, version_text

if TYPE_CHECKING:
    from tests.support.repos import Repo


@pytest.fixture
def retired(repo: Repo) -> Repo:
    """qualify-lead@1.0.0 was deprecated and then retired."""
    write_manifest(repo, deprecated={"1.0.0": DEPRECATION})
    repo.commit("deprecate")
    repo.git("rm", "-q", FIRST)
    write_manifest(repo, retired={"1.0.0": TOMBSTONE})
    repo.commit("retire")
    return repo


def edit_waived(repo: Repo, rule: str = "released-version-edited", until: str = "2099-01-01") -> str:
    """A policy that lets the next edit pass, and that edit on disk; the path that changes."""
    old = repo.read(FIRST)
    repo.edit()
    blob = repo.git("hash-object", FIRST)
    new = repo.read(FIRST)
    repo.write(FIRST, old)
    write_policy(repo, waiver(rule, FIRST, blob, until))
    repo.commit("waive")
    repo.write(FIRST, new)
    return FIRST


def test_a_life_from_release_to_retirement(retired: Repo) -> None:
    found = audit(retired)
    assert kinds(found) == ["released", "deprecated", "retired"]
    assert [event["ref"] for event in found["events"]] == ["qualify-lead@1.0.0"] * 3
    assert [event["path"] for event in found["events"]] == [FIRST, MANIFEST, FIRST]
    assert details(found, "deprecated") == ["replacement 1.1.0; remove after 2026-01-15; Old."]
    assert details(found, "retired") == ["Grace period over."]


def test_a_purge_is_shown_as_one(repo: Repo) -> None:
    repo.git("rm", "-q", FIRST)
    write_manifest(repo, retired={"1.0.0": PURGE})
    repo.commit()
    found = audit(repo)
    assert kinds(found) == ["released", "purged"]
    assert details(found, "purged") == ["secret, INC-7: A token."]
    assert "purged qualify-lead@1.0.0: secret, INC-7: A token." in repo.promptctl("audit", "qualify-lead").out


def test_a_tombstone_of_an_earlier_commit_is_one_too(repo: Repo) -> None:
    write_manifest(repo, retired={"1.0.0": TOMBSTONE})
    repo.commit()
    repo.git("rm", "-q", FIRST)
    repo.commit()
    assert kinds(audit(repo)) == ["released", "retired"]


@pytest.mark.parametrize(
    "manifest", ["retired: {1.0.1: {digest: x, on: 2026-01-16, reason: r}}", "retired: {1.0.0: }", "["]
)
def test_what_is_no_tombstone(repo: Repo, manifest: str) -> None:
    repo.git("rm", "-q", FIRST)
    repo.write(MANIFEST, f"name: qualify-lead\n{manifest}\n")
    repo.commit()
    assert kinds(audit(repo, code=1)) == ["released", "removed!"]


def test_a_tombstone_that_comes_later_is_too_late(repo: Repo) -> None:
    repo.git("rm", "-q", FIRST)
    repo.commit()
    write_manifest(repo, retired={"1.0.0": TOMBSTONE})
    repo.commit()
    assert kinds(audit(repo, code=1)) == ["released", "removed!"]


def test_a_retired_number_may_return_with_its_bytes(retired: Repo) -> None:
    retired.write(FIRST, version_text("1.0.0"))
    retired.commit()
    found = audit(retired)
    assert kinds(found) == ["released", "deprecated", "retired", "restored"]
    assert details(found, "restored") == ["returned with the bytes that it was released with"]


@pytest.mark.parametrize("path", [FIRST, FIRST.replace("/task/", "/sales/")])
def test_and_with_no_others(retired: Repo, path: str) -> None:
    retired.write(path, version_text("1.0.0", "Other."))
    retired.commit()
    found = audit(retired, code=1)
    assert kinds(found) == ["released", "deprecated", "retired", "edited!"]
    assert details(found, "edited")[0].startswith("returned after its removal: blob ")


def test_a_deprecation_can_be_taken_back(repo: Repo) -> None:
    write_manifest(repo, deprecated={"1.0.0": DEPRECATION, "1.1.0": DEPRECATION})
    repo.commit()
    write_manifest(repo, deprecated={"1.1.0": DEPRECATION.replace("Old.", "Older.")})
    repo.commit()
    repo.write(MANIFEST, "deprecated: {1.2.0: \n")  # unreadable: it says nothing new
    repo.commit()
    repo.write(MANIFEST, 'name: qualify-lead\n"depre\\x63ated": {1.1.0: {}, 1.3.0: {reason: escaped}}\n')
    repo.commit()
    repo.git("rm", "-q", MANIFEST)
    repo.commit()
    found = audit(repo)
    wanted = ["deprecated", "deprecated", "undeprecated", "deprecated", "undeprecated", "undeprecated"]
    assert kinds(found, MANIFEST) == wanted
    refs = [event["ref"].partition("@")[2] for event in found["events"][1:]]
    assert refs == ["1.0.0", "1.1.0", "1.0.0", "1.3.0", "1.1.0", "1.3.0"]


def test_a_manifest_that_changes_elsewhere_says_nothing_new(repo: Repo) -> None:
    for owner in ("a@example.com", "b@example.com", '"c"'):
        repo.write(MANIFEST, f"name: qualify-lead\nowner: {owner}\ndeprecated: {{1.0.0: {DEPRECATION}}}\n")
        repo.commit()
    assert kinds(audit(repo), MANIFEST) == ["deprecated"]


def test_a_waived_edit_is_shown_and_becomes_what_may_not_change(repo: Repo) -> None:
    released, path = repo.read(FIRST), edit_waived(repo)
    repo.commit("edit")
    found = audit(repo)
    assert kinds(found) == ["released", "waived"]
    assert details(found, "waived")[0].startswith("edited: blob ")
    assert details(found, "waived")[0].endswith("; waived until 2099-01-01: Agreed.")
    waived = repo.read(path)
    for text, kind in (("other", "edited!"), (waived, "restored"), (released, "restored")):
        repo.write(path, text)
        repo.commit()
        assert kinds(audit(repo, code=1))[-1] == kind
    assert details(audit(repo, code=1), "restored") == [
        "has again the bytes that a waiver allowed",
        "has again the bytes that it was released with",
    ]


def test_a_waiver_that_comes_with_the_edit_lifts_nothing(repo: Repo) -> None:
    repo.edit()
    write_policy(repo, waiver("released-version-edited", FIRST, repo.git("hash-object", FIRST)))
    repo.commit()
    assert kinds(audit(repo, code=1)) == ["released", "edited!"]


def test_a_waiver_lifts_its_own_rule_blob_and_days_only(repo: Repo) -> None:
    edit_waived(repo, until="2026-02-01")
    commit_at(repo, "2026-02-02")
    assert kinds(audit(repo, code=1)) == ["released", "edited!"]


def test_a_waiver_holds_to_the_end_of_its_last_day(repo: Repo) -> None:
    edit_waived(repo, until="2026-02-01")
    commit_at(repo, "2026-02-01")
    assert kinds(audit(repo)) == ["released", "waived"]


@pytest.mark.parametrize("rule", ["released-version-removed", "name-mismatch"])
def test_a_waiver_of_another_rule(repo: Repo, rule: str) -> None:
    edit_waived(repo, rule)
    repo.commit()
    assert kinds(audit(repo, code=1)) == ["released", "edited!"]


def test_a_waiver_of_other_bytes(repo: Repo) -> None:
    path = edit_waived(repo)
    repo.write(path, "something else")
    repo.commit()
    assert kinds(audit(repo, code=1)) == ["released", "edited!"]


@pytest.mark.parametrize(
    ("rule", "kind"), [("released-version-removed", "waived"), ("released-version-edited", "removed!")]
)
def test_a_waived_removal(repo: Repo, rule: str, kind: str) -> None:
    write_policy(repo, waiver(rule, FIRST, "gone"))
    repo.commit()
    repo.git("rm", "-q", FIRST)
    repo.commit()
    assert kinds(audit(repo, code=int(kind.endswith("!")))) == ["released", kind]


def test_a_waived_replacement(repo: Repo) -> None:
    write_policy(repo, waiver("released-version-replaced", FIRST, repo.git("rev-parse", f"HEAD:{FIRST}")))
    repo.commit()
    (repo.path / FIRST).chmod(0o755)
    repo.commit()
    assert details(audit(repo), "waived") == ["replaced: became an executable file; waived until 2099-01-01: Agreed."]


def test_a_waiver_counts_from_the_project_or_from_the_repository(repo: Repo) -> None:
    inner = "prompt-templates/x/1.0.0.md"
    for name in (inner, f"app/{inner}"):
        repo.write(f"app/{inner}", name)
        repo.write("app/promptctl.yaml", waiver("released-version-edited", name, _oid_of(repo, "new " + name)))
        repo.commit()
        repo.write(f"app/{inner}", "new " + name)
        repo.commit()
    found = audit(repo, "-C", "app", code=1)
    assert kinds(found) == ["released", "waived", "edited!", "waived"]


def _oid_of(repo: Repo, text: str) -> str:
    return repo.git("hash-object", "--stdin", stdin=text.encode())


def test_a_version_that_never_was_a_file_is_shown_as_what_it_was(repo: Repo) -> None:
    (repo.path / FOLDER / "1.1.0.md").symlink_to("1.0.0.md")
    repo.commit()
    assert details(audit(repo), "released") == ["", "as a symbolic link"]
