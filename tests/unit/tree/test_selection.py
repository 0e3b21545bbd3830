"""Reading the selection configuration: names stay text, files of an environment are one, and faults have a place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.entries import Entry
from promptctl.core.refs import Ref
from promptctl.core.selection import Request, resolve
from promptctl.tree.environments import environment_order, last_environment, read_environment
from promptctl.tree.layout import layout_for
from promptctl.tree.library import Library
from promptctl.tree.policy import Paths, Policy
from promptctl.tree.snapshot import FlatSnapshot
from tests.support.trees import Tree

if TYPE_CHECKING:
    from promptctl.tree.selection import Environment

LAYOUT = layout_for("", Paths())
EXAMPLE = """\
defaults:
  qualify-lead:
    use: qualify-lead@1.1.0            # short form `qualify-lead: qualify-lead@1.1.0` is read
    because: 0.94 on the lead suite; three weeks with acme and globex.
salesAgent:
  prompts:
    qualifyLead: "qualify-lead@1.1.0"  # or `qualify-lead`: follow the default
tenants:
  acme-health:
    regimes: [hipaa]
    prompts: {qualify-lead: qualify-lead@2.0.0}      # may also name a slot: salesAgent.qualifyLead
flags:
  formal-tone:
    use: qualify-lead@2.1.0-rc.1
    enabled: true
    tenants: [globex]
    percentage: 10
    started: 2026-11-22
    owner: growth@example.com
    expires: 2026-12-31
unlisted-tenants: default
rollouts:
  qualify-lead@2.0.0: {from: qualify-lead@1.1.0, strategy: tenant, started: 2026-11-22T09:30:00Z,
    step: {number: 1, at: 2026-11-22T09:30:00Z}, state: running, because: Pilot.}
"""


def environment(files: dict[str, str] | str, name: str = "production") -> Environment:
    tree = Tree()
    for path, text in ({f"{name}.yaml": files} if isinstance(files, str) else files).items():
        tree.add(f"prompt-config/{path}", text.encode())
    return read_environment(FlatSnapshot(tree.entries), LAYOUT, Library(tree), name)


def faults(found: Environment) -> list[tuple[str, str]]:
    """Where each fault stands, as `line:column subject`, and what would mend it."""
    rows = []
    for file, fault in found.faults:
        place = file.document.lines.position(fault.start)
        rows.append((f"{place.line}:{place.column} {fault.subject}", fault.hint or fault.message))
        assert fault.rule == "selection-invalid"
    return rows


def test_the_whole_form_is_read() -> None:
    found = environment(EXAMPLE)
    assert faults(found) == []
    assert str(resolve(found.selection, Request("salesAgent.qualifyLead", "acme-health")).ref) == "qualify-lead@2.0.0"
    assert resolve(found.selection, Request("salesAgent.qualifyLead")).reason == "agent"
    assert found.rollouts["qualify-lead@2.0.0"].is_open
    assert found.text("defaults", "qualify-lead", "because").startswith("0.94 on")
    spot = found.spot("tenants", "acme-health", "prompts", "qualify-lead")
    assert spot is not None
    assert EXAMPLE[spot.start : spot.end] == "qualify-lead@2.0.0"


def test_the_example_of_the_document_is_read() -> None:
    found = environment('salesAgent:\n  prompts:\n    qualifyLead: "qualify-lead@1.1.0"\n')
    assert faults(found) == []
    assert str(resolve(found.selection, Request("salesAgent.qualifyLead")).ref) == "qualify-lead@1.1.0"


MEANINGFUL = ["no", "yes", "on", "null", "~", "1.10", "010", "0x1F", "1:30", "2026-01-01", "true", ".inf", "größe"]


@pytest.mark.parametrize("name", MEANINGFUL)
def test_names_that_yaml_gives_a_meaning_are_text(name: str) -> None:
    found = environment(
        f"defaults: {{greet: {{use: greet@1.10.0, because: {name}}}}}\n"
        f"tenants: {{{name}: {{regimes: [{name}], prompts: {{greet: greet@1.1.0}}}}}}\n"
        f"flags: {{{name}: {{use: greet@1.1.0, tenants: [{name}]}}}}\n"
    )
    assert faults(found) == []
    assert list(found.selection.tenants) == [name]
    assert found.selection.tenants[name].regimes == {name}
    assert [(flag.key, flag.tenants) for flag in found.selection.flags] == [(name, {name})]
    assert found.text("defaults", "greet", "because") == name
    assert found.selection.defaults == {"greet": Ref("greet", "1.10.0")}


labels = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@given(st.dictionaries(labels, st.sets(labels, max_size=2), max_size=5))
def test_any_name_in_quotes_survives(tenants: dict[str, set[str]]) -> None:
    text = json.dumps(
        {"tenants": {name: {"regimes": sorted(regimes)} for name, regimes in tenants.items()}}, ensure_ascii=False
    )
    found = environment(text)
    assert faults(found) == []
    assert {name: set(tenant.regimes) for name, tenant in found.selection.tenants.items()} == tenants


def test_a_tenant_without_a_value_is_listed() -> None:
    assert list(environment("tenants:\n  acme:\n").selection.tenants) == ["acme"]


def test_keys_may_be_spread_over_files_in_path_order() -> None:
    flag = "flags: {{{key}: {{use: greet@1.0.0}}}}\n"
    found = environment(
        {
            "production/b.yaml": flag.format(key="third") + "sales: {prompts: {second: greet}}",
            "production/a/z.yaml": flag.format(key="second") + "tenants: {globex: }",
            "production.yaml": flag.format(key="first") + "sales: {prompts: {first: greet}}\ntenants: {acme: }",
            "staging.yaml": flag.format(key="elsewhere"),
        }
    )
    assert faults(found) == []
    assert [flag.key for flag in found.selection.flags] == ["first", "second", "third"]
    assert sorted(found.selection.slots) == ["sales.first", "sales.second"]
    assert sorted(found.selection.tenants) == ["acme", "globex"]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("defaults: {greet: greet@1.0.0}", "defaults.greet"),
        ("tenants: {acme: }", "tenants.acme"),
        ("flags: {quick: {use: greet@1.0.0}}", "flags.quick"),
        ("unlisted-tenants: refuse", "unlisted-tenants"),
        ("sales: {prompts: {first: greet}}", "sales.prompts.first"),
        ("rollouts: {x@2.0.0: {state: running, strategy: flag, started: 2026-11-22T09:30:00Z}}", "rollouts.x@2.0.0"),
    ],
)
def test_the_same_key_in_two_files_is_a_fault(text: str, subject: str) -> None:
    found = environment({"production.yaml": text, "production/more.yaml": text})
    hint = "keep one of the two; the other is in prompt-config/production.yaml"
    assert [(row[0].split(" ")[1], row[1]) for row in faults(found)] == [(subject, hint)]
    assert found.faults[0][0].path == "prompt-config/production/more.yaml"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("default: {a: a@1.0.0}", ("1:1 default", "did you mean `defaults`?")),
        ("unlisted-tenant: refuse", ("1:1 unlisted-tenant", "did you mean `unlisted-tenants`?")),
        ("tenants:\n  acme: {regime: [hipaa]}", ("2:10 tenants.acme.regime", "did you mean `regimes`?")),
        ("defaults:\n  a: {use: a@1.0.0, becuase: x}", ("2:21 defaults.a.becuase", "did you mean `because`?")),
        ("sales: {prompts: {}, owner: x}", ("1:22 sales.owner", "known keys: prompts")),
        ("defaults: {a: b@1.0.0}", ("1:15 defaults.a", "the default of a cannot be b@1.0.0, which is another prompt")),
        (
            "sales: {prompts: {first: a}}\ntenants: {acme: {prompts: {sales.fist: a@1.0.0}}}",
            ("2:40 tenants.acme.prompts.sales.fist", "did you mean sales.first?"),
        ),
        (
            "sales: {prompts: {first: a}}\ntenants: {acme: {prompts: {sales.first: b@1.0.0}}}",
            (
                "2:41 tenants.acme.prompts.sales.first",
                "sales.first of tenant acme cannot be b@1.0.0: it needs a version of a",
            ),
        ),
        (
            "flags: {f: {use: a@1.0.0, expires: 2026-02-30}}",
            ("1:36 flags.f.expires", "there is no such date: 2026-02-30"),
        ),
        ("- a", ("1:1 yaml", "the file must be a mapping")),
    ],
)
def test_a_fault_says_where_and_what_next(text: str, wanted: tuple[str, str]) -> None:
    assert faults(environment(text)) == [wanted]


@pytest.mark.parametrize(
    "text", ["defaults: {a: {use: a@1.0.0, because: }}", "flags: {f: {use: a@1.0.0, owner: , expires: }}"]
)
def test_what_another_rule_reports_is_no_fault(text: str) -> None:
    assert faults(environment(text)) == []


def test_open_rollouts_of_one_prompt_may_not_overlap() -> None:
    entry = "{{strategy: {0}, state: {1}, started: 2026-11-22T09:30:00Z}}"
    text = f"rollouts:\n  a@2.0.0: {entry.format('global', 'running')}\n  a@3.0.0: {entry.format('tenant', '{0}')}\n"
    assert [row[0] for row in faults(environment(text.replace("{0}", "running")))] == ["3:3 rollouts.a@3.0.0"]
    assert faults(environment(text.replace("{0}", "finished"))) == []


VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["a", "a@1.0.0", "sales.first"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "use", "prompts"]), inner),
    max_leaves=8,
)
SECTIONS = st.sampled_from(["defaults", "tenants", "flags", "rollouts", "unlisted-tenants", "sales", "a b"])


@given(st.dictionaries(SECTIONS, VALUES))
def test_no_content_is_too_odd_to_be_read(data: dict[str, Any]) -> None:
    environment(json.dumps(data))


def test_environments_without_a_policy_have_no_order() -> None:
    paths = ("qa/deep/x.yaml", "b.yaml", "README.md", "empty/README.md")
    snapshot = FlatSnapshot({f"prompt-config/{path}": Entry("100644", "0" * 40) for path in paths})
    assert environment_order(snapshot, LAYOUT, Policy()) == ("b", "qa")
    assert last_environment(snapshot, LAYOUT, Policy()) is None
    assert environment_order(snapshot, LAYOUT, Policy(environments=("dev", "b"))) == ("dev", "b", "qa")
