"""`export flagd` against the engines that will read it: the same answer to every request, percentages included."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from itertools import product
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from promptctl.core.refs import Ref
from promptctl.core.selection import Flag, Pin, Request, Selection, Tenant, UnknownPrompt, UnlistedTenant, resolve
from promptctl.export.flagd import faults, flagd_bytes, flagd_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.repos import Repo

NAMES, SLOTS = ("greet", "judge"), ("sales.first", "sales.second")
TENANTS, KEYS = ("acme", "1.10", "größe: x"), ("formal", "spät")
TARGETS = (None, "", "user-1", "üser", "\U0001f600", *(f"visitor-{number}" for number in range(12)))


def selection(chance: Random, *, shares: bool) -> Selection:
    def some(choices: tuple[str, ...]) -> list[str]:
        return [choice for choice in choices if chance.random() < 0.6]

    def ref(name: str) -> Ref:
        return Ref(name, chance.choice(("1.0.0", "2.0.0-rc.1", "2.0.0+x")))

    def overrides(slots: dict[str, Pin]) -> dict[str, Ref]:
        return {place: ref(slots[place].name if place in slots else place) for place in some((*NAMES, *slots))}

    names = {slot: chance.choice(NAMES) for slot in some(SLOTS)}
    slots = {slot: Pin(name, chance.choice((None, ref(name)))) for slot, name in names.items()}
    flags = [
        Flag(
            key,
            ref(chance.choice(NAMES)),
            enabled=chance.random() < 0.8,
            by_application=chance.random() < 0.4,
            tenants=frozenset(some((*TENANTS, "elsewhere"))) if chance.random() < 0.4 else None,
            percentage=chance.choice((None, 0, 10, 50, 100) if shares and key.isascii() else (None, 0, 100)),
        )
        for key in some(KEYS)
    ]
    return Selection(
        "production",
        {name: ref(name) for name in some(NAMES)},
        slots,
        {tenant: Tenant(frozenset(), overrides(slots)) for tenant in some(TENANTS)},
        tuple(flags),
        chance.random() < 0.3,
    )


def requests(one: Selection) -> list[Request]:
    """Every tenant, by every state of the flags, by every targeting key."""
    passed = [frozenset(keys) for keys in ((), *((key,) for key in KEYS), KEYS)]
    wanted = sorted({*one.names, *one.slots})
    asked = product(wanted, (None, "", *TENANTS, "elsewhere", "stranger"), passed, TARGETS)
    return [Request(*each) for each in asked]


def context(request: Request) -> dict[str, Any]:
    """What an application passes; what is None is left out, and no flags at all is the same as an empty list."""
    found: dict[str, Any] = {"targetingKey": request.key, "tenant": request.tenant}
    found["flags"] = sorted(request.flags) or None
    return {name: value for name, value in found.items() if value is not None}


def expected(one: Selection, request: Request) -> list[str] | None:
    try:
        found = resolve(one, request)
    except (UnknownPrompt, UnlistedTenant):
        return None
    return [str(found.ref), f"{found.ref.version}/{found.reason}"]


def scenes(*, shares: bool, number: int) -> Iterator[tuple[Selection, dict[str, Any], list[Request]]]:
    for seed in range(number):
        one = selection(Random(seed), shares=shares)  # noqa: S311 - a sample
        document = json.loads(flagd_bytes(flagd_document(one, {}, None, with_text=False)))
        asked = [request for request in requests(one) if request.wanted in document["flags"]]
        if shares:
            asked = [request for request in asked if (request.key or "").isascii()]
        if asked:
            assert faults(document) == []
            yield one, document, asked


def test_python_s_engine_answers_as_we_do() -> None:
    """Without shares between 0 and 100: this engine hashes them in a later generation than the one that is recorded."""
    core = pytest.importorskip("openfeature.contrib.tools.flagd.core")
    from openfeature.evaluation_context import EvaluationContext

    for one, document, asked in scenes(shares=False, number=25):
        engine = core.FlagdCore()
        engine.set_flags(document)
        for request in asked[::5]:
            known = context(request)
            key = known.pop("targetingKey", None)
            found = engine.resolve_string_value(request.wanted, "", EvaluationContext(key, known))
            got = [found.value, found.variant] if found.value else None
            assert got == expected(one, request), request


def node_modules() -> Path | None:
    """Where npm has put flagd's engine: `FLAGD_CORE` names the folder, else a folder beside the tests."""
    place = Path(os.environ.get("FLAGD_CORE", Path(__file__).parent))
    return place if (place / "node_modules/@openfeature/flagd-core").is_dir() else None


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The engine in its own folder; installed there where nobody has."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("there is no npm")
    found = node_modules()
    if found is not None:
        return found
    place = tmp_path_factory.mktemp("npm")
    wanted = ("@openfeature/flagd-core@4.0.1", "@openfeature/core@1.12.0")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(place), *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return place


def test_the_engine_of_npm_answers_as_we_do_with_percentages_too(engine: Path) -> None:
    """Percentages of ASCII alone: this engine hashes code units of UTF-16 where others hash UTF-8."""
    every = list(scenes(shares=True, number=40))
    lines = [
        json.dumps({"flags": flags, "requests": [[request.wanted, context(request)] for request in asked]})
        for _, flags, asked in every
    ]
    script = Path(__file__).with_name("flagd_core.mjs")
    done = subprocess.run(
        ["node", str(script), str(engine)], input="\n".join(lines).encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    count = 0
    for (one, _, asked), answers in zip(every, json.loads(done.stdout), strict=True):
        for request, got in zip(asked, answers, strict=True):
            assert got == expected(one, request), request
            count += 1
    assert count > 10_000


def test_the_file_is_ascii_has_the_commit_and_the_text_where_asked(story: Repo) -> None:
    done = story.promptctl("export", "flagd", "--env", "production", "-o", "flags.json", "--with-text")
    assert done.code == 0, done.err
    assert "hashed as `string`" in done.err
    data = (story.path / "flags.json").read_bytes()
    assert data.isascii()
    document = json.loads(data)
    head = story.git("rev-parse", "HEAD")
    assert document["metadata"] == {"flagSetId": "production", "fractional": "string", "version": head}
    assert list(document["flags"]) == ["qualify-lead", "salesAgent.again", "salesAgent.qualifyLead"]
    shown = json.loads(story.promptctl("show", "qualify-lead@1.1.0", "--format", "json").out)
    assert document["flags"]["salesAgent.qualifyLead"]["variants"]["1.1.0/agent"] == {
        "ref": "qualify-lead@1.1.0",
        "digest": f"sha256:{shown['sha256']}",
        "text": "Judge {{lead}}: größer.",
    }


def test_what_no_client_can_serve_or_may_is_refused(story: Repo) -> None:
    file = "prompt-config/production.yaml"
    story.write(file, story.read(file).replace("prompts: {qualify-lead: qualify-lead@2.0.0}", "prompts: {}"))
    done = story.promptctl("export", "flagd", "-o", "flags.json")
    assert done.code == 1
    assert "acme-health would get qualify-lead@1.0.0, which is not fit for hipaa" in done.err
    broken = {"variants": {"a": 1}, "defaultVariant": "b", "targeting": {"if": [True, "c", None]}}
    assert faults({"flags": {"x": broken}}) == ["x: there is no variant b", "x: there is no variant c"]
