"""What other commands ask of the same sources: usage before a version goes, and steps that look first."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from promptctl.core.times import written
from tests.support.events import Traffic, write_events
from tests.support.operating import CONFIG, day, done, environment, gets, message, refused, stock

if TYPE_CHECKING:
    from tests.support.repos import Repo

pytest.importorskip("duckdb")

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
BOTH = ("globex", "initech")
MANIFEST = "prompt-templates/task/qualify-lead/prompt.yaml"


@pytest.fixture
def shop(repo: Repo) -> Repo:
    return stock(repo)


@pytest.fixture
def old_pilot(shop: Repo) -> Repo:
    """A pilot that began two days ago, so that there is time to have seen something."""
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--tenants", ",".join(BOTH), "-m", "Pilot.")
    began = environment(shop).rollouts["qualify-lead@1.1.0"].started
    shop.write(CONFIG, shop.read(CONFIG).replace(began, written(NOW - 2 * DAY)))
    shop.commit("As if it were older")
    return shop


def pilot_events(errors: float, n: int = 4000) -> tuple[Traffic, Traffic]:
    return (
        Traffic("1.0.0", NOW - 3 * DAY, 4000, 0.05, BOTH),
        Traffic("1.1.0", NOW - 2 * DAY + timedelta(minutes=1), n, errors, BOTH),
    )


def test_deprecating_shows_who_is_left(shop: Repo) -> None:
    source = write_events(
        shop.path.parent / "e.jsonl", Traffic("1.1.0", NOW - DAY, 30, tenants=("globex", "globex", "initech"))
    )
    target = ("deprecate", "qualify-lead@1.1.0", "--replacement", "1.2.0", "--remove-after", day(60), "-m", "Old.")
    said = done(shop, *target, "--usage", str(source))
    assert "qualify-lead@1.1.0 was called 30 times since" in said
    assert "(globex 20, initech 10)" in said


def test_retiring_waits_until_nobody_uses_it(shop: Repo) -> None:
    listed = f"1.1.0: {{replacement: 1.2.0, reason: Old., announced: {day(-90)}, remove-after: {day(-1)}}}"
    shop.write(MANIFEST, shop.read(MANIFEST) + f"deprecated:\n  {listed}\n")
    shop.commit("Deprecate")
    folder = shop.path.parent
    used = write_events(folder / "used.jsonl", Traffic("1.1.0", NOW - 13 * DAY, 5))
    other = write_events(folder / "other.jsonl", lines=["no event"])
    target = ("retire", "qualify-lead@1.1.0", "-m", "Grace is over.")
    assert "was called 5 times since" in refused(shop, 1, *target, "--usage", str(used))
    assert "cannot tell" in refused(shop, 3, *target, "--usage", str(other))
    assert "is it still used?" in refused(shop, 2, *target)
    unused = Traffic("1.1.0", NOW - 15 * DAY, 5, lasts=timedelta(minutes=1))
    gone = write_events(folder / "unused.jsonl", unused, Traffic("1.2.0", NOW - DAY, 5))
    assert "nobody has called qualify-lead@1.1.0 since" in done(shop, *target, "--usage", str(gone))
    assert message(shop)[1]["Usage"].startswith("nobody has called")


def test_expanding_and_finishing_look_first(old_pilot: Repo) -> None:
    folder = old_pilot.path.parent
    bad = write_events(folder / "bad.jsonl", *pilot_events(0.2))
    few = write_events(folder / "few.jsonl", *pilot_events(0.05, 100))
    none = write_events(folder / "none.jsonl", pilot_events(0.05)[0])
    good = write_events(folder / "good.jsonl", *pilot_events(0.05))
    expand = ("rollout", "expand", "qualify-lead", "--tenants", "umbrella", "--new-tenant", "--observe")
    finish = ("rollout", "finish", "qualify-lead", "--observe")
    assert "STOP: error_rate is" in refused(old_pilot, 1, *expand, str(bad))
    assert "not observed enough: 100 calls" in refused(old_pilot, 1, *expand, str(few))
    assert "INCONCLUSIVE" in refused(old_pilot, 3, *expand, str(none))
    assert "finishing needs PROMOTE" in refused(old_pilot, 1, *finish, str(few))
    assert "give one of them" in refused(old_pilot, 2, *finish, str(good), "--unobserved-because", "Hurry.")
    done(old_pilot, *expand, str(good))
    assert gets(old_pilot, tenant="umbrella") == "1.1.0"
    path = "prompt-evidence/qualify-lead/1.1.0/observation.production.json"
    assert json.loads(old_pilot.git("show", f"HEAD:{path}"))["predicate"]["verdict"] == "PROMOTE"
    assert old_pilot.git("show", "--name-only", "--format=").split() == [CONFIG, path]


def test_drift_tells_what_processes_serve(shop: Repo) -> None:
    first = shop.git("rev-parse", "HEAD")
    done(shop, "rollout", "start", "qualify-lead@1.1.0", "--tenants", "globex", "-m", "Pilot.")
    moved = shop.git("rev-parse", "HEAD")
    shop.write("README.md", "Unrelated.\n")
    last = shop.commit("Unrelated")

    def report(process: str, commit: str, hour: int) -> str:
        return json.dumps(
            {
                "timestamp": f"2026-11-20T{hour:02d}:00:00Z",
                "service.instance.id": process,
                "feature_flag.set.id": "production",
                "feature_flag.version": commit,
            }
        )

    lines = [report("a", first, 1), report("a", last, 2), report("b", moved, 1), report("c", first, 1)]
    lines += [report("d", "f" * 40, 1), "{}"]
    file = write_events(shop.path.parent / "served.jsonl", lines=lines)
    found = shop.promptctl("drift", "--served", str(file), "--format", "json")
    assert found.code == 0, found.err
    states = {item["config_commit"]: (item["state"], item["processes"]) for item in found.report["served"]}
    assert states == {last: ("current", 1), moved: ("same", 1), first: ("different", 1), "f" * 40: ("unknown", 1)}
    assert found.report["unreadable"] == 1
    strict = shop.promptctl("drift", "--served", str(file), "--strict")
    assert strict.code == 1
    assert re.search(rf"different +1 process of production at {first[:10]}", strict.out)
    assert shop.promptctl("drift", "--served", "nowhere").code == 2


def test_finishing_after_a_promotion_keeps_it(old_pilot: Repo) -> None:
    good = write_events(old_pilot.path.parent / "good.jsonl", *pilot_events(0.05))
    done(old_pilot, "rollout", "finish", "qualify-lead", "--observe", str(good))
    assert gets(old_pilot) == "1.1.0"
    path = "prompt-evidence/qualify-lead/1.1.0/observation.production.json"
    assert json.loads(old_pilot.git("show", f"HEAD:{path}"))["predicate"]["verdict"] == "PROMOTE"
