"""How `audit` answers: formats, limits on what is listed, and exit 3 where nothing can be proved."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from tests.audit.support import TOMBSTONE, audit, commit_at, kinds, write_manifest
from tests.git.test_hostile_config import CORE, DIFF, ENVIRONMENT, LOG, STATUS
from tests.support.repos import FIRST, FOLDER, Repo, bare_remote, clone, make_repo

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = [
    *("event", "ref", "path", "commit", "author", "email", "date", "lawful", "detail"),
    *("environment", "from", "to", "scopes"),
]


@pytest.fixture
def story(repo: Repo) -> Repo:
    """A clean January, an edit in February, and another prompt in March."""
    repo.add_version("1.1.0", supersedes="1.0.0", summary="s")
    commit_at(repo, "2026-01-31")
    repo.edit()
    commit_at(repo, "2026-02-01")
    repo.write("prompt-templates/task/other/1.0.0.md", "x")
    commit_at(repo, "2026-03-01")
    return repo


@pytest.mark.parametrize(
    ("arguments", "listed"),
    [
        (("--since", "2026-01-31", "--until", "2026-03-01"), ["released", "edited!", "released"]),
        (("--since", "2026-02-01", "--until", "2026-02-01"), ["edited!"]),
        (("--since", "2026-02-02", "--until", "2026-03-01"), ["released"]),
        (("--until", "2025-12-31"), []),
    ],
)
def test_dates_limit_what_is_listed_and_not_what_is_proved(
    story: Repo, arguments: tuple[str, ...], listed: list[str]
) -> None:
    assert kinds(audit(story, *arguments, code=1)) == listed
    hidden = ", 1 not listed" if "edited!" not in listed else ""
    assert f"1 violation in 4 commits of main ({story.git('rev-parse', 'main')[:10]}){hidden}\n" in (
        story.promptctl("audit", *arguments).out
    )


def test_days_are_those_of_utc(repo: Repo) -> None:
    repo.add_version("1.1.0", supersedes="1.0.0", summary="s")
    repo.commit("late", "--date", "2026-02-01T23:30:00-05:00")
    assert kinds(audit(repo, "--since", "2026-02-02", "--until", "2026-02-02")) == ["released"]


@pytest.mark.parametrize(
    "arguments", [("--since", "soon"), ("--until", "2026-02-30"), ("--since", "2026-02-02", "--until", "2026-02-01")]
)
def test_dates_that_are_none(repo: Repo, arguments: tuple[str, ...]) -> None:
    assert repo.promptctl("audit", *arguments).code == 2


def test_a_name_limits_the_question(story: Repo) -> None:
    found = audit(story, "other")
    assert [event["ref"] for event in found["events"]] == ["other@1.0.0"]
    assert kinds(audit(story, "qualify-lead", code=1)) == ["released", "released", "edited!"]
    text = story.promptctl("audit", "qualify-lead").out
    assert text.index("edited qualify-lead@1.0.0") < text.index("released qualify-lead@1.0.0")
    wrong = story.promptctl("audit", "qualify-leads")
    assert (wrong.code, "did you mean qualify-lead?" in wrong.err) == (2, True)
    assert story.promptctl("audit", "nothing-like-it").code == 2


def test_a_name_that_only_history_knows(repo: Repo) -> None:
    repo.git("rm", "-q", FIRST)
    write_manifest(repo, retired={"1.0.0": TOMBSTONE})
    repo.commit()
    repo.git("rm", "-qr", FOLDER)
    repo.commit()
    assert kinds(audit(repo, "qualify-lead")) == ["released", "retired"]


def test_text_lists_violations_and_counts_the_rest(story: Repo) -> None:
    short, long = (story.promptctl("audit", *arguments) for arguments in ((), ("--verbose",)))
    assert short.code == long.code == 1
    assert short.out.startswith("edited qualify-lead@1.0.0: blob ")
    assert short.out.endswith("\n3 released, 1 edited\n")
    assert "released other@1.0.0" not in short.out
    assert "released other@1.0.0" in long.out


def test_csv_has_the_columns_of_json(story: Repo) -> None:
    found = story.promptctl("audit", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(found.out)))
    events = audit(story, code=1)["events"]
    assert found.code == 1
    assert list(rows[0]) == list(events[0]) == COLUMNS
    assert rows == [
        event | {"lawful": str(event["lawful"]).lower(), "scopes": " ".join(event["scopes"])} for event in events
    ]
    assert "1 violation in 4 commits of main" in found.err


def test_what_comes_from_the_repository_controls_no_terminal(repo: Repo) -> None:
    path = f"{FOLDER}/ugly\udcff\x1b[31m\n,"
    repo.write(f"{path}/1.0.0.md", "x")
    repo.commit("\x1b[31mred", "--author", '\x1b[31m\u202eEve, "=1+1" <eve\x07@example.com>')
    repo.write(f"{path}/1.0.0.md", "y")
    repo.commit("edit")
    for arguments in (("--verbose",), ("--format", "csv"), ("--format", "json")):
        found = repo.promptctl("audit", *arguments)
        assert found.code == 1
        assert "\x1b" not in found.out + found.err
        assert "\u202e" not in found.out
        assert "\udcff" not in found.out
    rows = list(csv.reader(io.StringIO(repo.promptctl("audit", "--format", "csv").out)))
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert rows[2][2] == f"{FOLDER}/ugly\\xff\\x1b[31m\\n,/1.0.0.md"
    (event,) = [event for event in audit(repo, code=1)["events"] if event["event"] == "edited"]
    assert event["path"] == f"{path}/1.0.0.md"


def test_names_that_are_not_utf_8(repo: Repo) -> None:
    repo.git("config", "i18n.commitEncoding", "ISO-8859-1")
    repo.git("config", "i18n.logOutputEncoding", "ISO-8859-1")
    repo.add_version("1.1.0", supersedes="1.0.0", summary="s")
    repo.git("add", "-A")
    repo.git("commit", "-qm", "x", env={"GIT_AUTHOR_NAME": b"J\xf6rg".decode("utf-8", "surrogateescape")})
    assert audit(repo)["events"][1]["author"] == "Jörg"


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)])
def test_configuration_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    repo = make_repo(tmp_path / "configured", *options)
    repo.edit()
    repo.commit("edit", "--date", "2026-02-01T00:00:00+00:00")
    repo.git("update-index", "--cacheinfo", f"160000,{repo.git('rev-parse', 'HEAD')},{FIRST}")
    repo.git("commit", "-qm", "submodule")
    before = audit(repo, code=1)
    assert kinds(before) == ["released", "edited!", "replaced!"]
    for key, value in {**DIFF, **LOG, **STATUS, **CORE}.items():
        repo.git("config", key, value)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert audit(repo, code=1) == before


def test_replaced_objects_and_grafts_change_nothing(story: Repo) -> None:
    before = audit(story, code=1)
    story.git("replace", "--graft", "main", "main~2")
    story.git("commit-graph", "write", "--reachable")
    assert audit(story, code=1) == before


def test_the_upstream_is_audited_where_there_is_one(repo: Repo) -> None:
    bare = bare_remote(repo, "main")
    repo.edit()
    repo.commit("not pushed")
    found = audit(repo)
    assert (found["branch"], found["commits"]) == ("origin/main", 1)
    repo.git("push", "-q")
    assert audit(repo, code=1)["commits"] == 2
    assert audit(bare, code=1)["branch"] == "main"


def test_nothing_to_audit(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.git("init", "-q")
    found = repo.promptctl("audit")
    assert (found.code, found.out) == (0, "nothing to audit: there are no commits yet\n")
    assert (audit(repo)["tip"], audit(repo)["events"]) == (None, [])


def test_a_shallow_clone_proves_nothing(story: Repo, tmp_path: Path) -> None:
    cut = clone(story, tmp_path / "cut", "--depth", "2")
    found = cut.promptctl("audit")
    assert (found.code, found.out) == (3, "")
    assert "git fetch --unshallow" in found.err
    cut.git("fetch", "-q", "--unshallow")
    assert kinds(audit(cut, code=1)).count("edited!") == 1


def test_without_the_protected_branch_nothing_is_proved(repo: Repo) -> None:
    repo.git("branch", "-qm", "trunk")
    found = repo.promptctl("audit")
    assert (found.code, "--branch NAME" in found.err) == (3, True)
    assert audit(repo, "--branch", "trunk")["branch"] == "trunk"
    assert repo.promptctl("audit", "--branch", "missing").code == 3
    assert repo.promptctl("audit", "--branch", "--all").code == 3


@pytest.mark.parametrize("name", ["main~1", "main~1^{tree}", "main~1:prompt-templates", "main:promptctl.yaml"])
def test_a_missing_object_proves_nothing(story: Repo, name: str) -> None:
    oid = story.git("rev-parse", name)
    (story.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    found = story.promptctl("audit")
    assert (found.code, found.out) == (3, "")
    assert "Traceback" not in found.err


@pytest.mark.parametrize("reachable", [True, False])
def test_a_clone_without_blobs_proves_what_its_remote_lets_it_read(
    story: Repo, tmp_path: Path, *, reachable: bool
) -> None:
    story.git("config", "uploadpack.allowFilter", "true")
    story.git("config", "uploadpack.allowAnySHA1InWant", "true")
    part = clone(story, tmp_path / "part", "--filter=blob:none", "--no-checkout")
    if reachable:
        assert kinds(audit(part, code=1)).count("edited!") == 1
        return
    (story.path / ".git").rename(tmp_path / "away")
    assert part.promptctl("audit").code == 3
