"""The table that decides what became of a released file, row by row through real commits."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.support.repos import FIRST, FOLDER, GONE, POLICY, Repo, clone, version_text

if TYPE_CHECKING:
    from pathlib import Path

EDITED = "released-version-edited"
REMOVED = "released-version-removed"
REPLACED = "released-version-replaced"
RESTORED = "released-version-restored"
COLLISION = "version-collision"
TAMPERED = "base-tampered"


class Row(NamedTuple):
    """States of 1.1.0: `-` absent, a letter for its bytes, `x+` executable, `x@` a link, `T` gone with a tombstone."""

    fork: str
    base: str
    head: str
    verdict: str | None
    first: str | None = None


TABLE = {
    "kept": Row("x", "x", "x", None),
    "removed": Row("x", "x", "-", REMOVED),
    "edited": Row("x", "x", "y", EDITED),
    "executable": Row("x", "x", "x+", REPLACED),
    "linked": Row("x", "x", "x@", REPLACED),
    "behind": Row("-", "x", "-", None),
    "equal": Row("-", "x", "x", None),
    "collision": Row("-", "x", "y", COLLISION),
    "draft": Row("-", "-", "x", None),
    "tampered-kept": Row("x", "y", "x", TAMPERED),
    "tampered-edited": Row("x", "y", "z", TAMPERED),
    "tampered-gone": Row("x", "-", "x", TAMPERED),
    "tampered-by-both": Row("x", "y", "y", TAMPERED),
    "tampered-mode": Row("x", "x+", "x", TAMPERED),
    "retired": Row("x", "T", "x", None),
    "retired-edited": Row("x", "T", "y", None),
    "retired-gone": Row("x", "T", "-", None),
    "returned-changed": Row("T", "T", "y", COLLISION),
    "returned": Row("T", "T", "x", None),
    "restored": Row("y", "y", "x", RESTORED, first="x"),
    "restored-mode": Row("x+", "x+", "x", RESTORED, first="x"),
    "edited-again": Row("y", "y", "z", EDITED, first="x"),
}


def path_of(name: str) -> str:
    return f"prompt-templates/task/{name}/1.1.0.md"


def second(name: str, letter: str) -> str:
    return version_text("1.1.0", f"Say {letter}.", name=name, supersedes="1.0.0", summary="Says more.")


def put(repo: Repo, name: str, state: str) -> None:
    target = repo.path / path_of(name)
    target.unlink(missing_ok=True)
    manifest = f"name: {name}\nowner: team@example.com\nrecommended: 1.0.0\n"
    if state == "T":
        digest = hashlib.sha256(second(name, "x").encode()).hexdigest()
        manifest += f"retired: {{1.1.0: {{digest: sha256:{digest}, on: 2026-01-01, reason: Nobody used it.}}}}\n"
    repo.write(f"prompt-templates/task/{name}/prompt.yaml", manifest)
    if state.endswith("@"):
        target.symlink_to("1.0.0.md")
    elif state not in {"-", "T"}:
        repo.write(path_of(name), second(name, state[0]))
        target.chmod(0o755 if state.endswith("+") else 0o644)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """A prompt for each row; main is the base, feature the head, and what they share the fork."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"):
            patch.setenv(f"GIT_{variable}", "someone@example.com")
        repo = Repo(tmp_path_factory.mktemp("table"))
        repo.git("init", "--quiet", "--initial-branch=main")
        repo.write("promptctl.yaml", POLICY)
        for name in TABLE:
            repo.write(f"prompt-templates/task/{name}/1.0.0.md", version_text("1.0.0", name=name))
        _commit(repo, {name: row.first or row.fork for name, row in TABLE.items()})
        fork = _commit(repo, {name: row.fork for name, row in TABLE.items()})
        repo.switch("feature")
        _commit(repo, {name: row.head for name, row in TABLE.items()})
        repo.git("checkout", "--quiet", "main")
        _commit(repo, {name: row.base for name, row in TABLE.items()})
        repo.git("tag", "fork", fork)
    return repo


def _commit(repo: Repo, states: dict[str, str]) -> str:
    for name, state in states.items():
        put(repo, name, state)
    return repo.commit()


@pytest.fixture
def feature(table: Repo, tmp_path: Path) -> Repo:
    """A copy of the repository with feature checked out."""
    copy = Repo(tmp_path / "copy")
    shutil.copytree(table.path, copy.path, symlinks=True)
    copy.git("checkout", "--quiet", "feature")
    return copy


def expect(found: dict[str, Any]) -> None:
    assert {(item["path"], item["rule"]) for item in found["findings"]} == {
        (path_of(name), rule)
        for name, row in TABLE.items()
        for rule in (GONE if row.verdict == REMOVED else [row.verdict])
        if rule
    }


def test_the_table_in_a_commit(feature: Repo) -> None:
    by_name = feature.check("--base", "main", "--head", "feature")
    assert by_name.code == 1
    assert by_name.report["head"] == feature.git("rev-parse", "feature")
    expect(by_name.report)
    assert feature.check("--base", "main").report["findings"] == by_name.report["findings"]


def test_the_table_in_the_index(feature: Repo) -> None:
    feature.git("reset", "--quiet", "--soft", "fork")
    expect(feature.check("--staged").report)


def test_the_table_in_the_work_tree(feature: Repo) -> None:
    feature.git("reset", "--quiet", "fork")
    expect(feature.check().report)


def test_the_whole_table_at_once(feature: Repo) -> None:
    """`--all` looks at more, and says the same of released files."""
    found = feature.check("--all", "--base", "main").report["findings"]
    judged = {TAMPERED, COLLISION, EDITED, REPLACED, RESTORED, *GONE}
    expect({"findings": [item for item in found if item["rule"] in judged]})


def test_any_of_several_merge_bases_counts(repo: Repo) -> None:
    """Main and feature each merged the other, so neither merge base has what the other one brought."""
    patched = repo.add_version("1.0.1", supersedes="1.0.0", summary="Says more.")
    repo.commit()
    repo.switch("feature")
    ours = repo.add_version("1.0.2", "Ours.", supersedes="1.0.1", summary="Says ours.")
    repo.edit(patched)
    from_feature = repo.commit()
    repo.git("checkout", "--quiet", "main")
    theirs = repo.add_version("1.1.0", "Theirs.", supersedes="1.0.1", summary="Says theirs.")
    repo.edit()
    from_main = repo.commit()
    repo.git("merge", "--quiet", "-m", "Cross", from_feature)
    late = repo.add_version("1.2.0", "Late.", supersedes="1.1.0", summary="Says late.")
    repo.commit()
    repo.git("checkout", "--quiet", "feature")
    repo.git("merge", "--quiet", "-m", "Cross", from_main)
    assert len(repo.git("merge-base", "--all", "main", "feature").split()) == 2
    assert repo.check("--base", "main").rules == []
    (repo.path / theirs).unlink()
    repo.write(ours, repo.read(ours).replace("Ours", "Mine"))
    repo.write(late, version_text("1.2.0", "Early.", supersedes="1.1.0", summary="Says early."))
    repo.commit()
    found = {item["path"]: item["rule"] for item in repo.check("--base", "main").report["findings"]}
    assert (found[theirs], found[ours], found[late]) == (GONE[-1], EDITED, COLLISION)
    assert not found.keys() & {FIRST, patched}


def test_a_version_that_only_came_by_a_merge_is_restored(repo: Repo) -> None:
    repo.switch("topic")
    path = repo.add_version("1.1.0", "Judge well.", supersedes="1.0.0", summary="Says well.")
    repo.commit()
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "-m", "Release", "topic")
    released = repo.read(path)
    repo.edit(path)
    repo.commit()
    repo.write(path, released)
    found = repo.check()
    assert (found.code, found.rules) == (0, [RESTORED])


def test_where_history_is_cut_short_a_restored_file_stays_edited(repo: Repo, tmp_path: Path) -> None:
    released = repo.read(FIRST)
    repo.edit()
    repo.commit()
    short = clone(repo, tmp_path / "short", "--depth=1")
    short.write(FIRST, released)
    assert short.check().rules == [EDITED]


@pytest.fixture
def cut(repo: Repo, tmp_path: Path) -> Repo:
    """A clone that knows the tips of main and feature and nothing of what they share."""
    repo.switch("feature")
    repo.write("notes.txt", "ours")
    repo.commit()
    repo.git("checkout", "--quiet", "main")
    repo.write("notes.txt", "theirs")
    repo.commit()
    return clone(repo, tmp_path / "cut", "--depth=1", "--no-single-branch", "--branch=feature")


def test_an_unknown_fork_is_no_pass(cut: Repo) -> None:
    assert cut.check().rules == []
    cut.add_version("1.1.0", "New.", supersedes="1.0.0", summary="Says new.")
    assert cut.check().rules == []
    cut.edit()
    assert (cut.check().code, cut.check().rules) == (1, [EDITED])
    (cut.path / FIRST).unlink()
    for arguments in ((), ("--all",)):
        found = cut.check(*arguments)
        assert (found.code, found.out) == (3, "")
        assert f"cannot decide whether {FIRST} was removed" in found.err
        assert "git fetch --unshallow origin" in found.err


def test_an_ancestor_that_a_shallow_clone_shows_need_not_be_the_best(repo: Repo, tmp_path: Path) -> None:
    """Feature merged the release and dropped it; the clone still sees the first commit in both, but not that one."""
    repo.git("branch", "old")
    path = repo.add_version("1.1.0", "New.", supersedes="1.0.0", summary="Says new.")
    repo.commit()
    repo.switch("feature", "old")
    repo.commit("Feature")
    repo.git("merge", "--quiet", "--no-ff", "--no-commit", "main")
    (repo.path / path).unlink()
    repo.commit("Merge main without its release")
    repo.git("checkout", "--quiet", "old")
    repo.commit("Old")
    repo.git("checkout", "--quiet", "main")
    for message in ("One", "Two", "Three"):
        repo.commit(message)
    repo.git("merge", "--quiet", "-m", "Merge", "old")
    assert repo.check("--base", "main", "--head", "feature").rules == GONE
    cut = clone(repo, tmp_path / "cut", "--depth=3", "--no-single-branch", "--branch=feature")
    assert cut.git("merge-base", "origin/main", "feature") == repo.git("rev-list", "--max-parents=0", "main")
    assert cut.check("--base", "origin/main").code == 3


def test_a_branch_without_a_common_ancestor_cannot_be_decided(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "--orphan", "fresh")
    repo.git("rm", "--quiet", "-r", "--cached", FOLDER)
    shutil.rmtree(repo.path / FOLDER)
    repo.write("notes.txt", "unrelated")
    assert repo.check("--staged").code == 3
    repo.commit()
    assert repo.check("--base", "main").code == 3
