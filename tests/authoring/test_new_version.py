from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, FOLDER, Repo, clone, version_text

if TYPE_CHECKING:
    from tests.support.repos import Result


def versions(repo: Repo) -> list[str]:
    return sorted(path.stem for path in (repo.path / FOLDER).glob("*.md"))


def new_version(repo: Repo, *arguments: str, **options: object) -> Result:
    return repo.promptctl("new-version", "qualify-lead", *arguments, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--bump", "patch"), "1.0.1"),
        (("--bump", "minor"), "1.1.0"),
        (("--bump", "major"), "2.0.0"),
        (("--bump", "auto"), "1.0.1"),
        (("--bump", "minor", "--suffix", "rc.1"), "1.1.0-rc.1"),
        (("--bump", "minor", "--suffix", "-rc.1"), "1.1.0-rc.1"),
        (("--bump", "minor", "--suffix", "+formal-tone"), "1.1.0+formal-tone"),
        (("--version", "1.1.0"), "1.1.0"),
    ],
)
def test_the_number_is_what_was_asked_for(repo: Repo, arguments: tuple[str, ...], expected: str) -> None:
    assert new_version(repo, *arguments, "-m", "Weighs the budget.").code == 0
    assert versions(repo) == ["1.0.0", expected]
    text = repo.read(f"{FOLDER}/{expected}.md")
    assert f"version: {expected}\n" in text
    assert "supersedes: 1.0.0\n" in text
    assert "summary: Weighs the budget.\n" in text
    assert text.endswith("---\nJudge the lead.\n")
    assert repo.git("diff", "--cached", "--name-only") == ""


def test_what_it_writes_passes_the_check_once_the_body_differs(repo: Repo) -> None:
    new_version(repo, "--bump", "minor", "-m", "Weighs the budget.", "--body", "-", stdin=b"Weigh the budget.\n")
    assert repo.check().rules == []


def test_without_a_level_it_names_the_choices(repo: Repo) -> None:
    found = new_version(repo)
    assert found.code == 2
    assert "--bump patch" in found.err
    assert versions(repo) == ["1.0.0"]


def test_without_a_summary_the_place_for_it_is_left_open(repo: Repo) -> None:
    assert new_version(repo, "--bump", "minor").code == 0
    found = repo.check()
    assert found.code == 1
    assert [(f["rule"], f["line"]) for f in found.report["findings"]] == [("metadata-invalid", 6)]


def test_comments_order_and_quotes_of_the_front_matter_survive(repo: Repo) -> None:
    front = (
        "---\n# who reads this\nname: 'qualify-lead'   # the folder\nversion: \"1.0.0\"\n"
        "purpose: >-\n  Decide whether a lead\n  is worth a call.\n\nconfig: {temperature: 0.20}  # low\n"
        "decision: docs/adr/1.md\nemergency: {reason: safety, incident: I-1, declared: 2026-01-01}\n---\n"
    )
    repo.write(FIRST, front + "Judge.\n")
    repo.commit()
    assert new_version(repo, "--bump", "minor", "-m", "No: really").code == 0
    expected = front.replace("1.0.0", "1.1.0").replace(
        "a call.\n", 'a call.\nsupersedes: 1.0.0\nsummary: "No: really"\n'
    )
    expected = expected.replace("decision: docs/adr/1.md\n", "")
    expected = expected.replace("emergency: {reason: safety, incident: I-1, declared: 2026-01-01}\n", "")
    assert repo.read(f"{FOLDER}/1.1.0.md") == expected + "Judge.\n"


def test_front_matter_that_cannot_be_edited_by_line_is_refused(repo: Repo) -> None:
    repo.write(FIRST, "---\n{name: qualify-lead, version: 1.0.0, purpose: Judge.}\n---\nJudge.\n")
    repo.commit()
    found = new_version(repo, "--bump", "minor", "-m", "x")
    assert (found.code, versions(repo)) == (1, ["1.0.0"])
    assert "one key a line" in found.err


def test_it_starts_from_the_highest_stable_version(repo: Repo) -> None:
    repo.add_version("1.1.0", "B", supersedes="1.0.0", summary="b")
    repo.add_version("2.0.0-rc.1", "C", supersedes="1.1.0", summary="c")
    repo.commit()
    assert new_version(repo, "--bump", "minor", "-m", "d").code == 0
    assert "supersedes: 1.1.0" in repo.read(f"{FOLDER}/1.2.0.md")


def test_a_release_candidate_is_continued_and_finished_within_its_triple(repo: Repo) -> None:
    repo.add_version("2.0.0-rc.1", "C", supersedes="1.0.0", summary="c")
    repo.commit()
    assert new_version(repo, "--from", "2.0.0-rc.1", "--suffix", "rc.2", "-m", "d").code == 0
    assert new_version(repo, "--from", "2.0.0-rc.2", "--bump", "major", "-m", "e").code == 0
    assert versions(repo) == ["1.0.0", "2.0.0", "2.0.0-rc.1", "2.0.0-rc.2"]
    assert "supersedes: 2.0.0-rc.2" in repo.read(f"{FOLDER}/2.0.0.md")


@pytest.mark.parametrize("number", ["1.0.0", "1.0.0+label", "1.1.0"])
def test_a_number_that_is_taken_on_a_protected_branch_is_refused(repo: Repo, tmp_path: Path, number: str) -> None:
    other = clone(repo, tmp_path / "clone")
    repo.add_version("1.1.0", "B", supersedes="1.0.0", summary="b")
    repo.commit()
    other.git("fetch", "--quiet")
    found = new_version(other, "--version", number, "-m", "mine")
    assert (found.code, versions(other)) == (1, ["1.0.0"])
    assert "taken" in found.err


def test_a_retired_number_is_refused(repo: Repo) -> None:
    manifest = repo.read(f"{FOLDER}/prompt.yaml")
    repo.write(f"{FOLDER}/prompt.yaml", manifest + "retired: {1.1.0: {digest: abc, on: 2026-01-01, reason: Old.}}\n")
    repo.commit()
    assert new_version(repo, "--bump", "minor", "-m", "x").code == 1


def test_a_backport_follows_the_version_it_names(repo: Repo) -> None:
    repo.add_version("2.0.0", "B", supersedes="1.0.0", summary="b")
    repo.commit()
    assert (
        new_version(
            repo, "--from", "1.0.0", "--bump", "patch", "-m", "x", "--body", "-", stdin=b"Judge  the lead."
        ).code
        == 0
    )
    assert repo.check().rules == []


def test_dry_run_prints_the_diff_and_writes_nothing(repo: Repo) -> None:
    before = repo.git("status", "--porcelain")
    found = new_version(repo, "--bump", "minor", "-m", "x", "--dry-run")
    assert found.code == 0
    assert "+version: 1.1.0" in found.out
    assert repo.git("status", "--porcelain") == before


def test_auto_takes_the_level_of_what_differs(repo: Repo, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/^purpose: .*/purpose: Something else./' \"$1\"\n")
    editor.chmod(0o755)
    env = {"GIT_EDITOR": str(editor)}
    assert new_version(repo, "--bump", "auto", "--edit", "-m", "x", env=env).code == 0
    assert versions(repo) == ["1.0.0", "2.0.0"]
    assert new_version(repo, "--bump", "auto", "--body", "-", "-m", "y", stdin=b"Other words").code == 0
    assert versions(repo) == ["1.0.0", "2.0.0", "2.1.0"]


def test_an_editor_that_fails_leaves_nothing(repo: Repo) -> None:
    found = new_version(repo, "--bump", "minor", "--edit", env={"GIT_EDITOR": "false"})
    assert (found.code, versions(repo)) == (1, ["1.0.0"])


def test_a_version_that_is_no_version_is_wrong_usage(repo: Repo) -> None:
    assert new_version(repo, "--version", "1.1").code == 2
    assert new_version(repo, "--bump", "minor", "--suffix", "rc..1").code == 2
    assert new_version(repo, "--bump", "minor", "--version", "1.1.0").code == 2
    assert new_version(repo, "--bump", "minor", "-m", "two\nlines").code == 2
    assert new_version(repo, "--bump", "minor", "--body", "missing.md").code == 2
    assert versions(repo) == ["1.0.0"]


def test_unknown_names_are_met_with_the_nearest(repo: Repo) -> None:
    found = repo.promptctl("new-version", "qualify-laed", "--bump", "minor")
    assert found.code == 2
    assert "did you mean qualify-lead?" in found.err


class TestFromEdit:
    @pytest.fixture
    def edited(self, repo: Repo) -> Repo:
        repo.write(FIRST, repo.read(FIRST).replace("Judge", "Weigh"))
        return repo

    @pytest.mark.parametrize("staged", [False, True])
    def test_the_edit_becomes_the_next_version_and_the_release_is_restored(self, edited: Repo, *, staged: bool) -> None:
        if staged:
            edited.git("add", "-A")
        released = edited.git("show", f"HEAD:{FIRST}")
        assert new_version(edited, "--from-edit", "-m", "Weighs.").code == 0
        assert edited.read(FIRST).strip() == released
        assert edited.git("status", "--porcelain") == f"?? {FOLDER}/1.1.0.md"
        assert edited.read(f"{FOLDER}/1.1.0.md").endswith("---\nWeigh the lead.\n")
        assert edited.check().rules == []

    def test_without_an_edit_there_is_nothing_to_take(self, repo: Repo) -> None:
        found = new_version(repo, "--from-edit", "-m", "x")
        assert found.code == 1
        assert "no released version" in found.err

    def test_of_several_edits_one_must_be_named(self, edited: Repo) -> None:
        path = edited.add_version("1.1.0", "B", supersedes="1.0.0", summary="b")
        edited.git("add", path)
        edited.git("commit", "-qm", "b")
        edited.write(path, edited.read(path) + "more\n")
        assert new_version(edited, "--from-edit", "-m", "x").code == 2
        assert new_version(edited, "--from-edit", "--from", "1.1.0", "-m", "x").code == 0
        assert versions(edited) == ["1.0.0", "1.1.0", "1.2.0"]

    def test_an_edit_that_broke_the_front_matter_is_not_lost(self, repo: Repo) -> None:
        broken = repo.read(FIRST).replace("version: 1.0.0", "version: [1.0.0")
        repo.write(FIRST, broken)
        assert new_version(repo, "--from-edit", "-m", "x").code == 1
        assert repo.read(FIRST) == broken

    def test_an_edit_committed_on_a_branch_is_moved_too(self, edited: Repo) -> None:
        edited.git("switch", "-qc", "feature")
        edited.commit("edit in place")
        assert new_version(edited, "--from-edit", "-m", "x").code == 0
        edited.commit("put it right")
        assert edited.check("--base", "main").rules == []


class TestCommit:
    def test_it_holds_only_its_own_files_and_leaves_other_work_alone(self, repo: Repo) -> None:
        repo.write("staged.txt", "staged\n")
        repo.git("add", "staged.txt")
        repo.write("staged.txt", "changed again\n")
        repo.write("untracked.txt", "untracked\n")
        found = new_version(repo, "--bump", "minor", "-m", "x", "--body", "-", "--commit", stdin=b"New")
        assert found.code == 0, found.err
        assert repo.git("show", "--name-only", "--format=%s", "HEAD").split() == [
            "Add",
            "qualify-lead@1.1.0",
            f"{FOLDER}/1.1.0.md",
        ]
        assert repo.git("status", "--porcelain").split("\n") == ["AM staged.txt", "?? untracked.txt"]
        assert repo.git("show", ":staged.txt") == "staged"

    def test_a_hook_that_rejects_leaves_everything_as_it_was(self, repo: Repo) -> None:
        hook = repo.path / ".git/hooks/pre-commit"
        hook.write_text("#!/bin/sh\necho no prompts on Sundays >&2\nexit 1\n")
        hook.chmod(0o755)
        before = (repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain"), repo.git("ls-files", "-s"))
        found = new_version(repo, "--bump", "minor", "-m", "x", "--body", "-", "--commit", stdin=b"New")
        assert found.code == 1
        assert "no prompts on Sundays" in found.err
        assert (repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain"), repo.git("ls-files", "-s")) == before

    def test_a_commit_that_would_add_an_error_is_refused(self, repo: Repo) -> None:
        found = new_version(repo, "--bump", "minor", "-m", "x", "--body", "-", "--commit", stdin="a\u202eb".encode())
        assert found.code == 1
        assert "hidden-characters" in found.err
        assert (versions(repo), repo.git("rev-list", "--count", "HEAD")) == (["1.0.0"], "1")

    def test_signing_is_obeyed(self, repo: Repo, tmp_path: Path) -> None:
        signer = tmp_path / "gpg"
        signer.write_text("#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\necho SIGNATURE\n")
        signer.chmod(0o755)
        repo.git("config", "commit.gpgsign", "true")
        repo.git("config", "gpg.program", str(signer))
        found = new_version(repo, "--bump", "minor", "-m", "x", "--body", "-", "--commit", stdin=b"New")
        assert found.code == 0, found.err
        assert "gpgsig SIGNATURE" in repo.git("cat-file", "-p", "HEAD")

    @pytest.mark.parametrize("name", ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"])
    def test_an_operation_in_progress_is_not_disturbed(self, repo: Repo, name: str) -> None:
        (repo.path / ".git" / name).write_text(repo.git("rev-parse", "HEAD") + "\n")
        found = new_version(repo, "--bump", "minor", "-m", "x", "--body", "-", "--commit", stdin=b"New")
        assert (found.code, versions(repo)) == (3, ["1.0.0"])
        assert "in progress" in found.err

    def test_a_folder_in_the_way_is_said_so(self, repo: Repo) -> None:
        (repo.path / FOLDER / "1.1.0.md").mkdir()
        found = new_version(repo, "--bump", "minor", "-m", "x")
        assert found.code == 1
        assert "on disk already" in found.err


def test_a_link_that_leads_out_of_the_repository_is_not_followed(repo: Repo, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (repo.path / "prompt-templates" / "linked").symlink_to(outside)
    found = repo.promptctl("new", "other", "--category", "linked", "--purpose", "x", "--owner", "o")
    assert found.code == 1
    assert list(outside.iterdir()) == []


def test_version_text_helper_is_lawful(repo: Repo) -> None:
    repo.write(f"{FOLDER}/1.1.0.md", version_text("1.1.0", "Else.", supersedes="1.0.0", summary="s"))
    assert repo.check().rules == []


def test_a_file_that_git_ignores_is_not_overwritten(repo: Repo) -> None:
    repo.write(".git/info/exclude", "1.1.0.md\n")
    repo.write(f"{FOLDER}/1.1.0.md", "mine\n")
    assert new_version(repo, "--bump", "minor", "-m", "x").code == 1
    assert repo.read(f"{FOLDER}/1.1.0.md") == "mine\n"


@pytest.mark.parametrize("script", ["sed -i 1d", "sed -i s/Judge/Typed/ $1; false", "rm"])
def test_what_was_typed_in_an_editor_is_not_lost(repo: Repo, tmp_path: Path, script: str) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\nset -- "$1"\n{script} "$1"\n' if "$1" not in script else f"#!/bin/sh\n{script}\n")
    editor.chmod(0o755)
    found = new_version(repo, "--bump", "minor", "-m", "x", "--edit", env={"GIT_EDITOR": str(editor)})
    assert (found.code, versions(repo)) == (1, ["1.0.0"])
    if script != "rm":
        assert Path(found.err.strip().split("what was typed is in ")[1]).exists()


def test_two_different_edits_of_one_file_are_not_both_taken(repo: Repo) -> None:
    repo.write(FIRST, repo.read(FIRST) + "staged\n")
    repo.git("add", FIRST)
    repo.write(FIRST, repo.read(FIRST) + "on disk\n")
    assert new_version(repo, "--from-edit", "-m", "x").code == 1
    assert repo.read(FIRST).endswith("staged\non disk\n")


def test_below_one_a_break_is_a_minor_step(repo: Repo) -> None:
    repo.promptctl("new", "young", "--purpose", "Answer.", "--commit")
    first = "prompt-templates/task/young/0.1.0.md"
    repo.write(first, repo.read(first).replace("purpose: Answer.", "purpose: Something else."))
    assert repo.promptctl("new-version", "young", "--from-edit", "-m", "x").code == 0
    assert (repo.path / "prompt-templates/task/young/0.2.0.md").exists()


@pytest.mark.parametrize("version", ["2.5.0", "1.0.0-rc.1", "0.9.0", "1.1.1"])
def test_a_number_that_check_would_refuse_is_refused(repo: Repo, version: str) -> None:
    found = repo.promptctl("new-version", "qualify-lead", "--version", version)
    assert found.code == 1
    assert f"{version} is not one step after 1.0.0" in found.err
    assert "one of 1.0.1, 1.1.0, 2.0.0" in found.err
    assert repo.git("status", "--porcelain") == ""
