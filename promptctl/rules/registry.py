"""Every rule by name. Adding a rule is adding its name here; nothing registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.rules import (
    hardcoded,
    immutability,
    layout,
    metadata,
    order,
    ownership,
    policy,
    selection,
    variables,
    waivers,
)

if TYPE_CHECKING:
    from promptctl.rules.base import Rule

RULES: tuple[Rule, ...] = (
    immutability.released_version_edited,
    immutability.released_version_removed,
    immutability.released_version_replaced,
    immutability.version_collision,
    immutability.base_tampered,
    immutability.released_version_restored,
    layout.misplaced_file,
    layout.invalid_prompt_name,
    layout.duplicate_prompt_name,
    layout.case_collision,
    layout.name_mismatch,
    layout.invalid_version,
    layout.version_mismatch,
    layout.equal_precedence,
    metadata.metadata_missing,
    metadata.metadata_invalid,
    metadata.unreadable_file,
    metadata.hidden_characters,
    variables.template_invalid,
    variables.undeclared_variable,
    variables.unused_input,
    order.version_skipped,
    order.version_backwards,
    order.supersedes_unknown,
    order.version_unchanged,
    ownership.manifest_missing,
    ownership.owner_missing,
    ownership.recommended_missing,
    ownership.recommended_unfit,
    hardcoded.hardcoded_version,
    hardcoded.hardcoded_path,
    hardcoded.hardcoded_split,
    selection.mixed_change,
    policy.policy_invalid,
    policy.policy_loosened,
    policy.policy_loosened_with_changes,
    policy.policy_removed,
)

# Rules about what the others found: they run last.
WAIVER_RULES: tuple[Rule, ...] = (waivers.waiver_expired, waivers.waiver_unused, waivers.waiver_in_use)

REGISTRY: dict[str, Rule] = {item.name: item for item in (*RULES, *WAIVER_RULES)}
