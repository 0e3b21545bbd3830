"""Every reader on every broken file of the corpus: it answers soon, names the right line, and never raises."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from promptctl.core.entries import Blob, Entry
from promptctl.core.templates import EngineUnavailable, TemplateFault, Variable, variables
from promptctl.tree import nodes
from promptctl.tree.manifest import read_manifest
from promptctl.tree.nodes import MAX_DEPTH, Mapping, Scalar, YamlFault, parse_yaml
from promptctl.tree.policy import parse_policy, read_policy_file
from promptctl.tree.text_file import MAX_BYTES
from promptctl.tree.version_file import read_version
from tests.support.broken import LAWFUL, MANIFESTS, POLICIES, VERSIONS, Broken, front, nested

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY = Entry("100644", "0" * 40)
OF_RULES = frozenset({"hidden-characters", "template-invalid", "name-mismatch"})  # what no reader looks for
SOON = 2.0  # seconds for one file, however it is made; all but a few take milliseconds
LONGEST = 400  # characters of a message that a person may be asked to read
LOADERS = {"c": yaml.CSafeLoader, "python": yaml.SafeLoader}


@pytest.fixture(params=LOADERS)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(nodes, "_LOADER", LOADERS[request.param])
    name: str = request.param
    return name


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a reader went to the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def blob(data: bytes) -> Blob:
    return Blob(len(data), data if len(data) <= MAX_BYTES else None)


def read(reader: Any, data: bytes, loader: str) -> list[tuple[str, int | None, str]]:
    """Rule, line and message of every fault, once their form has been looked at."""
    start = time.process_time()
    file = reader(ENTRY, blob(data))
    took = time.process_time() - start
    assert took < SOON * (1 if loader == "c" else 5), f"{took:.1f} s"
    found = []
    for fault in file.faults:
        assert 0 <= fault.start <= fault.end <= len(file.text or "")
        assert fault.message
        assert len(fault.message) <= LONGEST
        line = file.lines.position(fault.start).line if file.text is not None else None
        found.append((fault.rule, line, fault.message))
    return found


def read_corpus(broken: Broken, reader: Any, loader: str) -> None:
    found = read(reader, broken.content, loader)
    if broken.rule not in OF_RULES:
        assert (broken.rule, broken.line) in [fault[:2] for fault in found], found[:3]


@pytest.mark.parametrize("broken", VERSIONS, ids=lambda broken: broken.name)
def test_broken_version(broken: Broken, loader: str) -> None:
    read_corpus(broken, read_version, loader)


@pytest.mark.parametrize("broken", MANIFESTS, ids=lambda broken: broken.name)
def test_broken_manifest(broken: Broken, loader: str) -> None:
    read_corpus(broken, read_manifest, loader)


@pytest.mark.parametrize(("name", "data", "line"), POLICIES, ids=[item[0] for item in POLICIES])
def test_broken_policy(name: str, data: bytes, line: int | None, loader: str) -> None:
    found = read(read_policy_file, data, loader)
    document = read_policy_file(ENTRY, blob(data))
    if name.startswith("rule-"):  # lawful by its schema; `policy-invalid` knows which rules there are
        assert (found, parse_policy(document) is None) == ([], False)
    else:
        assert line in [place for _, place, _ in found], found[:3]
        assert parse_policy(document) is None


@pytest.mark.parametrize(("name", "data"), LAWFUL, ids=[item[0] for item in LAWFUL])
def test_odd_but_lawful(name: str, data: bytes, loader: str) -> None:
    assert read(read_version, data, loader) == []
    file = read_version(ENTRY, blob(data))
    assert file.string("name") == name
    assert file.digest is not None


BODIES = dict(LAWFUL) | {broken.name: broken.content for broken in VERSIONS}


@pytest.mark.parametrize("data", BODIES.values(), ids=BODIES)
def test_every_body_can_be_asked_for_variables(data: bytes) -> None:
    file = read_version(ENTRY, blob(data))
    for engine in ("plain", "python", "mustache", "jinja2", "handlebars", "none"):
        found: tuple[Variable, ...] = ()
        said = ""
        try:
            found = variables(engine, file.body or "")
        except (TemplateFault, EngineUnavailable) as refused:
            said = str(refused)
        assert all((file.body or "")[use.start : use.end] == use.name for use in found)
        assert len(said) <= LONGEST


MIB = 1_000_000
JUNK = {
    "opening-brackets": "[" * MIB,
    "closing-brackets": "]" * MIB,
    "braces": "{" * MIB,
    "mappings": "{a: " * (MIB // 4),
    "double-quotes": '"' * MIB,
    "single-quotes": "'" * MIB,
    "question-marks": "? " * (MIB // 2),
    "question-marks-alone": "?" * MIB,
    "tabs": "\t" * MIB,
    "tabs-behind-a-key": f"a:{chr(9) * MIB}b",
    "blanks": " " * MIB,
    "line-feeds": "\n" * MIB,
    "dashes": "- " * (MIB // 2),
    "colons": ": " * (MIB // 2),
    "colons-alone": ":" * MIB,
    "commas": f"[{',' * MIB}",
    "exclamation-marks": "!" * MIB,
    "ampersands": "&" * MIB,
    "asterisks": "*" * MIB,
    "hashes": "#" * MIB,
    "percent-signs": "%" * MIB,
    "block-scalars": "|\n" * (MIB // 2),
    "folded-lines": f"a: >\n{' x' + chr(10)}" * (MIB // 8),
    "documents": "---\n" * (MIB // 4),
    "document-ends": "...\n" * (MIB // 4),
    "escapes": '"' + r"\x41" * (MIB // 4) + '"',
    "digits": f"a: {'9' * MIB}",
    "fraction": f"a: 0.{'1' * MIB}",
    "long-key": f"{'a' * MIB}: 1",
    "long-explicit-key": f"? {'a' * MIB}\n: 1",
    "staircase": "".join(f"{' ' * depth}a:\n" for depth in range(1_300)),
    "emoji": "\U0001f600" * (MIB // 4),
    "null-characters": "\0" * MIB,
    "null-character-last": f"{'a' * MIB}\0",
    "line-separators": "\u2028" * (MIB // 3),
    "byte-order-marks": "\ufeff" * (MIB // 3),
    "bomb": "a: &a [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30_000)),
}


@pytest.mark.parametrize("text", JUNK.values(), ids=JUNK)
def test_a_mebibyte_of_junk_takes_no_time(text: str, loader: str) -> None:
    text = text if loader == "c" else text[: len(text) // 4]  # the other one is thirty times as slow
    start = time.process_time()
    with suppress(YamlFault):
        parse_yaml(text)
    assert time.process_time() - start < SOON


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.10", 1.1),
        ("1.0.0", "1.0.0"),
        ("7", 7),
        ("-0", 0),
        ("+7", 7),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("010", "010"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("0b1", "0b1"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("190:20:30", "190:20:30"),
        ("2026-11-22", "2026-11-22"),
        ("2026-11-22T09:30:00Z", "2026-11-22T09:30:00Z"),
        (".inf", ".inf"),
        ("-.INF", "-.INF"),
        (".NaN", ".NaN"),
        ("1e400", "1e400"),
        ("9" * 308, int("9" * 308)),
        ("9" * 309, "9" * 309),
        ("9" * 5_000, "9" * 5_000),
        ("\u0667", "\u0667"),
        ("on", "on"),
        ("Off", "Off"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("null", None),
        ("~", None),
        ("", None),
        ("nULL", "nULL"),
        ("=", "="),
        ("<<", "<<"),
        ("!!str 1", "1"),
        ("! true", "true"),
        ("'1'", "1"),
        ('"null"', "null"),
        ("|-\n  1", "1"),
        ("b\u2028  c", "b\u2028  c"),
        ("b\x85c", "b\x85c"),
        ("'b\u2029 c'", "b\u2029 c"),
        ("|-\n  b\u2028c", "b\u2028c"),
    ],
)
def test_what_a_scalar_means(text: str, value: object, loader: str) -> None:
    root = parse_yaml(f"a: {text}\n")
    assert isinstance(root, Mapping)
    found = root.get("a")
    assert isinstance(found, Scalar)
    assert (type(found.value), found.value) == (type(value), value), loader


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_nothing_hides_behind_what_is_no_line_end(character: str, loader: str) -> None:
    file = read_version(ENTRY, blob(front(f"model: a # b{character}regimes: [hipaa]\n# c{character}tags: [d]")))
    assert (file.faults, file.data["model"]) == ((), "a"), loader
    assert not {"regimes", "tags"} & file.data.keys()


TEXTS = ("1.10", "010", "0x1F", "1:30", "on", "2026-11-22", "null", "true", "1e3", ".inf", "~")


@pytest.mark.parametrize("text", TEXTS)
def test_where_text_is_asked_for_the_source_is_the_text(text: str, loader: str) -> None:
    file = read_version(ENTRY, blob(front(f"model: {text}\ntags: [{text}]")))
    assert (file.string("model"), file.data["tags"]) == (text, [text]), loader


def positions(before: str) -> Iterator[tuple[str, int, int]]:
    for name, text in (("plain", f"{before}x"), ("quoted", f'"{before}"'), ("flow", f"[{before}x]")):
        yield f"model: {text}\nbogus: 1", 6, 1
        yield f"metadata: {{{name}: {text}, {name}: 1}}", 5, len(f"metadata: {{{name}: {text}, ") + 1


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029", "\U0001f600", "e\u0301", "\U000e0100", "漢", "\xa0"])
def test_lines_count_line_feeds_and_columns_count_characters(character: str, loader: str) -> None:
    for more, line, column in positions(f"a{character}{character}b"):
        file = read_version(ENTRY, blob(front(more)))
        place = file.lines.position(file.faults[-1].start)
        assert (place.line, place.column) == (line, column), (more, loader)


SCHEMAS = {"items": ("{items: ", "}"), "not": ("{not: ", "}"), "all-of": ("{allOf: [", "]}"), "any": ("{a: {a: ", "}}")}


@pytest.mark.parametrize(("opening", "closing"), SCHEMAS.values(), ids=SCHEMAS)
def test_deep_schemas_are_fine_or_refused(opening: str, closing: str, loader: str) -> None:
    levels = len(closing)
    for depth in (10, 60 // levels, 64 // levels, 1_000, 40_000):
        found = read(read_version, front(f"input: {{schema: {nested(opening, closing, depth)}}}"), loader)
        assert bool(found) == (depth * levels + 2 > MAX_DEPTH), (depth, found)
