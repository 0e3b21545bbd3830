"""Adopting the rules with old code: the baseline is written once and only shrinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hardcoded.test_heads import FREE, PIN, VERSION, found

if TYPE_CHECKING:
    from tests.support.repos import Repo, Result

FILE = "promptctl-hardcoded.txt"


def write(repo: Repo) -> Result:
    return repo.check("--all", "--write-baseline")


def lines(repo: Repo) -> list[str]:
    return [line for line in repo.read(FILE).splitlines() if not line.startswith("#")]


@pytest.fixture
def old(repo: Repo) -> Repo:
    """A repository whose code pins versions since before there was a rule."""
    repo.write("app/a b.py", PIN + FREE + PIN)
    repo.write("app/c.py", 'open("qualify-lead/1.0.0.md")\n')
    repo.commit()
    return repo


def test_what_is_listed_passes(old: Repo) -> None:
    assert old.check("--all").code == 1
    written = write(old)
    assert (written.code, f"wrote {FILE}: 2 lines" in written.err) == (0, True)
    assert lines(old) == [f"{VERSION} app/a b.py qualify-lead@1.0.0 2", "hardcoded-path app/c.py qualify-lead@1.0.0 1"]
    assert old.git("status", "--short") == f"?? {FILE}"
    assert old.check().code == 0
    old.commit()
    assert found(old.check("--all")) == []


def test_one_more_is_seen(old: Repo) -> None:
    write(old)
    old.commit()
    old.write("app/a b.py", PIN + PIN + PIN)
    old.write("app/new.py", PIN)
    assert found(old.check()) == [("app/a b.py", VERSION, 3), ("app/new.py", VERSION, 1)]


def test_it_shrinks_and_vanishes(old: Repo) -> None:
    write(old)
    old.commit()
    old.write("app/a b.py", PIN)
    old.write("app/new.py", PIN)
    assert found(write(old)) == [("app/new.py", VERSION, 1)]
    assert lines(old) == [f"{VERSION} app/a b.py qualify-lead@1.0.0 1", "hardcoded-path app/c.py qualify-lead@1.0.0 1"]
    for path in ("app/a b.py", "app/c.py", "app/new.py"):
        old.write(path, FREE)
    assert "nothing to list" in write(old).err
    assert not (old.path / FILE).exists()
    assert found(old.check()) == []


def test_growing_it_hides_nothing_and_is_reported(old: Repo) -> None:
    write(old)
    old.commit()
    old.write("app/new.py", PIN)
    old.write(FILE, old.read(FILE) + f"{VERSION} app/new.py qualify-lead@1.0.0 1\n")
    assert found(old.check()) == [("app/new.py", VERSION, 1), (FILE, VERSION, 5)]


def test_two_branches_shrink_it_and_merge(old: Repo) -> None:
    old.write("app/d.py", PIN)
    write(old)
    start = old.commit()
    for branch, path in (("one", "app/a b.py"), ("two", "app/d.py")):
        old.switch(branch, start)
        old.write(path, FREE)
        assert found(write(old)) == []
        old.commit()
        assert found(old.check("--base", "main")) == []
        old.git("switch", "--quiet", "main")
    old.git("merge", "--quiet", "--no-verify", "one")
    assert found(old.check("--base", "main", "--head", "two")) == []
    old.git("merge", "--quiet", "--no-verify", "-m", "Two", "two")
    assert lines(old) == ["hardcoded-path app/c.py qualify-lead@1.0.0 1"]


def test_it_counts_from_the_root_of_the_project(repo: Repo) -> None:
    (repo.path / "promptctl.yaml").unlink()
    repo.write("service/promptctl.yaml", "paths: {templates: prompts}\n")
    repo.write("service/prompts/task/qualify-lead/1.0.0.md", repo.read("prompt-templates/task/qualify-lead/1.0.0.md"))
    manifest = repo.read("prompt-templates/task/qualify-lead/prompt.yaml")
    repo.write("service/prompts/task/qualify-lead/prompt.yaml", manifest)
    repo.write("service/a.py", PIN)
    repo.write("a.py", PIN)
    repo.git("add", "-A")
    repo.git("rm", "-rqf", "prompt-templates")
    repo.commit()
    done = repo.promptctl("-C", "service", "check", "--all", "--write-baseline", "--format", "json")
    assert (done.code, done.rules) == (0, [])
    written = (repo.path / "service" / FILE).read_text().splitlines()[2:]
    assert written == [f"{VERSION} /a.py qualify-lead@1.0.0 1", f"{VERSION} a.py qualify-lead@1.0.0 1"]


@pytest.mark.parametrize("arguments", [(), ("--all", "--staged"), ("--all", "--head", "HEAD"), ("--all", "app")])
def test_only_of_the_whole_work_tree(old: Repo, arguments: tuple[str, ...]) -> None:
    assert old.check("--write-baseline", *arguments).code == 2
    assert not (old.path / FILE).exists()
