"""What the commands do to the pages: names with a meaning in YAML, files of a folder, comments and layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.operating import CONFIG, START, changed_lines, done, environment, gets, message
from tests.support.operating import stock as stocked

if TYPE_CHECKING:
    from tests.support.repos import Repo

NAMES = (
    "no",
    "1.10",
    "2026-01-01",
    "null",
    "größe: x",
    "say 'it'",
    '"quoted"',
    "~",
    "0x1F",
    "#1",
    "a,b",
    "日本",
    "-",
    "1e3",
    "1_000",
    "0o17",
    "x-ray",
    ".inf",
)
FOLDER = "prompt-config/production"


@pytest.mark.parametrize("listed", ["flow", "block"])
def test_names_with_a_meaning_in_yaml_survive_every_edit(repo: Repo, listed: str) -> None:
    names = [name for name in NAMES if "," not in name]
    quoted = [yaml.dump(name, default_style='"', allow_unicode=True).strip() for name in names]
    if listed == "flow":
        tenants = f"tenants: {{{', '.join(f'{name}: {{}}' for name in quoted)}}}\n"
    else:
        tenants = "tenants:\n" + "".join(f"  {name}:\n" for name in quoted)
    shop = stocked(repo, START.partition("tenants:")[0] + tenants)
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--tenants", ",".join(names[:6]), "-m", "no: 'x' # 1.10")
    done(shop, "rollout", "expand", "qualify-lead", "--tenants", ",".join(names[6:]))
    assert {gets(shop, tenant=name) for name in names} == {"1.1.0"}
    assert message(shop, "HEAD~1")[1]["Reason"] == "no: 'x' # 1.10"
    done(shop, "rollback", "qualify-lead", "--tenant", "1.10", "-m", "null")
    assert [gets(shop, tenant=name) for name in ("1.10", "no")] == ["1.0.0", "1.1.0"]
    done(shop, "rollback", "qualify-lead", "-m", "2026-01-01")
    found = environment(shop)
    assert {gets(shop, tenant=name) for name in names} == {"1.0.0"}
    assert list(found.selection.tenants) == names
    assert "tenants:" in shop.read(CONFIG)


def test_new_tenants_with_such_names_are_written_so_that_every_reader_agrees(shop: Repo) -> None:
    shop.write("wave.txt", "\n".join(NAMES))
    arguments = ("--tenants", "@wave.txt", "--new-tenant", "-m", "Wave.")
    done(shop, "rollout", "start", "qualify-lead@1.1.0", *arguments)
    assert set(NAMES) <= set(environment(shop).selection.tenants)
    loaded = yaml.safe_load(shop.read(CONFIG))
    assert set(NAMES) <= set(loaded["tenants"])


@pytest.mark.parametrize(
    "reason", ["no", "1.10", "2026-01-01", "null", "a: b # c", "'x' \"y\"", "größer", "- x", "{a}"]
)
def test_reasons_are_text(shop: Repo, reason: str) -> None:
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--global", "-m", reason)
    found = environment(shop)
    assert found.value("defaults", "qualify-lead", "because") == reason
    assert found.rollouts["qualify-lead@1.1.0"].because == reason
    assert yaml.safe_load(shop.read(CONFIG))["defaults"]["qualify-lead"]["because"] == reason


def test_a_reason_of_several_lines(shop: Repo) -> None:
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--global", "-m", "First.\n\nPromptctl-To: x\nSecond.")
    assert environment(shop).value("defaults", "qualify-lead", "because") == "First.\n\nPromptctl-To: x\nSecond."
    trailers = message(shop)[1]
    assert trailers["Reason"] == "First. Promptctl-To: x Second."
    assert trailers["To"] == "qualify-lead@1.1.0"


@pytest.fixture
def spread(repo: Repo) -> Repo:
    """An environment in a folder: what is most general in one file, tenants and flags in others."""
    defaults, _, agent = START.partition("tenants:")[0].partition("salesAgent:")
    shop = stocked(repo)
    (shop.path / CONFIG).unlink()
    shop.write(f"{FOLDER}/defaults.yaml", defaults)
    shop.write(f"{FOLDER}/agents/sales.yaml", f"salesAgent:{agent}")
    shop.write(
        f"{FOLDER}/tenants/a.yaml",
        "tenants:\n  acme-health:\n    regimes: [hipaa]\n    prompts: {qualify-lead: qualify-lead@2.0.0}\n  aa: {}\n",
    )
    shop.write(f"{FOLDER}/tenants/g.yaml", "tenants:\n  globex:\n  initech: {}\n")
    shop.commit("Spread")
    return shop


def files(repo: Repo) -> list[str]:
    return repo.git("show", "--format=", "--name-only").splitlines()


def test_edits_land_in_the_file_that_holds_the_entry(spread: Repo) -> None:
    done(spread, "rollout", "start", "qualify-lead@1.1.0", "--tenants", "aa,globex", "-m", "Pilot.")
    assert files(spread) == [
        *(f"{FOLDER}/agents/sales.yaml", f"{FOLDER}/tenants/a.yaml", f"{FOLDER}/tenants/g.yaml"),
    ]
    assert changed_lines(spread, f"{FOLDER}/tenants/a.yaml")[1] == [
        "  aa:",
        "    prompts:",
        "      qualify-lead: qualify-lead@1.1.0",
    ]
    done(spread, "rollout", "expand", "qualify-lead", "--tenants", "umbrella", "--new-tenant")
    done(spread, "rollout", "finish", "qualify-lead")
    assert f"{FOLDER}/defaults.yaml" in files(spread)
    slots = ("qualify-lead", "salesAgent.qualifyLead", "salesAgent.again")
    assert {gets(spread, slot, tenant) for slot in slots for tenant in ("aa", "globex", None)} == {"1.1.0"}
    done(spread, "rollback", "qualify-lead", "-m", "Bad.")
    assert {gets(spread, slot, tenant) for slot in slots for tenant in ("aa", "globex", None)} == {"1.0.0"}
    assert spread.check("--all").rules == []


def test_a_whole_folder_goes_back(spread: Repo) -> None:
    there = spread.git("rev-parse", "HEAD")
    defaults = spread.read(f"{FOLDER}/defaults.yaml")
    done(spread, "rollout", "start", "qualify-lead@1.1.0", "--global", "-m", "All.")
    done(spread, "rollback", "--at", there, "-m", "Back.")
    assert gets(spread) == "1.0.0"
    assert spread.read(f"{FOLDER}/defaults.yaml") == defaults


def test_windows_line_ends_are_refused_with_a_word(shop: Repo) -> None:
    shop.git("config", "core.autocrlf", "false")
    shop.write(CONFIG, START.replace("\n", "\r\n"))
    shop.commit("Windows")
    found = shop.promptctl("rollout", "start", "qualify-lead@1.1.0", "--global", "-m", "x", "--yes")
    assert (found.code in {1, 2}, CONFIG in found.err) == (True, True), found.err


def test_an_alias_is_refused_with_its_line(shop: Repo) -> None:
    shop.write(CONFIG, START.replace("[hipaa]", "&r [hipaa]").replace("initech: {}", "initech: {regimes: *r}"))
    shop.commit("Alias")
    found = shop.promptctl("rollout", "start", "qualify-lead@1.1.0", "--global", "-m", "x", "--yes")
    assert (found.code, f"{CONFIG}:" in found.err) == (2, True)
