"""`flag enable|disable|remove`, `recommend`, `deprecate` and `retire`."""

from __future__ import annotations

import pytest

from tests.support.operating import (
    CONFIG,
    START,
    changed_lines,
    day,
    done,
    environment,
    gets,
    idle,
    message,
    refused,
    stock,
)
from tests.support.repos import FOLDER, Repo

MANIFEST = f"{FOLDER}/prompt.yaml"
FLAG = f"""\
flags:
  brief:   # for the impatient
    use: qualify-lead@1.1.0
    started: {day(-10)}
    owner: team@example.com
    expires: {day(30)}
"""


@pytest.fixture
def flagged(repo: Repo) -> Repo:
    return stock(repo, START + FLAG)


def test_a_flag_is_switched_off_and_on(flagged: Repo) -> None:
    said = done(flagged, "flag", "disable", "brief", "-m", "Too brief.")
    assert "moves  qualify-lead: qualify-lead@1.1.0 by flag brief -> qualify-lead@1.0.0" in said
    assert changed_lines(flagged) == ([], ["    enabled: false"])
    assert message(flagged) == (
        "flag(production): disable brief",
        {
            "Event": "flag-disable",
            "Prompt": "qualify-lead",
            "Environment": "production",
            "From": "qualify-lead@1.1.0",
            "Reason": "Too brief.",
        },
    )
    assert gets(flagged) == "1.0.0"
    assert "off already" in idle(flagged, "flag", "disable", "brief")
    done(flagged, "flag", "enable", "brief")
    assert changed_lines(flagged) == (["    enabled: false"], ["    enabled: true"])
    assert gets(flagged) == "1.1.0"
    assert "on already" in idle(flagged, "flag", "enable", "brief")


def test_a_flag_is_taken_out_with_its_lines_alone(flagged: Repo) -> None:
    done(flagged, "flag", "remove", "brief", "-m", "Over.")
    assert gets(flagged) == "1.0.0"
    assert environment(flagged).selection.flags == ()
    assert flagged.read(CONFIG).startswith(START)
    assert "no flag brief" in refused(flagged, 2, "flag", "remove", "brief")


def test_a_flag_goes_off_at_once_though_the_default_moved_meanwhile(flagged: Repo) -> None:
    """Those behind it get what everybody gets, which they never had before."""
    done(flagged, "rollout", "start", "qualify-lead@1.2.0", "--global", "-m", "For all.")
    done(flagged, "flag", "disable", "brief")
    assert gets(flagged) == "1.2.0"


def test_flags_that_there_are_not(flagged: Repo) -> None:
    assert "did you mean brief?" in refused(flagged, 2, "flag", "enable", "breif")
    assert "there is no environment" in refused(flagged, 2, "flag", "enable", "brief", "--env", "x")


def test_a_version_is_recommended(shop: Repo) -> None:
    done(shop, "recommend", "qualify-lead@1.2.0", "-m", "Best so far.")
    assert changed_lines(shop, MANIFEST) == (["recommended: 1.0.0"], ["recommended: 1.2.0"])
    subject, trailers = message(shop)
    assert subject == "recommend(qualify-lead): 1.2.0"
    assert trailers == {
        "Event": "recommend",
        "Prompt": "qualify-lead",
        "From": "qualify-lead@1.0.0",
        "To": "qualify-lead@1.2.0",
        "Reason": "Best so far.",
    }
    assert "recommended already" in idle(shop, "recommend", "qualify-lead@1.2.0")
    assert "names no version" in refused(shop, 2, "recommend", "qualify-lead")
    assert "9.9.9" in refused(shop, 2, "recommend", "qualify-lead@9.9.9")


def deprecated(repo: Repo, days: int = 60) -> None:
    arguments = ("--replacement", "1.2.0", "--remove-after", day(days), "-m", "Asks too much.")
    done(repo, "deprecate", "qualify-lead@1.1.0", *arguments)


def test_a_version_is_deprecated(shop: Repo) -> None:
    deprecated(shop)
    old, new = changed_lines(shop, MANIFEST)
    assert old == []
    assert new == [
        "deprecated:",
        "  1.1.0:",
        "    replacement: 1.2.0",
        "    reason: Asks too much.",
        f"    announced: {day(0)}",
        f"    remove-after: {day(60)}",
    ]
    subject, trailers = message(shop)
    assert subject == "deprecate(qualify-lead): 1.1.0"
    assert (trailers["Event"], trailers["From"], trailers["To"]) == (
        *("deprecate", "qualify-lead@1.1.0", "qualify-lead@1.2.0"),
    )
    assert shop.git("show", "--format=", "--name-only") == MANIFEST


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--replacement", "1.2.0", "--remove-after", "2000-01-01", "-m", "x"), 1, "no later than today"),
        (("--replacement", "1.2.0", "--remove-after", "soon", "-m", "x"), 2, "soon is no date"),
        (("--replacement", "1.1.0", "--remove-after", "2099-01-01", "-m", "x"), 2, "cannot replace itself"),
        (("--replacement", "9.9.9", "--remove-after", "2099-01-01", "-m", "x"), 2, "9.9.9"),
        (("--replacement", "1.2.0", "--remove-after", "2099-01-01"), 2, "a reason is needed"),
        (("--remove-after", "2099-01-01", "-m", "x"), 2, "--replacement"),
    ],
)
def test_what_a_deprecation_needs(shop: Repo, arguments: tuple[str, ...], code: int, words: str) -> None:
    assert words in refused(shop, code, "deprecate", "qualify-lead@1.1.0", *arguments)


RETIRE = ("retire", "qualify-lead@1.1.0", "-m", "Grace is over.", "--usage-unknown-because", "No metrics yet.")


def test_a_version_is_retired_once_its_time_is_over(shop: Repo) -> None:
    entry = "{replacement: 1.2.0, reason: Old., announced: 2026-01-01, remove-after: 2026-03-01}"
    shop.write(MANIFEST, shop.read(MANIFEST) + f"deprecated:\n  1.1.0: {entry}\n")
    shop.commit("Deprecate")
    done(shop, *RETIRE)
    assert not (shop.path / FOLDER / "1.1.0.md").exists()
    assert "retired:\n  1.1.0:\n    digest: " in shop.read(MANIFEST)
    assert "deprecated" not in shop.read(MANIFEST)
    subject, trailers = message(shop)
    assert subject == "retire(qualify-lead): 1.1.0"
    assert (trailers["Event"], trailers["Usage"]) == ("retire", "unknown: No metrics yet.")
    assert shop.check("--all").code == 0
    assert "1.1.0" in refused(shop, 2, *RETIRE)


def test_a_version_that_is_not_deprecated_or_in_grace_is_not_retired(shop: Repo) -> None:
    assert "removed-without-deprecation" in refused(shop, 1, *RETIRE)
    deprecated(shop)
    assert "removed-early" in refused(shop, 1, *RETIRE)


def test_a_version_in_use_is_not_retired(flagged: Repo) -> None:
    entry = "{replacement: 1.2.0, reason: Old., announced: 2026-01-01, remove-after: 2026-03-01}"
    flagged.write(MANIFEST, flagged.read(MANIFEST) + f"deprecated:\n  1.1.0: {entry}\n")
    flagged.commit("Deprecate")
    assert "removed-in-use" in refused(flagged, 1, *RETIRE)
    purge = ("retire", "qualify-lead@1.1.0", "--purge", "secret", "--incident", "INC-7", "-m", "A key is in it.")
    assert "removed-in-use" in refused(flagged, 1, *purge)


def test_a_purge_needs_no_grace(shop: Repo) -> None:
    assert "a purge needs its incident" in refused(
        shop, 2, "retire", "qualify-lead@1.1.0", "--purge", "secret", "-m", "A key is in it."
    )
    done(shop, "retire", "qualify-lead@1.1.0", "--purge", "secret", "--incident", "INC-7", "-m", "A key is in it.")
    text = shop.read(MANIFEST)
    assert "    purge: secret\n    incident: INC-7\n" in text
    assert message(shop)[1]["Event"] == "purge"


def test_what_is_known_of_its_use_has_to_be_said(shop: Repo) -> None:
    assert "--usage-unknown-because" in refused(shop, 2, "retire", "qualify-lead@1.1.0", "-m", "Over.")


@pytest.mark.parametrize(
    "command",
    [
        ("flag", "disable", "brief"),
        ("flag", "remove", "brief"),
        ("recommend", "qualify-lead@1.2.0"),
        ("deprecate", "qualify-lead@1.2.0", "--replacement", "1.1.0", "--remove-after", "2099-01-01", "-m", "x"),
        ("retire", "qualify-lead@1.2.0", "--purge", "legal", "--incident", "1", "-m", "x"),
    ],
)
def test_a_dry_run_and_a_missing_terminal_change_nothing(flagged: Repo, command: tuple[str, ...]) -> None:
    before = flagged.git("rev-parse", "HEAD"), flagged.git("status", "--porcelain")
    found = flagged.promptctl(*command, "--dry-run")
    assert (found.code, "\n+" in found.out or "\n-" in found.out) == (0, True), found.err
    assert flagged.promptctl(*command).code == 2
    assert (flagged.git("rev-parse", "HEAD"), flagged.git("status", "--porcelain")) == before
