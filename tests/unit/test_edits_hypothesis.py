"""Edits of YAML in place: they change the value or the lines that they are about, and not one byte besides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from promptctl.core.errors import Refused
from promptctl.plan.adoption import attributes_text, hooks_text, owners_text, policy_text, reaching_formatters
from promptctl.plan.yaml_edit import remove_key, rename_key, replace_scalars, set_key
from promptctl.plan.yaml_text import scalar
from promptctl.tree.nodes import Mapping, Node, Scalar, Sequence, YamlFault, parse_yaml

QUICK = settings(deadline=timedelta(seconds=2), max_examples=300)
KEYS = ("name", "version", "summary", "purpose", "supersedes", "x", "'q'", "ünï")
VALUES = (
    *("1.0.0", "'q'", '"d"', "[a, b]", "{a: 1}", "", "~", "&a x", "!!str x", "a\n  b", "'a\n\n  b'", '"a\\\n  b"'),
    *("|\n  block\n\n  more", "|-\n  b", "|+\n  keep\n\n", ">\n  fold\n", "| # comment\n  x", "[a,\n b]", "[\na\n]"),
    *("\n  - a\n  - b", "\n- a\n- b", "\n  x: 1\n  # inner\n  y: 2", "\n    deep:\n      er: 1", "\U0001f600 \u2028 é"),
)
GAPS = ("", "", "\n", "# comment\n", "  # indented\n", "\n\n# block of its own\n\n")
ENDS = ("", "", "  # behind", " #", "   ")
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@st.composite
def mappings(draw: st.DrawFn) -> str:
    """A mapping in block style, with every layout that people use."""
    text = draw(st.sampled_from(("", "", "# head\n", "---\n", "\n")))
    for key in draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1, max_size=5)):
        value = draw(st.sampled_from(VALUES))
        blank = "" if value.startswith("\n") or not value else draw(st.sampled_from((" ", "  ")))
        end = "" if "\n" in value else draw(st.sampled_from(ENDS))
        text += f"{key}:{blank}{value}{end}\n{draw(st.sampled_from(GAPS))}"
    return text.rstrip("\n") if draw(st.booleans()) else text


def parsed(text: str) -> Mapping:
    try:
        root = parse_yaml(text)
    except YamlFault:
        root = None
    assume(isinstance(root, Mapping))
    assert isinstance(root, Mapping)
    return root


def plain(node: Node | None) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs} if isinstance(node, Mapping) else {}


def kept(old: str, new: str, start: int, end: int) -> None:
    """All that differs between two texts lies where `old[start:end]` was."""
    tail = old[end:]
    assert new.startswith(old[:start])
    assert new.endswith(tail)


@settings(QUICK, max_examples=400)
@given(texts | st.text("ab1.-+ e0xyno:#'\"_~|>&*!%@`,[]{}?=<\t\n", max_size=8))
@example("1.10")
@example("2026-11-22")
@example("y")
@example("#")
@example("\u2028")
@example("'")
def test_scalar_is_read_back(text: str) -> None:
    value = parsed(f"key: {scalar(text)}\n").get("key")
    assert isinstance(value, Scalar)
    assert value.value == text


@pytest.mark.parametrize("text", ["a\x7f", "a\x9b", "a\ufffe"])
def test_scalar_escapes_what_yaml_forbids(text: str) -> None:
    parse_yaml(f"key: {scalar(text)}\n")


@settings(QUICK, max_examples=250)
@given(mappings(), st.sampled_from(["name", "version", "summary", "q"]), texts)
def test_set_key_changes_one_value(text: str, key: str, value: str) -> None:
    label, old = parsed(text).key(key), parsed(text).get(key)
    assume(old is not None)
    assert old is not None
    assert label is not None
    try:
        new = set_key(text, key, value)
    except Refused:
        return
    assert plain(parsed(new)) == {**plain(parsed(text)), key: value}
    kept(text, new, text.index(":", label.end) + 1, old.start + len(text[old.start : old.end].rstrip()))


@settings(QUICK, max_examples=250)
@given(mappings(), texts, st.sampled_from([None, "name", "version", "nowhere"]))
def test_set_key_adds_one_line(text: str, value: str, after: str | None) -> None:
    before = plain(parsed(text))
    try:
        new = set_key(text, "added", value, after=after)
    except Refused:
        return
    assert plain(parsed(new)) == {**before, "added": value}
    start = new.index("added:")
    rest = new[:start] + new[new.index("\n", start) + 1 :]
    assert rest in {text, f"{text}\n"}
    assert new[:start].endswith("\n") or not start
    assert remove_key(new, "added") in {text, f"{text}\n"}


@settings(QUICK, max_examples=250)
@given(mappings(), st.sampled_from(["name", "version", "summary", "q", "x", "nowhere"]))
def test_remove_key_takes_whole_lines(text: str, key: str) -> None:
    root = parsed(text)
    label, before = root.key(key), plain(root)
    try:
        new = remove_key(text, key)
    except Refused:
        return
    if label is None:
        assert new == text
        return
    del before[key]
    assert plain(parse_yaml(new)) == before
    start = text.rfind("\n", 0, label.start) + 1
    end = start + len(text) - len(new)
    assert text[:start] + text[end:] == new
    assert end == len(text) or text[end - 1] == "\n"
    own = root.get(key)
    assert own is not None
    assert text[own.end : end].strip() == "" or text[own.end : end].lstrip().startswith("#")


def test_remove_key_proves_what_it_leaves() -> None:
    with pytest.raises(Refused):
        remove_key("name: a\n\n...\n", "name")


@pytest.mark.parametrize("text", ["a: [1.0.0, '1.0.0', \"1.0.0\"]", "a:\n  - 1.0.0", "a: {b: 1.0.0}", "a: 1.0.0 "])
def test_replace_scalars_keeps_all_else(text: str) -> None:
    new = replace_scalars(f"{text}  # not 1.0.0\nother: 1.0.0-rc.1\n", "1.0.0", "1.0.1")
    assert new == f"{text.replace('1.0.0', '1.0.1')}  # not 1.0.0\nother: 1.0.0-rc.1\n"


@pytest.mark.parametrize("style", ["|-", ">-"])
def test_replace_scalars_in_a_block_scalar(style: str) -> None:
    new = replace_scalars(f"recommended: {style}\n  1.0.0\nowner: a\n", "1.0.0", "1.0.1")
    assert plain(parse_yaml(new)) == {"recommended": "1.0.1", "owner": "a"}


def test_rename_key_makes_no_twins() -> None:
    with pytest.raises(Refused):
        rename_key("deprecated:\n  1.0.0: {a: 1}\n  1.0.1: {b: 2}\n", ("deprecated", "1.0.0"), "1.0.1")


@QUICK
@given(st.text(max_size=40), st.sampled_from(["", "sub/"]))
def test_whatever_is_there_is_only_added_to(old: str, root: str) -> None:
    folders = (f"{root}prompt-templates", f"{root}prompt-evidence")
    for new in (attributes_text(old, *folders), owners_text(old, root)):
        assert new is None or (new.startswith(old) and new.endswith("\n"))
    once = attributes_text(old, *folders)
    assert once is None or attributes_text(once, *folders) is None
    list(reaching_formatters(old, "prompt-templates/task/name/1.0.0.md"))


HOOKS = (
    "- repo: local\n  hooks:\n    - id: a\n",
    "- repo: https://example.invalid/a\n  rev: v1\n  hooks: [{id: b}]  # why\n",
    "-   repo: c\n    hooks:\n    -   id: trailing-whitespace\n        files: '('\n",
    "- {repo: d, hooks: []}\n",
    "- repo: e\n  hooks:\n    - id: f\n      entry: |-\n        one\n\n        two\n\n",
)


@st.composite
def hook_files(draw: st.DrawFn) -> str:
    indent = draw(st.sampled_from(("", "  ", "    ")))
    repos = draw(st.lists(st.sampled_from(HOOKS), min_size=1, max_size=3))
    lines = "".join(repos).splitlines(keepends=True)
    body = "".join(f"{indent}{line}" if line.strip() else line for line in lines)
    text = draw(st.sampled_from(("", "exclude: ^a\n", "# c\n"))) + f"repos:\n{body}"
    text += draw(st.sampled_from(("", "ci:\n  skip: [a]\n", "\n# end\n", f"{indent}# last\n")))
    return text.rstrip("\n") if draw(st.booleans()) else text


@settings(QUICK, max_examples=400)
@given(hook_files(), st.sampled_from(["", "sub/"]))
def test_a_hook_is_added_between_the_lines(old: str, root: str) -> None:
    before = plain(parsed(old))
    new = hooks_text(old, root)
    assume(new is not None)
    assert new is not None
    after = plain(parsed(new))
    *others, ours = after["repos"]
    assert {**after, "repos": others} == before
    assert ours["hooks"][0]["id"] == "promptctl"
    assert any(
        new[:at] + new[at + len(new) - len(whole) :] == whole
        for whole in (old, f"{old}\n")
        for at in range(len(whole) + 1)
    )
    assert list(reaching_formatters(old, "b.md")) == [
        hook["id"] for repo in before["repos"] for hook in repo["hooks"] if hook["id"] == "trailing-whitespace"
    ]


@QUICK
@given(st.text(max_size=60))
@example("repos: [")
@example("repos: []\n")
@example("repos:\n")
@example("- repos\n")
@example("repos: &a\n- *a\n")
@example("\ufeffrepos:\n- repo: local\n  hooks: []\n")
def test_what_is_no_hook_file_is_left_alone(old: str) -> None:
    new = hooks_text(old, "")
    assert new is None or not old.strip() or old.rstrip("\n") in new


@QUICK
@given(texts.filter(lambda text: text.strip() != ""))
def test_a_policy_for_any_branch(branch: str) -> None:
    assert plain(parsed(policy_text(branch)))["protected"] == [branch]


@pytest.mark.parametrize("last", ["entry: |\n          a\n          b", "entry: >+\n          a"])
def test_a_hook_is_not_added_where_that_changes_the_last_one(last: str) -> None:
    text = f"repos:\n  - repo: local\n    hooks:\n      - id: x\n        {last}"
    assert hooks_text(text, "") is None
    assert hooks_text(f"{text}\n", "") is not None
