from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.repos import FIRST, FOLDER
from tests.support.terminal import run_at_terminal, without_styles

if TYPE_CHECKING:
    from tests.support.repos import Repo

KEYS = ["from", "to", "declared", "demanded", "reasons"]
REASON = ["level", "surface", "certainty", "message", "line", "witness"]
NEEDS = "{{schema: {{type: object, required: [{}], properties: {{lead: {{type: string}}, tone: {{type: string}}}}}}}}"


def bump(repo: Repo, *arguments: str, stdin: bytes = b"") -> dict[str, Any]:
    found = repo.promptctl("bump", *arguments, "--format", "json", stdin=stdin)
    assert found.code == 0, found.err
    document: dict[str, Any] = json.loads(found.out)
    assert list(document) == KEYS
    assert all([key for key in reason if key != "has_witness"] == REASON for reason in document["reasons"])
    return document


def test_a_prompt_with_one_version_demands_nothing(repo: Repo) -> None:
    assert bump(repo, "qualify-lead") == dict.fromkeys(KEYS) | {
        "to": "qualify-lead@1.0.0",
        "demanded": "none",
        "reasons": [],
    }
    assert repo.promptctl("bump", "qualify-lead").out == "qualify-lead@1.0.0 supersedes nothing: no level is demanded\n"


def test_a_version_with_itself_demands_nothing(repo: Repo) -> None:
    found = bump(repo, "qualify-lead@1.0.0", "qualify-lead@1.0.0")
    assert (found["demanded"], found["declared"], found["reasons"]) == ("none", None, [])


@pytest.mark.parametrize(
    ("body", "demanded"),
    [
        (b"Judge the lead.\n", "none"),
        (b"Judge the  lead.\n", "patch"),
        (b"Judge the lead kindly.\n", "minor"),
        (b"Judge the {{lead}}.\n", "major"),
        (b"Judge the lead. Answer only with yes or no.\n", "major"),
    ],
)
def test_what_if_this_were_the_body(repo: Repo, body: bytes, demanded: str) -> None:
    found = bump(repo, "qualify-lead", "--body", "-", stdin=body)
    assert (found["from"], found["to"], found["declared"]) == ("qualify-lead@1.0.0", None, None)
    assert found["demanded"] == demanded


def test_a_draft_is_compared_with_what_it_supersedes(repo: Repo) -> None:
    repo.add_version("1.1.0", "Judge {{lead}} briefly.", supersedes="1.0.0", summary="s")
    found = bump(repo, "qualify-lead")
    assert (found["from"], found["to"]) == ("qualify-lead@1.0.0", "qualify-lead@1.1.0")
    assert (found["declared"], found["demanded"]) == ("minor", "major")
    reason = found["reasons"][0]
    assert (reason["surface"], reason["certainty"], reason["line"]) == ("variables", "proved", 8)
    assert "declared: minor, which is too small" in repo.promptctl("bump", "qualify-lead").out


def test_an_edited_release_is_compared_with_itself(repo: Repo) -> None:
    repo.write(FIRST, repo.read(FIRST).replace("Judge", "Weigh"))
    found = bump(repo, "qualify-lead")
    assert (found["from"], found["to"], found["demanded"]) == ("qualify-lead@1.0.0", None, "minor")


def test_a_pre_release_is_compared_with_the_last_stable_version(repo: Repo) -> None:
    repo.add_version("1.1.0-rc.1", "Judge {{lead}}.", supersedes="1.0.0", summary="s")
    repo.add_version("1.1.0-rc.2", "Judge {{lead}} well.", supersedes="1.1.0-rc.1", summary="s")
    found = bump(repo, "qualify-lead")
    assert (found["from"], found["to"], found["demanded"]) == ("qualify-lead@1.0.0", "qualify-lead@1.1.0-rc.2", "major")
    assert bump(repo, "qualify-lead@1.1.0-rc.1", "qualify-lead@1.1.0-rc.2")["demanded"] == "minor"
    assert bump(repo, "qualify-lead", "--from", "1.1.0-rc.1")["demanded"] == "minor"


def test_a_witness_that_is_null_can_be_told_from_none(repo: Repo) -> None:
    repo.add_version("2.0.0", "Judge.", supersedes="1.0.0", summary="s", output="{schema: {type: [string]}}")
    repo.add_version("2.1.0", "Judge.", supersedes="2.0.0", summary="s", output="{schema: {type: [string, 'null']}}")
    (reason,) = bump(repo, "qualify-lead@2.0.0", "qualify-lead@2.1.0")["reasons"]
    assert (reason["witness"], reason["has_witness"]) == (None, True)


def test_a_witness_is_an_instance_that_the_old_schema_takes_and_the_new_one_does_not(repo: Repo) -> None:
    from jsonschema import Draft202012Validator

    repo.add_version("2.0.0", "Judge {{lead}}.", supersedes="1.0.0", summary="s", input=NEEDS.format("lead"))
    repo.add_version("3.0.0", "Judge {{lead}}.", supersedes="2.0.0", summary="s", input=NEEDS.format("lead, tone"))
    found = bump(repo, "qualify-lead@2.0.0", "qualify-lead@3.0.0")
    (reason,) = [reason for reason in found["reasons"] if reason["witness"] is not None]
    value = {"type": "string"}
    old = {"type": "object", "required": ["lead"], "properties": {"lead": value, "tone": value}}
    assert Draft202012Validator(old).is_valid(reason["witness"])
    assert not Draft202012Validator(old | {"required": ["lead", "tone"]}).is_valid(reason["witness"])
    assert "for example" in repo.promptctl("bump", "qualify-lead").out


def test_a_break_with_a_witness_cannot_be_overridden(repo: Repo) -> None:
    override = "{level: minor, reason: Nobody calls it so.}"
    repo.add_version("2.0.0", "Judge {{lead}}.", supersedes="1.0.0", summary="s", input=NEEDS.format("lead"))
    repo.commit()
    new = {"supersedes": "2.0.0", "summary": "s", "input": NEEDS.format("lead, tone"), "bump_override": override}
    repo.add_version("2.1.0", "Judge {{lead}}: {{tone}}.", **new)
    assert "bump-too-small" in repo.check().rules
    (finding,) = [item for item in repo.check().report["findings"] if item["rule"] == "bump-too-small"]
    assert "cannot be overridden" in finding["hint"]


def test_the_hint_of_a_number_that_is_too_small_mends_it(repo: Repo) -> None:
    repo.add_version("1.0.1", "Judge {{lead}} briefly.", supersedes="1.0.0", summary="s")
    (finding,) = repo.check().report["findings"]
    assert finding["rule"] == "bump-too-small"
    assert repo.promptctl(*finding["hint"].split()[1:]).code == 0
    assert (repo.path / FOLDER / "2.0.0.md").exists()
    assert repo.check().rules == []


def test_a_retired_version_is_read_from_history(repo: Repo) -> None:
    manifest = repo.read(f"{FOLDER}/prompt.yaml").replace("1.0.0", "1.1.0")
    repo.add_version("1.1.0", "Judge it.", supersedes="1.0.0", summary="s")
    repo.commit()
    (repo.path / f"{FOLDER}/1.1.0.md").unlink()
    retired = "retired: {1.1.0: {digest: x, on: 2026-01-16, reason: Old.}}\n"
    repo.write(f"{FOLDER}/prompt.yaml", manifest.replace("1.1.0", "1.0.0") + retired)
    repo.commit()
    repo.add_version("1.2.0", "Judge it well.", supersedes="1.1.0", summary="s")
    assert "bump-too-small" not in repo.check().rules
    repo.add_version("1.1.1", "Judge it well.", supersedes="1.1.0", summary="s")
    assert "bump-too-small" in repo.check().rules


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("qualify-laed",), "did you mean qualify-lead?"),
        (("qualify-lead@1.0.0", "qualify-lead@1.0.0", "--from", "1.0.0"), "--from and --body have no place"),
        (("qualify-lead", "--from", "9.9.9"), "there is no version qualify-lead@9.9.9"),
    ],
)
def test_wrong_usage(repo: Repo, arguments: tuple[str, ...], message: str) -> None:
    found = repo.promptctl("bump", *arguments)
    assert found.code == 2
    assert message in found.err


def test_diff_shows_the_reasons(repo: Repo) -> None:
    repo.add_version("1.1.0", "Judge {{lead}} briefly.", supersedes="1.0.0", summary="s")
    assert "demands major\n  major  variables: the variable lead is new" in repo.promptctl("diff", "qualify-lead").out
    document = json.loads(repo.promptctl("diff", "qualify-lead", "--format", "json").out)
    assert document["demanded"] == "major"


def test_new_version_asks_at_a_terminal(repo: Repo) -> None:
    body = repo.write("body.txt", "Judge {{lead}}.\n")
    arguments = ("new-version", "qualify-lead", "--body", str(body), "-m", "Named.")
    code, sent = run_at_terminal(repo.path, *arguments, typed=b"enormous\n\n")
    assert code == 0, sent
    shown = without_styles(sent)
    assert "the variable lead is new" in shown
    assert "Level [major]:" in shown
    assert "enormous is none of major, minor, patch" in shown
    assert (repo.path / FOLDER / "2.0.0.md").exists()


def test_new_version_says_without_a_terminal_what_is_demanded(repo: Repo) -> None:
    found = repo.promptctl("new-version", "qualify-lead", "--body", "-", stdin=b"Judge {{lead}}.\n")
    assert found.code == 2
    assert "major: the variable lead is new" in found.err
    assert "--bump patch" in found.err


@pytest.mark.parametrize(
    ("body", "number"), [(b"Judge  it.", "1.1.0"), (b"Judge {{lead}}.", "2.0.0"), (b"Judge the  lead.", "1.0.1")]
)
def test_auto_takes_what_is_demanded(repo: Repo, body: bytes, number: str) -> None:
    found = repo.promptctl("new-version", "qualify-lead", "--bump", "auto", "-m", "s", "--body", "-", stdin=body)
    assert found.code == 0
    assert (repo.path / FOLDER / f"{number}.md").exists()
    assert repo.check().rules == []


def test_a_large_body_takes_no_time(repo: Repo) -> None:
    body = "".join(f"{number}. Ask about point {number}, and answer with JSON.\n" for number in range(4_000))
    repo.add_version("1.1.0", body, supersedes="1.0.0", summary="s")
    repo.add_version("1.2.0", body.replace("Ask", "Enquire"), supersedes="1.1.0", summary="s")
    start = time.perf_counter()
    assert bump(repo, "qualify-lead")["demanded"] == "minor"
    assert time.perf_counter() - start < 5  # with the start of Python, on a machine that has other things to do
