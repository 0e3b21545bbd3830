"""The schemas themselves: lawful, described, closed, within what the reader understands, and as strict as designed."""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
KINDS = ("version", "manifest", "policy", "selection", "report", "evidence", "results", "bundle")

KEYWORDS = frozenset(
    {
        *("type", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum"),
        *("minItems", "maxItems", "uniqueItems", "items", "properties", "patternProperties", "additionalProperties"),
        *("propertyNames", "required", "oneOf", "$ref", "$defs", "title", "description", "default", "examples"),
        "dependentRequired",
    }
)
FREE = frozenset({"metadata", "config", "metrics"})  # mappings that belong to the user
ANY_SCHEMA = {"object", "boolean"}  # the type of a `schema` field, whose content is not ours to judge

Pointer = tuple[str, ...]


@cache
def load(kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{kind}.json").read_text(encoding="utf-8"))
    return schema


def walk(schema: dict[str, Any], pointer: Pointer = ()) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Every schema inside a schema, itself included; annotations and lists of values are no schemas."""
    yield pointer, schema
    for keyword in ("properties", "patternProperties", "$defs"):
        for name, inner in schema.get(keyword, {}).items():
            yield from walk(inner, (*pointer, keyword, name))
    for keyword in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(keyword), dict):
            yield from walk(schema[keyword], (*pointer, keyword))
    for number, inner in enumerate(schema.get("oneOf", ())):
        yield from walk(inner, (*pointer, "oneOf", str(number)))


def is_property(pointer: Pointer) -> bool:
    return len(pointer) > 1 and pointer[-2] in {"properties", "patternProperties"}


def resolve(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = load(kind)["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def errors(kind: str, document: Any) -> list[tuple[str, str]]:
    """Where a document breaks its schema, and by which keyword."""
    found = Draft202012Validator(load(kind)).iter_errors(document)
    return sorted((".".join(map(str, error.absolute_path)), str(error.validator)) for error in found)


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy in which the value at `path` (keys joined by `/`) is another one, or is gone where `value` is `...`."""
    result = copy.deepcopy(document)
    *parents, last = [int(part) if part.isdecimal() else part for part in path.split("/")]
    place: Any = result
    for part in parents:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return result


# What the design shows, value by value.

VERSION: dict[str, Any] = {
    "name": "qualify-lead",
    "version": "1.1.0",
    "purpose": "Decide whether an inbound lead is worth a sales call, and say why.",
    "supersedes": "1.0.0",
    "summary": "Asks about budget before timeline.",
    "template": "plain",
    "input": {"schema": {"type": "object", "required": ["lead"], "properties": {"lead": {"type": "string"}}}},
    "output": {
        "format": "json",
        "schema": {"type": "object", "required": ["qualified"], "properties": {"qualified": {"type": "boolean"}}},
        "guarantees": ["Never invents contact details."],
    },
    "model": "anthropic/claude-sonnet-4",
    "config": {"temperature": 0.2},
    "regimes": ["hipaa"],
    "tags": ["sales"],
    "decision": "docs/adr/0007.md",
    "emergency": {"reason": "safety", "incident": "INC-1042", "declared": "2026-11-22"},
    "bump-override": {"level": "patch", "reason": "Only the date format of an example changed."},
    "metadata": {},
}

TOMBSTONE: dict[str, Any] = {"digest": "sha256:" + "0f" * 32, "on": "2026-10-01", "reason": "Replaced by 1.0.0."}

MANIFEST: dict[str, Any] = {
    "name": "qualify-lead",
    "owner": "sales-ai@example.com",
    "recommended": "1.1.0",
    "deprecated": {
        "1.0.0": {
            "replacement": "1.1.0",
            "reason": "Asks for data we may not store.",
            "announced": "2026-11-01",
            "remove-after": "2027-01-15",
        }
    },
    "retired": {"0.9.0": TOMBSTONE, "0.8.0": {**TOMBSTONE, "purge": "secret", "incident": "INC-7"}},
    "emergencies": {"1.1.1": {"postmortem": "postmortems/qualify-lead-1.1.1.md"}},
}

POLICY: dict[str, Any] = {
    "protected": ["main"],
    "environments": ["staging", "production"],
    "paths": {
        "templates": "prompt-templates",
        "config": "prompt-config",
        "evidence": "prompt-evidence",
        "postmortems": "postmortems",
    },
    "require": {"decision-on-major": False},
    "models": {"anthropic/claude-sonnet-4": ["anthropic:messages:claude-sonnet-4*"]},
    "gates": {
        "tests": {
            "environments": ["staging", "production"],
            "format": "junit",
            "run": "pytest -q prompt-tests/{name} --junitxml={out}",
        },
        "evals": {
            "environments": ["production"],
            "format": "promptfoo",
            "min-tests": 20,
            "max-age": "30d",
            "run": "promptctl export promptfoo {ref} --baseline {baseline} --tests prompt-tests/{name}.yaml -o {config}"
            " && promptfoo eval -c {config} -o {out} --no-cache",
            "thresholds": {
                "pass_rate": ">= 0.95",
                "score.accuracy": ">= 0.90",
                "score.accuracy.change": ">= -0.02",
                "refusal_rate.change": "<= +1pp",
            },
            "overrides": [{"prompts": ["summarise-*"], "thresholds": {"pass_rate": ">= 0.90"}}],
        },
        "impact": {
            "environments": ["production"],
            "format": "promptfoo",
            "thresholds": {"cost.change": "<= +10%", "tokens.change": "<= +10%", "latency_p95.change": "<= +15%"},
            "reviewed-by": "required",
        },
        "policy": {"environments": ["production"], "format": "generic", "per-regime": True},
    },
    "rollout": {
        "environments": ["production"],
        "observation": "required",
        "min-observation": "24h",
        "min-samples": 500,
        "guard": {
            "error_rate": "<= x1.5",
            "refusal_rate": "<= x1.5",
            "policy_violation_rate": "<= x1",
            "quality": ">= -0.02",
            "cost": "<= +10%",
            "slow_rate": "<= x1.5",
        },
        "slow": "5s",
        "caps": {"error_rate": "20%", "policy_violation_rate": "1%"},
        "alpha": 0.05,
        "timeout": "14d",
    },
    "flags": {"max-lifetime": "90d"},
    "deprecation": {"min-grace": "30d", "unused-for": "14d"},
    "bump": {"model": "major"},
    "emergency": {
        "may-skip": ["evals"],
        "postmortem-within": "5d",
        "normal-version-within": "14d",
        "max-per-prompt": {"count": 2, "within": "90d"},
    },
    "regimes": ["hipaa", "gdpr"],
    "hardcoded": {"include": ["**"], "exclude": ["**/CHANGELOG*", "docs/**"]},
    "rules": {"hardcoded-path": "warning"},
    "waivers": [
        {
            "rule": "released-version-edited",
            "path": "prompt-templates/task/x/1.0.0.md",
            "blob": "gone",
            "reason": "A customer's name stood in it.",
            "until": "2027-01-01",
        },
        {
            "rule": "gate-failed",
            "ref": "x@1.2.0",
            "environment": "production",
            "reason": "The suite is being repaired.",
            "until": "2027-01-01",
        },
    ],
    "metrics": {"anything": {"goes": ["here", 1, None]}},
}

SELECTION: dict[str, Any] = {
    "defaults": {
        "qualify-lead": {
            "use": "qualify-lead@1.1.0",
            "because": "0.94 on the lead suite; three weeks with acme and globex.",
        },
        "greet": "greet@1.0.0",
    },
    "salesAgent": {"prompts": {"qualifyLead": "qualify-lead@1.1.0", "greet": "greet"}},
    "tenants": {
        "acme-health": {"regimes": ["hipaa"], "prompts": {"qualify-lead": "qualify-lead@2.0.0"}},
        "globex": None,
    },
    "flags": {
        "formal-tone": {
            "use": "qualify-lead@2.1.0-rc.1",
            "enabled": True,
            "source": "application",
            "tenants": ["globex"],
            "percentage": 10,
            "started": "2026-11-22",
            "owner": "growth@example.com",
            "expires": "2026-12-31",
        }
    },
    "unlisted-tenants": "default",
    "rollouts": {
        "qualify-lead@2.0.0": {
            "from": "qualify-lead@1.1.0",
            "strategy": "tenant",
            "started": "2026-11-22T09:30:00Z",
            "step": {"number": 1, "at": "2026-11-22T09:30:00Z"},
            "state": "running",
            "because": "Pilot.",
            "unobserved-because": "Nobody calls it at night.",
        }
    },
}

FINDING: dict[str, Any] = {
    "rule": "released-version-edited",
    "severity": "error",
    "message": "this version is released and may not change",
    "path": "prompt-templates/task/qualify-lead/1.0.0.md",
    "line": 12,
    "column": 1,
    "end_line": 12,
    "end_column": 40,
    "ref": "qualify-lead@1.0.0",
    "environment": None,
    "hint": "promptctl new-version qualify-lead --from-edit",
    "fingerprint": "5e1c",
    "related": [{"path": "prompt.yaml", "line": None, "column": None, "message": "the manifest"}],
}

REPORT: dict[str, Any] = {
    "version": 1,
    "tool": {"name": "promptctl", "version": "1.0.0"},
    "base": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "head": "index",
    "policy": "base",
    "summary": {"errors": 1, "warnings": 0, "infos": 0, "prompts": 4, "versions": 6},
    "findings": [FINDING],
}

METRICS: dict[str, Any] = {"pass_rate": {"value": 0.96, "baseline": 0.95, "n": 40}, "cost": {"value": None}}

EVIDENCE: dict[str, Any] = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [
        {"name": "qualify-lead@2.0.0", "digest": {"sha256": "1" * 64, "behaviour": "2" * 64}},
        {"name": "qualify-lead@1.1.0", "digest": {"sha256": "3" * 64, "behaviour": "4" * 64}},
    ],
    "predicateType": "urn:promptctl:predicate:gate:1",
    "predicate": {
        "gate": "evals",
        "environment": "production",
        "regimes": ["hipaa"],
        "result": "pass",
        "metrics": METRICS,
        "columns": {"anthropic:messages:claude-sonnet-4": {"cost": {"value": 0.01}}},
        "providers": ["anthropic:messages:claude-sonnet-4"],
        "tests": 40,
        "thresholds": {"pass_rate": ">= 0.95"},
        "binding": "body",
        "tool": {"name": "promptfoo", "version": "0.123.1"},
        "source": {
            "format": "promptfoo",
            "sha256": "5" * 64,
            "path": "sources/evals.production.json",
            "createdAt": "2026-11-22T09:30:00Z",
        },
        "suite": "6" * 64,
        "attempts": 2,
        "recordedAt": "2026-11-22T10:00:00+01:00",
        "recordedBy": "Jane Doe <jane@example.com>",
        "reviewedBy": "John Roe",
    },
}

RESULTS: dict[str, Any] = {
    "tests": 40,
    "passed": 39,
    "baseline": {"tests": 40, "passed": 38},
    "metrics": {"toxicity": {"value": 0.01, "baseline": 0.02, "n": 40}},
    "behaviour": "2" * 64,
    "environment": "production",
    "regimes": ["hipaa"],
    "created": "2026-11-22T09:30:00Z",
    "tool": {"name": "judge", "version": "2"},
    "suite": "6" * 64,
}

BUNDLE: dict[str, Any] = {
    "version": 1,
    "environment": "production",
    "config_commit": "3" * 40,
    "selection": {
        "defaults": {"qualify-lead": "qualify-lead@1.1.0"},
        "slots": {"salesAgent.qualifyLead": {"name": "qualify-lead", "ref": "qualify-lead@1.1.0"}},
        "tenants": {"acme-health": {"regimes": ["hipaa"], "prompts": {"qualify-lead": "qualify-lead@1.1.0"}}},
        "flags": [
            {
                "key": "formal-tone",
                "use": "qualify-lead@1.1.0",
                "enabled": True,
                "source": "application",
                "tenants": ["globex"],
                "percentage": 10,
                "expires": "2026-12-31",
            }
        ],
        "unlisted-tenants": "default",
    },
    "rollouts": {
        "qualify-lead@1.1.0": {"from": "qualify-lead@1.0.0", "strategy": "tenant", "state": "running", "step": 1}
    },
    "versions": {
        "qualify-lead@1.1.0": {
            "name": "qualify-lead",
            "version": "1.1.0",
            "digest": {"sha256": "0" * 64, "behaviour": "1" * 64},
            "text": "Judge the lead.",
            "metadata": {"purpose": "Judge."},
            "deprecated": {
                "replacement": "1.2.0",
                "reason": "Asks for data we may not store.",
                "announced": "2026-11-01",
                "remove-after": "2027-01-15",
            },
        }
    },
}

DESIGN: dict[str, dict[str, Any]] = {
    "version": VERSION,
    "manifest": MANIFEST,
    "policy": POLICY,
    "selection": SELECTION,
    "report": REPORT,
    "evidence": EVIDENCE,
    "results": RESULTS,
    "bundle": BUNDLE,
}


# The schemas as schemas.


@pytest.mark.parametrize("kind", sorted(path.stem for path in SCHEMAS.glob("*.json")))
def test_a_schema_is_lawful_and_names_itself(kind: str) -> None:
    schema = load(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:promptctl:schema:{kind}:1"
    assert schema["title"]
    assert schema["description"]


def test_every_kind_has_a_schema() -> None:
    assert {path.stem for path in SCHEMAS.glob("*.json")} >= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_property_and_definition_is_described(kind: str) -> None:
    bare = [
        "/".join(pointer)
        for pointer, schema in walk(load(kind))
        if (is_property(pointer) or pointer[-2:-1] == ("$defs",))
        and not (schema.get("title", "").strip() and schema.get("description", "").strip())
    ]
    assert bare == []


@pytest.mark.parametrize("kind", KINDS)
def test_only_known_keywords_are_used(kind: str) -> None:
    for pointer, schema in walk(load(kind)):
        allowed = KEYWORDS if pointer else KEYWORDS | {"$schema", "$id"}
        assert schema.keys() <= allowed, "/".join(pointer)


@pytest.mark.parametrize("kind", KINDS)
def test_objects_are_closed_unless_they_belong_to_the_user(kind: str) -> None:
    for pointer, schema in walk(load(kind)):
        kinds = schema.get("type")
        if kinds in ("object", ["object", "null"]):
            free = is_property(pointer) and pointer[-1] in FREE
            assert schema.get("additionalProperties") is free, "/".join(pointer)
        elif isinstance(kinds, list) and "object" in kinds:
            assert set(kinds) == ANY_SCHEMA
            assert pointer[-1] == "schema"
            assert schema.keys() == {"title", "description", "type"}


@pytest.mark.parametrize("kind", KINDS)
def test_references_are_local_and_every_definition_is_used(kind: str) -> None:
    references = {schema["$ref"] for _, schema in walk(load(kind)) if "$ref" in schema}
    assert references == {f"#/$defs/{name}" for name in load(kind).get("$defs", {})}


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_has_one_type_that_a_reader_can_see(kind: str) -> None:
    """A reader takes a plain scalar's source text where the schema says string, so no form may hide that word."""
    for pointer, schema in walk(load(kind)):
        if pointer[-2:-1] == ("oneOf",) and schema.keys() == {"required"}:
            continue
        if "oneOf" in schema and "type" not in resolve(kind, schema):
            types = [resolve(kind, form)["type"] for form in schema["oneOf"]]
            assert sorted(types) == ["object", "string"], "/".join(pointer)
        else:
            assert "type" in resolve(kind, schema), "/".join(pointer)


def test_definitions_of_one_name_are_the_same_everywhere() -> None:
    for name in ("prompt-name", "semver", "prose", "label", "date", "path"):
        found = [load(kind)["$defs"][name] for kind in KINDS if name in load(kind).get("$defs", {})]
        assert all(definition == found[0] for definition in found), name


def test_the_copies_of_the_version_pattern_are_the_same() -> None:
    bare = load("version")["$defs"]["semver"]["pattern"].removeprefix("^").removesuffix(r"$(?!\n)")
    manifest, policy = load("manifest"), load("policy")
    for section in ("deprecated", "retired", "emergencies"):
        assert list(manifest["properties"][section]["patternProperties"]) == [rf"^{bare}$(?!\n)"]
    replacement = manifest["$defs"]["deprecation"]["properties"]["replacement"]
    assert replacement["pattern"] == rf"^(?:none|{bare})$(?!\n)"
    assert policy["$defs"]["waiver"]["properties"]["ref"]["pattern"].endswith(rf"@{bare}$(?!\n)")


@pytest.mark.parametrize("kind", KINDS)
def test_patterns_mean_the_same_in_python_and_in_ecmascript(kind: str) -> None:
    """Python's `$` also stands before a last line feed, and its classes for digits and words take every script."""
    for pointer, schema in walk(load(kind)):
        patterns = [*schema.get("patternProperties", ()), *([schema["pattern"]] if "pattern" in schema else ())]
        for pattern in patterns:
            re.compile(pattern)
            assert pattern == r"\S" or (pattern.startswith("^") and pattern.endswith(r"$(?!\n)")), "/".join(pointer)
            assert not re.search(r"\\[dDwWbBAZ]", pattern), "/".join(pointer)


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_and_examples_are_lawful_values(kind: str) -> None:
    definitions = load(kind).get("$defs", {})
    for pointer, schema in walk(load(kind)):
        validator = Draft202012Validator({**schema, "$defs": definitions})
        for value in [*schema.get("examples", ()), *([schema["default"]] if "default" in schema else ())]:
            assert validator.is_valid(value), (pointer, value)


# What they accept.


@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_of_the_design_are_valid(kind: str) -> None:
    assert errors(kind, DESIGN[kind]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_of_the_design_hold_every_key(kind: str) -> None:
    assert DESIGN[kind].keys() - {"salesAgent"} == load(kind)["properties"].keys()


GOOD: list[tuple[str, dict[str, Any]]] = [
    ("version", {"name": "x", "version": "0.1.0", "purpose": "Say hello."}),
    ("version", changed(VERSION, "version", "2.1.0-rc.1")),
    ("version", changed(VERSION, "version", "2.1.0+formal-tone")),
    ("version", changed(VERSION, "version", "1.0.0-0A.is.legal+20130313144700")),
    ("version", changed(VERSION, "name", "a" * 64)),
    ("version", changed(VERSION, "name", "2_steps-and_3")),
    ("version", changed(VERSION, "purpose", "First line.\nSecond line.\n")),
    ("version", changed(VERSION, "input", {"schema": True})),
    ("version", changed(VERSION, "input/schema", {"x-anything": [1, {"type": "no such type"}]})),
    ("version", changed(VERSION, "output", {"schema": False})),
    ("version", changed(VERSION, "metadata", {"owner": {"team": ["a", 1, None]}})),
    ("version", changed(VERSION, "regimes", ["ISO 27001", "DSGVO-für-alle"])),
    ("selection", {}),
    ("selection", dict.fromkeys(("defaults", "tenants", "flags", "rollouts"))),
    ("selection", {"tenants": {"1.10": None, "größe: x": {"prompts": {"salesAgent.qualifyLead": "x@1.0.0"}}}}),
    ("selection", {"no": {"prompts": {"null": "x", "1": "x@1.0.0-rc.1"}}}),
    ("selection", changed(SELECTION, "flags/formal-tone", {"use": "x@1.0.0+formal"})),
    ("manifest", {"name": "x"}),
    ("manifest", changed(MANIFEST, "deprecated/1.0.0/replacement", "none")),
    ("manifest", changed(MANIFEST, "retired/0.9.0/incident", "INC-1")),
    ("policy", {}),
    ("policy", {"environments": [], "gates": {}, "rollout": {}, "waivers": [], "models": {}, "rules": {}}),
    ("policy", {"protected": ["main", "release/2.x"]}),
    ("policy", {"paths": {"templates": "ai/prompts/.templates", "config": "..config"}}),
    ("policy", {"rollout": {"guard": {"error_rate": "<= +1pp", "quality": ">=-0.5"}, "caps": {"slow_rate": "0.5%"}}}),
    ("policy", changed(POLICY, "waivers/0/blob", ...)),
    ("policy", changed(POLICY, "waivers/0/blob", "a1" * 20)),
    ("policy", changed(POLICY, "waivers/0/blob", "1" * 64)),
    ("policy", changed(POLICY, "waivers/1/environment", ...)),
    ("report", {**REPORT, "base": None, "head": "worktree", "policy": "default", "findings": []}),
    ("report", {**REPORT, "head": "ab" * 32}),
    (
        "report",
        {**REPORT, "findings": [{**FINDING, "line": None, "column": None, "end_line": None, "end_column": None}]},
    ),
    ("report", {**REPORT, "findings": [{**FINDING, "ref": None, "hint": None, "related": []}]}),
    ("report", {**REPORT, "findings": [{**FINDING, "environment": "production"}]}),
]


@pytest.mark.parametrize(("kind", "document"), GOOD)
def test_a_good_document_is_accepted(kind: str, document: dict[str, Any]) -> None:
    assert errors(kind, document) == []


# What they refuse: (path of the value in the design's example, another value, the keyword that refuses it).

BAD_VERSIONS: list[tuple[str, Any, str]] = [
    ("name", ..., "required"),
    ("version", ..., "required"),
    ("purpose", ..., "required"),
    ("name", "Qualify-Lead", "pattern"),
    ("name", "qualify--lead", "pattern"),
    ("name", "-lead", "pattern"),
    ("name", "lead\n", "pattern"),
    ("name", "", "pattern"),
    ("name", "a" * 65, "maxLength"),
    ("version", 1.1, "type"),
    ("version", "1.1", "pattern"),
    ("version", "v1.1.0", "pattern"),
    ("version", "01.1.0", "pattern"),
    ("version", "1.1.0-01", "pattern"),
    ("version", "1.1.0-", "pattern"),
    ("version", "1.1.0+", "pattern"),
    ("version", "1.1.0\n", "pattern"),
    ("version", "1.1.\u0661", "pattern"),
    ("supersedes", "latest", "pattern"),
    ("supersedes", None, "type"),
    ("purpose", "", "pattern"),
    ("purpose", " \n\t", "pattern"),
    ("summary", " ", "pattern"),
    ("summary", "one\ntwo", "pattern"),
    ("summary", "one\n", "pattern"),
    ("summary", "one\rtwo", "pattern"),
    ("template", "Plain", "enum"),
    ("template", "fstring", "enum"),
    ("input/schema", ..., "required"),
    ("input/schema", "object", "type"),
    ("input/schema", None, "type"),
    ("input/default", {"lead": "x"}, "additionalProperties"),
    ("output/format", "xml", "enum"),
    ("output/schema", [], "type"),
    ("output/guarantees", "Never lies.", "type"),
    ("output/guarantees", ["Never lies.", "Never lies."], "uniqueItems"),
    ("output/guarantees/0", "", "pattern"),
    ("output/guarantees/0", {"Never": "lies"}, "type"),
    ("output/schemas", {}, "additionalProperties"),
    ("model", {"id": "claude"}, "type"),
    ("model", " ", "pattern"),
    ("config", ["temperature"], "type"),
    ("regimes", "hipaa", "type"),
    ("regimes", ["hipaa", "hipaa"], "uniqueItems"),
    ("regimes/0", " hipaa", "pattern"),
    ("tags", ["a", "a"], "uniqueItems"),
    ("tags/0", "", "pattern"),
    ("decision", True, "type"),
    ("emergency/reason", ..., "required"),
    ("emergency/incident", ..., "required"),
    ("emergency/declared", ..., "required"),
    ("emergency/reason", "speed", "enum"),
    ("emergency/incident", "", "pattern"),
    ("emergency/declared", "22.11.2026", "pattern"),
    ("emergency/declared", "2026-11-22T09:30:00Z", "pattern"),
    ("emergency/until", "2026-11-22", "additionalProperties"),
    ("bump-override", "patch", "type"),
    ("bump-override/level", ..., "required"),
    ("bump-override/reason", ..., "required"),
    ("bump-override/level", "none", "enum"),
    ("bump-override/reason", "", "pattern"),
    ("metadata", "free", "type"),
    ("owner", "sales-ai@example.com", "additionalProperties"),
    ("bump_override", {}, "additionalProperties"),
]

BAD_SELECTIONS: list[tuple[str, Any, str]] = [
    ("defaults", ["x@1.0.0"], "type"),
    ("defaults/Greet", "greet@1.0.0", "additionalProperties"),
    ("defaults/qualify-lead/use", ..., "oneOf"),
    ("salesAgent/prompt", {}, "additionalProperties"),
    ("salesAgent/prompts/greet", "greet@latest", "pattern"),
    ("salesAgent/prompts/a.b", "greet", "additionalProperties"),
    ("tenants/acme-health/prompt", {}, "additionalProperties"),
    ("tenants/acme-health/regimes", "hipaa", "type"),
    ("tenants/acme-health/prompts/qualify-lead", "qualify-lead", "pattern"),
    ("tenants/acme-health/prompts/Qualify Lead", "x@1.0.0", "additionalProperties"),
    ("tenants/ acme", None, "additionalProperties"),
    ("flags/formal-tone/use", ..., "required"),
    ("flags/formal-tone/enabled", "on", "type"),
    ("flags/formal-tone/source", "caller", "enum"),
    ("flags/formal-tone/tenants", [], "minItems"),
    ("flags/formal-tone/percentage", 101, "maximum"),
    ("flags/formal-tone/percentage", -1, "minimum"),
    ("flags/formal-tone/percentage", 2.5, "type"),
    ("flags/formal-tone/expires", "soon", "pattern"),
    ("flags/formal-tone/expire", "2026-12-31", "additionalProperties"),
    ("unlisted-tenants", "refused", "enum"),
    ("rollouts/qualify-lead", {}, "additionalProperties"),
    ("rollouts/qualify-lead@2.0.0/state", ..., "required"),
    ("rollouts/qualify-lead@2.0.0/state", "done", "enum"),
    ("rollouts/qualify-lead@2.0.0/strategy", "some", "enum"),
    ("rollouts/qualify-lead@2.0.0/started", "2026-11-22", "pattern"),
    ("rollouts/qualify-lead@2.0.0/step/number", 0, "minimum"),
    ("rollouts/qualify-lead@2.0.0/from", "1.1.0", "pattern"),
]

BAD_MANIFESTS: list[tuple[str, Any, str]] = [
    ("name", ..., "required"),
    ("name", "Qualify", "pattern"),
    ("owner", ["a@example.com"], "type"),
    ("recommended", "latest", "pattern"),
    ("deprecated", ["1.0.0"], "type"),
    ("deprecated/1.0", {}, "additionalProperties"),
    ("deprecated/1.0.0/replacement", ..., "required"),
    ("deprecated/1.0.0/reason", ..., "required"),
    ("deprecated/1.0.0/announced", ..., "required"),
    ("deprecated/1.0.0/remove-after", ..., "required"),
    ("deprecated/1.0.0/replacement", "nothing", "pattern"),
    ("deprecated/1.0.0/replacement", "none-1.1.0", "pattern"),
    ("deprecated/1.0.0/replacement", "qualify-lead@1.1.0", "pattern"),
    ("deprecated/1.0.0/reason", "", "pattern"),
    ("deprecated/1.0.0/announced", "2026-11-1", "pattern"),
    ("deprecated/1.0.0/remove_after", "2027-01-15", "additionalProperties"),
    ("retired/0.9.0/digest", ..., "required"),
    ("retired/0.9.0/on", ..., "required"),
    ("retired/0.9.0/reason", ..., "required"),
    ("retired/0.9.0/on", "yesterday", "pattern"),
    ("retired/0.8.0/purge", "boredom", "enum"),
    ("retired/0.8.0/incident", ..., "dependentRequired"),
    ("retired/v0.9.0", {}, "additionalProperties"),
    ("emergencies/1.1.1/postmortem", ..., "required"),
    ("emergencies/1.1.1/postmortem", "/etc/passwd", "pattern"),
    ("emergencies/1.1.1/postmortem", "../x.md", "pattern"),
    ("owners", ["a@example.com"], "additionalProperties"),
]

BAD_POLICIES: list[tuple[str, Any, str]] = [
    ("protect", ["main"], "additionalProperties"),
    ("protected", "main", "type"),
    ("protected", [], "minItems"),
    ("protected", ["main", "main"], "uniqueItems"),
    ("protected/0", "release/*", "pattern"),
    ("protected/0", "-x", "pattern"),
    ("environments", ["production", "production"], "uniqueItems"),
    ("environments/0", "../production", "pattern"),
    ("environments/0", "", "pattern"),
    ("environments/0", {"name": "staging"}, "type"),
    ("paths/templates", "", "pattern"),
    ("paths/templates", "/prompts", "pattern"),
    ("paths/templates", "prompts/", "pattern"),
    ("paths/templates", "../prompts", "pattern"),
    ("paths/templates", "a/../b", "pattern"),
    ("paths/templates", "a/..", "pattern"),
    ("paths/templates", ".", "pattern"),
    ("paths/templates", "./prompts", "pattern"),
    ("paths/templates", "a//b", "pattern"),
    ("paths/templates", "a\\b", "pattern"),
    ("paths/templates", "prompts\n", "pattern"),
    ("paths/template", "prompts", "additionalProperties"),
    ("require/decision-on-major", "yes", "type"),
    ("models/gpt", [], "minItems"),
    ("models/gpt", "openai:*", "type"),
    ("gates/observation", {}, "additionalProperties"),
    ("gates/Evals", {}, "additionalProperties"),
    ("gates/evals/environments", [], "minItems"),
    ("gates/evals/environments", "production", "type"),
    ("gates/evals/format", "csv", "enum"),
    ("gates/evals/run", "", "pattern"),
    ("gates/evals/min-tests", 0, "minimum"),
    ("gates/evals/min-tests", 1.5, "type"),
    ("gates/evals/min-tests", "20", "type"),
    ("gates/evals/max-age", "30 days", "pattern"),
    ("gates/evals/max-age", "-1d", "pattern"),
    ("gates/evals/thresholds/pass_rate", 0.95, "type"),
    ("gates/evals/thresholds/pass_rate", "0.95", "pattern"),
    ("gates/evals/thresholds/pass_rate", "=> 0.95", "pattern"),
    ("gates/evals/thresholds/pass_rate", ">= high", "pattern"),
    ("gates/evals/thresholds/pass_rate", ">= 0.95 or so", "pattern"),
    ("gates/evals/thresholds/pass_rate", ">= nan", "pattern"),
    ("gates/evals/thresholds/pass_rate", ">= 95%", "pattern"),
    ("gates/evals/thresholds/pass_rate", "<= 1pp", "pattern"),
    ("gates/evals/overrides/0/prompts", ..., "required"),
    ("gates/evals/overrides/0/thresholds", ..., "required"),
    ("gates/evals/overrides/0/prompts", [], "minItems"),
    ("gates/evals/threshold", {}, "additionalProperties"),
    ("gates/impact/reviewed-by", "jane@example.com", "enum"),
    ("gates/impact/reviewed-by", True, "type"),
    ("gates/policy/per-regime", "hipaa", "type"),
    ("rollout/environments", "production", "type"),
    ("rollout/observation", "sometimes", "enum"),
    ("rollout/min-observation", 24, "type"),
    ("rollout/min-samples", -1, "minimum"),
    ("rollout/guard/error_rate", "<= 1.5x", "pattern"),
    ("rollout/guard/error_rate", ">= x1.5", "pattern"),
    ("rollout/guard/quality", "<= -0.02", "pattern"),
    ("rollout/guard/latency", "<= +10%", "additionalProperties"),
    ("rollout/slow", "5", "pattern"),
    ("rollout/caps/error_rate", 0.2, "type"),
    ("rollout/caps/error_rate", "120%", "pattern"),
    ("rollout/caps/quality", "20%", "additionalProperties"),
    ("rollout/alpha", 0, "exclusiveMinimum"),
    ("rollout/alpha", 0.9, "maximum"),
    ("rollout/timeout", "2 weeks", "pattern"),
    ("flags/max-lifetime", "90", "pattern"),
    ("flags/lifetime", "90d", "additionalProperties"),
    ("deprecation/min-grace", "1y", "pattern"),
    ("deprecation/unused-for", "\u0661d", "pattern"),
    ("bump/model", "patch", "enum"),
    ("bump/body", "minor", "additionalProperties"),
    ("emergency/may-skip", "evals", "type"),
    ("emergency/may-skip", ["evals", "evals"], "uniqueItems"),
    ("emergency/max-per-prompt", 2, "type"),
    ("emergency/max-per-prompt/count", -1, "minimum"),
    ("emergency/max-per-prompt/within", "90", "pattern"),
    ("regimes", {"hipaa": True}, "type"),
    ("hardcoded/include", "**", "type"),
    ("hardcoded/ignore", [], "additionalProperties"),
    ("rules/hardcoded-path", "warn", "enum"),
    ("rules/hardcoded-path", False, "type"),
    ("rules/Hardcoded_Path", "off", "additionalProperties"),
    ("waivers", {}, "type"),
    ("waivers/0/rule", ..., "required"),
    ("waivers/0/reason", ..., "required"),
    ("waivers/0/until", ..., "required"),
    ("waivers/0/reason", " ", "pattern"),
    ("waivers/0/until", "forever", "pattern"),
    ("waivers/0/rule", "Released", "pattern"),
    ("waivers/0/blob", "abc1234", "pattern"),
    ("waivers/0/blob", "A1" * 20, "pattern"),
    ("waivers/0/path", ..., "oneOf"),
    ("waivers/0/path", ..., "dependentRequired"),
    ("waivers/0/ref", "x@1.0.0", "oneOf"),
    ("waivers/0/environment", "production", "dependentRequired"),
    ("waivers/1/blob", "gone", "dependentRequired"),
    ("waivers/1/ref", ..., "oneOf"),
    ("waivers/1/ref", "x", "pattern"),
    ("waivers/1/ref", "x@latest", "pattern"),
    ("waivers/1/by", "me", "additionalProperties"),
    ("metrics", [], "type"),
]

BAD_REPORTS: list[tuple[str, Any, str]] = [
    *((key, ..., "required") for key in REPORT),
    *((f"summary/{key}", ..., "required") for key in REPORT["summary"]),
    *((f"findings/0/{key}", ..., "required") for key in FINDING),
    *((f"findings/0/related/0/{key}", ..., "required") for key in FINDING["related"][0]),
    ("version", 2, "const"),
    ("version", "1", "type"),
    ("tool/name", "ruff", "const"),
    ("tool/version", ..., "required"),
    ("base", "main", "pattern"),
    ("head", "HEAD", "pattern"),
    ("head", None, "type"),
    ("policy", "merged", "enum"),
    ("summary/errors", -1, "minimum"),
    ("findings/0/rule", "Released version edited", "pattern"),
    ("findings/0/severity", "off", "enum"),
    ("findings/0/message", "", "minLength"),
    ("findings/0/path", None, "type"),
    ("findings/0/line", 0, "minimum"),
    ("findings/0/column", "1", "type"),
    ("findings/0/ref", 1, "type"),
    ("findings/0/hint", [], "type"),
    ("findings/0/related", None, "type"),
    ("findings/0/related/0/hint", "x", "additionalProperties"),
    ("findings/0/help", "x", "additionalProperties"),
    ("generated", "2026-11-22", "additionalProperties"),
]

BAD_EVIDENCE: list[tuple[str, Any, str]] = [
    ("_type", ..., "required"),
    ("_type", "https://in-toto.io/Statement/v0.1", "const"),
    ("predicateType", "https://slsa.dev/provenance/v1", "const"),
    ("subject", [], "minItems"),
    ("subject", [EVIDENCE["subject"][0]] * 3, "maxItems"),
    ("subject/0/name", ..., "required"),
    ("subject/0/digest/sha512", "0" * 128, "additionalProperties"),
    ("subject/0/digest/behaviour", "A" * 64, "pattern"),
    ("predicate/gate", ..., "required"),
    ("predicate/gate", "observation", "pattern"),
    ("predicate/result", "passed", "enum"),
    ("predicate/metrics/pass_rate/value", "0.96", "type"),
    ("predicate/metrics/pass_rate/value", ..., "required"),
    ("predicate/metrics/pass_rate/n", -1, "minimum"),
    ("predicate/recordedAt", "2026-11-22", "pattern"),
    ("predicate/recordedAt", "2026-11-22T09:30:00", "pattern"),
    ("predicate/recordedAt", ..., "required"),
    ("predicate/source/path", "../evals.json", "pattern"),
    ("predicate/source/path", "sources/../evals.json", "pattern"),
    ("predicate/source/sha256", ..., "required"),
    ("predicate/attempts", 0, "minimum"),
    ("predicate/binding", "trusted", "enum"),
    ("predicate/reviewedBy", "", "pattern"),
    ("predicate/verdict", "good", "additionalProperties"),
]

BAD_RESULTS: list[tuple[str, Any, str]] = [
    ("tests", ..., "required"),
    ("passed", ..., "required"),
    ("passed", 0.97, "type"),
    ("passed", -1, "minimum"),
    ("baseline/tests", 0, "minimum"),
    ("baseline/passed", ..., "required"),
    ("metrics/toxicity", 0.01, "type"),
    ("behaviour", "2", "pattern"),
    ("created", "today", "pattern"),
    ("tool/name", ..., "required"),
    ("result", "pass", "additionalProperties"),
]

BAD = [
    *(("version", *row) for row in BAD_VERSIONS),
    *(("manifest", *row) for row in BAD_MANIFESTS),
    *(("policy", *row) for row in BAD_POLICIES),
    *(("selection", *row) for row in BAD_SELECTIONS),
    *(("report", *row) for row in BAD_REPORTS),
    *(("evidence", *row) for row in BAD_EVIDENCE),
    *(("results", *row) for row in BAD_RESULTS),
]


def place_of(path: str, keyword: str) -> str:
    """Where the fault shows: one about keys shows at the mapping that has or lacks them."""
    about_keys = keyword in {"required", "additionalProperties", "oneOf", "dependentRequired"}
    return ".".join(path.split("/")[: -1 if about_keys else None])


@pytest.mark.parametrize(
    ("kind", "path", "value", "keyword"),
    BAD,
    ids=[f"{kind}-{path}-{keyword}-{number}" for number, (kind, path, _, keyword) in enumerate(BAD)],
)
def test_a_bad_document_is_refused_at_its_fault(kind: str, path: str, value: Any, keyword: str) -> None:
    found = errors(kind, changed(DESIGN[kind], path, value))
    assert keyword in {word for _, word in found}
    assert {place for place, _ in found} == {place_of(path, keyword)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("document", [None, [], "text", 1, True])
def test_a_document_is_a_mapping(kind: str, document: Any) -> None:
    assert errors(kind, document) == [("", "type")]


def test_the_page_of_the_policy_says_what_each_key_does() -> None:
    page = (SCHEMAS.parent / "docs" / "policy.md").read_text(encoding="utf-8")
    told = {key.partition(".")[0] for key in re.findall(r"^\| `([\w.-]+)` \|", page, re.MULTILINE)}
    assert told == set(json.loads((SCHEMAS / "policy.json").read_text(encoding="utf-8"))["properties"])
    for link in re.findall(r"\]\(([^)#]+\.md)", page):
        assert (SCHEMAS.parent / "docs" / link).is_file(), link
