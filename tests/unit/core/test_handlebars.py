"""The reader of handlebars against the real one, and what of its names callers must give.

`handlebars_bodies.json` was made with handlebars.js 4.7.10: `looked_up` are the names that any of forty runs on random
input asked of the input, helpers aside, and null where it refuses the body.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from promptctl.core.templates import EngineUnavailable, TemplateFault, UnknownVariables, asked, render, variables

BODIES = json.loads(Path(__file__).with_name("handlebars_bodies.json").read_text(encoding="utf-8"))
RAW = ["raw", "rw"]  # the name of a raw block is a helper's, which handlebars asks the input for all the same


def needs(body: str) -> dict[str, str]:
    """What each name asks of callers, over all its uses."""
    return {name: str(use.need) for name, use in asked(variables("handlebars", body)).items()}


def test_the_grammar_is_that_of_handlebars() -> None:
    """Every body is refused by both or by none, and no name is overlooked where the reader says that it knows all."""
    for row in BODIES:
        body, wanted = row["body"], row["looked_up"]
        try:
            found = variables("handlebars", body)
        except TemplateFault:
            assert wanted is None, body
            continue
        except UnknownVariables:
            assert wanted is not None, body
            continue
        assert wanted is not None, body
        assert set(wanted) - set(RAW) <= {use.name for use in found}, body


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("{{x}} {{{y}}} {{&z}} {{~w~}}", {"x": "required", "y": "required", "z": "required", "w": "required"}),
        (r"\{{x}} {{!-- {{y}} --}} {{! z }} {{{{raw}}}} {{w}} {{{{/raw}}}}", {}),
        (r"\\{{x}}", {"x": "required"}),
        ("{{lead.name}} {{lead.[first name]}} {{[the lead]}}", {"lead": "required", "the lead": "required"}),
        ("{{#if x}}{{x.y}}{{else}}{{z}}{{/if}}", {"x": "optional", "z": "required"}),
        ("{{#if x}}{{/if}}{{x}}", {"x": "required"}),
        ("{{#unless x}}{{y}}{{else}}{{x}}{{/unless}}", {"x": "optional", "y": "required"}),
        ("{{#if x}}{{else if y}}{{y}}{{x}}{{/if}}", {"x": "required", "y": "optional"}),
        ("{{#each xs as |x i|}}{{x.a}}{{i}}{{b}}{{../c}}{{@root.d}}{{@index}}{{/each}}", "xs? c d"),
        ("{{#with x}}{{#if y}}{{../z}}{{/if}}{{/with}}", "x? z"),
        (
            "{{#x}}{{y}}{{../z}}{{else}}{{w}}{{/x}}",
            {"x": "required", "y": "possible", "z": "required", "w": "required"},
        ),
        (
            "{{#list xs}}{{y}}{{/list}}{{up x sep=z}}",
            {"xs": "required", "y": "possible", "x": "required", "z": "required"},
        ),
        ("{{#if (eq x 'a')}}{{/if}}", {"x": "required"}),
    ],
)
def test_what_callers_must_give(body: str, wanted: dict[str, str] | str) -> None:
    if isinstance(wanted, str):
        wanted = {name.rstrip("?"): "optional" if name.endswith("?") else "required" for name in wanted.split()}
    assert needs(body) == wanted


@pytest.mark.parametrize(
    "body", ["{{x}}{{> p}}", "{{#> p}}{{x}}{{/p}}", "{{x}}{{json this}}", "{{x}}{{#with @root}}{{/with}}"]
)
def test_what_hands_its_input_on_may_use_anything(body: str) -> None:
    with pytest.raises(UnknownVariables) as caught:
        variables("handlebars", body)
    assert [use.name for use in caught.value.known] == ["x"]


@pytest.mark.parametrize(
    ("body", "offset"),
    [("a {{#if x}}", 2), ("a {{x ", 2), ("a {{!-- x", 2), ("{{x}}{{/if}}", 5), ("{{x, y}}", 2), ("{{x y=1 z}}", 8)],
)
def test_a_fault_has_its_place(body: str, offset: int) -> None:
    with pytest.raises(TemplateFault) as caught:
        variables("handlebars", body)
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    "piece", ["{{#if a}}", "{{#a}}", "{{a}}", "{{up (", "\\{{", "{{!", "{{{{a}}}}", '{{"', "{{a b", "{"]
)
def test_no_body_is_too_long_or_deep(piece: str) -> None:
    body = piece * (200_000 // len(piece))
    with pytest.raises((TemplateFault, UnknownVariables)) if piece not in {"{{a}}", "\\{{"} else nullcontext():
        variables("handlebars", body)


def test_nothing_here_renders_it() -> None:
    with pytest.raises(EngineUnavailable, match="render them in the application"):
        render("handlebars", "{{a}}", {"a": 1})
