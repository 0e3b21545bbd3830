"""The command line on repositories full of broken files: it answers, at the right line, and never with a traceback."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from promptctl.core.errors import PromptctlError
from promptctl.operations.catalog import Catalog
from promptctl.operations.compared import Question, compared
from promptctl.operations.diff import diff_versions
from promptctl.operations.listing import list_prompts, show_version
from promptctl.operations.log import version_history
from promptctl.operations.render import render_version
from promptctl.repo.heads import HeadKind
from tests.support.broken import LAWFUL, MANIFESTS, POLICIES, VERSIONS
from tests.support.repos import FIRST, MANIFEST, Repo, Result, clean_environment, make_repo, version_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TEMPLATES = "prompt-templates"
GIB = 1024**3
SOON = 60.0  # seconds for the whole repository, on a machine that does something else besides
HUGE = "huge-and-sparse"


def path_of(group: str, name: str, file: str = "1.0.0.md") -> str:
    return f"{TEMPLATES}/{group}/{name}/{file}"


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repo]:
    """A repository with every broken file of the corpus in its work tree, each in a prompt of its own."""
    folder = tmp_path_factory.mktemp("bad")
    with pytest.MonkeyPatch.context() as monkeypatch:
        clean_environment(monkeypatch, folder)
        repo = make_repo(folder / "repo")
        for broken in VERSIONS:
            repo.write(path_of("bad", broken.name), broken.content)
            repo.write(path_of("bad", broken.name, "prompt.yaml"), manifest(broken.name))
        for name, data in LAWFUL:
            repo.write(path_of("odd", name), data)
            repo.write(path_of("odd", name, "prompt.yaml"), manifest(name))
        for broken in MANIFESTS:
            repo.write(path_of("manifests", broken.name), version_text("1.0.0", name=broken.name))
            repo.write(path_of("manifests", broken.name, "prompt.yaml"), broken.content)
        yield repo


def manifest(name: str) -> str:
    return MANIFEST.format(name=name, recommended="1.0.0")


def no_bug(result: Result) -> Result:
    assert "Traceback" not in result.out + result.err
    assert "has a bug" not in result.err
    assert result.code in {0, 1, 2, 3}, result
    return result


def places(result: Result) -> set[tuple[str, str, int | None]]:
    return {(found["rule"], found["path"], found["line"]) for found in result.report["findings"]}


def test_every_broken_file_has_its_finding(bad: Repo) -> None:
    start = time.perf_counter()
    result = no_bug(bad.check("--all"))
    assert time.perf_counter() - start < SOON
    assert result.code == 1
    found = places(result)
    for group, corpus, file in (("bad", VERSIONS, "1.0.0.md"), ("manifests", MANIFESTS, "prompt.yaml")):
        for broken in corpus:
            path = path_of(group, broken.name, file)
            lines = [line for rule, where, line in found if (rule, where) == (broken.rule, path)]
            assert lines if broken.line is None else broken.line in lines, (broken.name, broken.rule, lines)
            told = Counter(rule for rule, where, _ in found if where == path)
            assert max(told.values(), default=0) <= 100
    assert not [where for _, where, _ in found if where.startswith(f"{TEMPLATES}/odd/")]
    assert max(len(finding["message"]) for finding in result.report["findings"]) < 400


def test_every_head_and_format_tells_the_same(bad: Repo) -> None:
    work_tree = places(no_bug(bad.check("--all")))
    bad.git("add", "-A", env={"GIT_INDEX_FILE": str(bad.path / ".git" / "other-index")})
    tree = bad.git("write-tree", env={"GIT_INDEX_FILE": str(bad.path / ".git" / "other-index")})
    commit = bad.git("commit-tree", tree, "-p", "HEAD", "-m", "All that is broken")
    assert places(no_bug(bad.check("--all", "--head", commit))) == work_tree
    staged = bad.check("--staged", env={"GIT_INDEX_FILE": str(bad.path / ".git" / "other-index")})
    assert places(no_bug(staged)) == work_tree
    lines = [
        finding
        for finding in no_bug(bad.promptctl("check", "--all", "--format", "concise")).out.splitlines()
        if finding
    ]
    assert len(lines) == len(staged.report["findings"])


def test_reading_commands_answer_about_every_prompt(bad: Repo) -> None:
    question = Question(bad.path, "2026-11-22", kind=HeadKind.WORK_TREE, everything=True)
    with compared(question) as views:
        names = {row.name for row in list_prompts(views)}
        assert len(names) == len(VERSIONS) + len(MANIFESTS) + len(LAWFUL) + 1
        assert names == set(Catalog(views.change).prompts)
        for name in names:
            show_version(views, name)
            version_history(views, name)
            answered(diff_versions, views, name, None)
            answered(render_version, views, name, {})


def answered(ask: Callable[..., object], *arguments: object) -> None:
    """A command may refuse, in its own words."""
    refusal = ""
    try:
        ask(*arguments)
    except PromptctlError as refused:
        refusal = refused.message
    assert "Error" not in refusal


@pytest.mark.parametrize("name", ["brackets", "latin-1", "null-in-quotes", "empty-file"])
def test_reading_commands_on_the_command_line(bad: Repo, name: str) -> None:
    for arguments in (("show",), ("show", "--body"), ("diff",), ("log",), ("render",), ("show", "--format", "json")):
        result = no_bug(bad.promptctl(*arguments, name))
        assert bool(result.err) == bool(result.code)


def test_the_list_is_whole(bad: Repo) -> None:
    result = no_bug(bad.promptctl("list", "--format", "json"))
    assert result.code == 0
    assert len(json.loads(result.out)["prompts"]) == len(VERSIONS) + len(MANIFESTS) + len(LAWFUL) + 1
    assert no_bug(bad.promptctl("list")).code == 0
    assert no_bug(bad.promptctl("rules")).code == 0


@pytest.mark.parametrize(("name", "data", "line"), POLICIES[10:], ids=[item[0] for item in POLICIES[10:]])
def test_a_broken_policy_is_found_and_the_old_one_stays_in_force(
    repo: Repo, name: str, data: bytes, line: int | None
) -> None:
    repo.write("promptctl.yaml", data)
    repo.write(FIRST, repo.read(FIRST).replace("Judge", "Weigh"))
    result = no_bug(repo.check())
    assert result.code == 1
    assert ("policy-invalid", "promptctl.yaml", line) in places(result), name
    assert "released-version-edited" in result.rules
    assert result.report["policy"] == "base"


@pytest.mark.parametrize(
    "data", [b"[", b"\xff", b"protected: []\n", b"protected: [main\n", b"\0", b"- a\n", b"a: &a [*a]\n"]
)
def test_a_policy_that_was_broken_all_along_means_the_defaults(repo: Repo, data: bytes) -> None:
    repo.write("promptctl.yaml", data)
    repo.commit("Break the policy")
    repo.write(FIRST, repo.read(FIRST).replace("Judge", "Weigh"))
    result = no_bug(repo.check())
    assert (result.code, result.report["policy"]) == (1, "default")
    assert "released-version-edited" in result.rules
    assert no_bug(repo.promptctl("list")).code == 0


def test_a_file_of_a_gibibyte_is_refused_unread(repo: Repo) -> None:
    for file in (
        path_of("task", HUGE),
        path_of("task", "qualify-lead", "prompt.yaml"),
        "prompt-config/production.yaml",
    ):
        repo.write(file, b"")
        os.truncate(repo.path / file, GIB)
    start = time.perf_counter()
    result = no_bug(repo.check("--all"))
    assert time.perf_counter() - start < SOON
    assert {
        ("unreadable-file", path_of("task", HUGE), None),
        ("unreadable-file", path_of("task", "qualify-lead", "prompt.yaml"), None),
    } <= places(result)
    assert any("1,073,741,824 bytes" in finding["message"] for finding in result.report["findings"])
    for arguments in (("list",), ("show", HUGE), ("diff", HUGE), ("render", HUGE), ("log", HUGE)):
        no_bug(repo.promptctl(*arguments))
    assert time.perf_counter() - start < SOON


def test_what_is_no_file_is_said_to_be_none(repo: Repo) -> None:
    folder = f"{TEMPLATES}/task/qualify-lead"
    (repo.path / folder / "2.0.0.md").symlink_to("1.0.0.md")
    (repo.path / folder / "3.0.0.md").symlink_to("nowhere")
    repo.write(f"{folder}/4.0.0.md/5.0.0.md", version_text("5.0.0"))
    (repo.path / TEMPLATES / "task/linked").mkdir()
    (repo.path / TEMPLATES / "task/linked/prompt.yaml").symlink_to("prompt.yaml")
    os.mkfifo(repo.path / folder / "6.0.0.md")
    found = places(no_bug(repo.check("--all")))
    for name in ("qualify-lead/2.0.0.md", "qualify-lead/3.0.0.md", "linked/prompt.yaml"):
        assert ("unreadable-file", f"{TEMPLATES}/task/{name}", None) in found
    assert ("misplaced-file", f"{folder}/4.0.0.md/5.0.0.md", None) in found
    for arguments in (
        ("list",),
        ("show", "qualify-lead@2.0.0"),
        ("diff", "qualify-lead@3.0.0"),
        ("log", "qualify-lead"),
    ):
        no_bug(repo.promptctl(*arguments))


def test_a_tree_of_folders_without_end_is_walked(repo: Repo) -> None:
    deep = "/".join(["a"] * 900)
    repo.write(f"{TEMPLATES}/{deep}/1.0.0.md", version_text("1.0.0", name="a"))
    result = no_bug(repo.check("--all"))
    assert "manifest-missing" in result.rules


@pytest.mark.parametrize("kind", ["link", "executable"])
def test_a_released_manifest_that_becomes_something_else_is_found(repo: Repo, kind: str) -> None:
    path = repo.path / f"{TEMPLATES}/task/qualify-lead/prompt.yaml"
    if kind == "link":
        path.unlink()
        path.symlink_to("1.0.0.md")
    else:
        path.chmod(0o755)
    assert no_bug(repo.check("--all")).rules == ["unreadable-file"]
