"""The JSON Schema of JSON Schemas, draft 2020-12, as one document that refers to nothing outside of itself."""

from __future__ import annotations

import json
from typing import Any

from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

_DRAFT = "https://json-schema.org/draft/2020-12/"
_NOTES = {"title", "default", "$comment", "format"}  # what promptctl does not judge by


def metaschema_text() -> str:
    """The vocabularies of the draft put together."""
    root = REGISTRY.contents(f"{_DRAFT}schema")
    parts = [root, *(REGISTRY.contents(_DRAFT + part["$ref"]) for part in root["allOf"])]
    merged = {
        "$schema": f"{_DRAFT}schema",
        "$id": "urn:promptctl:schema:json-schema:1",
        "title": "A JSON Schema of draft 2020-12, as one document",
        "type": root["type"],
        "properties": _inlined([part.get("properties", {}) for part in parts]),
        "$defs": _inlined([part.get("$defs", {}) for part in parts]),
    }
    return json.dumps(merged, indent=2) + "\n"


def _inlined(tables: list[dict[str, Any]]) -> dict[str, Any]:
    assert sum(map(len, tables)) == len({name for table in tables for name in table}), "two parts share a name"
    return {name: _local(part) for table in tables for name, part in table.items()}


def _local(part: Any) -> Any:
    if isinstance(part, list):
        return [_local(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _local(value) for key, value in part.items() if key not in _NOTES and key != "$dynamicRef"}
    if "$dynamicRef" in part:
        kept["$ref"] = "#"
    elif "$ref" in part and not part["$ref"].startswith("#/$defs/"):
        kept["$ref"] = f"#/{part['$ref'].partition('#/')[2]}"
    return kept
