import pickle
import string
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import jinja2
import jinja2.meta
import pystache
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.templates import (
    ENGINES,
    EngineUnavailable,
    MissingVariable,
    TemplateError,
    TemplateFault,
    UnknownVariables,
    Variable,
    mustache,
    python_format,
    render,
    variables,
)

LEAD = {"name": "Ada", "tags": ["a", "b"], "1": "one"}
VALUES: dict[str, Any] = {"a": "A", "b": "{{a}}{a}", "lead": LEAD, "items": [1, 2], "n": 3.14159, "w": 6, "none": None}

PIECES = [
    *"{}[]()!:.|%#^/>&=-_'\"ab0 \n\r\u2028é",
    *(
        "{{",
        "}}",
        "{{{",
        "}}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "{{a}}",
        "{{ b }}",
        "{{#a}}",
        "{{/a}}",
        "{{^a}}",
        "{{=<% %>=}}",
    ),
    *("<%a%>", "{a}", "{a!r:>{w}}", "{lead.name}", "{items[0]}", "{% if a %}", "{% endif %}", "{% set a = b %}"),
    *("{{!", "{{>", "a.b", "[0", "]", "is", "not", "in", "for", "__class__", "{{ a|e }}", "{% raw %}", "{% endraw %}"),
]
bodies = st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=40)


def names(engine: str, body: str) -> list[str]:
    return [variable.name for variable in variables(engine, body)]


def fault(engine: str, body: str, values: Mapping[str, object] | None = None) -> TemplateFault:
    with pytest.raises(TemplateFault) as caught:
        _ = variables(engine, body) if values is None else render(engine, body, values)
    return caught.value


# Every engine


@pytest.mark.parametrize("engine", ENGINES)
@given(bodies)
def test_only_the_declared_errors(engine: str, body: str) -> None:
    found: tuple[Variable, ...] = ()
    try:
        found = variables(engine, body)
    except TemplateFault:
        error = fault(engine, body)
        assert 0 <= error.offset <= len(body)
        assert str(error) == error.message
        assert engine == "handlebars" or str(fault(engine, body, VALUES)) == error.message
    except UnknownVariables as unknown:
        found = unknown.known
    assert all(body[variable.start : variable.end] == variable.name for variable in found)
    assert all(left.start < right.start for left, right in pairwise(found))
    try:
        assert isinstance(render(engine, body, VALUES), str)
    except TemplateError:
        assert engine not in {"plain", "none"} or not {variable.name for variable in found} <= VALUES.keys()


@pytest.mark.parametrize("engine", ["plain", "python", "mustache", "jinja2", "none"])
@given(st.text(alphabet=st.characters(exclude_characters="{}\r")))
def test_a_body_without_braces_renders_to_itself(engine: str, body: str) -> None:
    assert variables(engine, body) == ()
    assert render(engine, body, {}) == body


@pytest.mark.parametrize(
    ("engine", "body"), [("plain", "{{x}}"), ("mustache", "{{x}}"), ("jinja2", "{{x}}"), ("python", "{x}")]
)
def test_nothing_is_escaped_or_expanded_again(engine: str, body: str) -> None:
    value = "<b>&\"'</b> {{y}} {y} {% y %}"
    assert render(engine, body, {"x": value}) == value


@pytest.mark.parametrize(
    ("engine", "body", "missing"),
    [
        ("plain", "{{b}} {{x}} {{a}} {{x}} {{y}}", ("x", "y")),
        ("python", "{y} {a:{x}} {y}", ("y", "x")),
        ("mustache", "{{x.z}}", ("x",)),
        ("mustache", "{{#x}}{{/x}}", ("x",)),
        ("jinja2", "{{x.y}}", ("x",)),
    ],
)
def test_missing_variable(engine: str, body: str, missing: tuple[str, ...]) -> None:
    with pytest.raises(MissingVariable) as caught:
        render(engine, body, VALUES)
    assert caught.value.names == missing
    assert str(caught.value) == f"no value for {', '.join(missing)}"


@pytest.mark.parametrize("engine", ["plain", "python", "mustache", "jinja2"])
def test_a_value_that_fails_is_a_fault(engine: str) -> None:
    class Broken:
        def __str__(self) -> str:
            raise OSError("no text")

    assert "no text" in fault(engine, "{x}" if engine == "python" else "{{x}}", {"x": Broken()}).message


def test_none_has_no_variables() -> None:
    assert variables("none", "{{a}}{% x") == ()
    assert render("none", "{{a}}{% x", {}) == "{{a}}{% x"


def test_unavailable_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promptctl.core.templates.engines.find_spec", lambda _: None)
    monkeypatch.setattr("promptctl.core.templates.mustache.find_spec", lambda _: None)
    with pytest.raises(EngineUnavailable, match=r"pip install 'git-promptctl\[jinja2\]'"):
        variables("jinja2", "{{a}}")
    assert names("mustache", "{{a}}") == ["a"]
    with pytest.raises(EngineUnavailable, match=r"pip install 'git-promptctl\[mustache\]'"):
        render("mustache", "{{a}}", {"a": 1})


def test_unknown_engine() -> None:
    with pytest.raises(ValueError, match="no template engine 'erb'"):
        render("erb", "", {})


@pytest.mark.parametrize("error", [TemplateFault("m", 3), MissingVariable(("a",)), EngineUnavailable("e", "h")])
def test_errors_cross_processes(error: TemplateError) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
    assert (str(copy), vars(copy)) == (str(error), vars(error))


# plain


def test_plain_variables() -> None:
    body = "{{a}} {{ b-c\t}} {{{d_1}}} {{a}} {{}} {{ 1a }} {{a.b}} {{é}} {a} {{a\n}} {{ a b }}"
    assert names("plain", body) == ["a", "b-c", "d_1", "a"]
    assert variables("plain", body)[1] == Variable("b-c", 9, 12)


def test_plain_render() -> None:
    assert (
        render("plain", "{{a}}, {{ b }}, {{{n}}}, {{ none }}, {{ }}", VALUES) == "A, {{a}}{a}, {3.14159}, None, {{ }}"
    )


# python


def test_python_variables() -> None:
    body = "{{x}} {lead.name} {items[0]:>{w}} {n!r}"
    assert variables("python", body) == (
        Variable("lead", 7, 11),
        Variable("items", 19, 24),
        Variable("w", 30, 31),
        Variable("n", 35, 36),
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{a}-{{a}}-{b}", "A-{a}-{{a}}{a}"),
        ("{lead.name} {lead[name]} {lead.tags[1]} {lead[1]}", "Ada Ada b one"),
        ("{items[1]} {n:.2f} {n:>{w}.1f}|{a!r:_<6}", "2 3.14    3.1|'A'___"),
        ("{none} {items}", "None [1, 2]"),
    ],
)
def test_python_render(body: str, text: str) -> None:
    assert render("python", body, VALUES) == text


@pytest.mark.parametrize(
    ("body", "offset"),
    [
        ("ab}", 2),
        ("{{}", 2),
        ("ab {", 3),
        ("{a} {b", 4),
        ("{a} {b[0", 4),
        ("{a{b}}", 2),
        ("{a!rx}", 4),
        ("{a!", 0),
        ("{a!x}", 1),
        ("{a:{b}", 0),
        ("x {}", 3),
        ("x {0}", 3),
        ("{.a}", 1),
        ("{a.}", 1),
        ("{a[]}", 1),
        ("{a[0]b}", 1),
        ('{"qualified": true}', 1),
        ("{a:{b:{w}}}", 7),
        ("{a:{}}", 4),
    ],
)
def test_python_faults(body: str, offset: int) -> None:
    assert fault("python", body).offset == offset


@pytest.mark.parametrize(
    "body",
    [
        "{a.__class__}",
        "{lead.keys}",
        "{items.append}",
        "{items[__class__]}",
        "{items[7]}",
        "{lead.nobody}",
        "{lead.name.upper}",
        "{a:d}",
        "{none.x}",
    ],
)
def test_python_reaches_into_values_only(body: str) -> None:
    assert fault("python", "12 " + body, VALUES).offset == 4


python_bodies = st.text(alphabet="{}[]!:.ar0 ", max_size=14)


@given(python_bodies | bodies)
def test_python_scan_reads_what_the_formatter_reads(body: str) -> None:
    try:
        expected = list(string.Formatter().parse(body))
    except ValueError:
        with pytest.raises(TemplateFault):
            list(python_format.scan(body))
        return
    text, fields = "", []
    for part in python_format.scan(body, 100):
        if isinstance(part, str):
            text += part
            continue
        fields.append((part.name, part.spec, part.conversion or None))
        assert body[part.start - 100 :].startswith(part.name)
        assert body[part.start - 101] == "{"
        assert body[part.spec_start - 100 :].startswith(part.spec + "}")
    assert text == "".join(literal for literal, *_ in expected)
    assert fields == [(name, spec, conversion) for _, name, spec, conversion in expected if name is not None]


@given(python_bodies | bodies)
def test_python_renders_what_str_format_renders(body: str) -> None:
    values = {"a": "A", "ar": 5, "r": 1.5, "b": "B", "w": 7}
    try:
        rendered = render("python", body, values)
    except TemplateError:
        return
    assert rendered == body.format(**values)


# mustache


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{{a}} {{{ b }}} {{& c }} {{lead.name}}", ["a", "b", "c", "lead"]),
        ("{{#s}}{{a}}{{#t}}{{/t}}{{.}}{{/s}}{{b}}", ["s", "a", "t", "b"]),
        ("{{^s}}{{a}}{{#t}}{{b}}{{^c}}{{d}}{{/c}}{{/t}}{{e}}{{/s}}", ["s", "a", "t", "b", "c", "d", "e"]),
        ("{{! a comment {{ }} {{a}}", ["a"]),
        ("{{=<% %>=}}<%a%> {{b}} <%={{ }}=%>{{c}}", ["a", "c"]),
        ("{{ a\n}}", ["a"]),
        ('{"x": {"y": {{a}}}}', ["a"]),
    ],
)
def test_mustache_variables(body: str, expected: list[str]) -> None:
    assert names("mustache", body) == expected


def test_mustache_positions() -> None:
    assert variables("mustache", "ab {{{ lead.name }}}") == (Variable("lead", 7, 11),)


@pytest.mark.parametrize(
    ("body", "offset"),
    [
        ("x {{#a}} {{b}}", 5),
        ("x {{/a}}", 5),
        ("{{#a}}{{^b}}{{/a}}{{/b}}", 15),
        ("ab {{a", 3),
        ("ab {{}} c}}", 3),
        ("{{ }}", 0),
        ("{{!}}", 0),
        ("{{#}}", 0),
        ("{{a b}}", 0),
        ("{{{a}}", 0),
        ("{{a..b}}", 0),
        ("{{=<%=}}", 0),
    ],
)
def test_mustache_faults(body: str, offset: int) -> None:
    assert fault("mustache", body).offset == offset


def test_mustache_render() -> None:
    body = "{{a}} {{#items}}[{{.}}]{{/items}} {{#lead}}{{name}}{{/lead}} {{^none}}no{{/none}} {{{b}}} {{lead.name}}"
    assert render("mustache", body, VALUES) == "A [1][2] Ada no {{a}}{a} Ada"


@pytest.mark.parametrize(
    ("body", "offset", "message"),
    [
        ("x {{> setup}}", 6, "partial 'setup'"),
        ("{{lead.__class__}}", 2, "two underscores"),
        ("ab {{lead.nobody}}", 5, "cannot render 'lead.nobody'"),
    ],
)
def test_mustache_render_faults(body: str, offset: int, message: str) -> None:
    error = fault("mustache", body, VALUES)
    assert (error.offset, message in error.message) == (offset, True)


def pystache_names(parsed: Any) -> list[str]:
    found: list[str] = []
    for node in parsed._parse_tree:
        if hasattr(node, "key"):
            found.append(node.key)
        for child in ("parsed", "parsed_section"):
            found += pystache_names(getattr(node, child)) if hasattr(node, child) else []
    return found


@given(bodies)
def test_mustache_tags_are_those_of_pystache(body: str) -> None:
    try:
        tags = mustache.tags(body)
    except TemplateFault:
        return
    assert [tag.name for tag in tags] == pystache_names(pystache.parse(body))


def test_mustache_depth_is_cheap() -> None:
    assert set(names("mustache", "{{#a}}" * 50_000 + "{{/a}}" * 50_000)) == {"a"}


# jinja2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{{ a }} {{- b.a[c] -}}  {% if d is defined %}{{ e | join(f) }}{% endif %}", ["a", "b", "c", "d", "e", "f"]),
        ("{% for x in items %}{{ x }}{{ loop.index }}{% endfor %}", ["items"]),
        ("{% set x = y %}{{ x }}{{ f(a=b) }}{# {{ c }} #}{% raw %}{{ d }}{% endraw %}", ["y", "f", "b"]),
        ("{% macro m(x) %}{{ x }}{{ y }}{% endmacro %}{{ m(z) }}{{ range(3) }}", ["y", "z"]),
        ("{% set ns.x = 1 %}", ["ns"]),
        ("a\r\n{{ a }}\r\n\r{{ b }}\n\n{{ a }}", ["a", "b", "a"]),
        ("{{ 'a' ~ \"b\" ~ {'c': d}['c'] }}", ["d"]),
    ],
)
def test_jinja_variables(body: str, expected: list[str]) -> None:
    found = variables("jinja2", body)
    assert [variable.name for variable in found] == expected
    assert all(body[variable.start : variable.end] == variable.name for variable in found)


@given(bodies)
def test_jinja_names_are_those_of_jinja(body: str) -> None:
    try:
        found = set(names("jinja2", body))
    except TemplateFault:
        return
    assert found == jinja2.meta.find_undeclared_variables(jinja2.Environment().parse(body))  # noqa: S701


@pytest.mark.parametrize(
    ("body", "offset"),
    [
        ("ab\n{{ a b }}", 8),
        ("ab {{ ? }}", 6),
        ("ab {% nope %}", 6),
        ("ab {{ a | nope }}", 10),
        ("ab {# c", 5),
        ("{{ a", 3),
    ],
)
def test_jinja_faults(body: str, offset: int) -> None:
    assert fault("jinja2", body).offset == offset


@pytest.mark.parametrize("body", ["{{ " + "(" * 5000, "{{ " + "9" * 5000 + " }}"])
def test_jinja_extremes_are_faults(body: str) -> None:
    assert "cannot read" in fault("jinja2", body).message


def test_jinja_analysis_computes_nothing() -> None:
    assert names("jinja2", "{{ 9**9**9**9 }}{% if 'x' * 10**12 %}{{ a }}{% endif %}{{ 'x'|center(10**12) }}") == ["a"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{{ lead.name }} {{ items|length }}\n", "Ada 2\n"),
        ("{% for i in items %}{{ i }},{% endfor %}", "1,2,"),
        ("{% if unknown is defined %}x{% endif %}{{ b }}", "{{a}}{a}"),
    ],
)
def test_jinja_render(body: str, text: str) -> None:
    assert render("jinja2", body, VALUES) == text


@pytest.mark.parametrize(
    "body",
    ["{{ a.__class__.__mro__ }}", "{{ lead.nobody }}", "{{ 1 / 0 }}", "{% include 'x' %}", "{{ a() }}", "{{ a + 1 }}"],
)
def test_jinja_render_faults(body: str) -> None:
    assert fault("jinja2", body, VALUES).message.startswith("cannot render")
