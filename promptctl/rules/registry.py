"""Every rule by name. Adding a rule is adding its name here; nothing registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.rules import (
    defaults,
    deprecation,
    flags,
    hardcoded,
    immutability,
    layout,
    metadata,
    mixed,
    order,
    ownership,
    policy,
    promotion,
    regimes,
    rollouts,
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
    selection.selection_invalid,
    selection.unknown_prompt,
    selection.unknown_version,
    selection.retired_selected,
    selection.unlisted_tenant,
    defaults.default_missing,
    defaults.prompt_unselected,
    defaults.default_undocumented,
    defaults.default_unstable,
    regimes.regime_unmet,
    flags.unreachable_flag,
    flags.flag_without_expiry,
    flags.flag_without_owner,
    flags.flag_expired,
    flags.flag_too_long,
    deprecation.deprecated_selected,
    deprecation.deprecated_still_selected,
    rollouts.rollout_undeclared,
    rollouts.global_rollout_risky,
    promotion.environment_skipped,
    promotion.environment_drift,
    mixed.mixed_change,
    policy.policy_invalid,
    policy.policy_loosened,
    policy.policy_loosened_with_changes,
    policy.policy_removed,
)

# Rules about what the others found: they run last.
WAIVER_RULES: tuple[Rule, ...] = (waivers.waiver_expired, waivers.waiver_unused, waivers.waiver_in_use)

REGISTRY: dict[str, Rule] = {item.name: item for item in (*RULES, *WAIVER_RULES)}
