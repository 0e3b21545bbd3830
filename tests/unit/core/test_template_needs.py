"""Which variables callers may leave out: never one that the renderer asks for."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.templates import MissingVariable, TemplateFault, UnknownVariables, asked, render, variables

TESTS = ["x is defined", "x is not defined", "x is undefined", "not x is defined", "y", "x is defined and y", "y or x"]
PIECES = [
    *("{{ x }}", "{{ y }}", "{{ x|default('a') }}", "{{ x|d(y) }}", "{{ x.a|default('a') }}", "{{ x ~ y }}"),
    *("{% set x = y|default(1) %}", "{% set x %}a{% endset %}", "{% set x, z = 1, 2 %}", "{% endif %}", "{% else %}"),
    *(f"{{% if {test} %}}" for test in TESTS),
    *(f"{{% if {test} or z is defined %}}" for test in TESTS),
    *(f"{{% elif {test} %}}" for test in TESTS),
    *(f"{{{{ x if {test} else y }}}}" for test in TESTS),
    *(f"{{{{ {test} and x }}}}{{{{ ({test}) or y }}}}" for test in TESTS),
    *(
        "{% for x in y|default([1]) %}",
        "{% for z in x %}",
        "{% endfor %}",
        "{% macro f(x) %}",
        "{% endmacro %}",
        "{{ f() }}",
    ),
    *(
        "{% block a %}",
        "{% endblock %}",
        "{% with x = 1 %}",
        "{% endwith %}",
        "{% filter upper %}{{ x }}{% endfilter %}",
    ),
]
bodies = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def needs(engine: str, body: str) -> dict[str, str]:
    return {name: str(use.need) for name, use in asked(variables(engine, body)).items()}


@given(bodies, st.sampled_from(["", 0, "text", [1, 2], {"a": 1}]))
def test_jinja2_renders_without_what_is_optional(body: str, value: object) -> None:
    need: dict[str, str] = {}
    missing: tuple[str, ...] = ()
    with suppress(TemplateFault):  # the pieces make no template, or the value does not fit
        need = needs("jinja2", body)
        try:
            render("jinja2", body, {name: value for name in need if need[name] == "required"})
        except MissingVariable as error:
            missing = error.names
    assert set(missing).isdisjoint(need), body


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("{{ x|default('a') }}", {"x": "optional"}),
        ("{{ x|default('a') }}{{ x }}", {"x": "required"}),
        ("{{ x.a|default('a') }}", {"x": "required"}),
        ("{{ x|default(y) }}", {"x": "optional", "y": "required"}),
        ("{% if x is defined %}{{ x.a }}{% else %}{{ y }}{% endif %}", {"x": "optional", "y": "required"}),
        ("{% if x is not defined %}{{ y }}{% else %}{{ x }}{% endif %}", {"x": "optional", "y": "required"}),
        ("{% if x is defined and x.a %}{{ x }}{% endif %}", {"x": "optional"}),
        ("{% if x is defined or y %}{{ x }}{% endif %}", {"x": "required", "y": "required"}),
        ("{{ x if x is defined else y }}", {"x": "optional", "y": "required"}),
        ("{% if x %}{{ x }}{% endif %}", {"x": "required"}),
        ("{% set x = x|default('a') %}{{ x }}", {"x": "optional"}),
        ("{% if y %}{% set x = x|default('a') %}{% endif %}{{ x }}", {"x": "required", "y": "required"}),
    ],
)
def test_what_jinja2_does_without(body: str, wanted: dict[str, str]) -> None:
    assert needs("jinja2", body) == wanted


def test_a_section_of_mustache_may_hold_what_stands_in_it() -> None:
    assert needs("mustache", "{{#x}}{{y}}{{/x}}{{^z}}{{w}}{{/z}}") == {
        "x": "required",
        "y": "possible",
        "z": "required",
        "w": "required",
    }


@pytest.mark.parametrize(
    ("engine", "body"),
    [
        ("mustache", "{{x}}{{> part}}"),
        ("jinja2", "{{ x }}{% include 'part' %}"),
        ("jinja2", "{% extends 'part' %}{% block a %}{{ x }}{% endblock %}"),
        ("jinja2", "{% import 'part' as p with context %}{{ p.a(x) }}"),
    ],
)
def test_what_takes_in_another_may_use_anything(engine: str, body: str) -> None:
    with pytest.raises(UnknownVariables) as caught:
        variables(engine, body)
    assert [use.name for use in caught.value.known] == ["x"]
    assert [use.name for use in variables("jinja2", "{% import 'part' as p %}{{ p.a(x) }}")] == ["x"]
