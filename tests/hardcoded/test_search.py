"""The search itself: nothing in a user's configuration, a change's own attributes or a broken clone makes it blind."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.hardcoded.test_heads import FREE, PIN, VERSION, found
from tests.support.repos import MANIFEST, Repo, version_text

if TYPE_CHECKING:
    from pathlib import Path

HEADS = [(), ("--all",), ("--staged",), ("--staged", "--all"), ("--base", "main"), ("--head", "topic", "--all")]
HOSTILE = {
    "color.grep": "always",
    "color.ui": "always",
    "core.attributesFile": "/nowhere",
    "core.bigFileThreshold": "1",
    "core.quotePath": "true",
    "diff.renames": "copies",
    "grep.column": "true",
    "grep.extendedRegexp": "true",
    "grep.fallbackToNoIndex": "true",
    "grep.fullName": "false",
    "grep.lineNumber": "false",
    "grep.patternType": "perl",
    "grep.threads": "1",
    "submodule.recurse": "true",
}


@pytest.fixture
def topic(repo: Repo) -> Repo:
    """A branch that pins a version, committed and on disk."""
    repo.switch("topic")
    repo.write("app/a.py", FREE + PIN)
    repo.commit()
    return repo


def add_prompts(repo: Repo, count: int) -> None:
    for number in range(count):
        folder = f"prompt-templates/many/prompt-{number:02}"
        repo.write(f"{folder}/prompt.yaml", MANIFEST.format(name=f"prompt-{number:02}", recommended="1.0.0"))
        repo.write(f"{folder}/1.0.0.md", version_text("1.0.0", name=f"prompt-{number:02}"))


@pytest.mark.parametrize("arguments", HEADS)
def test_configuration_changes_nothing(topic: Repo, arguments: tuple[str, ...]) -> None:
    for name, value in HOSTILE.items():
        topic.git("config", name, value)
    topic.git("config", "alias.grep", "status")
    assert found(topic.check(*arguments)) == [("app/a.py", VERSION, 2)]


@pytest.mark.parametrize("arguments", HEADS)
@pytest.mark.parametrize("attributes", ["* binary\n", "* -diff\n", "* linguist-generated\n", "* diff=off\n"])
def test_a_change_cannot_hide_by_its_own_attributes(topic: Repo, attributes: str, arguments: tuple[str, ...]) -> None:
    topic.git("config", "diff.off.textconv", "true")
    topic.git("config", "diff.off.binary", "true")
    topic.write(".gitattributes", attributes)
    topic.write("app/.gitattributes", attributes)
    topic.commit()
    assert found(topic.check(*arguments, "--base", "main")) == [("app/a.py", VERSION, 2)]


@pytest.mark.parametrize("arguments", HEADS)
def test_what_base_calls_generated(repo: Repo, arguments: tuple[str, ...]) -> None:
    repo.write(".gitattributes", "*.gen.py linguist-generated=true\n*.old.py linguist-generated=false\nweb/* -diff\n")
    repo.write("lib/.gitattributes", "vendor/** linguist-vendored\n")
    repo.commit()
    repo.switch("topic")
    for path in ("a.gen.py", "a.old.py", "web/a.py", "lib/vendor/x/a.py", "lib/a.py"):
        repo.write(path, PIN)
    repo.commit()
    expected = [("a.old.py", VERSION, 1), ("lib/a.py", VERSION, 1)]
    assert found(repo.check(*arguments, "--base", "main")) == expected


def test_attributes_in_a_bare_repository(repo: Repo) -> None:
    repo.write(".gitattributes", "*.gen.py linguist-generated\n")
    repo.write("a.gen.py", PIN)
    repo.write("a.py", PIN)
    repo.commit()
    bare = Repo(repo.path / ".git")
    repo.git("config", "core.bare", "true")
    assert found(bare.check("--head", "main", "--all")) == [("a.py", VERSION, 1)]


@pytest.mark.parametrize("arguments", HEADS)
def test_many_prompts_are_looked_for_by_their_versions(repo: Repo, arguments: tuple[str, ...]) -> None:
    add_prompts(repo, 40)
    repo.commit()
    repo.switch("topic")
    repo.write(
        "a.py", 'x = "prompt-07@1.0.0"\ny = "b/prompt-08/1.0.0.md"\nz = load(\n    "prompt-09",\n    "1.0.0",\n)\n'
    )
    repo.write("b.py", "x = 'qualify-lead@1.0.0', \"other@1.0.0\", `prompt-10`, `1.0.0`\n")
    repo.commit()
    expected = [("a.py", VERSION, 1), ("a.py", "hardcoded-path", 2), ("a.py", "hardcoded-split", 5)]
    expected += [("b.py", "hardcoded-split", 1), ("b.py", VERSION, 1)]
    assert found(repo.check(*arguments, "--base", "main")) == expected


def test_a_git_without_perls_expressions(repo: Repo, tmp_path: Path) -> None:
    add_prompts(repo, 40)
    repo.write("a.py", 'x = "prompt-07@1.0.0"\n')
    git = shutil.which("git")
    fake = tmp_path / "bin/git"
    fake.parent.mkdir()
    refusal = "fatal: cannot use Perl-compatible regexes when not compiled with USE_LIBPCRE"
    fake.write_text(f'#!{sys.executable}\nimport os, sys\nif "-P" in sys.argv:\n    sys.exit("{refusal}")\n')
    with fake.open("a") as file:
        file.write(f'os.execv("{git}", ["git", *sys.argv[1:]])\n')
    fake.chmod(0o755)
    environment = {"PATH": f"{fake.parent}{os.pathsep}{os.environ['PATH']}"}
    assert found(repo.check(env=environment)) == [("a.py", VERSION, 1)]


@pytest.mark.parametrize("arguments", [("--head", "topic", "--all"), ("--base", "main"), ("--staged", "--all")])
def test_a_missing_object_is_no_answer(topic: Repo, arguments: tuple[str, ...]) -> None:
    oid = topic.git("rev-parse", "topic:app/a.py")
    (topic.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    result = topic.check(*arguments)
    assert (result.code, oid in result.err) == (3, True)


def test_an_unreadable_file_is_no_answer(repo: Repo) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    repo.write("app/a.py", PIN).chmod(0)
    assert repo.check().code == 3


def test_an_unmerged_file_is_no_answer(repo: Repo) -> None:
    repo.write("app/a.py", "a = 1\n")
    repo.commit()
    repo.switch("topic")
    repo.write("app/a.py", "a = 2\n")
    repo.commit()
    repo.git("switch", "--quiet", "main")
    repo.write("app/a.py", "a = 3\n")
    repo.commit()
    assert repo.try_git("merge", "topic").code == 1
    for arguments in (("--staged",), ("--staged", "--all")):
        result = repo.check(*arguments)
        assert (result.code, "app/a.py is unmerged" in result.err) == (3, True)


def test_a_large_file_is_searched_once_it_is_committed(repo: Repo) -> None:
    repo.write("app/large.py", "# filler\n" * 2_000_000 + PIN)
    repo.write("app/small.py", PIN)
    assert [path for path, _, _ in found(repo.check("--all"))] == ["app/small.py"]
    repo.commit()
    for arguments in (("--all",), ("--staged", "--all"), ("--head", "HEAD", "--all")):
        assert [path for path, _, _ in found(repo.check(*arguments))] == ["app/large.py", "app/small.py"]
