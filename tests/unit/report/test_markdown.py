"""The comment that reviewers read, as a host renders it: what stands where, and that no text leaves its place."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from promptctl.core.findings import Finding, Severity, Span
from promptctl.core.report import NewVersion, Report
from promptctl.core.review import Bound, Gated, GateLine, Group, Moving, People, Review, Scopes, Shifted, Undo
from promptctl.core.words import Segment, diff_words
from promptctl.report.markdown import MARK, markdown_text
from tests.support.reports import ADDED, CLEAN, REPORT

GITHUB_LIMIT = 65_536
# `p` and below: what we write ourselves. Nothing else may come out of a report, whatever it is about.
OURS = {"h2", "h3", "ul", "li", "p", "strong", "br", "sub", "details", "summary", "pre", "code", "ins", "del", "i"}
OPEN = {"br"}


class Page(HTMLParser):
    """What a browser makes of the comment: the elements, and the text outside code, where hosts look for names."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.prose = ""
        self.code: list[str] = []
        self._stack: list[str] = []
        self.feed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))
        self.close()
        assert self._stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in OURS
        assert attrs in ([], [("open", None)]) or (tag, attrs) == ("details", [("open", "")])
        self.elements.append(tag)
        if tag in {"pre", "code"} and "pre" not in self._stack:
            self.code.append("")
        if tag not in OPEN:
            self._stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"pre", "code"} & set(self._stack):
            self.code[-1] += data
        else:
            self.prose += data


def version(*segments: Segment, ref: str = "a@1.0.0", summary: str | None = None) -> NewVersion:
    return NewVersion(ref, "a.md", None, None, summary, segments)


def test_the_mark_is_the_first_line() -> None:
    assert markdown_text(CLEAN).split("\n")[:3] == [MARK, "", "## promptctl: nothing blocks"]


def test_what_blocks_comes_first() -> None:
    headings = re.findall(r"^#+ .*", markdown_text(REPORT), re.MULTILINE)
    assert headings == [
        "## promptctl: blocked by 2 errors",
        "### What blocks",
        "### Who moves",
        "### What changed",
        "### Gates",
        "### Levels, waivers and policy",
        "### Also",
        "### How to undo",
    ]


def test_sections_without_content_are_left_out() -> None:
    assert "###" not in markdown_text(CLEAN)
    warned = replace(CLEAN, findings=REPORT.findings[3:])
    assert re.findall(r"^#+ .*", markdown_text(warned), re.MULTILINE) == [
        "## promptctl: nothing blocks, 2 warnings",
        "### Also",
    ]


@pytest.mark.parametrize(("lines", "state"), [(1, "<details open>"), (60, "<details open>"), (61, "<details>")])
def test_a_difference_is_open_up_to_60_changed_lines(lines: int, state: str) -> None:
    segment = Segment("insert", "line\n" * lines)
    text = markdown_text(replace(CLEAN, added=(version(segment),)))
    assert f"\n{state}\n" in text
    assert f"({lines} changed line{'s' if lines > 1 else ''})" in text


def test_long_unchanged_stretches_are_left_out() -> None:
    old = "".join(f"line {number}\n" for number in range(400))
    text = markdown_text(replace(CLEAN, added=(version(*diff_words(old, old.replace("line 200\n", "LINE 200\n"))),)))
    assert "line 3\n<i>… 193 unchanged lines …</i>\nline 197\n" in text
    assert "line 199\n<del>line</del><ins>LINE</ins> 200\nline 201\nline 202\n" in text
    assert "line 100\n" not in text
    (shown,) = (code for code in Page(text).code if "LINE" in code)
    assert shown.startswith("line 0\n")
    assert shown.endswith("line 399\n")


BREAKOUTS = [
    "\n\n# Heading\n\n@octocat and [a link](https://evil.example)\n\n",
    "</pre></details>\n\n<img src=x onerror=alert(1)>",
    "</code></summary><script>alert(1)</script>",
    "`", "``", "` `` ```", "`@octocat`", "\\`@octocat\\`",
    "<!-- ", "-->", "<![CDATA[", "<?php", "&lt;b&gt;", "&#64;octocat", "\\@octocat",
    "@octocat", "#1", "octo-org/prompts#1", "GH-1", "https://evil.example", "www.evil.example", "a@example.com",
    "![i](https://evil.example/i.png)", "[x]: https://evil.example", "~~struck~~ **bold** _em_ <b>b</b>",
    "| a | b |\n|---|---|\n| c | d |", "- item\n  - item", "    code", "```\n@octocat\n```", "~~~\n@octocat",
    "a\r\n\r\n# b", "a\x85\x85# b", "a\u2028\u2028# b", "a\x0b\x0c# b", "\0", "\ud800", "\udcff", "\ufffe", "\x1b[31m",
    " ", "\t", "\n", " `", "` ", " a ", "  ",
]  # fmt: skip


def hostile(text: str) -> Report:
    """A report that has a text in every place that can come from a repository."""
    finding = Finding("metadata-invalid", Severity.ERROR, text, f"a/{text}", Span(1, 2, 3, 4), hint=text)
    segments = (Segment("equal", text), Segment("delete", text), Segment("insert", f"{text}{text}"))
    item = NewVersion(text, text, text, "minor", text, segments, "major", (text,) * 7, text)
    kinds = (finding, replace(finding, severity=Severity.WARNING), replace(finding, rule="policy-loosened"))
    return replace(CLEAN, findings=kinds, added=(item,), base_label=text, review=review_of(text))


def review_of(text: str, count: int = 1) -> Review:
    """What reviewers decide on, with a text in every place and `count` of everything."""
    few = min(count, 5)  # what is listed by name is short already
    people = People(9, (text,) * few, others=True, regimes=((text, 3),) * few)
    shifted = Shifted(text, text, (Scopes("tenant", 9, (text,) * few),) * min(count, 4))
    moving = Moving(text, people, 2, (shifted,) * count, (Group(text, text, text, people),) * count)
    bound = Bound(text, text, text, text, met=False, provider=text)
    line = GateLine(text, text, "failed", text, (bound,) * count, (text,) * min(few, 2))
    gated = Gated(text, text, text, (line, replace(line, bounds=(), by=())) * count, returns=True)
    undo = Undo((text,) * count, (text,) * count, loses=True)
    unread = Moving(text, readable=False)
    return Review((moving, unread) * count, (gated,) * count, (text,) * count, undo)


def prose_of(report: Report) -> str:
    return Page(markdown_text(report)).prose


PLAIN = prose_of(hostile("x"))


@pytest.mark.parametrize("text", BREAKOUTS, ids=range(len(BREAKOUTS)))
def test_no_text_breaks_out_of_its_place(text: str) -> None:
    """Whatever a text is, the page differs from that of a harmless one in code alone."""
    found = re.sub(r"\d+ changed lines?", "1 changed line", prose_of(hostile(text)))
    assert found.split() == PLAIN.split()


TEXT = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("`\\\n<>&@#*_[]()!|~-: "), min_size=1, max_size=40
)


@settings(deadline=None)
@given(TEXT)
def test_no_text_at_all_breaks_out_of_its_place(text: str) -> None:
    found = re.sub(r"\d+ changed lines?", "1 changed line", prose_of(hostile(text)))
    assert found.split() == PLAIN.split()


def test_a_command_to_go_back_is_never_cut() -> None:
    """Half a command is worse than none."""
    command = f"promptctl rollback {'a' * 64}@{'1' * 200}.0.0 --env {'e' * 200} -m why"
    review = Review(undo=Undo((command,) * 50, ()))
    text = markdown_text(replace(CLEAN, review=review))
    shown = re.findall(r"^- `(.*)`$", text, re.MULTILINE)
    assert set(shown) == {command}
    assert "… cut here: `promptctl rollback --help`" in text


@settings(deadline=None)
@given(TEXT)
def test_a_difference_shows_the_text_as_it_is(text: str) -> None:
    page = Page(markdown_text(replace(CLEAN, added=(version(Segment("insert", f"a{text}b")),))))
    shown = "".join(page.code)
    if text.isprintable() and "\\" not in text:
        assert f"a{text}b" in shown


# Length


def long_report(*, errors: int = 0, warnings: int = 0, versions: int = 0, size: int = 100, text: str = "x") -> Report:
    error = Finding("metadata-invalid", Severity.ERROR, text * size, text * size, Span(1, 1, 1, 2), hint=text * size)
    item = NewVersion(text * size, "a.md", text * size, "minor", text * size, (Segment("insert", text * size),))
    findings = (error,) * errors + (replace(error, severity=Severity.WARNING, rule="policy-loosened"),) * warnings
    findings += (replace(error, severity=Severity.INFO),) * warnings
    review = review_of(text * size, min(versions, 50))
    return replace(CLEAN, findings=findings, added=(item,) * versions, base_label=text * size, review=review)


@pytest.mark.parametrize("text", ["x", "&", "\0", "`", "💡", "\n", "\U000e0041", "` "])
@pytest.mark.parametrize("size", [1, 100, 30_000])
def test_a_comment_is_never_longer_than_github_takes(text: str, size: int) -> None:
    for count in (1, 200):
        for options in ({"versions": count}, {"errors": count, "warnings": count, "versions": count}):
            comment = markdown_text(long_report(size=size, text=text, **options))
            assert len(comment) < GITHUB_LIMIT
            assert "<sub>" in comment.split("\n")[-1]
            if count == 1:
                Page(comment)


def test_what_was_cut_is_said() -> None:
    text = markdown_text(long_report(errors=400, warnings=400, versions=400))
    cut = re.findall(r"^(?:- )?… and (\d+) more(.*)", text, re.MULTILINE)
    assert [words for _, words in cut] == [
        ", cut here: `promptctl check` lists them all",
        ", cut here: `promptctl check` lists them all",
        " versions, cut here: `promptctl diff` shows each",
        *[", cut here: `promptctl check` lists them all"] * 3,
    ]
    items = len(re.findall(r"^- \*\*metadata-invalid", text.partition("### Who moves")[0], re.MULTILINE))
    assert items + int(cut[0][0]) == 400
    assert text.count("<details") + int(cut[2][0]) == 400
    long = markdown_text(replace(CLEAN, added=(version(Segment("insert", "&" * 100_000)),)))
    assert "<i>… cut here: promptctl diff shows all of it</i></pre>" in long
    assert long.count("&amp;") * 5 > 15_000
    assert "cut here" not in markdown_text(REPORT)


def test_the_last_of_many_versions_keeps_its_room() -> None:
    """One difference may not take the room of all others."""
    texts = tuple(version(Segment("insert", f"{number} " * 50_000), ref=f"a@{number}.0.0") for number in range(5))
    page = Page(markdown_text(replace(CLEAN, added=texts)))
    assert page.elements.count("details") == 4
    assert "… and 1 more version, cut here" in page.prose


def test_the_level_is_said_beside_what_it_follows() -> None:
    told = (
        "- `qualify-lead@1.1.0` is a minor step after `qualify-lead@1.0.0`; its change demands minor\n  - ``minor, body"
    )
    assert told in markdown_text(REPORT)
    assert ADDED[0].summary is not None
