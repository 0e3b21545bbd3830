"""The registry is complete, documented, and says of every rule what the catalogue says."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

from promptctl import rules
from promptctl.core.findings import Severity
from promptctl.rules.base import Rule
from promptctl.rules.registry import REGISTRY, RULES, WAIVER_RULES

HEADINGS = ["## What it does", "## Why is this bad?", "## Example", "## Use instead"]

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741 - the catalogue's own letters

# From the catalogue: the severity of each rule that exists so far. Those marked D depend on the date.
SEVERITIES = {
    "released-version-edited": E,
    "released-version-removed": E,
    "released-version-replaced": E,
    "version-collision": E,
    "base-tampered": E,
    "released-version-restored": I,
    "misplaced-file": E,
    "invalid-prompt-name": E,
    "duplicate-prompt-name": E,
    "case-collision": E,
    "name-mismatch": E,
    "invalid-version": E,
    "version-mismatch": E,
    "equal-precedence": E,
    "metadata-missing": E,
    "metadata-invalid": E,
    "unreadable-file": E,
    "hidden-characters": E,
    "template-invalid": E,
    "undeclared-variable": E,
    "unused-input": W,
    "version-skipped": E,
    "version-backwards": E,
    "supersedes-unknown": E,
    "version-unchanged": E,
    "manifest-missing": E,
    "owner-missing": E,
    "recommended-missing": W,
    "recommended-unfit": E,
    "selection-invalid": E,
    "unknown-prompt": E,
    "unknown-version": E,
    "retired-selected": E,
    "unlisted-tenant": E,
    "default-missing": E,
    "prompt-unselected": W,
    "default-undocumented": E,
    "default-unstable": E,
    "regime-unmet": E,
    "unreachable-flag": E,
    "flag-without-expiry": E,
    "flag-without-owner": E,
    "flag-expired": E,
    "flag-too-long": E,
    "deprecated-selected": E,
    "deprecated-still-selected": W,
    "deprecation-incomplete": E,
    "replacement-unfit": E,
    "grace-too-short": E,
    "removed-without-deprecation": E,
    "removed-early": E,
    "removed-in-use": E,
    "previous-unavailable": E,
    "removed-by-purge": W,
    "emergency-reason": E,
    "emergency-unlabelled": E,
    "postmortem-missing": E,
    "emergency-not-followed-up": E,
    "emergency-overused": E,
    "rollout-undeclared": E,
    "global-rollout-risky": E,
    "stopped-rollout": E,
    "environment-skipped": E,
    "environment-drift": W,
    "bump-too-small": E,
    "bump-maybe-too-small": W,
    "major-without-decision": E,
    "override-in-use": I,
    "mixed-change": W,
    "rollout-without-metrics": E,
    "expansion-unobserved": E,
    "hardcoded-version": E,
    "hardcoded-path": E,
    "hardcoded-split": W,
    "gate-missing": E,
    "gate-failed": E,
    "no-baseline": I,
    "evidence-stale": E,
    "evidence-mismatch": E,
    "evidence-invalid": E,
    "evidence-self-reviewed": E,
    "suite-changed-with-version": W,
    "gates-unconfigured": W,
    "metrics-unconfigured": W,
    "policy-invalid": E,
    "policy-loosened": W,
    "policy-loosened-with-changes": E,
    "policy-removed": E,
    "waiver-expired": E,
    "waiver-unused": W,
    "waiver-in-use": I,
}
# The catalogue forgets that an emergency version grows too old to be a default.
DATED = {
    "waiver-expired",
    "flag-expired",
    "flag-too-long",
    "grace-too-short",
    "removed-early",
    "default-unstable",
    "evidence-stale",
    "postmortem-missing",
    "emergency-not-followed-up",
    "emergency-overused",
}


def defined() -> list[Rule]:
    """Every rule that stands in a module of the package."""
    found: list[Rule] = []
    for info in pkgutil.iter_modules(rules.__path__):
        module = importlib.import_module(f"{rules.__name__}.{info.name}")
        found += [value for value in vars(module).values() if isinstance(value, Rule)]
    return found


def outside_fences(doc: str) -> str:
    return re.sub(r"^```.*?^```$", "", doc, flags=re.DOTALL | re.MULTILINE)


def test_names_are_unique() -> None:
    assert len(REGISTRY) == len(RULES) + len(WAIVER_RULES)


def test_every_rule_that_is_defined_is_registered_once() -> None:
    registered = [*RULES, *WAIVER_RULES]
    assert {id(item) for item in registered} == {id(item) for item in defined()}
    assert len({id(item) for item in registered}) == len(registered)


def test_severities_are_those_of_the_catalogue() -> None:
    assert {name: item.severity for name, item in REGISTRY.items()} == SEVERITIES


def test_what_depends_on_the_date_is_what_the_catalogue_says() -> None:
    assert {name for name, item in REGISTRY.items() if item.dated} == DATED


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_a_name_is_kebab_case_and_that_of_its_function(name: str) -> None:
    item = REGISTRY[name]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert item.name == name
    assert item.check.__name__ == name.replace("-", "_")


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_a_rule_is_documented_under_the_four_headings(name: str) -> None:
    doc = REGISTRY[name].doc
    assert re.findall(r"^#+ .*$", outside_fences(doc), re.MULTILINE) == HEADINGS
    assert all(part.strip() for part in re.split(r"^## .*$", doc, flags=re.MULTILINE))


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_a_rule_is_summed_up_in_one_sentence(name: str) -> None:
    summary, _, rest = REGISTRY[name].doc.partition("\n")
    assert summary.endswith(".")
    assert rest.startswith("\n")
    assert REGISTRY[name].summary == summary
