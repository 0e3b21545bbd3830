"""What every command has, and how the program ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from promptctl.cli import main as entry
from promptctl.core.errors import Undecided
from promptctl.tree.schemas import load_schema
from tests.support.repos import FIRST

if TYPE_CHECKING:
    from tests.support.repos import Repo

READING = ("list", "show", "diff", "log", "render", "rules", "check")
AUTHORING = ("init", "new", "new-version", "renumber")


@pytest.mark.parametrize("command", [*READING, *AUTHORING, "hook run"])
def test_help_has_an_example_and_the_common_options(repo: Repo, command: str) -> None:
    found = repo.promptctl(*command.split(), "--help")
    assert found.code == 0
    assert f"Example: promptctl {command}" in found.out
    assert "-C DIR" in found.out or command == "rules"
    if command in READING:
        assert "--format" in found.out
    if command in AUTHORING:
        assert "--dry-run" in found.out
        assert "--commit" in found.out


@pytest.mark.parametrize("arguments", [("chekc",), ("check", "--formt"), ("check", "--format", "xml"), ("show",)])
def test_wrong_usage_exits_2(repo: Repo, arguments: tuple[str, ...]) -> None:
    found = repo.promptctl(*arguments)
    assert (found.code, found.out) == (2, "")
    assert "Traceback" not in found.err


@pytest.mark.parametrize(
    "arguments",
    [("--staged", "--worktree"), ("--staged", "--head", "HEAD"), ("--now", "soon"), ("missing.md",), ("../outside",)],
)
def test_requests_that_make_no_sense_exit_2(repo: Repo, arguments: tuple[str, ...]) -> None:
    assert repo.check(*arguments).code == 2


@pytest.mark.parametrize("state", ["clean", "faulty", "unmerged", "no repository"])
@pytest.mark.parametrize("command", [("check", "--staged"), ("hook", "run")])
def test_what_hooks_say_word_for_word_is_answered_as_the_parser_would(
    repo: Repo, command: tuple[str, ...], state: str
) -> None:
    if state == "faulty":
        repo.edit()
        repo.git("add", "--all")
    elif state == "unmerged":
        blob = repo.git("rev-parse", f"HEAD:{FIRST}")
        entries = "".join(f"100644 {blob} {stage}\t{FIRST}\n" for stage in (1, 2, 3))
        repo.git("update-index", "--index-info", stdin=f"0 {'0' * 40}\t{FIRST}\n{entries}".encode())
    elif state == "no repository":
        shutil.rmtree(repo.path / ".git")
    found = repo.promptctl(*command)
    assert found == repo.promptctl(*command, "-C", ".")
    assert found.code == {"clean": 0, "faulty": 1}.get(state, 3)


def test_the_json_report_keeps_its_schema(repo: Repo) -> None:
    repo.write(FIRST, repo.read(FIRST) + "More.\n")
    repo.write("prompt-templates/task/other/v1.md", "x")
    found = repo.check()
    jsonschema.validate(found.report, load_schema("report"))
    assert found.report["head"] == "worktree"
    assert found.report["base"] == repo.git("rev-parse", "HEAD")
    assert found.report["policy"] == "base"
    assert found.report["summary"] == {"errors": 2, "warnings": 0, "infos": 0, "prompts": 1, "versions": 1}
    order = [(f["path"], f["line"] or 0, f["rule"]) for f in found.report["findings"]]
    assert order == sorted(order)


def test_a_fingerprint_survives_an_edit_elsewhere_in_the_file(repo: Repo) -> None:
    text = "---\nname: qualify-lead\nversion: 2.0.0\npurpose: p\nsupersedes: 1.0.0\nsummary: s\n{}colour: red\n---\nB\n"
    path = FIRST.replace("1.0.0", "2.0.0")
    repo.write(path, text.format(""))
    (one,) = repo.check().report["findings"]
    repo.write(path, text.format("tags: [a]\n"))
    (other,) = repo.check().report["findings"]
    assert one["line"] != other["line"]
    assert one["fingerprint"] == other["fingerprint"]


def test_formats_say_the_same(repo: Repo) -> None:
    repo.write(FIRST, repo.read(FIRST) + "More.\n")
    text = repo.promptctl("check")
    concise = repo.promptctl("check", "--format", "concise")
    assert text.code == concise.code == 1
    assert concise.out.startswith(f"{FIRST}:7:1: error released-version-edited: ")
    assert "compared worktree with HEAD on main" in text.out
    assert "compared worktree with HEAD on main" in concise.err


def test_a_report_can_go_to_a_file(repo: Repo) -> None:
    found = repo.check("--output", "report.json")
    assert (found.code, found.out) == (0, "")
    assert json.loads(repo.read("report.json"))["summary"]["errors"] == 0
    assert repo.check("--output", "no/such/folder/x").code == 3


def test_strict_fails_on_warnings(repo: Repo) -> None:
    schema = "{schema: {type: object, properties: {unused: {type: string}}}}"
    repo.add_version("1.1.0", "B", supersedes="1.0.0", summary="s", input=schema)
    assert [(f["rule"], f["severity"]) for f in repo.check().report["findings"]] == [("unused-input", "warning")]
    assert (repo.check().code, repo.check("--strict").code) == (0, 1)


def test_severities_come_from_the_policy_of_base(repo: Repo) -> None:
    schema = "{schema: {type: object, properties: {unused: {type: string}}}}"
    repo.write("promptctl.yaml", repo.read("promptctl.yaml") + "rules: {unused-input: error, name-mismatch: 'off'}\n")
    repo.commit("policy")
    path = repo.add_version("1.1.0", "B", supersedes="1.0.0", summary="s", input=schema)
    repo.write(path, repo.read(path).replace("name: qualify-lead", "name: other"))
    assert [(f["rule"], f["severity"]) for f in repo.check().report["findings"]] == [("unused-input", "error")]


def test_files_limit_what_is_looked_at(repo: Repo) -> None:
    repo.write(FIRST, repo.read(FIRST) + "More.\n")
    repo.write("prompt-templates/task/other/notes.txt", "x")
    assert repo.check(FIRST).rules == ["released-version-edited"]
    assert repo.check("prompt-templates/task/other").rules == ["misplaced-file"]
    assert repo.check("promptctl.yaml").rules == []
    assert repo.check(str(repo.path / FIRST)).rules == ["released-version-edited"]


def run_main(monkeypatch: pytest.MonkeyPatch, error: BaseException | None) -> Any:
    def app(**_: object) -> None:
        if error is not None:
            raise error

    monkeypatch.setattr("promptctl.cli.app.app", app)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    return ended.value.code


def test_a_bug_of_ours_exits_70_and_keeps_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(monkeypatch, ZeroDivisionError("oops")) == 70
    words = capsys.readouterr().err
    assert "has a bug: ZeroDivisionError: oops" in words
    where = words.split("the traceback is in ")[1].split(";")[0]
    assert "Traceback" in Path(where).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "code"),
    [(None, 0), (Undecided("no", hint="try"), 3), (KeyboardInterrupt(), 130), (SystemExit(5), 5), (SystemExit("x"), 1)],
)
def test_every_end_has_its_exit_code(monkeypatch: pytest.MonkeyPatch, error: BaseException | None, code: int) -> None:
    assert run_main(monkeypatch, error) == code


def test_a_reader_that_goes_away_is_no_bug(repo: Repo) -> None:
    program = f"{sys.executable} -m promptctl rules --format json | head -c 1 >/dev/null"
    done = subprocess.run(["sh", "-c", program], cwd=repo.path, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr


def test_json_has_the_path_as_it_is(repo: Repo) -> None:
    for name in ("a\nb.txt", "a\\nb.txt"):
        repo.write(f"prompt-templates/task/{name}", "x")
    paths = {finding["path"] for finding in repo.check().report["findings"]}
    assert paths == {"prompt-templates/task/a\nb.txt", "prompt-templates/task/a\\nb.txt"}
