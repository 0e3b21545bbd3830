"""Every way in which a released version can be broken is found, with the commit that broke it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.audit.support import MANIFEST, audit, commit_at, details, kinds, merge_with, write_policy
from tests.support.repos import FIRST, FOLDER, version_text

if TYPE_CHECKING:
    from tests.support.repos import Repo


def test_a_history_that_only_adds_is_proved_clean(repo: Repo) -> None:
    repo.add_version("1.1.0", supersedes="1.0.0", summary="s")
    tip = repo.commit()
    found = audit(repo)
    assert kinds(found) == ["released", "released"]
    assert [event["ref"] for event in found["events"]] == ["qualify-lead@1.0.0", "qualify-lead@1.1.0"]
    assert (found["branch"], found["tip"], found["commits"]) == ("main", tip, 2)
    text = repo.promptctl("audit")
    assert (text.code, text.out.splitlines()[-1]) == (0, "2 released")
    assert "proved in 2 commits of main" in text.out


def test_what_is_on_disk_or_on_another_branch_is_no_history_yet(repo: Repo) -> None:
    repo.edit()
    assert kinds(audit(repo)) == ["released"]
    repo.switch("feature")
    repo.commit("edit")
    assert kinds(audit(repo)) == ["released"]
    assert kinds(audit(repo, "--branch", "feature", code=1)) == ["released", "edited!"]


def test_an_edit_is_a_violation_and_so_it_stays_once_restored(repo: Repo) -> None:
    original = repo.read(FIRST)
    repo.edit()
    edit = repo.commit("edit", "--author", "Eve <eve@example.com>", "--date", "2026-03-04T05:06:07+01:00")
    blob = repo.git("rev-parse", f"HEAD:{FIRST}")
    repo.write(FIRST, original)
    back = repo.commit("restore")
    found = audit(repo, code=1)
    assert kinds(found) == ["released", "edited!", "restored"]
    _, edited, restored = found["events"]
    assert (edited["commit"], restored["commit"]) == (edit, back)
    assert (edited["author"], edited["email"], edited["date"]) == (
        "Eve",
        "eve@example.com",
        "2026-03-04T05:06:07+01:00",
    )
    assert blob.startswith(edited["detail"].split()[1])
    text = repo.promptctl("audit").out
    assert text.index("edited qualify-lead@1.0.0") < text.index("restored qualify-lead@1.0.0")
    assert "2026-03-04  Eve <eve@example.com>" in text
    assert "1 violation in 3 commits of main" in text


def test_a_number_edited_twice_goes_back_only_with_its_first_bytes(repo: Repo) -> None:
    original = repo.read(FIRST)
    for body in ("B", "C", "B"):
        repo.write(FIRST, version_text("1.0.0", body))
        repo.commit()
    repo.write(FIRST, original)
    repo.commit()
    assert kinds(audit(repo, code=1)) == ["released", "edited!", "edited!", "edited!", "restored"]


@pytest.mark.parametrize("rewrite", ["\r\n", "\n\n"])
def test_white_space_is_an_edit(repo: Repo, rewrite: str) -> None:
    repo.git("config", "core.autocrlf", "false")
    repo.write(FIRST, repo.read(FIRST).replace("\n", rewrite))
    repo.commit()
    assert kinds(audit(repo, code=1)) == ["released", "edited!"]


def test_a_removal_without_a_tombstone(repo: Repo) -> None:
    repo.git("rm", "-q", FIRST)
    repo.commit()
    found = audit(repo, code=1)
    assert kinds(found) == ["released", "removed!"]
    assert details(found, "removed") == ["without a tombstone in its manifest"]


def test_the_removal_of_a_whole_prompt(repo: Repo) -> None:
    repo.git("rm", "-qr", FOLDER)
    repo.commit()
    assert kinds(audit(repo, code=1)) == ["released", "removed!"]


def test_another_mode_or_kind_is_a_replacement(repo: Repo) -> None:
    oid = repo.git("rev-parse", f"HEAD:{FIRST}")
    for mode, name in (("100755", oid), ("120000", oid), ("160000", repo.git("rev-parse", "HEAD"))):
        repo.git("update-index", "--cacheinfo", f"{mode},{name},{FIRST}")
        repo.git("commit", "--quiet", "-m", mode)
    found = audit(repo, code=1)
    assert kinds(found) == ["released", "replaced!", "replaced!", "replaced!"]
    words = ("an executable file", "a symbolic link", "a submodule")
    assert details(found, "replaced") == [f"became {word}" for word in words]


def test_a_folder_in_place_of_a_version(repo: Repo) -> None:
    repo.git("rm", "-q", FIRST)
    repo.write(f"{FIRST}/inner.txt", "x")
    repo.commit()
    assert kinds(audit(repo, code=1)) == ["released", "removed!"]


def test_a_link_in_place_of_all_templates(repo: Repo) -> None:
    repo.git("mv", "prompt-templates", "elsewhere")
    (repo.path / "prompt-templates").symlink_to("elsewhere")
    repo.commit()
    assert kinds(audit(repo, code=1)) == ["released", "removed!"]


@pytest.mark.parametrize(
    ("target", "ref"),
    [
        (f"{FOLDER}/1.0.1.md", "qualify-lead@1.0.1"),
        (f"{FOLDER}/1.0.0.MD", None),
        ("prompt-templates/sales/qualify-lead/1.0.0.md", "qualify-lead@1.0.0"),
        ("prompt-templates/task/Qualify-Lead/1.0.0.md", "Qualify-Lead@1.0.0"),
    ],
)
def test_a_rename_takes_the_old_path_away(repo: Repo, target: str, ref: str | None) -> None:
    (repo.path / target).parent.mkdir(parents=True, exist_ok=True)
    repo.git("mv", FIRST, target)
    repo.commit()
    found = audit(repo, code=1)
    assert kinds(found, FIRST) == ["released", "removed!"]
    assert details(found, "removed") == [f"moved to {target}"]
    assert [event["ref"] for event in found["events"][2:]] == ([ref] if ref else [])


def test_a_number_that_moved_may_not_change_on_the_way(repo: Repo) -> None:
    repo.git("rm", "-q", FIRST)
    repo.commit()
    moved = FIRST.replace("/task/", "/sales/")
    repo.write(moved, version_text("1.0.0", "Other."))
    repo.commit()
    assert kinds(audit(repo, code=1), moved) == ["edited!"]


def test_an_edit_made_inside_a_merge(repo: Repo) -> None:
    repo.switch("feature")
    repo.write("other.txt", "x")
    repo.commit("other")
    repo.git("switch", "--quiet", "main")
    merge_with(repo, ("feature",))
    repo.edit()
    merge = repo.commit("Merge feature")
    found = audit(repo, code=1)
    assert kinds(found) == ["released", "edited!"]
    assert found["events"][1]["commit"] == merge


def test_a_merge_that_takes_the_wrong_side(repo: Repo) -> None:
    repo.switch("feature")
    repo.edit()
    repo.commit("edit")
    repo.git("switch", "--quiet", "main")
    repo.add_version("1.1.0", supersedes="1.0.0", summary="s")
    repo.commit("release")
    repo.git("merge", "--quiet", "--no-ff", "-m", "merge", "feature")
    found = audit(repo, code=1)
    assert kinds(found) == ["released", "released", "edited!"]
    assert found["events"][2]["author"] == "Test Author"


def test_a_merge_that_leaves_nothing_of_its_first_parent(repo: Repo) -> None:
    repo.switch("feature")
    repo.git("rm", "-q", FIRST)
    repo.commit("remove")
    repo.git("switch", "--quiet", "main")
    repo.write("other.txt", "x")
    repo.commit("other")
    tree = repo.git("rev-parse", "feature^{tree}")
    merge = repo.git("commit-tree", tree, "-p", "main", "-p", "feature", "-m", "theirs")
    repo.git("reset", "--quiet", "--hard", merge)
    found = audit(repo, code=1)
    assert kinds(found) == ["released", "removed!"]
    assert found["events"][1]["commit"] == merge


def test_an_octopus(repo: Repo) -> None:
    for number, name in enumerate(("one", "two", "three"), 1):
        repo.switch(name, "main")
        repo.add_version(f"1.{number}.0", supersedes="1.0.0", summary="s")
        repo.commit(name)
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "-m", "octopus", "one", "two", "three")
    assert len(repo.git("log", "-1", "--format=%P").split()) == 4
    assert kinds(audit(repo)) == ["released"] * 4
    for name in ("four", "five"):
        repo.switch(name, "main")
        repo.write(name, "x")
        repo.commit(name)
    repo.git("switch", "--quiet", "main")
    merge_with(repo, ("four", "five"))
    repo.edit()
    repo.commit("evil octopus")
    assert kinds(audit(repo, code=1)) == [*["released"] * 4, "edited!"]


def test_an_edit_on_a_branch_that_was_put_right_before_its_merge_is_none(repo: Repo) -> None:
    original = repo.read(FIRST)
    repo.switch("feature")
    repo.edit()
    repo.commit("edit")
    repo.write(FIRST, original)
    repo.commit("restore")
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "-m", "merge", "feature")
    assert kinds(audit(repo)) == ["released"]


@pytest.mark.parametrize("also_moves_files", [True, False])
def test_a_policy_that_moves_the_templates_frees_nothing(repo: Repo, *, also_moves_files: bool) -> None:
    repo.write("prompts/task/other/1.0.0.md", "before it is watched")
    repo.commit()
    repo.write("prompts/task/other/1.0.0.md", "still not watched")
    write_policy(repo, "paths: {templates: prompts}\n")
    if also_moves_files:
        repo.git("mv", FOLDER, "prompts/task/qualify-lead")
    repo.commit("move")
    if not also_moves_files:
        repo.edit()
        repo.commit("edit where nobody looks")
    found = audit(repo, code=1)
    assert kinds(found, FIRST) == ["released", "removed!" if also_moves_files else "edited!"]
    assert kinds(found, "prompts/task/other/1.0.0.md") == ["released"]
    repo.write("prompts/task/other/1.0.0.md", "edited")
    repo.commit()
    assert kinds(audit(repo, code=1), "prompts/task/other/1.0.0.md") == ["released", "edited!"]


def test_a_detour_of_the_policy_hides_no_edit(repo: Repo) -> None:
    write_policy(repo, "paths: {templates: nowhere}\n")
    repo.commit("away")
    repo.edit()
    repo.commit("edit")
    write_policy(repo)
    repo.commit("and back")
    assert kinds(audit(repo, code=1)) == ["released", "edited!"]


@pytest.mark.parametrize("policy", [None, "[", "paths: {templates: 7}\n"])
def test_without_a_readable_policy_what_it_last_said_holds(repo: Repo, policy: str | None) -> None:
    write_policy(repo, "paths: {templates: prompts}\n")
    repo.write("prompts/task/other/1.0.0.md", "x")
    repo.commit()
    if policy is None:
        repo.git("rm", "-q", "promptctl.yaml")
    else:
        repo.write("promptctl.yaml", policy)
    repo.write("prompts/task/other/1.0.0.md", "y")
    repo.write("prompts/task/other/1.1.0.md", "x")
    repo.commit()
    repo.write("prompts/task/other/1.1.0.md", "y")
    repo.commit()
    found = audit(repo, code=1)
    assert kinds(found, "prompts/task/other/1.0.0.md") == ["released", "edited!"]
    assert kinds(found, "prompts/task/other/1.1.0.md") == ["released", "edited!"]


def test_what_is_no_version_file_may_change(repo: Repo) -> None:
    for text in ("one", "two"):
        for name in ("README.md", "notes.md", "v1.md", ".1.0.0.md"):
            repo.write(f"{FOLDER}/{name}", text)
        repo.write("docs/1.0.0.md", text)
        repo.write(MANIFEST, f"name: qualify-lead\nowner: {text}\n")
        repo.commit(text)
    assert kinds(audit(repo)) == ["released"]


def test_a_project_in_a_subfolder(repo: Repo) -> None:
    repo.write("app/promptctl.yaml", "protected: [main]\n")
    repo.write("app/prompt-templates/x/1.0.0.md", "x")
    commit_at(repo, "2026-01-01")
    repo.write("app/prompt-templates/x/1.0.0.md", "y")
    repo.commit()
    assert kinds(audit(repo)) == ["released"]
    assert kinds(audit(repo, "-C", "app", code=1)) == ["released", "edited!"]
