"""Whatever bytes a reader gets: no exception but its own, faults inside the text, and what PyYAML makes of the same."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from promptctl.core.entries import Blob, Entry
from promptctl.core.refs import parse_ref
from promptctl.core.versions import parse_version
from promptctl.tree import nodes
from promptctl.tree.environments import last_environment, read_environment
from promptctl.tree.faults import Fault
from promptctl.tree.layout import layout_for
from promptctl.tree.library import Library
from promptctl.tree.manifest import read_manifest
from promptctl.tree.nodes import Mapping, Node, Scalar, Sequence, YamlFault, parse_yaml
from promptctl.tree.policy import Paths, Policy, parse_policy, read_policy_file
from promptctl.tree.snapshot import FlatSnapshot
from promptctl.tree.text_file import MAX_BYTES
from promptctl.tree.version_file import read_version, split_front_matter
from tests.support.broken import MANIFEST_HEAD, VERSION_HEAD, VERSIONS
from tests.support.trees import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY = Entry("100644", "0" * 40)
QUICK = settings(deadline=timedelta(seconds=4), max_examples=300)
WORDS = (
    "a",
    "b",
    "1",
    "1.10",
    "é",
    "\U0001f600",
    "null",
    "~",
    "on",
    "<<",
    "=",
    "010",
    "\\",
    "\\x41",
    "\\ud800",
    "\xa0",
    "-1e400",
)
MARKS = (
    "- ",
    "-",
    "? ",
    ": ",
    ":",
    ", ",
    "{",
    "}",
    "[",
    "]",
    "'",
    '"',
    "#",
    " #",
    "&a ",
    "*a",
    "!",
    "!!str ",
    "!x ",
    "@",
)
BLOCKS = ("\n", "\n  ", "\n    ", " ", "|", "|-\n", ">+\n", "|2\n", "---\n", "...\n", "---", "%", "%YAML 1.1\n")
ODD = ("\t", "\r", "\r\n", "\x85", "\u2028", "\u2029", "\ufeff", "\0", "\x1b", "\x7f", "\x9b", "\ufffe", "\ud800", "?")

tokens = st.sampled_from((*WORDS, *MARKS, *BLOCKS, *ODD)) | st.text(max_size=2)
yaml_like = st.lists(tokens, max_size=14).map("".join)
plain_yaml = st.lists(st.sampled_from((*WORDS, *MARKS, *BLOCKS)), max_size=14).map("".join)
heads = st.sampled_from((VERSION_HEAD, MANIFEST_HEAD, "---\n", "---\n---\n", "protected: [main]\n", ""))
tails = st.sampled_from(("", "\n---\n", "\n---\nBody\n", "---", "\n---\r\n"))


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Bytes that look like a file for a while."""
    text = draw(heads) + draw(yaml_like) + draw(tails) + draw(yaml_like)
    data = text.encode("utf-8", "surrogatepass")
    if draw(st.booleans()):
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=4)) + data[at:]
    return data


def blob(data: bytes) -> Blob:
    return Blob(len(data), data if len(data) <= MAX_BYTES else None)


@contextmanager
def reading_with(loader: Any) -> Iterator[None]:
    before, nodes._LOADER = nodes._LOADER, loader
    try:
        yield
    finally:
        nodes._LOADER = before


def parsed(text: str, loader: Any) -> Node | YamlFault | None:
    with reading_with(loader):
        try:
            return parse_yaml(text)
        except YamlFault as fault:
            return fault


def plain(node: Node | None) -> Any:
    """What PyYAML's own BaseLoader makes of a node: text, lists and mappings."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs} if isinstance(node, Mapping) else None


def inside(node: Node, outer: tuple[int, int]) -> None:
    assert outer[0] <= node.start <= node.end <= outer[1]
    parts = [part for pair in node.pairs for part in pair] if isinstance(node, Mapping) else []
    for part in (*parts, *(node.items if isinstance(node, Sequence) else ())):
        inside(part, (node.start, node.end))


@QUICK
@given(yaml_like)
@example("a: b\u2028c: d\n")
@example("\ufeffa: 1")
@example("a: 1\n\ufeffb: 2")
@example("a: \ud800")
@example('a: "\\ud800"')
@example("{a: &a [*a]}")
@example("%TAG ! tag:yaml.org,2002:\n---\na: !str 1")
def test_yaml_is_read_or_refused(text: str) -> None:
    root = parsed(text, yaml.CSafeLoader)
    if isinstance(root, YamlFault):
        assert 0 <= root.start <= root.end <= len(text)
        assert root.message
    elif root is not None:
        inside(root, (0, len(text)))


@settings(QUICK, max_examples=600)
@given(yaml_like)
@example("a: b\u2028c: d\n")
@example("[a\x85b, 'c\u2029d']")
@example("- \u2028\n-\u2029")
def test_both_loaders_agree_on_what_both_read(text: str) -> None:
    with_c, with_python = (parsed(text, loader) for loader in (yaml.CSafeLoader, yaml.SafeLoader))
    if not isinstance(with_c, YamlFault) and not isinstance(with_python, YamlFault):
        assert with_c == with_python


@settings(QUICK, max_examples=600)
@given(plain_yaml)
@example('a: "\\ud800"')
@example('a: "\\ud83d\\ude00"')
def test_both_loaders_refuse_alike(text: str) -> None:
    # The pure Python loader knows no tab between tokens, no `?` inside plain text in brackets, and ignores directives.
    assume(not any(mark in text for mark in ("\t", "?", "%", "|#", "|-#", ">#")))
    refused = [isinstance(parsed(text, loader), YamlFault) for loader in (yaml.CSafeLoader, yaml.SafeLoader)]
    assert refused[0] == refused[1]


@settings(QUICK, max_examples=600)
@given(plain_yaml)
@example("a: 1\n...\n")
@example("- a\n-\n- - b\n")
@example("? a\n")
def test_the_tree_is_the_one_that_pyyaml_builds(text: str) -> None:
    root = parsed(text, yaml.CSafeLoader)
    assume(not isinstance(root, YamlFault))
    assume(text.count("&a") < 2)  # an anchor that nothing refers to may stand twice, but PyYAML refuses it
    loaded = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - it makes nothing but text
    assert plain(root) == (loaded or None if root is None else loaded)


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
values = st.recursive(
    scalars | texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)


@settings(QUICK, max_examples=100)
@given(st.dictionaries(texts, values, max_size=4), st.booleans(), st.sampled_from(["'", '"', None, "|"]))
def test_what_pyyaml_writes_is_read_back(data: dict[str, Any], flow: bool, style: str | None) -> None:  # noqa: FBT001
    text = yaml.dump(data, allow_unicode=True, default_flow_style=flow, default_style=style, Dumper=yaml.SafeDumper)
    assume("!!" not in text.replace("!!str", ""))  # a quoted number gets a tag
    assume("\ufeff" not in text)
    root = parsed(text, yaml.CSafeLoader)
    assert not isinstance(root, YamlFault), (text, root)
    if not any(mark in text for mark in "\x85\u2028\u2029"):  # line ends for PyYAML
        assert plain(root) == yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - as above


@settings(QUICK, max_examples=500)
@given(files())
@example(b"---\n---")
@example(b"---\n\n---\n\n")
@example(b"---\n\n---\nBody \n\n\n")
@example(b"\xef\xbb\xbf---\n")
@example(b"---\nname: a\nconfig: {a: " + b"9" * 400 + b"}\n---\n")
def test_version_files(data: bytes) -> None:
    file = read_version(ENTRY, blob(data))
    look_at(file.faults, file.text)
    assert (file.text is None) == any(
        f.rule == "unreadable-file" and f.subject not in {"carriage-return", "nul"} for f in file.faults
    )
    if file.text is None or file.body is None:
        assert file.faults
        return
    assert file.text.encode() == data
    assert file.digest is not None
    split = split_front_matter(file.text)
    assert not isinstance(split, Fault)
    front, rest = split[0], file.text[split[1] :]
    assert file.text in {f"---\n{front}---\n{rest}", f"---\n{front}---"}
    assert file.body in {rest, rest[:-1]}
    assert file.body == rest.removesuffix("\n")
    assert split[1] == file.body_start
    for key in file.data:
        start, end = file.locate(key)
        assert 4 <= start <= end <= file.body_start


@QUICK
@given(files(), st.sampled_from([read_manifest, read_policy_file]))
def test_whole_documents(data: bytes, reader: Any) -> None:
    document = reader(ENTRY, blob(data))
    look_at(document.faults, document.text)
    if reader is read_policy_file:
        assert (parse_policy(document) is None) == bool(document.faults)
    for key in document.data:
        start, end = document.locate(key, on_key=True)
        assert 0 <= start <= end <= len(document.text)


@pytest.mark.parametrize("mode", ["100755", "120000", "160000", "040000", "100664", "777777"])
@pytest.mark.parametrize("reader", [read_version, read_manifest, read_policy_file])
def test_what_is_no_regular_file_has_no_text(mode: str, reader: Any) -> None:
    file = reader(Entry(mode, "0" * 40), Blob(2, b"a\n"))
    assert (file.text, [fault.rule for fault in file.faults]) == (None, ["unreadable-file"])


def look_at(faults: tuple[Fault, ...], text: str | None) -> None:
    for fault in faults:
        assert 0 <= fault.start <= fault.end <= len(text or "")
        assert fault.message
        assert fault.rule in {
            "unreadable-file",
            "metadata-missing",
            "metadata-invalid",
            "invalid-version",
            "policy-invalid",
        }


@QUICK
@given(st.dictionaries(st.sampled_from(["production.yaml", "production/a.yaml", "production/b/c.yaml"]), files()))
def test_selection(contents: dict[str, bytes]) -> None:
    tree = Tree()
    for name, data in contents.items():
        tree.add(f"prompt-config/{name}", data)
    tree.add("prompt-config/production/d.yaml", b"defaults:\n  qualify-lead: {use: qualify-lead@1.0.0}\n")
    snapshot, layout = FlatSnapshot(tree.entries), layout_for("", Paths())
    assert last_environment(snapshot, layout, Policy()) == "production"
    found = read_environment(snapshot, layout, Library(tree), "production")
    assert "qualify-lead" in found.selection.defaults
    assert [file.path for file in found.files] == sorted(path for path in tree.entries)


@QUICK
@given(st.text() | st.from_regex(r"[0-9]+\.[0-9]+\.[0-9]+(-[a-z.0-9-]*)?(\+[a-z.]*)?", fullmatch=True))
@example("1.0.0\n")
@example("\u0661.0.0")
@example("9" * 5_000 + ".0.0")
@example(f"1.0.0-{'0a.' * 100_000}")
@example("1.0.0-" + "0" * 249)
def test_versions(text: str) -> None:
    found = parse_version(text)
    assert found is None or (str(found) == text and text.isascii())


@QUICK
@given(st.text() | st.from_regex(r"[a-z_-]{1,5}@[0-9]\.[0-9]\.[0-9](-[a-z.]*)?", fullmatch=True))
@example("a@1.0.0\n")
@example("a" * 64 + "@1.0.0")
@example("a" * 65 + "@1.0.0")
@example(f"{'a-' * 100_000}a@1.0.0")
def test_refs(text: str) -> None:
    found = parse_ref(text)
    assert found is None or str(found) == text


def test_the_corpus_holds_each_name_once() -> None:
    names = [broken.name for broken in VERSIONS]
    assert len(names) == len(set(names))
