"""A configuration for promptfoo: bodies alone, labelled and with digests, so that results are bound to versions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Exported:
    """A version: `text` in the language of promptfoo, `settings` for the provider, and its digests."""

    ref: str
    text: str
    sha256: str
    behaviour: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def config_text(candidate: Exported, baseline: Exported | None, tests: str, providers: tuple[str, ...]) -> bytes:
    """The configuration in JSON, which is YAML too and means the same to every reader; the same bytes for the same."""
    document: dict[str, Any] = {
        "description": candidate.ref + (f" against {baseline.ref}" if baseline else ""),
        "prompts": [_prompt(one) for one in (candidate, baseline) if one is not None],
    }
    if providers:
        document["providers"] = list(providers)
    document["tests"] = tests
    return json.dumps(document, indent=2, allow_nan=False).replace("\x7f", "\\u007f").encode("ascii") + b"\n"


def _prompt(one: Exported) -> dict[str, Any]:
    prompt: dict[str, Any] = {"label": one.ref, "raw": one.text}
    if one.settings:
        prompt["config"] = dict(one.settings)
    digests = {"ref": one.ref, "sha256": one.sha256, "behaviour": one.behaviour}
    return {**prompt, "metadata": {"promptctl": digests}}
