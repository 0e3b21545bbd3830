"""The review comment about real changes: each section says what happened, and the way back that it names leads back."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from promptctl.core.entries import Blob, Entry
from promptctl.plan.effects import effects
from promptctl.tree.selection import ConfigFile, merge, read_selection
from tests.gates.support import EVALS, POLICY, REF, gate_production, results, select
from tests.unit.report.test_markdown import GITHUB_LIMIT, Page

if TYPE_CHECKING:
    from promptctl.core.selection import Selection
    from tests.support.repos import Repo

CONFIG = """defaults:
  qualify-lead: {{use: "qualify-lead@{default}", because: It is good.}}
salesAgent:
  prompts:
    qualifyLead: qualify-lead@{default}
    other: qualify-lead
tenants:
  acme-health: {{regimes: [hipaa]}}
  globex: {{prompts: {{qualify-lead: "qualify-lead@{globex}"}}, regimes: [gdpr]}}
  initech: {{prompts: {{qualify-lead: qualify-lead@1.0.0}}}}
"""
PRODUCTION = "prompt-config/production.yaml"


def comment(repo: Repo, *arguments: str) -> str:
    """The comment as GitHub would get it; every one of them must be well formed and short enough."""
    found = repo.promptctl("check", "--base", "main", *arguments, "--format", "markdown")
    assert found.code in {0, 1}, found.err
    assert len(found.out) < GITHUB_LIMIT
    Page(found.out)
    return found.out


def headings(text: str) -> list[str]:
    return re.findall(r"^### (.*)", text, re.MULTILINE)


def section(text: str, title: str) -> str:
    return text.partition(f"### {title}\n")[2].partition("\n### ")[0].partition("\n<sub>")[0]


@pytest.fixture
def sold(repo: Repo) -> Repo:
    """Production selects 1.0.0 everywhere but for globex; 1.1.0 is released and serves nobody."""
    repo.write("promptctl.yaml", POLICY.replace("gates:\n", "gates: {}\n"))
    for version, before in (("1.0.0", ""), ("1.1.0", "1.0.0")):
        follows = {"supersedes": before, "summary": "Says why."} if before else {}
        repo.add_version(version, f"Judge it, {version}.", regimes="[hipaa, gdpr]", **follows)
    repo.write(PRODUCTION, CONFIG.format(default="1.0.0", globex="1.0.0"))
    repo.commit("Sell")
    repo.switch("topic")
    return repo


def test_who_moves_is_told_with_counts_and_regimes(sold: Repo) -> None:
    sold.write(PRODUCTION, CONFIG.format(default="1.1.0", globex="1.0.0"))
    sold.commit("Move the default")
    text = comment(sold)
    assert headings(text) == ["Who moves", "How to undo"]
    lines = section(text, "Who moves").strip().split("\n")
    old, new = "`qualify-lead@1.0.0`", "`qualify-lead@1.1.0`"
    assert lines[0].startswith("- **`production`**: 1 of 3 listed tenants move, 2 do not; everybody who is not listed")
    assert lines[0].endswith(" moves. Regimes of those who move: `hipaa` (1).")
    assert lines[1] == f"  - {old} → {new}: 1 default (`qualify-lead`), 1 slot (`salesAgent.qualifyLead`)"
    who = "1 tenant (`acme-health`; `hipaa` (1)) and everybody who is not listed"
    assert lines[2] == f"  - `qualify-lead` for {who}: {old} becomes {new}"
    assert {line.split("`")[1] for line in lines[3:]} == {"salesAgent.other", "salesAgent.qualifyLead"}


def selection(text: str) -> Selection:
    entry, data = Entry("100644", "1"), text.encode()
    return merge("production", [ConfigFile(PRODUCTION, entry, read_selection(entry, Blob(len(data), data)))]).selection


def go_back(repo: Repo, text: str) -> None:
    """Merge, do what the comment says, and find everybody where they were."""
    before = repo.git("show", f"main:{PRODUCTION}")
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "--no-verify", "-m", "Merge", "topic")
    assert any(effect.moves for effect in effects(selection(before), selection(repo.read(PRODUCTION))))
    commands = re.findall(r"^- `+ ?(promptctl rollback .*?) ?`+$", section(text, "How to undo"), re.MULTILINE)
    assert commands
    for command in commands:
        done = repo.promptctl(*shlex.split(command)[1:], "--yes")
        assert done.code == 0, done.err
    assert not any(effect.moves for effect in effects(selection(before), selection(repo.read(PRODUCTION))))


FLAG = "flags:\n  bold: {use: qualify-lead@1.1.0, enabled: true, owner: a@example.com, expires: 2999-01-01}\n"
SOLD = CONFIG.format(default="1.0.0", globex="1.0.0")
MOVED = CONFIG.format(default="1.1.0", globex="1.0.0")
ROLLBACK, RESTORE = "rollback qualify-lead@1.1.0 --env production", "rollback --env production --at "
WAYS = {
    "default": (SOLD, MOVED, ROLLBACK),
    "tenant": (SOLD, CONFIG.format(default="1.0.0", globex="1.1.0"), ROLLBACK),
    "flag": (SOLD, SOLD + FLAG, ROLLBACK),
    "expanded": (MOVED, CONFIG.format(default="1.1.0", globex="1.1.0"), RESTORE),
    "taken out": (MOVED, MOVED.replace("initech: {prompts: {qualify-lead: qualify-lead@1.0.0}}", "initech:"), RESTORE),
    "first": ("tenants: {acme-health: {regimes: [hipaa]}}\n", SOLD, RESTORE),
}


@pytest.mark.parametrize("name", WAYS)
def test_the_way_back_leads_back(sold: Repo, name: str) -> None:
    old, new, command = WAYS[name]
    sold.git("checkout", "--quiet", "main")
    sold.write(PRODUCTION, old)
    sold.commit("Before")
    sold.git("checkout", "--quiet", "-B", "topic")
    sold.write(PRODUCTION, new)
    sold.commit("Move")
    text = comment(sold)
    assert f"promptctl {command}" in section(text, "How to undo")
    assert "`git revert -m 1` the merge commit" in text
    go_back(sold, text)


def test_a_version_and_its_move_cannot_be_reverted(sold: Repo) -> None:
    body = "".join(f"Line {number}.\n" for number in range(70))
    fields = {"regimes": "[hipaa, gdpr]", "summary": "Is long.", "supersedes": "1.1.0"}
    override = '{level: patch, reason: "Only <b>examples</b>."}'
    sold.add_version("1.1.1", "Judge it, 1.1.1.", bump_override=override, **fields)
    sold.add_version("1.2.0", body, emergency="{reason: safety, incident: INC-7, declared: 2026-01-01}", **fields)
    sold.write(PRODUCTION, CONFIG.format(default="1.0.0", globex="1.2.0"))
    sold.commit("Write and move")
    text = comment(sold)
    found = headings(text)
    assert found[-5:] == ["Who moves", "What changed", "Levels, waivers and policy", "Also", "How to undo"]
    assert re.findall(r"<details(.*)>\n<summary><code>(.*?)</code>", text) == [
        (" open", "qualify-lead@1.1.1"),
        ("", "qualify-lead@1.2.0"),
    ]
    levels = section(text, "Levels, waivers and policy")
    assert (
        "- `qualify-lead@1.1.1` is a patch step after `qualify-lead@1.1.0`; its change demands minor\n  - `minor, body"
        in levels
    )
    assert "is called patch: Only <b>examples</b>.`" in levels
    assert "- `qualify-lead@1.2.0` is an **emergency** version: `safety, INC-7`" in levels
    assert "**mixed-change**" in section(text, "Also")
    undo = section(text, "How to undo")
    assert "promptctl rollback qualify-lead@1.2.0 --env production" in undo
    assert (
        "`git revert` **cannot** undo this change: it would remove `qualify-lead@1.1.1`, `qualify-lead@1.2.0`" in undo
    )


def test_gates_are_told_with_values_thresholds_and_baseline(repo: Repo) -> None:
    gates = EVALS + '  impact: {format: promptfoo, reviewed-by: required, thresholds: {pass_rate: ">= 0.7"}}\n'
    gates += "  tests: {format: junit, environments: [staging]}\n"
    gate_production(repo, gates)
    file = str(results(repo, "pass", "pass", "fail", "pass", cost=0.02))
    for gate in ("evals", "impact"):
        repo.promptctl("gate", "record", REF, gate, "--from", file, "--reviewed-by", "Jane <jane@example.com>")
    select(repo, "1.1.0", "tenants: {acme: {}}\n")
    repo.commit("Select")
    text = comment(repo)
    assert headings(text) == ["What blocks", "Who moves", "Gates", "How to undo"]
    first, *gates_told = section(text, "Gates").strip().split("\n")
    assert first == "- `qualify-lead@1.1.0` in `production`, compared with `qualify-lead@1.0.0`"
    assert gates_told[0].startswith(
        "  - FAILED `evals`: `pass_rate` `0.75` meets `>= 0.75` (baseline `1`); "
        "`cost.change` `+100%` does **not** meet `<= +10%` (baseline `0.01`); `recorded by "
    )
    assert gates_told[1].startswith("  - passed `impact`: ")
    assert gates_told[1].endswith(", `reviewed by Jane <jane@example.com>`")
    assert len(gates_told) == 2


def test_a_thousand_tenants_are_counted_and_not_listed(sold: Repo) -> None:
    """With names, reasons and a prompt that would all like to be something else than text."""
    evil = '"@octocat <img src=x> `#1` | [x](https://evil.example) {}"'
    tenants = "".join(f"  {evil.format(n)}: {{regimes: [hipaa]}}\n" for n in range(990))
    tenants += "".join(f"  stays-{n}: {{prompts: {{qualify-lead: qualify-lead@1.0.0}}}}\n" for n in range(10))
    head, _, _ = CONFIG.partition("tenants:")
    sold.git("checkout", "--quiet", "main")
    sold.write(PRODUCTION, head.format(default="1.0.0") + "tenants:\n" + tenants)
    sold.commit("Many tenants")
    sold.git("checkout", "--quiet", "-B", "topic")
    sold.write(PRODUCTION, head.format(default="1.1.0").replace("It is", "<b>@octocat</b>") + "tenants:\n" + tenants)
    sold.add_version("1.2.0", "</pre><script>alert(1)</script> @octocat", supersedes="1.1.0", summary="<i> `@me`")
    sold.commit("Move them")
    text = comment(sold)
    moves = section(text, "Who moves")
    assert "990 of 1,000 listed tenants move, 10 do not; everybody who is not listed moves" in moves
    assert "Regimes of those who move: `hipaa` (990)." in moves
    assert "and 985 more" in moves
    assert len(moves) < 5_000
    page = Page(text)
    assert not re.search("octocat|evil|alert|@me", page.prose)


def test_of_a_configuration_that_cannot_be_read_nothing_is_claimed(sold: Repo) -> None:
    sold.write(PRODUCTION, "defaults: [\n")
    sold.commit("Break it")
    text = comment(sold)
    assert headings(text)[:2] == ["What blocks", "Who moves"]
    assert "who moves is **unknown**" in text
    sold.write("promptctl.yaml", POLICY.replace("gates:\n", "") + "regimes: [hipaa]\n")
    sold.write(PRODUCTION, SOLD + "unlisted-tenants: refuse\n")
    sold.commit("Another policy, and nobody is moved")
    text = comment(sold)
    assert "nobody moves. Tenants that are not listed are **refused** from now on." in text
    assert "- The policy changes: `gates`, `regimes`" in section(text, "Levels, waivers and policy")


def test_an_environment_that_comes_or_goes_is_taken_back_by_its_files(sold: Repo) -> None:
    sold.git("mv", PRODUCTION, "prompt-config/staging.yaml")
    sold.commit("Another name")
    undo = section(comment(sold), "How to undo")
    assert "- `git rm -- prompt-config/staging.yaml`" in undo
    assert f"- `git restore --source={sold.git('rev-parse', 'main')} --staged --worktree -- {PRODUCTION}`" in undo
    assert "promptctl rollback" not in undo
