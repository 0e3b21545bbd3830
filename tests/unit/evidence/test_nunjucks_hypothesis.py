"""What promptfoo is given renders to what the version's own engine makes: Jinja2 reads what is written here alike."""

from __future__ import annotations

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.refs import Ref
from promptctl.core.templates import render
from promptctl.evidence.nunjucks import NoNunjucks, nunjucks_text
from promptctl.evidence.promptfoo_rows import Prompt
from promptctl.evidence.promptfoo_text import has_text
from promptctl.evidence.wanted import Side

PIECES = (*"{}%#'\\\n -", "lead", "{{lead}}", "{{ lead }}", "{% raw %}", "file://", "env.X")
BODIES = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
VALUES = {"lead": "<Ada> {{lead}} & {%"}


def jinja(text: str) -> str:
    template = jinja2.Environment(keep_trailing_newline=True, autoescape=False).from_string(text)  # noqa: S701 - no HTML
    return template.render(VALUES)


@given(BODIES, st.sampled_from(["plain", "none"]))
def test_it_renders_to_the_same_text(body: str, engine: str) -> None:
    text = nunjucks_text(engine, body)
    assert jinja(text).removesuffix("\n") == render(engine, body, VALUES).removesuffix("\n")


@given(BODIES)
def test_fields_of_python_render_to_the_same_text(body: str) -> None:
    escaped = body.replace("{", "{{").replace("}", "}}") + "{lead}"
    expected = render("python", escaped, VALUES).removesuffix("\n")
    assert jinja(nunjucks_text("python", escaped)).removesuffix("\n") == expected


@given(BODIES, st.sampled_from(["plain", "none"]))
def test_the_importer_knows_it_for_the_body(body: str, engine: str) -> None:
    side = Side(Ref("p", "1.0.0"), body, "", engine)
    assert has_text(Prompt(nunjucks_text(engine, body), "", is_template=True), side)


def test_what_nothing_changes_stays_as_it_is() -> None:
    body = "Judge {{ lead }}: {\n{{lead}}"
    assert nunjucks_text("plain", body) == body


@pytest.mark.parametrize(
    ("engine", "body"),
    [
        ("plain", "{{first-name}}"),
        ("plain", "{{not}}"),
        ("python", "{lead:>10}"),
        ("python", "{lead!r}"),
        ("python", "{lead.name}"),
        ("python", "{lead"),
        ("mustache", "{{#lead}}x{{/lead}}"),
        ("mustache", "{{> part}}"),
        ("mustache", "{{lead.name}}"),
        ("handlebars", "{{#if lead}}x{{/if}}"),
        ("handlebars", "\\{{lead}}"),
        ("unheard-of", "x"),
    ],
)
def test_what_nunjucks_cannot_say_is_refused(engine: str, body: str) -> None:
    with pytest.raises(NoNunjucks):
        nunjucks_text(engine, body)
